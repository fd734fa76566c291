// How a rule is written: ACTION PATTERN [OPTION ...], word by word.
#pragma once

#include "expect/ascii.hpp"
#include "expect/pattern.hpp"
#include "expect/policy.hpp"
#include "expect/words.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <system_error>

namespace expect {

// What is wrong with a rule: why, as a clause to stand behind the word in question, or behind the
// whole rule where rule_reader::finish() found it, and what is accepted instead. Texts that last.
struct rule_error {
    const char *why = nullptr; // null: nothing is wrong
    const char *accepted = nullptr;
};

// What is accepted, where it is long or said of several mistakes.
inline constexpr const char *pattern_form =
    "name, name=value or name=* (then also ;parameter=value or ;*), * or @malformed";
inline constexpr const char *quoted_form =
    "name, name=value or name=* (then also ;parameter=value or ;*), * or @malformed; with a space "
    "in it, the whole in single quotation marks: 'name=\"a b\"'";
inline constexpr const char *malformed_forms = "reject @malformed or ignore @malformed";
inline constexpr const char *ask_form = "ask PATTERN url=PATH";
inline constexpr const char *expression_form = "an expression as httpd's <If> takes it";

// Reads a whole number from least to most, of decimal digits alone. False where the text is none.
template <class Number>
bool parse_number(std::string_view text, Number least, Number most, Number &number) noexcept {
    const char *end = text.data() + text.size();
    Number read = 0;
    const std::from_chars_result result = std::from_chars(text.data(), end, read);
    if (result.ec != std::errc{} || result.ptr != end || read < least || read > most) {
        return false;
    }
    number = read;
    return true;
}

// Reads a size: a number, then nothing or one of K, M and G in any case. False where it is none or
// too large for a length of content (2^63 - 1 bytes).
inline bool parse_size(std::string_view text, std::uint64_t &bytes) noexcept {
    const char suffix = text.empty() ? '\0' : fold(text.back());
    const int shift = suffix == 'k' ? 10 : suffix == 'm' ? 20 : suffix == 'g' ? 30 : 0;
    const std::string_view digits = slice(text, 0, text.size() - (shift > 0 ? 1 : 0));
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!parse_number<std::uint64_t>(digits, 0, most >> shift, bytes)) {
        return false;
    }
    bytes <<= shift;
    return true;
}

// Reads a status that refuses a request: three digits, from 400 to 599.
inline bool parse_status(std::string_view text, std::uint16_t &status) noexcept {
    return text.size() == 3 && parse_number<std::uint16_t>(text, 400, 599, status);
}

// Reads how long to wait before trying again (RFC 9110, 10.2.3), in seconds; 2^31 - 1 at most,
// because more overflows in clients.
inline bool parse_seconds(std::string_view text, std::uint32_t &seconds) noexcept {
    return parse_number<std::uint32_t>(text, 0, std::numeric_limits<std::int32_t>::max(), seconds);
}

