// The rules behind all others. They match whatever was sent, so every member gets a ruling.
#ifndef EXPECT_BUILTIN_HPP
#define EXPECT_BUILTIN_HPP

#include "expect/index.hpp"
#include "expect/policy.hpp"
#include "expect/rule_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

namespace detail {

struct rule_words {
    std::string_view text; // the whole rule
    std::string_view action;
    std::string_view pattern;
};

constexpr rule_words split_words(std::string_view text) noexcept {
    const std::size_t space = text.find(' ');
    return {text, slice(text, 0, space), slice(text, space + 1)};
}

inline constexpr std::array<rule_words, 3> built_in_words = {{
    split_words("meet 100-continue"),
    split_words("reject *"),
    split_words("reject @malformed"),
}};

} // namespace detail

// How many there are.
inline constexpr std::size_t built_in_count = detail::built_in_words.size();

namespace detail {

// Reads the rules when the program is compiled.
constexpr std::array<rule, built_in_count> read_built_in_rules() noexcept {
    std::array<rule, built_in_count> made{};
    for (std::size_t at = 0; at < built_in_count; ++at) {
        rule_reader reader;
        if (reader.read_action(built_in_words[at].action) &&
            reader.read_pattern(built_in_words[at].pattern) && reader.finish()) {
            made[at] = reader.made;
        }
    }
    return made;
}

inline constexpr std::array<rule, built_in_count> built_in_rules = read_built_in_rules();

using built_in_index_memory = std::array<std::uint32_t, index_words(built_in_count)>;

constexpr rule_list make_built_in_list(std::uint32_t *memory) noexcept {
    rule_list list;
    list.rules = built_in_rules.data();
    list.count = built_in_count;
    build_index(list, memory);
    return list;
}

constexpr built_in_index_memory make_built_in_memory() noexcept {
    built_in_index_memory memory{};
    make_built_in_list(memory.data());
    return memory;
}

inline constexpr built_in_index_memory built_in_memory = make_built_in_memory();

// The list once more, with the memory where it stays.
constexpr rule_list make_built_in_list() noexcept {
    built_in_index_memory memory{};
    rule_list list = make_built_in_list(memory.data());
    lay_index(list.index, built_in_memory.data(), list.count);
    return list;
}

} // namespace detail

// The last list of every chain.
inline constexpr rule_list built_in = detail::make_built_in_list();

// What a built-in rule says, as an administrator would write it; ends with NUL. Empty for every
// other rule.
constexpr std::string_view built_in_text(const rule &of) noexcept {
    for (std::size_t at = 0; at < built_in.count; ++at) {
        if (&of == &built_in.rules[at]) {
            return detail::built_in_words[at].text;
        }
    }
    return {};
}

} // namespace expect

#endif
