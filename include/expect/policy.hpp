// What an administrator configured: rules, their conditions, and the lists in which they apply.
#ifndef EXPECT_POLICY_HPP
#define EXPECT_POLICY_HPP

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

} // namespace expect

#endif
