// Finds the lines that begin with an "e" or "E", as those of the Expect field do, many bytes at a
// time: nearly every request's header section is searched. Knows bytes only.
#ifndef MOD_EXPECT_LINE_SEARCH_HPP
#define MOD_EXPECT_LINE_SEARCH_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mod_expect {

inline bool is_e(char byte) noexcept { return (byte | 0x20) == 'e'; }

namespace detail {

// The searches answer where the first LF in [at, end) is that an "e" follows; null without one.

inline const char *find_pair_by_lines(const char *at, const char *end) noexcept {
    while (at != end) {
        const auto rest = static_cast<std::size_t>(end - at);
        const auto *found = static_cast<const char *>(std::memchr(at, '\n', rest));
        if (found == nullptr) {
            return nullptr;
        }
        at = found + 1;
        if (at != end && is_e(*at)) {
            return found;
        }
    }
    return nullptr;
}

// The others take longer texts only, and compare so many pairs of neighbouring bytes in one step.
// The last pair of a step has its second byte behind them.
inline constexpr std::size_t block_size = 64;

using pair_search = const char *(*)(const char *at, const char *end) noexcept;

// With vectors as all machines have them, or the compiler makes do.
inline const char *find_pair(const char *at, const char *end) noexcept {
    using vector [[gnu::vector_size(16)]] = unsigned char;
    const auto has_pair = [](const char *block) noexcept {
        vector found = {};
#pragma GCC unroll 4
        for (std::size_t i = 0; i < block_size; i += sizeof(vector)) {
            vector first;
            vector second;
            std::memcpy(&first, block + i, sizeof(first));
            std::memcpy(&second, block + i + 1, sizeof(second));
            found |=
                static_cast<vector>(first == '\n') & static_cast<vector>((second | 0x20) == 'e');
        }
        std::uint64_t halves[2];
        std::memcpy(halves, &found, sizeof(halves));
        return (halves[0] | halves[1]) != 0;
    };
    const char *last = end - 1 - block_size; // a block that ends with them, over the one before
    while (at < last && !has_pair(at)) {
        at += block_size;
    }
    at = at < last ? at : last;
    return has_pair(at) ? find_pair_by_lines(at, end) : nullptr;
}

#ifdef __x86_64__
// In a third of the instructions. The attributes tell what all parts of it need: compilers split up
// the vectors of a function that may not use them.
#define MOD_EXPECT_AVX2 target("avx2")
[[gnu::MOD_EXPECT_AVX2]] inline const char *find_pair_avx2(const char *at,
                                                           const char *end) noexcept {
    using vector [[gnu::vector_size(32)]] = char;
    using words [[gnu::vector_size(32)]] = long long;
    const auto pairs = [&](const char *begin) __attribute__((MOD_EXPECT_AVX2, always_inline)) {
        vector first;
        vector second;
        std::memcpy(&first, begin, sizeof(first));
        std::memcpy(&second, begin + 1, sizeof(second));
        return static_cast<vector>(first == '\n') & static_cast<vector>((second | 0x20) == 'e');
    };
    const auto search = [&](const char *block) __attribute__((MOD_EXPECT_AVX2, always_inline)) {
        const vector low = pairs(block);
        const vector high = pairs(block + sizeof(vector));
        const auto both = reinterpret_cast<words>(low) | reinterpret_cast<words>(high);
        if (__builtin_ia32_ptestz256(both, both) != 0) {
            return static_cast<const char *>(nullptr);
        }
        const auto in_low = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(low));
        const auto in_high = static_cast<std::uint32_t>(__builtin_ia32_pmovmskb256(high));
        return block + __builtin_ctzll(in_low | std::uint64_t{in_high} << sizeof(vector));
    };
    const char *last = end - 1 - block_size;
    for (; at < last; at += block_size) {
        if (const char *found = search(at)) {
            return found;
        }
    }
    return search(last);
}
#undef MOD_EXPECT_AVX2
#endif

// The best of those that the machine has.
inline pair_search choose_pair_search() noexcept {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        return find_pair_avx2;
    }
#endif
    return find_pair;
}

inline pair_search search_pair = find_pair;

} // namespace detail

// Makes the search as fast as the machine allows; before the first, if at all.
inline void prepare_line_search() noexcept { detail::search_pair = detail::choose_pair_search(); }

// The first line behind an LF in [at, end) that begins with an "e" or "E"; null if there is none.
inline const char *find_e_line(const char *at, const char *end) noexcept {
    const bool is_long = static_cast<std::size_t>(end - at) > detail::block_size;
    const char *found =
        is_long ? detail::search_pair(at, end) : detail::find_pair_by_lines(at, end);
    return found != nullptr ? found + 1 : nullptr;
}

} // namespace mod_expect

#endif
