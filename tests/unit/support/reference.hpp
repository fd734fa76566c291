// The field's grammar once more, as a table of states: what the reader is compared with. It shares
// nothing with the reader, not even the byte classes, and it takes one byte at a time, so that the
// byte which does not fit is known without any reasoning about who has read how far.
#ifndef UNIT_SUPPORT_REFERENCE_HPP
#define UNIT_SUPPORT_REFERENCE_HPP

#include "expect/field.hpp"

#include <cstddef>
#include <string_view>

namespace unit {

// Whether a text is a field, or why not, and the offset of the first byte that does not fit.
struct reference_result {
    expect::parse_error error = expect::parse_error::none;
    std::size_t offset = 0;
    std::size_t members = 0;
};

namespace detail {

enum class state {
    between,      // before a member: white space and commas
    name,         // in a member's name
    behind_name,  // white space behind a name that has no value
    value_start,  // behind "="
    token_value,  // in a token that is a value
    quoted,       // in a quoted-string
    escape,       // behind a backslash
    behind_value, // behind a quoted-string, or white space behind a value
    param_start,  // behind ";"
    param_name,   // in a parameter's name
    param_value,  // behind a parameter's "="
    stuck         // the byte does not fit
};

inline bool is_space(unsigned char byte) { return byte == ' ' || byte == '\t'; }

inline bool is_token_byte(unsigned char byte) {
    return byte > ' ' && byte < 0x7f &&
           std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(byte)) ==
               std::string_view::npos;
}

inline bool is_text_byte(unsigned char byte) {
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
}

// What separators lead to; the same behind every member.
inline state behind_member(unsigned char byte, state on_space, state on_semicolon) {
    if (is_space(byte)) {
        return on_space;
    }
    return byte == ',' ? state::between : byte == ';' ? on_semicolon : state::stuck;
}

inline state step_value(unsigned char byte) {
    return is_token_byte(byte) ? state::token_value : byte == '"' ? state::quoted : state::stuck;
}

inline state step(state from, unsigned char byte) {
    switch (from) {
    case state::between:
        return is_token_byte(byte)             ? state::name
               : is_space(byte) || byte == ',' ? state::between
                                               : state::stuck;
    case state::name:
        return is_token_byte(byte) ? state::name
               : byte == '='       ? state::value_start
                                   : behind_member(byte, state::behind_name, state::stuck);
    case state::behind_name:
        return behind_member(byte, state::behind_name, state::stuck);
    case state::value_start:
    case state::param_value:
        return step_value(byte);
    case state::token_value:
        return is_token_byte(byte) ? state::token_value
                                   : behind_member(byte, state::behind_value, state::param_start);
    case state::quoted:
        return byte == '"'          ? state::behind_value
               : byte == '\\'       ? state::escape
               : is_text_byte(byte) ? state::quoted
                                    : state::stuck;
    case state::escape:
        return is_text_byte(byte) ? state::quoted : state::stuck;
    case state::behind_value:
        return behind_member(byte, state::behind_value, state::param_start);
    case state::param_start:
        return is_token_byte(byte) ? state::param_name
                                   : behind_member(byte, state::param_start, state::param_start);
    case state::param_name:
        return is_token_byte(byte) ? state::param_name
               : byte == '='       ? state::param_value
                                   : state::stuck;
    case state::stuck:
        break;
    }
    return state::stuck;
}

// What is wrong with a byte, or with the end, in a state.
inline expect::parse_error cause_in(state at, bool ended, char byte) {
    using expect::parse_error;
    switch (at) {
    case state::between:
        return parse_error::name_expected;
    case state::name:
    case state::behind_name:
        return byte == ';' ? parse_error::parameter_without_value : parse_error::comma_expected;
    case state::value_start:
        return parse_error::value_expected;
    case state::token_value:
    case state::behind_value:
        return parse_error::comma_expected;
    case state::quoted:
    case state::escape:
        return ended ? parse_error::quoted_string_unterminated
                     : parse_error::quoted_string_bad_byte;
    case state::param_start:
        return parse_error::parameter_name_expected;
    case state::param_name:
        return parse_error::parameter_equals_expected;
    case state::param_value:
        return parse_error::parameter_value_expected;
    case state::stuck:
        break;
    }
    return parse_error::none;
}

inline bool may_end_in(state at) {
    return at == state::between || at == state::name || at == state::behind_name ||
           at == state::token_value || at == state::behind_value || at == state::param_start;
}

} // namespace detail

// members counts the members that were begun.
inline reference_result parse_by_reference(std::string_view field) {
    using detail::state;
    reference_result result;
    state at = state::between;
    for (; result.offset < field.size(); ++result.offset) {
        const char byte = field[result.offset];
        const bool begins = at == state::between && byte != ',' && byte != ' ' && byte != '\t';
        if (begins && result.members == 64) {
            result.error = expect::parse_error::too_many_members;
            return result;
        }
        const state to = detail::step(at, static_cast<unsigned char>(byte));
        if (to == state::stuck) {
            result.error = detail::cause_in(at, false, byte);
            return result;
        }
        result.members += at == state::between && to == state::name ? 1 : 0;
        at = to;
    }
    if (!detail::may_end_in(at)) {
        result.error = detail::cause_in(at, true, '\0');
    }
    return result;
}

} // namespace unit

#endif