// Whether a percent sign begins the escape of a byte that a path may hold (RFC 3986, 2.1); httpd
// serves no path with another one (ap_unescape_url()).
inline bool is_path_escape(std::string_view text) noexcept {
    const std::string_view digits = slice(text, 1, 2);
    return digits.size() == 2 && digits != "00" &&
           digits.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

// What is wrong with the path of an application that is asked; null if nothing is.
inline const char *check_url(std::string_view url) noexcept {
    if (url.empty() || url.front() != '/') {
        return "not a path of this server";
    }
    bool in_path = true;
    for (std::size_t at = 0; at < url.size(); ++at) {
        const char byte = url.data()[at];
        in_path = in_path && byte != '?';
        if (static_cast<unsigned char>(byte) <= ' ' || byte == '\x7f') {
            return "a path holds neither white space nor control characters";
        }
        if (byte == '#') {
            return "a fragment is never sent to a server";
        }
        if (in_path && byte == '%' && !is_path_escape(slice(url, at))) {
            return "\"%\" begins two hexadecimal digits, and %00 is in no path";
        }
        if (in_path && at > 0 && byte == '/' && url.data()[at - 1] == '/') {
            return "a path with an empty segment is another server's or a slip";
        }
    }
    return nullptr;
}

namespace detail {

constexpr unsigned bit_of(rule_option option) noexcept {
    return 1u << static_cast<unsigned>(option);
}

// Whether the value of an option is quoted in place of the whole word, so that httpd ends the word
// at the first space: 'expr="a' or 'status="413"'. An expression may begin with a string; but none
// is one string alone.
constexpr bool is_quoted_value(std::string_view value) noexcept {
    if (value.empty() || (value.front() != '"' && value.front() != '\'')) {
        return false;
    }
    const std::size_t end = value.find(value.front(), 1);
    return end == std::string_view::npos || end + 1 == value.size();
}

} // namespace detail

// Takes the words of a rule in order, and finish() behind the last one. Each call answers whether
// all is well so far; after a false the members tell why. The rule's views point into the words of
// the pattern and of url=, which must outlive it.
class rule_reader {
public:
    constexpr bool read_action(std::string_view word) noexcept {
        const std::optional<action> found = find_word(action_words, word);
        made.then = found.value_or(made.then);
        return found.has_value() || fail("not an action", any_action.bytes);
    }

    constexpr bool read_pattern(std::string_view word) noexcept {
        const pattern_result read = parse_pattern(word);
        if (!read) {
            pattern_error = read.error;
            pattern_offset = read.offset;
            const bool is_cut =
                read.error == parse_error::quoted_string_unterminated ||
                (read.error == parse_error::value_expected && read.offset == word.size());
            return is_cut ? fail("not a pattern, perhaps because a space has cut it", quoted_form)
                          : fail("not a pattern", pattern_form);
        }
        made.what = read.value;
        if (made.what.kind == pattern_kind::malformed) {
            if (made.then == action::ask) {
                return fail("nobody can be asked about a field that does not parse",
                            malformed_forms);
            }
            if (made.then == action::meet || made.then == action::continue_at_gate) {
                return fail("a field that does not parse cannot be met", malformed_forms);
            }
        }
        return made.then != action::continue_at_gate || made.what.spelled.is_100_continue ||
               fail("the action continue sends a 100, which only 100-continue asks for",
                    "continue 100-continue");
    }

    bool read_option(std::string_view word) noexcept {
        for (const auto &each : option_words) {
            const bool takes_value = each.text.back() == '=';
            const std::string_view head = takes_value ? slice(word, 0, each.text.size()) : word;
            if (equal_ignoring_case(head, each.text)) {
                if ((seen_ & detail::bit_of(each.value)) != 0) {
                    return fail("the option is given twice", each_option.bytes);
                }
                seen_ |= detail::bit_of(each.value);
                const std::string_view value = slice(word, each.text.size());
                return detail::is_quoted_value(value)
                           ? fail("quotation marks belong around the whole word",
                                  "OPTION=VALUE, or with spaces in it \"OPTION=VALUE\", as in "
                                  "\"expr=EXPRESSION\"")
                           : read_option_value(each.value, value);
            }
        }
        if (slice(word, 0, 1) == "#") {
            return fail("httpd takes no comment behind a directive",
                        "a comment on a line of its own, which begins with #");
        }
        return expression.empty() ? fail("not an option", each_option.bytes)
                                  : fail("not an option, and perhaps a part of the expression, "
                                         "which a space has cut",
                                         "\"expr=EXPRESSION\", the whole word in quotation marks");
    }

    // Whether the words make a rule together, in whatever order the options came.
    constexpr bool finish() noexcept {
        if (made.then == action::ask && made.url.empty()) {
            return fail("the action ask needs the path of the application to ask", ask_form);
        }
        const bool may_retry = made.status == 413 || made.status == 429 || made.status == 503;
        return !made.has_retry_after || may_retry || fail_retry_after();
    }

    rule made;
    std::string_view expression; // what expr= asks for, or empty; the server compiles it
    rule_error error;
    parse_error pattern_error = parse_error::none; // where the pattern does not parse: why,
    std::size_t pattern_offset = 0;                // and where in the word

private:
    constexpr bool fail(const char *why, const char *accepted) noexcept {
        error = {why, accepted};
        return false;
    }
    constexpr bool fail_retry_after() noexcept {
        return fail("only a rejection with 413, 429 or 503 says when to try again",
                    "reject PATTERN status=STATUS retry-after=SECONDS, with one of these statuses");
    }

    bool read_option_value(rule_option option, std::string_view value) noexcept {
        switch (option) {
        case rule_option::status:
            return read_status(value);
        case rule_option::retry_after:
            return read_retry_after(value);
        case rule_option::longer_than:
            return read_longer_than(value);
        case rule_option::shorter_than:
            return read_shorter_than(value);
        case rule_option::no_content:
            made.content.most = 0;
            return check_sizes();
        case rule_option::early:
            made.early = true;
            return made.then == action::continue_at_gate ||
                   fail("only the action continue sends a 100 by itself",
                        "continue 100-continue early");
        case rule_option::url:
            return read_url(value);
        case rule_option::expression:
            expression = value;
            return !value.empty() || fail("the expression is empty", expression_form);
        }
        return false;
    }

    bool read_status(std::string_view value) noexcept {
        if (made.then != action::reject) {
            return made.then == action::ask
                       ? fail("the application that is asked chooses the status",
                              "ask PATTERN url=PATH, or reject PATTERN status=STATUS")
                       : fail("only the action reject answers with a status",
                              "reject PATTERN status=STATUS");
        }
        return parse_status(value, made.status) ||
               fail("not a status that refuses a request", "a number from 400 to 599");
    }

    bool read_retry_after(std::string_view value) noexcept {
        if (made.then != action::reject) {
            return fail_retry_after();
        }
        made.has_retry_after = true;
        return parse_seconds(value, made.retry_after) ||
               fail("not a number of seconds", "a whole number from 0 to 2147483647");
    }

    bool read_size(std::string_view value, std::uint64_t &size) noexcept {
        return parse_size(value, size) ||
               fail("not a size",
                    "a number of bytes, with the suffix K, M or G for powers of 1024, below 2^63");
    }

    bool read_longer_than(std::string_view value) noexcept {
        std::uint64_t size = 0;
        if (!read_size(value, size)) {
            return false;
        }
        made.content.least = size + 1;
        return check_sizes();
    }

    bool read_shorter_than(std::string_view value) noexcept {
        std::uint64_t size = 0;
        if (!read_size(value, size)) {
            return false;
        }
        if (size < 2) {
            return fail("content has at least one byte, so that none is shorter",
                        "shorter-than= with at least 2, or no-content");
        }
        // With no-content in front, most stays 0 and check_sizes() sees the contradiction.
        made.content.most = made.content.most == 0 ? 0 : size - 1;
        made.content.least = made.content.least == 0 ? 1 : made.content.least;
        return check_sizes();
    }

    bool read_url(std::string_view value) noexcept {
        if (made.then != action::ask) {
            return fail("only the action ask asks an application", ask_form);
        }
        made.url = value;
        const char *wrong = check_url(value);
        return wrong == nullptr ||
               fail(wrong,
                    "a path that begins with one /, as in url=/quota, with a query if need be");
    }

    constexpr bool check_sizes() noexcept {
        if (!made.content.is_empty()) {
            return true;
        }
        return (seen_ & detail::bit_of(rule_option::no_content)) != 0
                   ? fail("no-content never holds together with longer-than= or shorter-than=",
                          "one of them")
                   : fail("no length is between those of longer-than= and shorter-than=",
                          "longer-than=N shorter-than=M with M at least N + 2");
    }

    unsigned seen_ = 0; // a bit for each option
};

} // namespace expect
