// The scanner of header sections, fed lines that are cut at arbitrary places, as the hold filter
// does it; the input filter behind it and the one in front of it are stand-ins.
//
// Input: eight bytes that say how long the pieces are (0: to the end of the line), then the bytes
// of a connection: header sections one behind the other.
//
// - What comes out is what went in but for the names of Expect lines, wherever it was cut.
// - Those are found, and no others, and none behind the empty line; so is obs-fold behind them.
// - A section that lies in memory as a whole is dealt with at once, and comes out the same, but for
//   a single line that says 100-continue, which may keep its name.
#include "target.hpp"

#include "expect/ascii.hpp"
#include "mod_expect/hold/header_scanner.hpp"
#include "mod_expect/hold/look_ahead.hpp"

namespace {

using mod_expect::header_scanner;
using mod_expect::line_kind;

constexpr std::string_view held_name = "+HELD+";
static_assert(held_name.size() == header_scanner::name_size);

// What came out, with a mark behind each header section: "F" where its field was folded, else "-".
struct outcome {
    std::string bytes;
    std::string sections;
    std::size_t renamed = 0;
};

// The filter below: hands out a line at a time, or the piece of it that has "arrived".
class network {
public:
    network(std::string_view cuts, std::string_view bytes) : cuts_(cuts), rest_(bytes) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    std::string next() {
        std::size_t size = rest_.find('\n');
        size = size == std::string_view::npos ? rest_.size() : size + 1;
        const auto cut = static_cast<unsigned char>(cuts_[pieces_++ % cuts_.size()]);
        if (cut > 0 && cut < size) {
            size = cut;
        }
        const std::string piece(rest_.substr(0, size));
        rest_.remove_prefix(size);
        return piece;
    }

private:
    std::string_view cuts_;
    std::string_view rest_;
    std::size_t pieces_ = 0;
};

// The hold filter without buckets. False where the connection ends before a line can be told.
bool hold_line(header_scanner &scanner, network &below, outcome &out) {
    // From a buffer of its own size, so that a read past the end is seen.
    std::string line = below.next();
    line.shrink_to_fit();
    if (scanner.pass_ordinary_line(line.front(), line.back()) || scanner.pass_last_line(line)) {
        out.bytes += line;
        return true;
    }
    if (scanner.is_at_line_start()) {
        line_kind kind = scanner.begin_line(line);
        while (kind == line_kind::undecided) {
            if (below.at_end()) {
                return false;
            }
            line += below.next();
            kind = scanner.begin_line(expect::slice(line, 0, header_scanner::head_size));
        }
        if (kind == line_kind::expect_field) {
            line.replace(0, held_name.size(), held_name);
            ++out.renamed;
        }
    }
    scanner.end_bytes(line.back());
    out.bytes += line;
    return true;
}

outcome hold(std::string_view cuts, std::string_view bytes) {
    outcome out;
    network below(cuts, bytes);
    header_scanner scanner;
    fuzz::require(!scanner.is_active(), "a connection begins outside of header sections");
    scanner.start();
    while (!below.at_end() && hold_line(scanner, below, out)) {
        if (!scanner.is_active()) {
            out.sections += scanner.has_folded_field() ? 'F' : '-';
            scanner.start();
        }
    }
    return out;
}

// The section that the text begins with, the request line apart; empty where its end is not there.
std::string_view section_of(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) {
            break;
        }
        const std::string_view line = expect::slice(text, at, end + 1 - at);
        at = end + 1;
        if (line == "\n" || line == "\r\n") {
            return expect::slice(text, 0, at);
        }
    }
    return {};
}

// The searches that are not in use. All get their turn.
mod_expect::detail::pair_search other_e_search =
    mod_expect::detail::choose_pair_search<'e', 0x20>();
mod_expect::detail::pair_search other_cr_search = mod_expect::detail::choose_pair_search<'\r', 0>();

