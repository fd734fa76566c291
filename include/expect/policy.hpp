// What an administrator configured: rules, their conditions, and the lists in which they apply. And
// what a decision needs to know of a request besides the field, for which conditions ask.
#pragma once

#include "expect/pattern.hpp"

#include <cstdint>
#include <limits>
#include <string_view>

namespace expect {

enum class action : std::uint8_t {
    meet,             // the server meets the expectation
    continue_at_gate, // the same, and 100 waits for no reader; for 100-continue alone
    ignore,           // as if the member had not been sent
    ask,              // an application decides
    reject            // a final status
};

inline constexpr std::uint16_t status_expectation_failed = 417; // RFC 9110, 15.5.18

// Which content a rule is for: a range on the line of all contents, where no content is 0, content
// of a declared length is that many bytes, and content of undeclared length comes last.
struct content_range {
    static constexpr std::uint64_t undeclared = std::numeric_limits<std::uint64_t>::max();

    std::uint64_t least = 0;
    std::uint64_t most = undeclared;

    [[nodiscard]] constexpr bool holds(std::uint64_t place) const noexcept {
        return least <= place && place <= most;
    }
    [[nodiscard]] constexpr bool is_empty() const noexcept { return least > most; }
    [[nodiscard]] constexpr bool holds_all_of(const content_range &other) const noexcept {
        return least <= other.least && other.most <= most;
    }
};

// One rule. Its pattern must match, and its conditions, content and expression, must hold.
struct rule {
    pattern what;
    action then = action::reject;
    bool early = false;           // continue: 100 is sent as soon as the request is judged
    bool has_retry_after = false; // reject
    std::uint16_t status = status_expectation_failed; // reject
    std::uint32_t retry_after = 0;                    // seconds
    content_range content;
    const void *expression = nullptr; // a condition that the server evaluates; null for none
    std::string_view url;             // ask: the path of the application that is asked
    const void *tag = nullptr;        // the server's own: where the rule is written, say
};

// How the rules of a list are found without looking at each: chains of rules in ascending order,
// one for each name, one for the patterns "*" and one for "@malformed". See index.hpp.
struct rule_index {
    static constexpr std::uint32_t end = 0xffffffff;

    const std::uint32_t *next = nullptr;  // for each rule the next one of its chain, or end
    const std::uint32_t *slots = nullptr; // by hash of the name: the first rule with it, or end
    std::uint32_t mask = 0;               // slots less one; their number is a power of two
    std::uint32_t first_any = end;
    std::uint32_t first_malformed = end;
    std::uint32_t first_100_continue = end;
    // The rules that let an expectation go on which they name; next_accepting as next.
    std::uint32_t first_accepting = end;
    const std::uint32_t *next_accepting = nullptr;
};

// An ordered list of rules, of which the first that matches decides. Lists are chained: sections,
// the virtual host, the main server, the built-in one. Views only: whoever made the rules and the
// index keeps them.
struct rule_list {
    const rule *rules = nullptr;
    std::uint32_t count = 0;
    rule_index index;
    const rule_list *next = nullptr;
};

// What a request says of its content (RFC 9112, 6.3).
enum class content_kind : std::uint8_t {
    none,      // neither Content-Length nor Transfer-Encoding
    declared,  // Content-Length; of 0 bytes, it is no content for every condition
    undeclared // its length is known only at its end
};

// What the server answers when it is asked for a condition of its own.
enum class condition_result : std::uint8_t { fails, holds, error };

// Evaluates rule::expression. Must not throw. One decision may ask for the same expression again,
// for another member; and what it answers must not depend on the member, so a server to which the
// answer is dear remembers it for the length of a request.
using condition_evaluator = condition_result (*)(void *context, const void *expression) noexcept;

struct request_facts {
    bool http_1_1 = true; // HTTP/1.1 or later; in HTTP/1.0 100-continue is ignored
    content_kind content = content_kind::none;
    std::uint64_t content_length = 0;       // bytes, below 2^63, for content_kind::declared
    condition_evaluator evaluate = nullptr; // without one, a rule with an expression is an error
    void *context = nullptr;                // handed to evaluate

    // Where the content lies on the line of content_range.
    [[nodiscard]] constexpr std::uint64_t content_place() const noexcept {
        return content == content_kind::none       ? 0
               : content == content_kind::declared ? content_length
                                                   : content_range::undeclared;
    }
    [[nodiscard]] constexpr bool has_content() const noexcept { return content_place() != 0; }
    // Whether a 100 means anything to the client (RFC 9110, 10.1.1).
    [[nodiscard]] constexpr bool allows_100() const noexcept { return http_1_1 && has_content(); }
};

// Why a rule did not decide, for those who follow the reasoning.
enum class rule_outcome : std::uint8_t {
    decided,
    other_member,     // the pattern asks for another value or other parameters
    has_content,      // no-content does not hold
    not_longer,       // longer-than does not hold
    not_shorter,      // shorter-than does not hold
    expression_false, // the server's condition does not hold
    expression_error  // the server's condition could not be evaluated
};

namespace detail {

// Why a rule's range does not hold the content.
constexpr rule_outcome outcome_of_content(const content_range &range,
                                          std::uint64_t place) noexcept {
    if (range.most == 0) {
        return rule_outcome::has_content;
    }
    const bool lacks_length = place == 0 && range.most != content_range::undeclared;
    return place > range.most || lacks_length ? rule_outcome::not_shorter
                                              : rule_outcome::not_longer;
}

// Whether a rule's conditions hold; its pattern is known to match.
inline rule_outcome test_conditions(const rule &tested, const request_facts &facts) noexcept {
    const std::uint64_t place = facts.content_place();
    if (!tested.content.holds(place)) {
        return outcome_of_content(tested.content, place);
    }
    if (tested.expression != nullptr) {
        const condition_result result = facts.evaluate == nullptr
                                            ? condition_result::error
                                            : facts.evaluate(facts.context, tested.expression);
        if (result != condition_result::holds) {
            return result == condition_result::fails ? rule_outcome::expression_false
                                                     : rule_outcome::expression_error;
        }
    }
    return rule_outcome::decided;
}

} // namespace detail

} // namespace expect
