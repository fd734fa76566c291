// The value of an expectation or of a parameter.
// RFC 9110, section 5.6.4: a quoted-pair stands for the byte behind the backslash, so "v", "\v" and
// v are the same value. Section 10.1.1: the field is compared without regard to case.
#pragma once

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// A value as it was written: a token, or the inside of a quoted-string with its quoted-pairs.
struct value_text {
    std::string_view raw;
    bool quoted = false;
};

// Hands out what accepted text says, a value or, as an unquoted one, a whole member: its bytes with
// quoted-pairs undone and ASCII letters in lower case, without quotes, white space and empty
// parameters, and "=" and ";" that separate as marks that no byte is.
class value_bytes {
public:
    constexpr explicit value_bytes(value_text value) noexcept
        : at_(value.raw.data()), end_(value.raw.data() + value.raw.size()),
          in_quotes_(value.quoted) {}

    // The next byte as 0 to 255, a mark above, or -1 at the end.
    constexpr int next() noexcept {
        while (at_ != end_ && (*at_ == '"' || (!in_quotes_ && is(ows, *at_)))) {
            in_quotes_ = in_quotes_ != (*at_ == '"');
            ++at_;
        }
        if (in_quotes_ && at_ != end_ && *at_ == '\\' && at_ + 1 != end_) {
            ++at_;
        } else if (!in_quotes_ && at_ != end_ && *at_ == ';') {
            skip_empty_parameters();
            return at_ == end_ ? -1 : mark + ';';
        }
        if (at_ == end_) {
            return -1;
        }
        const bool separates = !in_quotes_ && *at_ == '=';
        const int byte = static_cast<unsigned char>(fold(*at_++));
        return separates ? mark + byte : byte;
    }

private:
    static constexpr int mark = 256;

    constexpr void skip_empty_parameters() noexcept {
        while (at_ != end_ && (*at_ == ';' || is(ows, *at_))) {
            ++at_;
        }
    }

    const char *at_;
    const char *end_;
    bool in_quotes_;
};

// Whether two values are the same, however they are written. Linear in the shorter one.
constexpr bool same_value(value_text a, value_text b) noexcept {
    value_bytes left(a);
    value_bytes right(b);
    for (;;) {
        const int byte = left.next();
        if (byte != right.next()) {
            return false;
        }
        if (byte < 0) {
            return true;
        }
    }
}

struct parameter {
    std::string_view name;
    value_text value;
};

constexpr bool same_parameter(const parameter &a, const parameter &b) noexcept {
    return equal_ignoring_case(a.name, b.name) && same_value(a.value, b.value);
}

} // namespace expect
