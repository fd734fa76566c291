// Which rules can never be reached, because an earlier one takes whatever they would match.
#pragma once

#include "expect/index.hpp"
#include "expect/pattern.hpp"
#include "expect/policy.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace expect {

// Whether everything that inner matches is matched by outer.
inline bool covers(const pattern &outer, const pattern &inner) noexcept {
    if (outer.kind != pattern_kind::member || inner.kind != pattern_kind::member) {
        return outer.kind == inner.kind ||
               (outer.kind == pattern_kind::any && inner.kind == pattern_kind::member);
    }
    if (!equal_ignoring_case(outer.spelled.name, inner.spelled.name) ||
        outer.spelled.has_value != inner.spelled.has_value) {
        return false;
    }
    if (!outer.spelled.has_value) {
        return true;
    }
    if (!outer.any_value &&
        (inner.any_value || !same_value(outer.spelled.value, inner.spelled.value))) {
        return false;
    }
    return outer.any_parameters || (!inner.any_parameters && same_parameters(outer, inner.spelled));
}

// Whether outer, coming first, leaves inner nothing. Conditions of the server's own are not looked
// into: a rule that has one may always decline.
inline bool covers(const rule &outer, const rule &inner) noexcept {
    return outer.expression == nullptr && outer.content.holds_all_of(inner.content) &&
           covers(outer.what, inner.what);
}

// How many rules there are in a chain of lists up to end, which is not looked at.
inline std::uint32_t count_rules(const rule_list *lists, const rule_list *end) noexcept {
    std::uint32_t count = 0;
    for (; lists != end; lists = lists->next) {
        count += lists->count;
    }
    return count;
}

// How many words of memory find_covering needs for so many rules. At most 2^30.
constexpr std::size_t coverage_words(std::uint32_t count) noexcept {
    return 7 * std::size_t{count} + detail::slot_count(count);
}

namespace detail {

// Patterns that match the same have the same hash: the parameters' are added up, because their
// order says nothing.
inline std::uint32_t hash_pattern(const pattern &what) noexcept {
    // FNV alone adds up badly: its low bits know nothing of the high ones.
    const auto mix = [](std::uint32_t hash) {
        hash = (hash ^ hash >> 16) * 0x85ebca6bu;
        hash = (hash ^ hash >> 13) * 0xc2b2ae35u;
        return hash ^ hash >> 16;
    };
    std::uint32_t hash = hash_name(what.spelled.name);
    hash = add_to_hash(hash, static_cast<std::uint32_t>(what.kind));
    hash = add_to_hash(hash, what.any_parameters ? 1 : 0);
    hash = add_to_hash(hash, what.any_value ? 1 : 0);
    if (what.spelled.has_value && !what.any_value) {
        hash = hash_value(hash, what.spelled.value);
    }
    std::uint32_t sum = 0;
    parameter_reader reader(what.spelled.parameters);
    parameter each;
    while (!what.any_parameters && reader.next(each)) {
        sum += mix(hash_value(add_to_hash(hash_name(each.name), 0), each.value));
    }
    return mix(hash ^ sum);
}

// Finds, for rules numbered from 0, the earliest one that covers each. The rules without an
// expression, which alone can cover, are sorted into groups of the same pattern. A rule asks the
// few groups whose patterns cover its own for the earliest rule whose range of content holds its
// own: all rules are gone through by the lower end of their ranges, each is entered into a tree
// over the groups' rules sorted by the upper end, and the tree knows the earliest rule of any
// stretch. Rules that come later than the one that asks are in the tree as well; but they are the
// answer only where no earlier one is, since it asks for the earliest of all.
class covering_search {
public:
    // memory: coverage_words(count) words.
    covering_search(const rule *const *rules, std::uint32_t count, std::uint32_t *memory) noexcept
        : rules_(rules), count_(count), group_(memory), by_group_(group_ + count),
          place_(by_group_ + count), by_least_(place_ + count), tree_(by_least_ + count),
          answer_(tree_ + 2 * std::size_t{count}), slots_(answer_ + count),
          mask_(slot_count(count) - 1) {}

    // The number of the earliest covering rule for each, or rule_index::end.
    const std::uint32_t *run() noexcept {
        group_rules();
        sort_rules();
        std::uint32_t entered = 0;
        for (std::uint32_t asking = 0; asking < count_; ++asking) {
            const std::uint64_t least = rules_[by_least_[asking]]->content.least;
            for (; entered < count_ && rules_[by_least_[entered]]->content.least <= least;
                 ++entered) {
                enter(by_least_[entered]);
            }
            ask(by_least_[asking]);
        }
        return answer_;
    }

private:
    static constexpr std::uint32_t none = rule_index::end;

    // The slot of the first rule with the same pattern, or the free one where it belongs.
    [[nodiscard]] std::uint32_t find_group(const pattern &what) const noexcept {
        std::uint32_t slot = hash_pattern(what) & mask_;
        while (slots_[slot] != none) {
            const pattern &found = rules_[slots_[slot]]->what;
            if (covers(found, what) && covers(what, found)) {
                break;
            }
            slot = (slot + 1) & mask_;
        }
        return slot;
    }

