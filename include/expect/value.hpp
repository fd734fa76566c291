// The value of an expectation or of a parameter.
// RFC 9110, section 5.6.4: a quoted-pair stands for the byte behind the backslash, so "v", "\v" and
// v are the same value. Section 10.1.1: the field is compared without regard to case.
#pragma once

#include "expect/ascii.hpp"

#include <string_view>

namespace expect {

// A value as it was written: a token, or the inside of a quoted-string with its quoted-pairs.
struct value_text {
    std::string_view raw;
    bool quoted = false;
};

// Hands out a value's bytes with quoted-pairs undone and ASCII letters in lower case.
class value_bytes {
public:
    constexpr explicit value_bytes(value_text value) noexcept
        : at_(value.raw.data()), end_(value.raw.data() + value.raw.size()), quoted_(value.quoted) {}

    // The next byte as 0 to 255, or -1 at the end.
    constexpr int next() noexcept {
        if (at_ == end_) {
            return -1;
        }
        if (quoted_ && *at_ == '\\' && at_ + 1 != end_) {
            ++at_;
        }
        return static_cast<unsigned char>(fold(*at_++));
    }

private:
    const char *at_;
    const char *end_;
    bool quoted_;
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
