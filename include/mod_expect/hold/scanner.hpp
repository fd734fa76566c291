// Which lines of a request are Expect lines. Knows bytes only, and of a line only its first and its
// last; filter.hpp feeds it. RFC 9112, section 5 (field lines).
//
// Empty lines are nothing to it, in any number and at any place, nor is the end of a header
// section: a line is an Expect line if it begins with the name, whatever was before it.
#pragma once

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mod_expect {

enum class line_kind : std::uint8_t {
    other,
    expect_field, // a field line whose name is Expect, in any case
    undecided     // the bytes are too few: ask again with these and more
};

class scanner {
public:
    static constexpr std::string_view name_and_colon = "expect:";
    // So many first bytes decide about any line.
    static constexpr std::size_t head_size = name_and_colon.size();
    static constexpr std::size_t name_size = head_size - 1;

    // A new request, of which nothing was read.
    void start() noexcept { *this = scanner(); }

    // Whether a line comes next, and none that could continue an Expect line.
    [[nodiscard]] bool is_behind_line() const noexcept { return at_ == place::behind_line; }

    // Whether a whole line, by its first and last byte, is one that changes nothing there: nearly
    // every line.
    static bool is_usual_line(char first, char last) noexcept {
        return last == '\n' && (first | 0x20) != 'e';
    }

    // Takes such a line, by its first byte, where it is none that continues an Expect line; does
    // nothing where it may be one.
    bool pass_usual_line(char first) noexcept {
        if (at_ != place::behind_expect_line || expect::is(expect::ows, first)) {
            return false;
        }
        at_ = place::behind_line;
        return true;
    }

    // Takes the next bytes, which have no LF but for the last of them. head: the first of them, as
    // many as there are up to head_size. is_request_line: they are no field line, whatever they
    // begin with. Undecided changes nothing, and is never the answer to head_size bytes, to a whole
    // line, to the request line or to no bytes at all.
    line_kind take(std::string_view head, char last, bool is_request_line) noexcept;

    // Whether an Expect line of this request was continued by obs-fold.
    [[nodiscard]] bool has_folded_field() const noexcept { return has_folded_field_; }

private:
    enum class place : std::uint8_t { behind_line, behind_expect_line, in_line, in_expect_line };

    // Four bytes with the bit of a letter's case set. Of two bytes that differ in it alone, one is
    // a letter or neither is in the name.
    static std::uint32_t word_at(const char *bytes) noexcept {
        std::uint32_t word = 0;
        std::memcpy(&word, bytes, sizeof(word));
        return word | 0x20202020;
    }

    // The six bytes of the name are two words that share two bytes.
    static bool is_name_and_colon(std::string_view head) noexcept {
        static_assert(name_size == 6);
        return head.size() == head_size && head.back() == ':' &&
               word_at(head.data()) == word_at(name_and_colon.data()) &&
               word_at(head.data() + 2) == word_at(name_and_colon.data() + 2);
    }

    place at_ = place::behind_line;
    bool has_folded_field_ = false;
};

inline line_kind scanner::take(std::string_view head, char last, bool is_request_line) noexcept {
    line_kind kind = line_kind::other;
    if (head.empty()) {
        return kind;
    }
    if (is_request_line) {
        at_ = place::in_line;
    } else if (at_ == place::behind_line || at_ == place::behind_expect_line) {
        if (head.size() < head_size && last != '\n') {
            return line_kind::undecided;
        }
        if (at_ == place::behind_expect_line && expect::is(expect::ows, head.front())) {
            has_folded_field_ = true;
        }
        kind = is_name_and_colon(head) ? line_kind::expect_field : line_kind::other;
        at_ = kind == line_kind::expect_field ? place::in_expect_line : place::in_line;
    }
    if (last == '\n') {
        at_ = at_ == place::in_expect_line ? place::behind_expect_line : place::behind_line;
    }
    return kind;
}

} // namespace mod_expect
