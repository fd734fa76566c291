// Follows a request's header section line by line and finds the lines of the Expect field. Knows
// bytes only; hold.hpp feeds it from buckets. RFC 9112, sections 2.2 (lines) and 5 (field lines).
#ifndef MOD_EXPECT_HEADER_SCANNER_HPP
#define MOD_EXPECT_HEADER_SCANNER_HPP

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mod_expect {

// What is known of a line from its first bytes.
enum class line_kind : std::uint8_t {
    other,
    expect_field, // a field line whose name is Expect, in any case
    undecided     // the bytes are too few: ask again with more
};

class header_scanner {
public:
    // So many bytes decide about any line: "Expect" and the colon.
    static constexpr std::size_t head_size = 7;
    static constexpr std::size_t name_size = head_size - 1;

    // A new request: its request line comes next.
    void start() noexcept {
        phase_ = phase::request_line;
        at_line_start_ = true;
        after_expect_line_ = false;
        folded_ = false;
    }

    // No header line is looked at until the next start().
    void stop() noexcept { phase_ = phase::idle; }

    // Whether lines are to be looked at. False outside of header sections.
    [[nodiscard]] bool is_active() const noexcept { return phase_ != phase::idle; }

    // Whether the next bytes begin a line.
    [[nodiscard]] bool is_at_line_start() const noexcept { return at_line_start_; }

    // Whether an Expect line of this request was continued by obs-fold.
    [[nodiscard]] bool has_folded_field() const noexcept { return folded_; }

    // Takes the first bytes of a line: at least head_size of them, or all of it with its LF.
    line_kind begin_line(std::string_view head) noexcept {
        const char first = head.empty() ? '\0' : head.front();
        if (first > ' ' && (first | 0x20) != 'e') {
            after_expect_line_ = false;
            return line_kind::other; // nearly every line
        }
        return begin_rare_line(head);
    }

    // Tells where the bytes of this line that were passed on end.
    void end_bytes(char last) noexcept {
        at_line_start_ = last == '\n';
        if (at_line_start_ && phase_ == phase::request_line && !is_blank_) {
            phase_ = phase::header_section;
        }
        is_blank_ = false;
    }

private:
    enum class phase : std::uint8_t { idle, request_line, header_section };

    static constexpr std::string_view field_head = "expect:";

    line_kind begin_rare_line(std::string_view head) noexcept {
        const bool ended = head.find('\n') != std::string_view::npos;
        if (head.size() < head_size && !ended) {
            return line_kind::undecided;
        }
        if (head.front() == '\n' || (head.front() == '\r' && head.data()[1] == '\n')) {
            // Empty lines before the request line are skipped; the next one ends the section.
            is_blank_ = true;
            phase_ = phase_ == phase::request_line ? phase_ : phase::idle;
            return line_kind::other;
        }
        if (phase_ == phase::request_line) {
            return line_kind::other;
        }
        if (expect::is(expect::ows, head.front())) {
            folded_ = folded_ || after_expect_line_;
            return line_kind::other;
        }
        after_expect_line_ =
            expect::equal_ignoring_case(expect::slice(head, 0, head_size), field_head);
        return after_expect_line_ ? line_kind::expect_field : line_kind::other;
    }

    phase phase_ = phase::idle;
    bool at_line_start_ = false;
    bool is_blank_ = false;
    bool after_expect_line_ = false;
    bool folded_ = false;
};

} // namespace mod_expect

#endif
