// What an administrator configured: rules, their conditions, and the lists in which they apply.
#ifndef EXPECT_POLICY_HPP
#define EXPECT_POLICY_HPP

#include "expect/pattern.hpp"

#include <cstdint>

namespace expect {

enum class action : std::uint8_t {
    meet,             // the server meets the expectation
    continue_at_gate, // the same, and 100 does not wait for a reader; for 100-continue alone
    ignore,           // as if the member had not been sent
    reject            // a final status
};

inline constexpr std::uint16_t status_expectation_failed = 417; // RFC 9110, 15.5.18

// One rule. All of its conditions must hold for it to apply.
struct rule {
    pattern what;
    action then = action::reject;
    bool early = false;           // continue: as soon as it is judged
    bool no_content = false;      // only requests without content
    bool has_longer_than = false; // only content of more bytes than longer_than, or of
                                  // undeclared length
    std::uint16_t status = status_expectation_failed; // meaningful for action::reject
    std::uint64_t longer_than = 0;                    // bytes
    const void *expression = nullptr; // a condition that the server evaluates; null for none
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
