// How the rules for a name are found in a time that does not depend on the rules for other names.
// The index is built once, in memory that the caller provides, and only read afterwards. Only
// administrators put names into it, so a client cannot make it degenerate.
#pragma once

#include "expect/ascii.hpp"
#include "expect/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

namespace detail {

// At least twice as many slots as rules, so that a search always meets a free one.
constexpr std::uint32_t slot_count(std::uint32_t rules) noexcept {
    std::uint32_t slots = 2;
    while (slots < 2 * rules) {
        slots *= 2;
    }
    return slots;
}

// The slot that holds a rule with this name, or the free one where it belongs.
template <class Rules>
constexpr std::uint32_t find_slot(const Rules &rules, const std::uint32_t *slots,
                                  std::uint32_t mask, std::string_view name) noexcept {
    std::uint32_t slot = hash_name(name) & mask;
    while (slots[slot] != rule_index::end &&
           !equal_ignoring_case(rules[slots[slot]].what.spelled.name, name)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

} // namespace detail

// How many words of memory build_index needs for a list of so many rules. At most 2^30 rules.
constexpr std::size_t index_words(std::uint32_t count) noexcept {
    return 2 * std::size_t{count} + detail::slot_count(count);
}

// Builds the index of a list in memory of index_words(list.count) words, which must live as long as
// the list. Linear in the number of rules.
constexpr void build_index(rule_list &list, std::uint32_t *memory) noexcept {
    constexpr std::uint32_t end = rule_index::end;
    const std::uint32_t slot_count = detail::slot_count(list.count);
    std::uint32_t *next = memory;
    std::uint32_t *next_accepting = next + list.count;
    std::uint32_t *slots = next_accepting + list.count;
    for (std::uint32_t slot = 0; slot < slot_count; ++slot) {
        slots[slot] = end;
    }
    rule_index index;
    index.next = next;
    index.next_accepting = next_accepting;
    index.slots = slots;
    index.mask = slot_count - 1;
    // Backwards, so that each rule only has to be put before the chain it belongs to.
    for (std::uint32_t at = list.count; at-- > 0;) {
        const pattern &what = list.rules[at].what;
        std::uint32_t *head = nullptr;
        switch (what.kind) {
        case pattern_kind::any:
            head = &index.first_any;
            break;
        case pattern_kind::malformed:
            head = &index.first_malformed;
            break;
        case pattern_kind::member:
            head = &slots[detail::find_slot(list.rules, slots, index.mask, what.spelled.name)];
            break;
        }
        next[at] = *head;
        *head = at;
        next_accepting[at] = index.first_accepting;
        if (what.kind == pattern_kind::member && list.rules[at].then != action::reject) {
            index.first_accepting = at;
        }
    }
    index.first_100_continue =
        slots[detail::find_slot(list.rules, slots, index.mask, name_100_continue)];
    list.index = index;
}

// The rules of an indexed list that may match a member, in ascending order: those for its name and
// those for any. Their conditions and values remain to be tested.
class candidate_reader {
public:
    candidate_reader(const rule_list &list, const expectation &member) noexcept
        : next_(list.index.next), named_(find_named(list, member)), any_(list.index.first_any) {}

    // The number of the next candidate, or rule_index::end.
    std::uint32_t next() noexcept {
        const bool is_named = named_ < any_;
        const std::uint32_t found = is_named ? named_ : any_;
        if (is_named) {
            named_ = next_[found];
        } else if (found != rule_index::end) {
            any_ = next_[found];
        }
        return found;
    }

private:
    static std::uint32_t find_named(const rule_list &list, const expectation &member) noexcept {
        if (member.is_100_continue) {
            return list.index.first_100_continue;
        }
        return list.index
            .slots[detail::find_slot(list.rules, list.index.slots, list.index.mask, member.name)];
    }

    const std::uint32_t *next_;
    std::uint32_t named_;
    std::uint32_t any_;
};

} // namespace expect
