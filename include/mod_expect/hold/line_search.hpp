// Finds lines by the byte that they begin with, many bytes at a time: nearly every request's header
// section is searched for an "e" or "E", as the lines of the Expect field have it. Knows bytes
// only.
#ifndef MOD_EXPECT_HOLD_LINE_SEARCH_HPP
#define MOD_EXPECT_HOLD_LINE_SEARCH_HPP

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mod_expect {

namespace detail {

// The searches answer where the first LF in [at, end) is that a certain byte follows; null without
// one. Bits that are ignored have to be set in the byte that is wanted.

template <unsigned char Wanted, unsigned char Ignored>
inline const char *find_pair_by_lines(const char *at, const char *end) noexcept {
    while (at != end) {
        const auto rest = static_cast<std::size_t>(end - at);
        const auto *found = static_cast<const char *>(std::memchr(at, '\n', rest));
        if (found == nullptr) {
            return nullptr;
        }
        at = found + 1;
        if (at != end && (static_cast<unsigned char>(*at) | Ignored) == Wanted) {
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
template <unsigned char Wanted, unsigned char Ignored>
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
            found |= static_cast<vector>(first == '\n') &
                     static_cast<vector>((second | Ignored) == Wanted);
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
    return has_pair(at) ? find_pair_by_lines<Wanted, Ignored>(at, end) : nullptr;
}

#ifdef __x86_64__
// In a third of the instructions. The attributes tell what all parts of it need: compilers split up
// the vectors of a function that may not use them.
#define MOD_EXPECT_AVX2 target("avx2")
template <unsigned char Wanted, unsigned char Ignored>
[[gnu::MOD_EXPECT_AVX2]] inline const char *find_pair_avx2(const char *at,
                                                           const char *end) noexcept {
    using vector [[gnu::vector_size(32)]] = unsigned char;
    using bytes [[gnu::vector_size(32)]] = char;
    using words [[gnu::vector_size(32)]] = long long;
    const auto pairs = [&](const char *begin) __attribute__((MOD_EXPECT_AVX2, always_inline)) {
        vector first;
        vector second;
        std::memcpy(&first, begin, sizeof(first));
        std::memcpy(&second, begin + 1, sizeof(second));
        return static_cast<bytes>(first == '\n') & static_cast<bytes>((second | Ignored) == Wanted);
    };
    const auto search = [&](const char *block) __attribute__((MOD_EXPECT_AVX2, always_inline)) {
        const bytes low = pairs(block);
        const bytes high = pairs(block + sizeof(vector));
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
template <unsigned char Wanted, unsigned char Ignored>
inline pair_search choose_pair_search() noexcept {
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        return find_pair_avx2<Wanted, Ignored>;
    }
#endif
    return find_pair<Wanted, Ignored>;
}

inline pair_search find_e_pair = find_pair<'e', 0x20>;
inline pair_search find_cr_pair = find_pair<'\r', 0>;

// The line behind the LF that is found; null without one.
template <unsigned char Wanted, unsigned char Ignored>
inline const char *find_line(const char *at, const char *end, pair_search search) noexcept {
    const char *found = static_cast<std::size_t>(end - at) > block_size
                            ? search(at, end)
                            : find_pair_by_lines<Wanted, Ignored>(at, end);
    return found != nullptr ? found + 1 : nullptr;
}

} // namespace detail

// Makes the searches as fast as the machine allows; before the first, if at all.
inline void prepare_line_search() noexcept {
    detail::find_e_pair = detail::choose_pair_search<'e', 0x20>();
    detail::find_cr_pair = detail::choose_pair_search<'\r', 0>();
}

// The first line behind an LF in [at, end) that begins with an "e" or "E"; null if there is none.
inline const char *find_e_line(const char *at, const char *end) noexcept {
    return detail::find_line<'e', 0x20>(at, end, detail::find_e_pair);
}

// The first line behind an LF in [at, end) that begins with a CR; null if there is none.
inline const char *find_cr_line(const char *at, const char *end) noexcept {
    return detail::find_line<'\r', 0>(at, end, detail::find_cr_pair);
}

} // namespace mod_expect

#endif
