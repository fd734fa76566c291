// The rules behind all others. They match whatever was sent, so every member gets a ruling.
#ifndef EXPECT_BUILTIN_HPP
#define EXPECT_BUILTIN_HPP

#include "expect/index.hpp"
#include "expect/policy.hpp"

#include <array>
#include <cstdint>

namespace expect {

namespace detail {

constexpr std::array<rule, 3> make_built_in_rules() noexcept {
    std::array<rule, 3> made{};
    made[0].what.kind = pattern_kind::member;
    made[0].what.spelled.text = name_100_continue;
    made[0].what.spelled.name = name_100_continue;
    made[0].then = action::meet;
    made[1].what.kind = pattern_kind::any;
    made[2].what.kind = pattern_kind::malformed;
    return made;
}

inline constexpr std::array<rule, 3> built_in_rules = make_built_in_rules();

constexpr std::array<std::uint32_t, index_words(3)> make_built_in_memory() noexcept {
    std::array<std::uint32_t, index_words(3)> memory{};
    rule_list list;
    list.rules = built_in_rules.data();
    list.count = 3;
    build_index(list, memory.data());
    return memory;
}

inline constexpr std::array<std::uint32_t, index_words(3)> built_in_memory = make_built_in_memory();

constexpr rule_list make_built_in_list() noexcept {
    rule_list list;
    list.rules = built_in_rules.data();
    list.count = 3;
    list.index.next = built_in_memory.data();
    list.index.next_accepting = list.index.next + list.count;
    list.index.slots = list.index.next_accepting + list.count;
    list.index.mask = static_cast<std::uint32_t>(index_words(3)) - 2 * list.count - 1;
    list.index.first_100_continue = 0;
    list.index.first_any = 1;
    list.index.first_malformed = 2;
    list.index.first_accepting = 0;
    return list;
}

} // namespace detail

// meet 100-continue, reject *, reject @malformed: the last list of every chain.
inline constexpr rule_list built_in = detail::make_built_in_list();

} // namespace expect

#endif
