// How a rule is written: ACTION PATTERN [OPTION ...], word by word, and what can be wrong with it.
#ifndef EXPECT_RULE_READER_HPP
#define EXPECT_RULE_READER_HPP

#include "expect/ascii.hpp"
#include "expect/pattern.hpp"
#include "expect/policy.hpp"
#include "expect/words.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

namespace expect {

// Every reason for which words make no rule.
enum class rule_error : std::uint8_t {
    none,
    action_unknown,
    pattern_bad,       // rule_reader::pattern_error tells more
    continue_of_other, // continue with anything but 100-continue
    malformed_met,     // meet or continue with @malformed
    option_unknown,
    option_repeated,
    status_without_reject,
    status_bad,
    size_bad,
    expression_empty,
    conditions_contradict // no-content together with longer-than
};

// Why, as a clause to stand behind the word in question.
constexpr std::string_view text(rule_error error) noexcept {
    switch (error) {
    case rule_error::none:
        return "no error";
    case rule_error::action_unknown:
        return "not an action";
    case rule_error::pattern_bad:
        return "not a pattern";
    case rule_error::continue_of_other:
        return "the action continue sends a 100, which only 100-continue asks for";
    case rule_error::malformed_met:
        return "a field that does not parse cannot be met";
    case rule_error::option_unknown:
        return "not an option";
    case rule_error::option_repeated:
        return "the option is given twice";
    case rule_error::status_without_reject:
        return "only the action reject answers with a status";
    case rule_error::status_bad:
        return "not a status that refuses a request";
    case rule_error::size_bad:
        return "not a size";
    case rule_error::expression_empty:
        return "the expression is empty";
    case rule_error::conditions_contradict:
        return "no-content and longer-than= never hold together";
    }
    return "";
}

// What is accepted instead, as a clause.
constexpr std::string_view accepted(rule_error error) noexcept {
    switch (error) {
    case rule_error::none:
        return "";
    case rule_error::action_unknown:
        return "meet, continue, ignore or reject";
    case rule_error::pattern_bad:
        return "name, name=value or name=* (then also ;parameter=value or ;*), * or @malformed";
    case rule_error::continue_of_other:
        return "continue 100-continue";
    case rule_error::malformed_met:
        return "reject @malformed or ignore @malformed";
    case rule_error::option_unknown:
    case rule_error::option_repeated:
        return "each of status=, longer-than=, no-content and expr= at most once";
    case rule_error::status_without_reject:
        return "reject PATTERN status=STATUS";
    case rule_error::status_bad:
        return "a number from 400 to 599";
    case rule_error::size_bad:
        return "a number of bytes, with the suffix K, M or G for powers of 1024, below 2^63";
    case rule_error::expression_empty:
        return "an expression as httpd's <If> takes it";
    case rule_error::conditions_contradict:
        return "one of them";
    }
    return "";
}

// Reads a size: digits, then nothing or one of K, M and G in any case. False where it is none or
// too large for a length of content (2^63 - 1 bytes).
constexpr bool parse_size(std::string_view text, std::uint64_t &bytes) noexcept {
    constexpr std::uint64_t limit = std::numeric_limits<std::int64_t>::max();
    std::uint64_t unit = 1;
    if (!text.empty()) {
        const char suffix = fold(text.back());
        unit = suffix == 'k' ? 1u << 10 : suffix == 'm' ? 1u << 20 : suffix == 'g' ? 1u << 30 : 1;
    }
    text = slice(text, 0, text.size() - (unit > 1 ? 1 : 0));
    if (text.empty()) {
        return false;
    }
    std::uint64_t number = 0;
    for (const char byte : text) {
        const auto digit = static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) - '0';
        if (digit > 9 || number > (limit - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    if (number > limit / unit) {
        return false;
    }
    bytes = number * unit;
    return true;
}

// Reads a status: three digits, from 400 to 599.
constexpr bool parse_status(std::string_view text, std::uint16_t &status) noexcept {
    if (text.size() != 3) {
        return false;
    }
    unsigned number = 0;
    for (const char byte : text) {
        if (byte < '0' || byte > '9') {
            return false;
        }
        number = number * 10 + static_cast<unsigned>(byte - '0');
    }
    status = static_cast<std::uint16_t>(number);
    return number >= 400 && number <= 599;
}

// Takes the words of a rule in order. Each call answers whether all is well so far; after a false
// the members tell why. The rule's views point into the pattern's word, which must outlive it.
class rule_reader {
public:
    bool read_action(std::string_view word) noexcept;
    bool read_pattern(std::string_view word) noexcept;
    bool read_option(std::string_view word) noexcept;

    rule made;
    std::string_view expression; // what expr= asks for, or empty; the server compiles it
    rule_error error = rule_error::none;
    parse_error pattern_error = parse_error::none; // with rule_error::pattern_bad,
    std::size_t pattern_offset = 0;                // and where in the word

private:
    bool fail(rule_error why) noexcept {
        error = why;
        return false;
    }
    bool read_option_value(rule_option option, std::string_view value) noexcept;

    unsigned seen_ = 0; // a bit for each option
};

inline bool rule_reader::read_action(std::string_view word) noexcept {
    const action *found = find_word(action_words, word);
    if (found == nullptr) {
        return fail(rule_error::action_unknown);
    }
    made.then = *found;
    return true;
}

inline bool rule_reader::read_pattern(std::string_view word) noexcept {
    const pattern_result read = parse_pattern(word);
    if (!read) {
        pattern_error = read.error;
        pattern_offset = read.offset;
        return fail(rule_error::pattern_bad);
    }
    made.what = read.value;
    const bool meets = made.then == action::meet || made.then == action::continue_at_gate;
    if (meets && made.what.kind == pattern_kind::malformed) {
        return fail(rule_error::malformed_met);
    }
    if (made.then == action::continue_at_gate && !made.what.is_100_continue()) {
        return fail(rule_error::continue_of_other);
    }
    return true;
}

inline bool rule_reader::read_option(std::string_view word) noexcept {
    for (const auto &each : option_words) {
        const bool takes_value = each.text.back() == '=';
        const std::string_view head = takes_value ? slice(word, 0, each.text.size()) : word;
        if (equal_ignoring_case(head, each.text)) {
            const unsigned bit = 1u << static_cast<unsigned>(each.value);
            if ((seen_ & bit) != 0) {
                return fail(rule_error::option_repeated);
            }
            seen_ |= bit;
            return read_option_value(each.value, slice(word, each.text.size()));
        }
    }
    return fail(rule_error::option_unknown);
}

inline bool rule_reader::read_option_value(rule_option option, std::string_view value) noexcept {
    switch (option) {
    case rule_option::status:
        if (made.then != action::reject) {
            return fail(rule_error::status_without_reject);
        }
        return parse_status(value, made.status) || fail(rule_error::status_bad);
    case rule_option::longer_than:
        made.has_longer_than = true;
        if (!parse_size(value, made.longer_than)) {
            return fail(rule_error::size_bad);
        }
        break;
    case rule_option::no_content:
        made.no_content = true;
        break;
    case rule_option::early:
        made.early = true;
        break;
    case rule_option::expression:
        expression = value;
        return !value.empty() || fail(rule_error::expression_empty);
    }
    return !(made.no_content && made.has_longer_than) || fail(rule_error::conditions_contradict);
}

} // namespace expect

#endif
