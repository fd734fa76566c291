// The rules behind all others. They match whatever was sent, so every member gets a ruling.
#pragma once

#include "expect/index.hpp"
#include "expect/policy.hpp"
#include "expect/rule_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// As an administrator would write them.
inline constexpr std::array<std::string_view, 3> built_in_texts = {"meet 100-continue", "reject *",
                                                                   "reject @malformed"};

// How many there are.
inline constexpr std::size_t built_in_count = built_in_texts.size();

namespace detail {

// Read and indexed when the program is compiled.
struct built_in_policy {
    std::array<rule, built_in_count> rules{};
    std::array<std::uint32_t, index_words(built_in_count)> memory{};
    rule_list list;

    built_in_policy(const built_in_policy &) = delete; // the list points into this one
    constexpr built_in_policy() noexcept {
        for (std::size_t at = 0; at < built_in_count; ++at) {
            const std::string_view text = built_in_texts[at];
            const std::size_t space = text.find(' ');
            rule_reader reader;
            if (reader.read_action(slice(text, 0, space)) &&
                reader.read_pattern(slice(text, space + 1)) && reader.finish()) {
                rules[at] = reader.made;
            }
        }
        list.rules = rules.data();
        list.count = built_in_count;
        build_index(list, memory.data());
    }
};

inline constexpr built_in_policy made_built_in;

} // namespace detail

// The last list of every chain.
inline constexpr const rule_list &built_in = detail::made_built_in.list;

// What a built-in rule says, as an administrator would write it; ends with NUL. Empty for every
// other rule.
constexpr std::string_view built_in_text(const rule &of) noexcept {
    for (std::size_t at = 0; at < built_in.count; ++at) {
        if (&of == &built_in.rules[at]) {
            return built_in_texts[at];
        }
    }
    return {};
}

} // namespace expect
