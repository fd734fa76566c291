// What was sent: the text of an Expect field as a sequence of expectations.
//
//   Expect      = [ expectation ] *( OWS "," OWS [ expectation ] )
//   expectation = token [ "=" ( token / quoted-string ) parameters ]
//   parameters  = *( OWS ";" OWS [ token "=" ( token / quoted-string ) ] )
//
// RFC 9110, sections 10.1.1 and 5.6. Empty list elements are dropped; what does not match this is
// malformed as a whole, which is why callers read to the end before they obey anything.
#pragma once

#include "expect/ascii.hpp"
#include "expect/value.hpp"

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace expect {

// The one expectation that HTTP defines (RFC 9110, 10.1.1).
inline constexpr std::string_view name_100_continue = "100-continue";

// More members, as sent and without empty elements, are malformed: no client needs them, and all
// bounds on the work for a request follow from this one.
inline constexpr std::size_t most_members = 64;

// Every reason for which a field or a pattern does not parse. The offset that comes with it is that
// of the first byte that does not fit.
enum class parse_error : std::uint8_t {
    none,
    name_expected,                // a member does not begin with a token
    value_expected,               // "=" is followed by neither token nor quoted-string
    quoted_string_unterminated,   // the field ends inside a quoted-string
    quoted_string_bad_byte,       // a control character inside a quoted-string
    parameter_without_value,      // ";" behind a name that has no value
    parameter_name_expected,      // ";" is followed by something that is no parameter
    parameter_equals_expected,    // a parameter's name is not followed by "="
    parameter_value_expected,     // a parameter's "=" is followed by no value
    comma_expected,               // something other than "," behind a member
    too_many_members,             // one more than most_members begins
    line_folded,                  // the field line was continued by obs-fold (RFC 9112, 5.2)
    pattern_empty,                // patterns only, from here on
    pattern_unknown_keyword,      // "@" and not "@malformed"
    pattern_several_members,      // a pattern spells one expectation, not a list
    pattern_any_name_with_value,  // "*" with a value or parameters
    pattern_any_parameters_alone, // ";*" behind a name that has no value
    pattern_any_parameters_mixed, // ";*" beside other parameters
    pattern_any_parameter_value   // ";name=*"
};

namespace detail {

// In the order of parse_error.
inline constexpr std::string_view parse_error_texts[] = {
    "no error",
    "an expectation must begin with a token",
    "\"=\" must be followed by a token or a quoted-string",
    "a quoted-string is not closed",
    "a quoted-string contains a control character",
    "parameters may follow a value only",
    "a parameter must begin with a token",
    "a parameter's name must be followed by \"=\"",
    "a parameter's \"=\" must be followed by a token or a quoted-string",
    "a member must be followed by a comma or the end",
    "the list has more than 64 members",
    "the field line is continued by obs-fold",
    "the pattern is empty",
    "the only pattern that begins with \"@\" is @malformed",
    "a pattern spells one expectation, not a list",
    "\"*\" stands for any expectation and takes neither value nor parameters",
    "\";*\" may follow a value only, as in name=*;*",
    "\";*\" stands for any parameters and takes no others beside it",
    "a parameter's value cannot be \"*\": write \";*\" for any parameters, or quote the asterisk",
};
static_assert(std::size(parse_error_texts) ==
              static_cast<std::size_t>(parse_error::pattern_any_parameter_value) + 1);

} // namespace detail

// The cause in words: a clause without capital or full stop, to stand in a log line or a message.
constexpr std::string_view text(parse_error error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number < std::size(detail::parse_error_texts) ? detail::parse_error_texts[number] : "";
}

// One member of the list. All views point into the text that was read and live as long as it.
struct expectation {
    std::string_view text; // the member as sent, without white space around it
    std::string_view name;
    value_text value;            // meaningful where has_value
    std::string_view parameters; // from the first ";" to the member's end; may be empty
    bool has_value = false;
    // 100-continue itself: 100-continue=1 is another expectation. Whoever reads a member finds it
    // out once, because it is asked several times.
    bool is_100_continue = false;
};

// A step of FNV-1a.
constexpr std::uint32_t add_to_hash(std::uint32_t hash, std::uint32_t byte) noexcept {
    return (hash ^ byte) * 16777619u;
}

// FNV-1a over a name in lower case.
constexpr std::uint32_t hash_name(std::string_view name) noexcept {
    std::uint32_t hash = 2166136261u;
    for (const char byte : name) {
        hash = add_to_hash(hash, static_cast<unsigned char>(fold(byte)));
    }
    return hash;
}

// Goes on with a value, however it is written.
constexpr std::uint32_t hash_value(std::uint32_t hash, value_text value) noexcept {
    value_bytes bytes(value);
    for (int byte = bytes.next(); byte >= 0; byte = bytes.next()) {
        hash = add_to_hash(hash, static_cast<std::uint32_t>(byte));
    }
    return hash;
}

namespace detail {

// Reads what members are made of, each up to the first byte that does not fit.
class part_reader {
protected:
    constexpr explicit part_reader(std::string_view text) noexcept
        : at_(text.data()), end_(text.data() + text.size()) {}

    constexpr bool fail(parse_error error) noexcept {
        error_ = error;
        return false;
    }
    constexpr void skip_ows() noexcept {
        while (at_ != end_ && is(ows, *at_)) {
            ++at_;
        }
    }
    constexpr std::string_view read_token() noexcept {
        const char *start = at_;
        const char *at = start; // in a register, unlike at_
        while (at != end_ && is(tchar, *at)) {
            ++at;
        }
        at_ = at;
        return {start, static_cast<std::size_t>(at - start)};
    }

    constexpr bool read_value(value_text &value, parse_error missing) noexcept {
        if (at_ != end_ && *at_ == '"') {
            return read_quoted_string(value);
        }
        value.raw = read_token();
        value.quoted = false;
        return value.raw.empty() ? fail(missing) : true;
    }

    constexpr bool read_quoted_string(value_text &value) noexcept {
        const char *start = ++at_;
        while (at_ != end_ && *at_ != '"') {
            if (*at_ == '\\') {
                ++at_;
                if (at_ == end_) {
                    break;
                }
                if (!is(quoted_pair_char, *at_)) {
                    return fail(parse_error::quoted_string_bad_byte);
                }
            } else if (!is(qdtext, *at_)) {
                return fail(parse_error::quoted_string_bad_byte);
            }
            ++at_;
        }
        if (at_ == end_) {
            return fail(parse_error::quoted_string_unterminated);
        }
        value.raw = {start, static_cast<std::size_t>(at_ - start)};
        value.quoted = true;
        ++at_;
        return true;
    }

    constexpr bool read_parameter(parameter &out) noexcept {
        out.name = read_token();
        if (out.name.empty()) {
            return fail(parse_error::parameter_name_expected);
        }
        if (at_ == end_ || *at_ != '=') {
            return fail(parse_error::parameter_equals_expected);
        }
        ++at_;
        return read_value(out.value, parse_error::parameter_value_expected);
    }

    const char *at_;
    const char *end_;
    parse_error error_ = parse_error::none;
};

} // namespace detail

// Reads the parameters of a member. The text must have been accepted by member_reader, from the
// first ";" to the member's end; empty parameters are passed over. Views point into that text.
class parameter_reader : detail::part_reader {
public:
    constexpr explicit parameter_reader(std::string_view parameters) noexcept
        : part_reader(parameters) {}

    // False when there is no further parameter.
    constexpr bool next(parameter &out) noexcept {
        while (at_ != end_ && (*at_ == ';' || is(ows, *at_))) {
            ++at_;
        }
        return at_ != end_ && read_parameter(out);
    }
};

// How many parameters the text holds, empty ones not counted; with wanted, how often it holds that.
constexpr std::size_t count_parameters(std::string_view parameters,
                                       const parameter *wanted = nullptr) noexcept {
    parameter_reader reader(parameters);
    parameter found;
    std::size_t count = 0;
    while (reader.next(found)) {
        count += wanted == nullptr || same_parameter(found, *wanted) ? 1 : 0;
    }
    return count;
}

// Reads the members of a field value one after the other. Allocates nothing, looks at each byte
// once, never reads past the end of the text.
class member_reader : detail::part_reader {
public:
    constexpr explicit member_reader(std::string_view field) noexcept
        : part_reader(field), begin_(field.data()) {}

    // Reads the next member. False at the end of the list and at the first error; error() tells
    // which. After an error every further call answers false.
    constexpr bool next(expectation &member) noexcept {
        if (error_ != parse_error::none || at_end()) {
            return false;
        }
        if (count_++ == most_members) {
            return fail(parse_error::too_many_members);
        }
        member = expectation{};
        const char *start = at_;
        member.name = read_token();
        if (member.name.empty()) {
            return fail(parse_error::name_expected);
        }
        if (at_ != end_ && *at_ == '=') {
            ++at_;
            member.has_value = true;
            if (!read_value(member.value, parse_error::value_expected) ||
                !read_parameters(member)) {
                return false;
            }
        } else { // nearly everyone spells it as RFC 9110 does, which is a comparison of two words
            member.is_100_continue = member.name == name_100_continue ||
                                     equal_ignoring_case(member.name, name_100_continue);
        }
        member.text = {start, static_cast<std::size_t>(at_ - start)};
        skip_ows();
        if (at_ == end_ || *at_ == ',') {
            return true;
        }
        return fail(*at_ == ';' ? parse_error::parameter_without_value
                                : parse_error::comma_expected);
    }

    // Whether only white space and empty elements are left.
    constexpr bool at_end() noexcept {
        if (error_ != parse_error::none) {
            return false;
        }
        while (at_ != end_ && (is(ows, *at_) || *at_ == ',')) {
            ++at_;
        }
        return at_ == end_;
    }

    [[nodiscard]] constexpr parse_error error() const noexcept { return error_; }

    // Bytes from the start of the text: behind the last member read, or, after an error, the first
    // byte that does not fit (the text's length where something is missing at its end).
    [[nodiscard]] constexpr std::size_t offset() const noexcept {
        return static_cast<std::size_t>(at_ - begin_);
    }

private:
    constexpr bool read_parameters(expectation &member) noexcept {
        const char *first = nullptr;
        const char *behind_last = at_;
        for (;;) {
            skip_ows();
            if (at_ == end_ || *at_ != ';') {
                break;
            }
            first = first == nullptr ? at_ : first;
            ++at_;
            behind_last = at_;
            skip_ows();
            if (at_ == end_ || *at_ == ';' || *at_ == ',') {
                continue; // an empty parameter
            }
            parameter ignored;
            if (!read_parameter(ignored)) {
                return false;
            }
            behind_last = at_;
        }
        at_ = behind_last;
        if (first != nullptr) {
            member.parameters = {first, static_cast<std::size_t>(behind_last - first)};
        }
        return true;
    }

    const char *begin_;
    std::size_t count_ = 0; // members that were begun
};

} // namespace expect
