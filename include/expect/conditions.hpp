// Whether the conditions of a rule hold: what a decision needs to know of a request besides the
// field, and how rules ask for it.
#ifndef EXPECT_CONDITIONS_HPP
#define EXPECT_CONDITIONS_HPP

#include "expect/policy.hpp"

#include <cstdint>

namespace expect {

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

#endif
