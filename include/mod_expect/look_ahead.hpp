// Looks over what is left of a header section in one go, where all of it lies in memory already.
// Knows bytes only. RFC 9112, section 5: a field line begins with the field's name, and an empty
// line ends the section.
#ifndef MOD_EXPECT_LOOK_AHEAD_HPP
#define MOD_EXPECT_LOOK_AHEAD_HPP

#include "mod_expect/header_scanner.hpp"

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mod_expect {

namespace detail {

// So many bytes are compared by one instruction where the machine can.
using byte_vector [[gnu::vector_size(16)]] = unsigned char;

inline byte_vector load(const char *at) noexcept {
    byte_vector loaded;
    std::memcpy(&loaded, at, sizeof(loaded));
    return loaded;
}

// Which pairs of neighbours, the first of which begins at `at`, are an LF and an "e" or "E".
inline byte_vector find_pairs(const char *at) noexcept {
    return static_cast<byte_vector>(load(at) == '\n') &
           static_cast<byte_vector>((load(at + 1) | 0x20) == 'e');
}

// Whether one of the block_size pairs from `at` on is such a one.
inline constexpr std::size_t block_size = 4 * sizeof(byte_vector);
inline bool has_pair(const char *at) noexcept {
    constexpr std::size_t step = sizeof(byte_vector);
    const byte_vector found = (find_pairs(at) | find_pairs(at + step)) |
                              (find_pairs(at + 2 * step) | find_pairs(at + 3 * step));
    std::uint64_t halves[2];
    std::memcpy(halves, &found, sizeof(halves));
    return (halves[0] | halves[1]) != 0;
}

inline bool is_e(char byte) noexcept { return (byte | 0x20) == 'e'; }

inline bool begins_with(std::string_view text, std::string_view wanted) noexcept {
    return expect::equal_ignoring_case(expect::slice(text, 0, wanted.size()), wanted);
}

// Meets the lines of a section one after the other.
class expect_lines {
public:
    explicit expect_lines(const char *end) noexcept : end_(end) {}

    // Takes the line that begins at `at`. False where the core would not have it: it begins with
    // the field's name, and it is not the only one or says anything but 100-continue.
    bool pass(const char *at) noexcept {
        const std::string_view text(at, static_cast<std::size_t>(end_ - at));
        if (!says_100_continue(text)) {
            return !begins_with(text, "expect");
        }
        const bool is_first = !has_passed_one_;
        has_passed_one_ = true;
        return is_first;
    }
    // Takes the lines that begin behind an LF in [at, stop).
    [[gnu::noinline]] bool pass_all(const char *at, const char *stop) noexcept {
        while (at != stop) {
            const auto size = static_cast<std::size_t>(stop - at);
            at = static_cast<const char *>(std::memchr(at, '\n', size));
            if (at == nullptr) {
                return true;
            }
            ++at;
            if (at != end_ && is_e(*at) && !pass(at)) {
                return false;
            }
        }
        return true;
    }

private:
    // As nearly all clients write it, and not continued by obs-fold.
    static bool says_100_continue(std::string_view text) noexcept {
        static constexpr std::string_view line = "Expect: 100-continue\r\n";
        return text.size() > line.size() &&
               (std::memcmp(text.data(), line.data(), line.size()) == 0 ||
                begins_with(text, line)) &&
               !expect::is(expect::ows, text.data()[line.size()]);
    }

    const char *end_;
    bool has_passed_one_ = false;
};

} // namespace detail

// Whether text, which begins with a line of a header section, certainly holds the whole rest of it.
inline bool holds_whole_section(std::string_view text) noexcept {
    static constexpr std::string_view last_lines = "\n\r\n";
    return text.size() > last_lines.size() &&
           std::memcmp(text.data() + text.size() - last_lines.size(), last_lines.data(),
                       last_lines.size()) == 0;
}

// Whether text, which holds a whole section, has certainly no Expect line but, at the most, one
// that says 100-continue. Linear, and fast where no line begins with "e", as in nearly every
// request.
inline bool needs_no_hold(std::string_view text) noexcept {
    using namespace detail;
    const char *at = text.data();
    const char *end = at + text.size();
    expect_lines lines(end);
    if (is_e(*at) && !lines.pass(at)) {
        return false;
    }
    if (text.size() <= block_size) {
        return lines.pass_all(at, end);
    }
    const char *last = end - 1 - block_size; // where the last block of pairs begins
    for (; at < last; at += block_size) {
        if (has_pair(at) && !lines.pass_all(at, at + block_size)) {
            return false;
        }
    }
    return !has_pair(last) || lines.pass_all(at, end);
}

// Takes a section of which all lines are there through the scanner, which has passed the request
// line. Calls rename(line) for each Expect line; what is behind the section stays as it is.
template <class Rename>
void scan_section(header_scanner &scanner, char *begin, std::size_t size, Rename rename) noexcept {
    char *at = begin;
    const char *end = begin + size;
    while (scanner.is_active() && at != end) {
        const auto rest = static_cast<std::size_t>(end - at);
        const auto *line_end = static_cast<const char *>(std::memchr(at, '\n', rest));
        if (line_end == nullptr) {
            return;
        }
        const auto line_size = static_cast<std::size_t>(line_end + 1 - at);
        if (scanner.begin_line({at, line_size}) == line_kind::expect_field) {
            rename(at);
        }
        scanner.end_bytes('\n');
        at += line_size;
    }
}

} // namespace mod_expect

#endif
