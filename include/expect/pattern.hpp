// What a rule speaks of: a pattern as administrators write it, and whether an expectation matches.
//
//   name               that expectation without a value
//   name=value         with that value, written as token or quoted-string
//   name=*             with any value
//   ...;param=value    and exactly these parameters, in any order
//   ...;*              or any parameters, also none
//   *                  any well-formed expectation
//   @malformed         a field that does not parse
//
// A pattern matches what it spells and nothing more: foo does not match foo=1.
#pragma once

#include "expect/ascii.hpp"
#include "expect/field.hpp"
#include "expect/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

enum class pattern_kind : std::uint8_t { member, any, malformed };

struct pattern {
    pattern_kind kind = pattern_kind::any;
    expectation spelled; // empty for other kinds
    bool any_value = false;
    bool any_parameters = false;
    std::uint32_t parameter_count = 0;
};

// A pattern, or why the text is none and the offset of the first byte that does not fit.
struct pattern_result {
    pattern value;
    parse_error error = parse_error::none;
    std::size_t offset = 0;

    constexpr explicit operator bool() const noexcept { return error == parse_error::none; }
};

// The patterns that spell no expectation.
inline constexpr std::string_view any_keyword = "*";
inline constexpr std::string_view malformed_keyword = "@malformed";

namespace detail {

constexpr bool is_bare_asterisk(value_text value) noexcept {
    return !value.quoted && value.raw == "*";
}

// Where text ends with ";" OWS "*": the offset of that ";", else npos.
constexpr std::size_t find_any_parameters(std::string_view text) noexcept {
    if (text.empty() || text.back() != '*') {
        return std::string_view::npos;
    }
    std::size_t at = text.size() - 1;
    while (at > 0 && is(ows, text.data()[at - 1])) {
        --at;
    }
    return at > 0 && text.data()[at - 1] == ';' ? at - 1 : std::string_view::npos;
}

} // namespace detail

// Reads a pattern. The views of the answer point into text, which must outlive it.
constexpr pattern_result parse_pattern(std::string_view text) noexcept {
    pattern_result result;
    pattern &out = result.value;
    if (text.empty()) {
        return {{}, parse_error::pattern_empty, 0};
    }
    if (text == any_keyword) {
        return result;
    }
    if (text.front() == '@') {
        if (!equal_ignoring_case(text, malformed_keyword)) {
            return {{}, parse_error::pattern_unknown_keyword, 0};
        }
        out.kind = pattern_kind::malformed;
        return result;
    }
    if (!is(tchar, text.front())) { // the reader would pass over white space and empty elements
        return {{}, parse_error::name_expected, 0};
    }
    out.kind = pattern_kind::member;
    const std::size_t any_parameters = detail::find_any_parameters(text);
    out.any_parameters = any_parameters != std::string_view::npos;
    const std::string_view spelled = slice(text, 0, any_parameters);
    member_reader reader(spelled);
    if (!reader.next(out.spelled)) {
        // What looks like ";*" is inside a quoted-string that never ends.
        const bool unterminated = reader.error() == parse_error::quoted_string_unterminated;
        return {{}, reader.error(), unterminated ? text.size() : reader.offset()};
    }
    if (reader.offset() != spelled.size()) {
        return {{}, parse_error::pattern_several_members, reader.offset()};
    }
    if (out.spelled.name == "*") {
        return {{}, parse_error::pattern_any_name_with_value, 0};
    }
    if (out.any_parameters && !out.spelled.has_value) {
        return {{}, parse_error::pattern_any_parameters_alone, any_parameters};
    }
    out.any_value = out.spelled.has_value && detail::is_bare_asterisk(out.spelled.value);
    parameter_reader parameters(out.spelled.parameters);
    parameter each;
    while (parameters.next(each)) {
        if (detail::is_bare_asterisk(each.value)) {
            return {{},
                    parse_error::pattern_any_parameter_value,
                    static_cast<std::size_t>(each.value.raw.data() - text.data())};
        }
        ++out.parameter_count;
    }
    if (out.any_parameters && out.parameter_count > 0) {
        return {{}, parse_error::pattern_any_parameters_mixed, any_parameters};
    }
    return result;
}

// Whether both have the same parameters, in any order, each as often.
constexpr bool same_parameters(const pattern &wanted, const expectation &member) noexcept {
    if (count_parameters(member.parameters) != wanted.parameter_count) {
        return false;
    }
    parameter_reader reader(wanted.spelled.parameters);
    parameter each;
    while (reader.next(each)) {
        if (count_parameters(member.parameters, &each) !=
            count_parameters(wanted.spelled.parameters, &each)) {
            return false;
        }
    }
    return true;
}

// What a pattern asks behind the name: its value and parameters. The names must be known to match.
constexpr bool matches_behind_name(const pattern &wanted, const expectation &member) noexcept {
    if (wanted.spelled.has_value != member.has_value) {
        return false;
    }
    if (!member.has_value) {
        return true;
    }
    if (!wanted.any_value && !same_value(wanted.spelled.value, member.value)) {
        return false;
    }
    return wanted.any_parameters || same_parameters(wanted, member);
}

} // namespace expect
