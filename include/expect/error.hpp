// Every reason for which a field or a pattern does not parse, and its text.
#ifndef EXPECT_ERROR_HPP
#define EXPECT_ERROR_HPP

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace expect {

// One value per cause. The offset that comes with it is that of the first byte that does not fit.
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
    too_many_members,             // one more than most_members (field.hpp) begins
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
    "a parameter's value cannot be \"*\": write \";*\" for any parameters, "
    "or quote the asterisk",
};
static_assert(std::size(parse_error_texts) ==
              static_cast<std::size_t>(parse_error::pattern_any_parameter_value) + 1);

} // namespace detail

// The cause in words: a clause without capital or full stop, to stand in a log line or a message.
constexpr std::string_view text(parse_error error) noexcept {
    const auto number = static_cast<std::size_t>(error);
    return number < std::size(detail::parse_error_texts) ? detail::parse_error_texts[number] : "";
}

} // namespace expect

#endif
