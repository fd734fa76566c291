// Every reason for which a field or a pattern does not parse, and its text.
#ifndef EXPECT_ERROR_HPP
#define EXPECT_ERROR_HPP

#include <cstdint>
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

// The cause in words: a clause without capital or full stop, to stand in a log line or a message.
constexpr std::string_view text(parse_error error) noexcept {
    switch (error) {
    case parse_error::none:
        return "no error";
    case parse_error::name_expected:
        return "an expectation must begin with a token";
    case parse_error::value_expected:
        return "\"=\" must be followed by a token or a quoted-string";
    case parse_error::quoted_string_unterminated:
        return "a quoted-string is not closed";
    case parse_error::quoted_string_bad_byte:
        return "a quoted-string contains a control character";
    case parse_error::parameter_without_value:
        return "parameters may follow a value only";
    case parse_error::parameter_name_expected:
        return "a parameter must begin with a token";
    case parse_error::parameter_equals_expected:
        return "a parameter's name must be followed by \"=\"";
    case parse_error::parameter_value_expected:
        return "a parameter's \"=\" must be followed by a token or a quoted-string";
    case parse_error::comma_expected:
        return "a member must be followed by a comma or the end";
    case parse_error::too_many_members:
        return "the list has more than 64 members";
    case parse_error::line_folded:
        return "the field line is continued by obs-fold";
    case parse_error::pattern_empty:
        return "the pattern is empty";
    case parse_error::pattern_unknown_keyword:
        return "the only pattern that begins with \"@\" is @malformed";
    case parse_error::pattern_several_members:
        return "a pattern spells one expectation, not a list";
    case parse_error::pattern_any_name_with_value:
        return "\"*\" stands for any expectation and takes neither value nor parameters";
    case parse_error::pattern_any_parameters_alone:
        return "\";*\" may follow a value only, as in name=*;*";
    case parse_error::pattern_any_parameters_mixed:
        return "\";*\" stands for any parameters and takes no others beside it";
    case parse_error::pattern_any_parameter_value:
        return "a parameter's value cannot be \"*\": write \";*\" for any parameters, "
               "or quote the asterisk";
    }
    return "";
}

} // namespace expect

#endif
