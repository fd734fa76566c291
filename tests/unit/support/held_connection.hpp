// What comes of the bytes of a connection, in two ways that share nothing but how content is
// delimited.
//
// hold(): the scanner of the hold, in a filter without buckets between a network that hands out
// lines, or what has "arrived" of them, and a core that reads requests as httpd does: empty lines,
// a request line, the header section, content and trailers past the filter's eye.
//
// hold_by_grammar(): the same from the whole text at once, by RFC 9112: 2.2 (empty lines before a
// request line), 5.1 (no white space before the colon), 5.2 (obs-fold), 6 and 7 (content).
#ifndef UNIT_SUPPORT_HELD_CONNECTION_HPP
#define UNIT_SUPPORT_HELD_CONNECTION_HPP

#include "mod_expect/hold/scanner.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace unit {

inline constexpr std::string_view held_name = "+HELD+";
static_assert(held_name.size() == mod_expect::scanner::name_size);

// What was handed to the core; and for each header section that ended, "F" where its field was
// folded, else "-".
struct held {
    std::string bytes;
    std::string sections;
    std::size_t renamed = 0;
};

inline bool operator==(const held &a, const held &b) {
    return a.bytes == b.bytes && a.sections == b.sections && a.renamed == b.renamed;
}

inline std::string lower_case(std::string_view text) {
    std::string out(text);
    for (char &byte : out) {
        byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    }
    return out;
}

inline bool is_empty_line(std::string_view line) { return line == "\n" || line == "\r\n"; }

// How the content of a request is delimited, as far as these tests send it. Told of each line of
// the header section.
class framing {
public:
    void note(std::string_view field_line) {
        const std::string line = lower_case(field_line);
        if (line.rfind("content-length:", 0) == 0) {
            length_ = std::strtoul(line.c_str() + 15, nullptr, 10) % 4096;
        }
        is_chunked_ = is_chunked_ || line.rfind("transfer-encoding: chunked", 0) == 0;
    }

    // Passes by the content. take(n) takes so many bytes of what is left, and line() a line; both
    // answer with what they took, which is nothing at the end.
    template <class Take, class Line>
    void pass_content(Take take, Line line) const {
        if (!is_chunked_) {
            take(length_);
            return;
        }
        std::string next = line();
        while (const std::size_t size = chunk_size(next)) {
            take(size);
            line(); // the end of the chunk
            next = line();
        }
        while (!next.empty() && !is_empty_line(next)) {
            next = line(); // trailers
        }
    }

private:
    static std::size_t chunk_size(const std::string &line) {
        return std::strtoul(line.c_str(), nullptr, 16) % 4096;
    }

    std::size_t length_ = 0;
    bool is_chunked_ = false;
};

// Says how many bytes of a line are there when it is asked for them, 0 for all; called once for
// each piece.
using arrivals = std::function<std::size_t()>;

class scanned_connection {
public:
    scanned_connection(std::string_view bytes, arrivals next)
        : rest_(bytes), next_(std::move(next)) {}

    held read() {
        while (read_request()) {
        }
        return out_;
    }

private:
    bool read_request() {
        scanner_.start();
        is_request_line_ = true;
        std::string line = read_line();
        while (is_empty_line(line)) {
            line = read_line();
        }
        is_request_line_ = false;
        framing content;
        for (line = read_line(); !line.empty() && !is_empty_line(line); line = read_line()) {
            content.note(line);
        }
        if (line.empty()) {
            return false;
        }
        out_.sections += scanner_.has_folded_field() ? 'F' : '-';
        content.pass_content([this](std::size_t size) { return hand_on(size); },
                             [this] { return hand_on(rest_line().size()); });
        return !rest_.empty();
    }

    // What is not for the filter: the core reads it in another mode, or when the hold is over.
    std::string hand_on(std::size_t size) {
        const std::string taken(rest_.substr(0, size));
        rest_.remove_prefix(taken.size());
        out_.bytes += taken;
        return taken;
    }

    [[nodiscard]] std::string_view rest_line() const {
        const std::size_t end = rest_.find('\n');
        return end == std::string_view::npos ? rest_ : rest_.substr(0, end + 1);
    }

    // As ap_rgetline() does it; an empty text at the end.
    std::string read_line() {
        std::string line;
        do {
            const std::string piece = filter();
            if (piece.empty()) {
                return {};
            }
            line += piece;
            out_.bytes += piece;
        } while (line.back() != '\n');
        return line;
    }

    // From a buffer of its own size, so that a read past the end is seen.
    std::string filter() {
        std::string line;
        for (;;) {
            const std::string more = network();
            const bool was_waiting = !line.empty();
            line += more;
            line.shrink_to_fit();
            if (more.empty()) {
                return {}; // what waits is never handed on
            }
            if (!was_waiting && mod_expect::scanner::is_usual_line(line.front(), line.back()) &&
                (scanner_.is_behind_line() || scanner_.pass_usual_line(line.front()))) {
                return line;
            }
            const std::string head = line.substr(0, mod_expect::scanner::head_size);
            const mod_expect::line_kind kind = scanner_.take(head, line.back(), is_request_line_);
            if (kind == mod_expect::line_kind::expect_field) {
                ++out_.renamed;
                return line.replace(0, held_name.size(), held_name);
            }
            if (kind == mod_expect::line_kind::other) {
                return line;
            }
        }
    }

    // A line, or what has arrived of it.
    std::string network() {
        const std::size_t arrived = next_();
        const std::string_view line = rest_line();
        const std::string piece(arrived > 0 ? line.substr(0, arrived) : line);
        rest_.remove_prefix(piece.size());
        return piece;
    }

    std::string_view rest_;
    arrivals next_;
    mod_expect::scanner scanner_;
    bool is_request_line_ = false;
    held out_;
};

inline held hold(std::string_view bytes, arrivals next) {
    return scanned_connection(bytes, std::move(next)).read();
}

inline held hold_in_one(std::string_view bytes) {
    return hold(bytes, [] { return std::size_t{0}; });
}

// The same by the grammar.
inline held hold_by_grammar(std::string_view text) {
    held out;
    const auto take = [&text, &out](std::size_t size) {
        const std::string taken(text.substr(0, size));
        text.remove_prefix(taken.size());
        out.bytes += taken;
        return taken;
    };
    const auto next_line = [&text] { return text.substr(0, text.find('\n')).size() + 1; };
    while (!text.empty()) {
        std::string line;
        do {
            line = take(next_line());
        } while (is_empty_line(line));
        bool is_expect = false;
        bool is_folded = false;
        framing content;
        for (;;) {
            const std::string field(text.substr(0, next_line()));
            const bool is_whole = !field.empty() && field.back() == '\n';
            if (!is_whole && field.size() < mod_expect::scanner::head_size) {
                return out; // that line can never be told
            }
            if (is_empty_line(field)) {
                take(field.size());
                break;
            }
            const std::size_t colon = field.find(':');
            if (field.front() == ' ' || field.front() == '\t') {
                is_folded = is_folded || is_expect;
            } else {
                is_expect =
                    colon != std::string::npos && lower_case(field.substr(0, colon)) == "expect";
                if (is_expect) {
                    ++out.renamed;
                    out.bytes += held_name;
                    text.remove_prefix(held_name.size());
                    take(field.size() - held_name.size());
                    content.note(field);
                    continue;
                }
            }
            take(field.size());
            content.note(field);
        }
        out.sections += is_folded ? 'F' : '-';
        content.pass_content(take, [&] { return take(next_line()); });
    }
    return out;
}

} // namespace unit

#endif
