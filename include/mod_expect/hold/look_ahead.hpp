// Looks over what is left of a header section in one go, where all of it lies in memory already.
// Knows bytes only. RFC 9112, section 5: a field line begins with the field's name, and an empty
// line ends the section.
#ifndef MOD_EXPECT_HOLD_LOOK_AHEAD_HPP
#define MOD_EXPECT_HOLD_LOOK_AHEAD_HPP

#include "mod_expect/hold/header_scanner.hpp"
#include "mod_expect/hold/line_search.hpp"

#include "expect/ascii.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mod_expect {

namespace detail {

// Meets the lines of a section that begin with an "e", one after the other.
class e_lines {
public:
    explicit e_lines(const char *end) noexcept : end_(end) {}

    // Takes the line that begins at `at`. False where the core would not have it: it begins with
    // the field's name, and it is not the only one or says anything but 100-continue.
    bool pass(const char *at) noexcept {
        if (end_ - at < name_size || !begins_with_name(at)) {
            return true;
        }
        const bool is_first = !has_passed_one_;
        has_passed_one_ = true;
        at += name_size;
        return is_first && says_100_continue({at, static_cast<std::size_t>(end_ - at)});
    }

private:
    static constexpr std::ptrdiff_t name_size = header_scanner::name_size;

    // What follows the name, as nearly all clients write it; and not continued by obs-fold.
    static bool says_100_continue(std::string_view text) noexcept {
        static constexpr std::string_view rest = ": 100-continue\r\n";
        return text.size() > rest.size() &&
               (std::memcmp(text.data(), rest.data(), rest.size()) == 0 ||
                expect::equal_ignoring_case(expect::slice(text, 0, rest.size()), rest)) &&
               !expect::is(expect::ows, text.data()[rest.size()]);
    }

    const char *end_;
    bool has_passed_one_ = false;
};

// The same as below, from the first line on that begins with an "e".
[[gnu::noinline]] inline bool need_no_hold(const char *line, const char *end) noexcept {
    e_lines lines(end);
    for (; line != nullptr; line = find_e_line(line, end)) {
        if (!lines.pass(line)) {
            return false;
        }
    }
    return true;
}

} // namespace detail

// The same as below, of a text that does not end with an empty line.
[[gnu::noinline]] inline std::size_t section_size_before_content(std::string_view text) noexcept {
    const char *end = text.data() + text.size();
    const char *last_line = find_cr_line(text.data(), end);
    return last_line != nullptr && end - last_line > 1 && last_line[1] == '\n'
               ? static_cast<std::size_t>(last_line + 2 - text.data())
               : 0;
}

// So many bytes of a text, which begins with a line of a header section, have a whole section in
// them; 0 where the section may not be whole. Where a text ends with an empty line, nobody looks
// for an earlier one: that is how most requests arrive.
inline std::size_t whole_section_size(std::string_view text) noexcept {
    static constexpr std::string_view last_lines = "\n\r\n";
    return text.size() > last_lines.size() &&
                   std::memcmp(text.data() + text.size() - last_lines.size(), last_lines.data(),
                               last_lines.size()) == 0
               ? text.size()
               : section_size_before_content(text);
}

// Whether text, which holds a whole section, has certainly no Expect line but, at the most, one
// that says 100-continue. Linear, and fast where no line begins with "e", as in nearly every
// request.
inline bool needs_no_hold(std::string_view text) noexcept {
    const char *begin = text.data();
    const char *end = begin + text.size();
    const char *first = is_e(*begin) ? begin : find_e_line(begin, end);
    return first == nullptr || detail::need_no_hold(first, end);
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