    void group_rules() noexcept {
        std::fill(slots_, slots_ + mask_ + 1, none);
        for (std::uint32_t at = 0; at < count_; ++at) {
            if (rules_[at]->expression != nullptr) {
                group_[at] = none;
                continue;
            }
            const std::uint32_t slot = find_group(rules_[at]->what);
            slots_[slot] = slots_[slot] == none ? at : slots_[slot];
            group_[at] = slots_[slot];
        }
    }

    void sort_rules() noexcept {
        for (std::uint32_t at = 0; at < count_; ++at) {
            by_group_[at] = at;
            by_least_[at] = at;
            tree_[at] = none;
            tree_[count_ + at] = none;
        }
        std::sort(by_group_, by_group_ + count_, [this](std::uint32_t a, std::uint32_t b) {
            return is_before(a, group_[b], rules_[b]->content.most);
        });
        std::sort(by_least_, by_least_ + count_, [this](std::uint32_t a, std::uint32_t b) {
            return rules_[a]->content.least < rules_[b]->content.least;
        });
        for (std::uint32_t place = 0; place < count_; ++place) {
            place_[by_group_[place]] = place;
        }
    }

    [[nodiscard]] bool is_before(std::uint32_t at, std::uint32_t group,
                                 std::uint64_t most) const noexcept {
        return group_[at] != group ? group_[at] < group : rules_[at]->content.most < most;
    }

    // The first place of a group where ranges reach as far, or the place behind the group.
    [[nodiscard]] std::uint32_t find_place(std::uint32_t group, std::uint64_t most) const noexcept {
        const std::uint32_t *found =
            std::lower_bound(by_group_, by_group_ + count_, most,
                             [this, group](std::uint32_t at, std::uint64_t wanted) {
                                 return is_before(at, group, wanted);
                             });
        return static_cast<std::uint32_t>(found - by_group_);
    }

    void enter(std::uint32_t at) noexcept {
        if (group_[at] == none) {
            return;
        }
        for (std::uint32_t node = count_ + place_[at]; node > 0; node /= 2) {
            tree_[node] = std::min(tree_[node], at);
        }
    }

    // The earliest rule entered at the places from first to end.
    [[nodiscard]] std::uint32_t find_earliest(std::uint32_t first,
                                              std::uint32_t end) const noexcept {
        std::uint32_t found = none;
        for (first += count_, end += count_; first < end; first /= 2, end /= 2) {
            if (first % 2 == 1) {
                found = std::min(found, tree_[first++]);
            }
            if (end % 2 == 1) {
                found = std::min(found, tree_[--end]);
            }
        }
        return found;
    }

    void ask_group(std::uint32_t at, const pattern &covering) noexcept {
        const std::uint32_t group = slots_[find_group(covering)];
        if (group != none) {
            const std::uint32_t first = find_place(group, rules_[at]->content.most);
            const std::uint32_t found = find_earliest(first, find_place(group + 1, 0));
            answer_[at] = found < at ? std::min(found, answer_[at]) : answer_[at];
        }
    }

    void ask(std::uint32_t at) noexcept {
        answer_[at] = none;
        pattern wanted = rules_[at]->what;
        ask_group(at, wanted);
        if (wanted.kind != pattern_kind::member) {
            return;
        }
        ask_group(at, pattern{});
        if (!wanted.spelled.has_value) {
            return;
        }
        wanted.any_parameters = true;
        ask_group(at, wanted);
        wanted.any_value = true;
        ask_group(at, wanted);
        wanted.any_parameters = rules_[at]->what.any_parameters;
        ask_group(at, wanted);
    }

    const rule *const *rules_;
    std::uint32_t count_;
    std::uint32_t *group_;    // of each rule: the first one with its pattern, or none
    std::uint32_t *by_group_; // the rules, sorted by group and by the upper end of their ranges
    std::uint32_t *place_;    // of each rule: where it is among these
    std::uint32_t *by_least_; // the rules, sorted by the lower end
    std::uint32_t *tree_;     // node N is the earlier of 2N and 2N + 1; leaves are places
    std::uint32_t *answer_;
    std::uint32_t *slots_; // the groups, by hash
    std::uint32_t mask_;
};

} // namespace detail

// For each rule of a chain of lists, in order, the earliest one before it that makes it
// unreachable, or null: found[N] for the Nth. The chain ends before the list end: list.next for a
// list alone, &built_in for all that administrators wrote. found: count_rules() pointers; memory:
// coverage_words() of that, not needed afterwards. Takes n log n steps for n rules.
inline void find_covering(const rule_list *lists, const rule_list *end, const rule **found,
                          std::uint32_t *memory) noexcept {
    std::uint32_t count = 0;
    for (; lists != end; lists = lists->next) {
        for (std::uint32_t at = 0; at < lists->count; ++at) {
            found[count++] = &lists->rules[at];
        }
    }
    const std::uint32_t *numbers = detail::covering_search(found, count, memory).run();
    // Backwards, because a number is that of an earlier rule.
    for (std::uint32_t at = count; at-- > 0;) {
        found[at] = numbers[at] == rule_index::end ? nullptr : found[numbers[at]];
    }
}

} // namespace expect
