// Follows a request's header section line by line and finds the lines of the Expect field. Knows
// bytes only; hold.hpp feeds it from buckets. RFC 9112, sections 2.2 (lines) and 5 (field lines).
#ifndef MOD_EXPECT_HOLD_HEADER_SCANNER_HPP
#define MOD_EXPECT_HOLD_HEADER_SCANNER_HPP

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mod_expect {

// What is known of a line from its first bytes.
enum class line_kind : std::uint8_t {
    other,
    expect_field, // a field line whose name is Expect, in any case
    undecided     // the bytes are too few: ask again with more
};

inline bool is_e(char byte) noexcept { return (byte | 0x20) == 'e'; }

// Whether the field's name begins at `at`, in any case: four and two bytes are compared at once.
inline bool begins_with_name(const char *at) noexcept {
    static constexpr char name[] = "expect"; // of letters only, which differ in case by one bit
    std::uint32_t head;
    std::uint32_t head_wanted;
    std::uint16_t tail;
    std::uint16_t tail_wanted;
    std::memcpy(&head, at, sizeof(head));
    std::memcpy(&head_wanted, name, sizeof(head));
    std::memcpy(&tail, at + sizeof(head), sizeof(tail));
    std::memcpy(&tail_wanted, name + sizeof(head), sizeof(tail));
    return (head | 0x20202020) == head_wanted && (tail | 0x2020) == tail_wanted;
}

class header_scanner {
public:
    // So many bytes decide about any line: "Expect" and the colon.
    static constexpr std::size_t head_size = 7;
    static constexpr std::size_t name_size = head_size - 1;

    // A new request: its request line comes next.
    void start() noexcept {
        at_ = place::request_line;
        has_folded_field_ = false;
    }

    // No line is looked at until the next start().
    void stop() noexcept { at_ = place::nowhere; }

    // Whether lines are to be looked at. False outside of header sections.
    [[nodiscard]] bool is_active() const noexcept { return at_ != place::nowhere; }

    // Whether the next bytes begin a line.
    [[nodiscard]] bool is_at_line_start() const noexcept {
        return at_ != place::inside_line && at_ != place::inside_expect_line;
    }

    // Whether the request line comes next, or an empty line before it.
    [[nodiscard]] bool is_at_request_line() const noexcept { return at_ == place::request_line; }

    // Whether the next bytes begin a line of the header section.
    [[nodiscard]] bool is_at_header_line() const noexcept { return at_ == place::header_line; }

    // The request line has been read, by somebody else.
    void pass_request_line() noexcept { at_ = place::header_line; }

    // Whether an Expect line of this request was continued by obs-fold.
    [[nodiscard]] bool has_folded_field() const noexcept { return has_folded_field_; }

    // Takes a whole line by its first and last byte if it is like nearly every line: the name
    // begins with another letter. False changes nothing.
    bool pass_ordinary_line(char first, char last) noexcept {
        if (first <= ' ' || is_e(first) || last != '\n' || at_ > place::header_line) {
            return false;
        }
        at_ = place::header_line;
        return true;
    }

    // Takes an empty line if it ends the header section. False changes nothing.
    bool pass_last_line(std::string_view line) noexcept {
        if (at_ != place::header_line || line != "\r\n") {
            return false;
        }
        at_ = place::nowhere;
        return true;
    }

    // Takes the first bytes of a line: at least head_size of them, or all of it with its LF.
    // Undecided changes nothing.
    line_kind begin_line(std::string_view head) noexcept;

    // Takes the last byte of those that were handed on of the line.
    void end_bytes(char last) noexcept {
        if (last == '\n' && at_ == place::inside_line) {
            at_ = place::header_line;
        } else if (last == '\n' && at_ == place::inside_expect_line) {
            at_ = place::line_after_expect;
        }
    }

private:
    // Where the next byte stands. The order serves pass_ordinary_line().
    enum class place : std::uint8_t {
        request_line, // at the start of the request line, or of an empty line before it
        header_line,  // at the start of a line of the header section
        line_after_expect,
        inside_line,
        inside_expect_line,
        nowhere // not in a header section
    };

    place at_ = place::nowhere;
    bool has_folded_field_ = false;
};

inline line_kind header_scanner::begin_line(std::string_view head) noexcept {
    if (head.size() < head_size && head.find('\n') == std::string_view::npos) {
        return line_kind::undecided;
    }
    const bool is_request_line = at_ == place::request_line;
    if (head.front() == '\n' || (head.front() == '\r' && head.data()[1] == '\n')) {
        // Empty lines before the request line are skipped; the next one ends the section.
        at_ = is_request_line ? at_ : place::nowhere;
        return line_kind::other;
    }
    if (!is_request_line && expect::is(expect::ows, head.front())) {
        const bool continues_expect = at_ == place::line_after_expect;
        has_folded_field_ = has_folded_field_ || continues_expect;
        at_ = continues_expect ? place::inside_expect_line : place::inside_line;
        return line_kind::other;
    }
    if (!is_request_line && head.size() >= head_size && begins_with_name(head.data()) &&
        head.data()[name_size] == ':') {
        at_ = place::inside_expect_line;
        return line_kind::expect_field;
    }
    at_ = place::inside_line;
    return line_kind::other;
}

} // namespace mod_expect

#endif