// What comes of the rest of a section by look-ahead, where everything behind the request line came
// in one piece. One line that is known to say 100-continue is given the other name here.
std::string hold_at_once(std::string_view section, std::string_view text, std::size_t &renamed) {
    std::string held(text);
    held.shrink_to_fit();
    header_scanner scanner;
    scanner.pass_request_line();
    const auto rename = [&renamed](char *name) noexcept {
        held_name.copy(name, held_name.size());
        ++renamed;
    };
    const std::string_view whole = expect::slice(held, 0, mod_expect::whole_section_size(held));
    const bool needs_no_hold = mod_expect::needs_no_hold(whole);
    std::swap(mod_expect::detail::find_e_pair, other_e_search);
    std::swap(mod_expect::detail::find_cr_pair, other_cr_search);
    fuzz::require(mod_expect::whole_section_size(held) == whole.size() &&
                      mod_expect::needs_no_hold(whole) == needs_no_hold,
                  "all searches find the same");
    mod_expect::scan_section(scanner, held.data(), held.size(), rename);
    fuzz::require(!scanner.is_active(), "the section's end is found");
    fuzz::require(!needs_no_hold || (renamed <= 1 && !scanner.has_folded_field()),
                  "the core has every line of a section that needs no hold", section);
    if (needs_no_hold && renamed == 1) {
        const std::size_t at = held.find(held_name);
        fuzz::require(expect::equal_ignoring_case(held.substr(at + held_name.size(), 16),
                                                  ": 100-continue\r\n"),
                      "what needs no hold says 100-continue", section);
    }
    fuzz::require(held.substr(section.size()) == text.substr(section.size()),
                  "what is behind the section stays as it is");
    held.resize(section.size());
    return held;
}

// Every section of the connection, dealt with at once, against the same dealt with by lines.
outcome hold_by_lines(std::string_view bytes);
void compare_whole_sections(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t line_end = bytes.find('\n');
        if (line_end == std::string_view::npos) {
            return;
        }
        const std::string_view line = expect::slice(bytes, 0, line_end + 1);
        bytes.remove_prefix(line.size());
        if (line == "\n" || line == "\r\n") {
            continue; // before the request line
        }
        const std::string_view section = section_of(bytes);
        if (section.empty()) {
            return;
        }
        if (mod_expect::whole_section_size(bytes) != 0) {
            std::size_t renamed = 0;
            const std::string got = hold_at_once(section, bytes, renamed);
            const outcome wanted = hold_by_lines("x\n" + std::string(section));
            fuzz::require_same("x\n" + got, wanted.bytes, "at once as line by line");
            fuzz::require(renamed == wanted.renamed, "as many lines are renamed at once");
        }
        bytes.remove_prefix(section.size());
    }
}

// The same from the whole text at once.
outcome hold_by_lines(std::string_view bytes) {
    outcome out;
    bool in_section = false;
    bool after_expect = false;
    bool folded = false;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        std::string line(bytes.substr(0, end == std::string_view::npos ? end : end + 1));
        if (end == std::string_view::npos && line.size() < header_scanner::head_size) {
            break; // it never can be told
        }
        bytes.remove_prefix(line.size());
        const bool empty = line == "\n" || line == "\r\n";
        if (empty && in_section) {
            out.sections += folded ? 'F' : '-';
            folded = false;
        } else if (in_section && (line[0] == ' ' || line[0] == '\t')) {
            folded = folded || after_expect;
        } else if (in_section && expect::equal_ignoring_case(line.substr(0, 7), "expect:")) {
            line.replace(0, held_name.size(), held_name);
            ++out.renamed;
            after_expect = true;
        } else {
            after_expect = false;
        }
        in_section = !empty;
        out.bytes += line;
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    constexpr std::size_t cuts = 8;
    if (size <= cuts) {
        return 0;
    }
    const std::string_view input = fuzz::as_text(data, size);
    const std::string_view bytes = expect::slice(input, cuts);
    const outcome got = hold(expect::slice(input, 0, cuts), bytes);
    const outcome wanted = hold_by_lines(bytes);
    fuzz::require_same(got.bytes, wanted.bytes, "Expect lines are renamed, and nothing else");
    fuzz::require_same(got.sections, wanted.sections, "sections end, and obs-fold is seen");
    fuzz::require(got.renamed == wanted.renamed, "as many lines are renamed");
    compare_whole_sections(bytes);
    fuzz::successes += got.renamed > 0 && !got.sections.empty() ? 1 : 0;
    return 0;
}
