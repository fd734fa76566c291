// Which lines of a request are Expect lines. Knows bytes only, and of a line only its first and its
// last; filter.hpp feeds it. RFC 9112, sections 2.2 (lines) and 5 (field lines).
//
// The end of a header section is nothing to it: empty lines are skipped before the request line,
// and behind it no line is an Expect line but one that begins with the name. So there is no number
// and no place of empty lines by which a field could pass.
#ifndef MOD_EXPECT_HOLD_SCANNER_HPP
#define MOD_EXPECT_HOLD_SCANNER_HPP

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
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

    // A new request: its request line comes next, or empty lines before it.
    void start() noexcept {
        at_ = place::before_request_line;
        has_folded_field_ = false;
    }

    // Takes a whole line, by its first and last byte, if it is like nearly every one: it begins
    // with a letter other than "e". False changes nothing, and says that take() must be asked.
    bool take_usual_line(char first, char last) noexcept {
        if (static_cast<unsigned char>(first) <= ' ' || (first | 0x20) == 'e' || last != '\n' ||
            at_ > place::behind_expect_line) {
            return false;
        }
        at_ = place::behind_line;
        return true;
    }

    // Takes the next bytes, which have no LF but for the last of them. head: the first of them, as
    // many as there are up to head_size. Undecided changes nothing, and is never the answer to
    // head_size bytes, to a whole line or to no bytes at all.
    line_kind take(std::string_view head, char last) noexcept;

    // Whether an Expect line of this request was continued by obs-fold.
    [[nodiscard]] bool has_folded_field() const noexcept { return has_folded_field_; }

private:
    // What is known of the next byte. The order serves comparisons: up to behind_expect_line, it is
    // the first of a line.
    enum class place : std::uint8_t {
        before_request_line,
        behind_line,
        behind_expect_line,
        in_line,
        in_expect_line
    };

    line_kind begin_line(std::string_view head) noexcept;

    place at_ = place::before_request_line;
    bool has_folded_field_ = false;
};

inline line_kind scanner::begin_line(std::string_view head) noexcept {
    const place behind = at_;
    at_ = place::in_line;
    if (behind == place::before_request_line) {
        if (head.front() == '\n' || expect::slice(head, 0, 2) == "\r\n") {
            at_ = place::before_request_line;
        }
    } else if (expect::is(expect::ows, head.front())) {
        if (behind == place::behind_expect_line) {
            has_folded_field_ = true;
            at_ = place::in_expect_line;
        }
    } else if (expect::equal_ignoring_case(head, name_and_colon)) {
        at_ = place::in_expect_line;
        return line_kind::expect_field;
    }
    return line_kind::other;
}

inline line_kind scanner::take(std::string_view head, char last) noexcept {
    line_kind kind = line_kind::other;
    if (head.empty()) {
        return kind;
    }
    const bool is_whole = last == '\n';
    if (at_ <= place::behind_expect_line) {
        if (head.size() < head_size && !is_whole) {
            return line_kind::undecided;
        }
        kind = begin_line(head);
    }
    if (is_whole && at_ != place::before_request_line) {
        at_ = at_ == place::in_expect_line ? place::behind_expect_line : place::behind_line;
    }
    return kind;
}

} // namespace mod_expect

#endif
