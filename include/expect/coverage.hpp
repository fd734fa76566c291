// Which rules can never be reached, because an earlier one takes whatever they would match.
#ifndef EXPECT_COVERAGE_HPP
#define EXPECT_COVERAGE_HPP

#include "expect/index.hpp"
#include "expect/pattern.hpp"
#include "expect/policy.hpp"

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
    const bool conditions_are_weaker =
        outer.expression == nullptr && (!outer.no_content || inner.no_content) &&
        (!outer.has_longer_than ||
         (inner.has_longer_than && inner.longer_than >= outer.longer_than));
    return conditions_are_weaker && covers(outer.what, inner.what);
}

namespace detail {

inline const rule *find_in_chain(const rule_list &list, std::uint32_t first,
                                 std::uint32_t at) noexcept {
    for (; first < at; first = list.index.next[first]) {
        if (covers(list.rules[first], list.rules[at])) {
            return &list.rules[first];
        }
    }
    return nullptr;
}

} // namespace detail

// The rule of an indexed list that makes the one at a number unreachable; null if there is none.
// Looks only at rules for the same name and for any.
inline const rule *find_covering(const rule_list &list, std::uint32_t at) noexcept {
    const pattern &what = list.rules[at].what;
    std::uint32_t first = rule_index::end;
    switch (what.kind) {
    case pattern_kind::any:
        break;
    case pattern_kind::malformed:
        first = list.index.first_malformed;
        break;
    case pattern_kind::member:
        first = list.index.slots[detail::find_slot(list.rules, list.index.slots, list.index.mask,
                                                   what.spelled.name)];
        break;
    }
    const rule *found = detail::find_in_chain(list, first, at);
    return found != nullptr || what.kind == pattern_kind::malformed
               ? found
               : detail::find_in_chain(list, list.index.first_any, at);
}

} // namespace expect

#endif
