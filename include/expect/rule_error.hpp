// What can be wrong with a rule, why, and how to write it instead.
#ifndef EXPECT_RULE_ERROR_HPP
#define EXPECT_RULE_ERROR_HPP

#include "expect/words.hpp"

#include <cstdint>
#include <string_view>

namespace expect {

// Every reason for which words make no rule.
enum class rule_error : std::uint8_t {
    none,
    action_unknown,
    pattern_bad,       // rule_reader::pattern_error tells more
    pattern_cut,       // the same, where white space seems to have cut the pattern
    continue_of_other, // continue with anything but 100-continue
    malformed_met,     // meet or continue with @malformed
    malformed_asked,   // ask with @malformed
    option_unknown,
    option_repeated,
    option_comment, // "#" behind a rule
    option_quoted,  // quotation marks behind "=" in place of around the word
    expression_cut, // an unknown word behind an expression that white space seems to have cut
    status_without_reject,
    status_with_ask,
    status_bad,
    retry_after_unsuited, // not with reject and 413, 429 or 503
    retry_after_bad,
    size_bad,
    shorter_than_content, // shorter-than=0 or 1
    no_content_with_size, // no-content together with longer-than or shorter-than
    sizes_contradict,     // longer-than=N and shorter-than=M, and no number lies between
    early_without_continue,
    url_without_ask,
    url_missing,       // ask without url=
    url_without_slash, // not a path
    url_with_space,    // or a control character
    url_with_double_slash,
    url_with_fragment,
    url_with_bad_escape, // "%" without two hexadecimal digits, or %00
    expression_empty
};

// Why, as a clause to stand behind the word in question, or behind the whole rule where
// rule_reader::finish() found it.
constexpr std::string_view text(rule_error error) noexcept {
    switch (error) {
    case rule_error::none:
        return "no error";
    case rule_error::action_unknown:
        return "not an action";
    case rule_error::pattern_bad:
        return "not a pattern";
    case rule_error::pattern_cut:
        return "not a pattern, perhaps because a space has cut it";
    case rule_error::continue_of_other:
        return "the action continue sends a 100, which only 100-continue asks for";
    case rule_error::malformed_met:
        return "a field that does not parse cannot be met";
    case rule_error::malformed_asked:
        return "nobody can be asked about a field that does not parse";
    case rule_error::option_comment:
        return "httpd takes no comment behind a directive";
    case rule_error::option_unknown:
        return "not an option";
    case rule_error::option_repeated:
        return "the option is given twice";
    case rule_error::option_quoted:
        return "quotation marks belong around the whole word";
    case rule_error::expression_cut:
        return "not an option, and perhaps a part of the expression, which a space has cut";
    case rule_error::status_without_reject:
        return "only the action reject answers with a status";
    case rule_error::status_with_ask:
        return "the application that is asked chooses the status";
    case rule_error::status_bad:
        return "not a status that refuses a request";
    case rule_error::retry_after_unsuited:
        return "only a rejection with 413, 429 or 503 says when to try again";
    case rule_error::retry_after_bad:
        return "not a number of seconds";
    case rule_error::size_bad:
        return "not a size";
    case rule_error::shorter_than_content:
        return "content has at least one byte, so that none is shorter";
    case rule_error::no_content_with_size:
        return "no-content never holds together with longer-than= or shorter-than=";
    case rule_error::sizes_contradict:
        return "no length is between those of longer-than= and shorter-than=";
    case rule_error::early_without_continue:
        return "only the action continue sends a 100 by itself";
    case rule_error::url_without_ask:
        return "only the action ask asks an application";
    case rule_error::url_missing:
        return "the action ask needs the path of the application to ask";
    case rule_error::url_without_slash:
        return "not a path of this server";
    case rule_error::url_with_space:
        return "a path holds neither white space nor control characters";
    case rule_error::url_with_double_slash:
        return "a path with an empty segment is another server's or a slip";
    case rule_error::url_with_fragment:
        return "a fragment is never sent to a server";
    case rule_error::url_with_bad_escape:
        return "\"%\" begins two hexadecimal digits, and %00 is in no path";
    case rule_error::expression_empty:
        return "the expression is empty";
    }
    return "";
}

// What is accepted instead, as a clause.
constexpr std::string_view accepted(rule_error error) noexcept {
    switch (error) {
    case rule_error::none:
        return "";
    case rule_error::action_unknown:
        return any_of<action_words>();
    case rule_error::pattern_bad:
        return "name, name=value or name=* (then also ;parameter=value or ;*), * or @malformed";
    case rule_error::pattern_cut:
        return "name, name=value or name=* (then also ;parameter=value or ;*), * or @malformed; "
               "with a space in it, the whole in single quotation marks: 'name=\"a b\"'";
    case rule_error::continue_of_other:
        return "continue 100-continue";
    case rule_error::malformed_met:
    case rule_error::malformed_asked:
        return "reject @malformed or ignore @malformed";
    case rule_error::option_comment:
        return "a comment on a line of its own, which begins with #";
    case rule_error::option_unknown:
    case rule_error::option_repeated:
        return detail::each_option.view();
    case rule_error::option_quoted:
        return "OPTION=VALUE, or with spaces in it \"OPTION=VALUE\", as in \"expr=EXPRESSION\"";
    case rule_error::expression_cut:
        return "\"expr=EXPRESSION\", the whole word in quotation marks";
    case rule_error::status_without_reject:
        return "reject PATTERN status=STATUS";
    case rule_error::status_with_ask:
        return "ask PATTERN url=PATH, or reject PATTERN status=STATUS";
    case rule_error::status_bad:
        return "a number from 400 to 599";
    case rule_error::retry_after_unsuited:
        return "reject PATTERN status=STATUS retry-after=SECONDS, with one of these statuses";
    case rule_error::retry_after_bad:
        return "a whole number from 0 to 2147483647";
    case rule_error::size_bad:
        return "a number of bytes, with the suffix K, M or G for powers of 1024, below 2^63";
    case rule_error::shorter_than_content:
        return "shorter-than= with at least 2, or no-content";
    case rule_error::no_content_with_size:
        return "one of them";
    case rule_error::sizes_contradict:
        return "longer-than=N shorter-than=M with M at least N + 2";
    case rule_error::early_without_continue:
        return "continue 100-continue early";
    case rule_error::url_without_ask:
    case rule_error::url_missing:
        return "ask PATTERN url=PATH";
    case rule_error::url_without_slash:
    case rule_error::url_with_space:
    case rule_error::url_with_double_slash:
    case rule_error::url_with_fragment:
    case rule_error::url_with_bad_escape:
        return "a path that begins with one /, as in url=/quota, with a query if need be";
    case rule_error::expression_empty:
        return "an expression as httpd's <If> takes it";
    }
    return "";
}

} // namespace expect

#endif
