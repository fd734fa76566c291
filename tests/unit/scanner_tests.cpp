#include "mod_expect/hold/scanner.hpp"

#include "support/held_connection.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

namespace unit {

std::ostream &operator<<(std::ostream &out, const held &printed) {
    return out << printed.sections << ", " << printed.renamed
               << " renamed: " << escaped(printed.bytes);
}

} // namespace unit

namespace {

namespace data = boost::unit_test::data;
using mod_expect::line_kind;
using mod_expect::scanner;
using unit::held_name;

struct line_row : unit::row {
    line_kind kind; // of the whole line
};

const std::vector<line_row> lines = {
    {{"Expect: foo\r\n", "the field"}, line_kind::expect_field},
    {{"eXPECT:foo\n", "in other case, without a blank, bare LF"}, line_kind::expect_field},
    {{"Expect:\r\n", "empty"}, line_kind::expect_field},
    {{"Expect:\n", "empty, as short as it can be"}, line_kind::expect_field},
    {{"Expect : foo\r\n", "white space before the colon: the core's to refuse"}, line_kind::other},
    {{"Expect\r\n", "no colon"}, line_kind::other},
    {{"Expec:t\r\n", "the colon too early"}, line_kind::other},
    {{"Expects: foo\r\n", "a longer name"}, line_kind::other},
    {{" Expect: foo\r\n", "continues another line"}, line_kind::other},
    {{"X-Expect: foo\r\n", "the name at the end of another"}, line_kind::other},
    {{"ETag: a\r\n", "the letter alone"}, line_kind::other},
    {{"\r\n", "empty line"}, line_kind::other},
    {{"\n", "empty line, bare LF"}, line_kind::other},
    {{"\5xpect: foo\r\n", "a byte that is no letter"}, line_kind::other},
    {{"\x45\xd8pect: foo\r\n", "letters but for one bit"}, line_kind::other},
    {{"Expect\x1a foo\r\n", "a colon but for one bit"}, line_kind::other},
    {{"\tExpect: foo\r\n", "continues another line, by a tab"}, line_kind::other},
};

line_kind take(scanner &asked, std::string_view bytes, bool is_request_line = false) {
    const unit::heap_text head(bytes.substr(0, scanner::head_size));
    return asked.take(head.view(), bytes.empty() ? '\0' : bytes.back(), is_request_line);
}

// Three requests with all that the field may look like, and all kinds of content behind them.
std::string conversation(const std::string &end, std::size_t empty_lines,
                         const std::string &filler) {
    std::string empty;
    for (std::size_t i = 0; i < empty_lines; ++i) {
        empty += end;
    }
    const auto request = [&](const std::vector<std::string> &section, const std::string &content) {
        std::string text = empty;
        for (const std::string &line : section) {
            text += line + end;
        }
        return text + end + content;
    };
    return request({"Expect: / HTTP/1.1", "Host: a", "Expect: foo", "E: f",
                    "eXpEct:", " 100-continue", "\tmore", "Expec: g", " Expect: h", "X: " + filler},
                   "") +
           request({"POST / HTTP/1.1", "Content-Length: 23", "Expect : i", "EXPECT:j"},
                   "\nExpect: x\r\nExpect: x\r\n") +
           request({"POST / HTTP/1.1", "Transfer-Encoding: chunked", "X: " + filler, "Expect: k"},
                   "c;Expect: l" + end + "\nExpect: m\r\n" + end + "0" + end + "Expect: trailer" +
                       end + end) +
           request({"GET / HTTP/1.1", "X-Expect: n", "Expect: o" + filler}, "");
}

} // namespace

BOOST_AUTO_TEST_SUITE(scanner_tests)

BOOST_DATA_TEST_CASE(kinds_of_lines, data::make(lines), row) {
    scanner asked;
    asked.start();
    BOOST_TEST((take(asked, row.input) == row.kind));
    BOOST_TEST(asked.is_behind_line() == (row.kind == line_kind::other));
    BOOST_TEST(!asked.has_folded_field());
}

// However few bytes there are, the answer is that of the whole line or none.
BOOST_DATA_TEST_CASE(beginnings_of_lines, data::make(lines), row) {
    for (std::size_t size = 0; size < row.input.size(); ++size) {
        scanner asked;
        asked.start();
        const bool can_be_told = size == 0 || size >= scanner::head_size;
        const line_kind first = take(asked, row.input.substr(0, size));
        BOOST_TEST((first == line_kind::undecided) == !can_be_told, size << " bytes");
        if (size >= scanner::head_size) {
            BOOST_TEST((first == row.kind), size << " bytes");
            // The rest of the line is none of its own, whatever it looks like.
            BOOST_TEST((take(asked, "Expect: x") == line_kind::other));
            BOOST_TEST((take(asked, "Expect: x\n") == line_kind::other));
        } else {
            BOOST_TEST((take(asked, row.input) == row.kind), size << " bytes before");
        }
    }
}

// The filter passes such lines by without asking, behind any line that is not the field's.
BOOST_DATA_TEST_CASE(usual_lines_change_nothing, data::make(lines), row) {
    const bool is_usual = scanner::is_usual_line(row.input.front(), row.input.back());
    BOOST_TEST((!is_usual || row.kind == line_kind::other));
    scanner asked;
    asked.start();
    take(asked, row.input);
    BOOST_TEST((!is_usual || asked.is_behind_line()));
    BOOST_TEST(!scanner::is_usual_line(row.input.front(), 'x'));
}

// Behind the field's line it passes those that do not continue it, with what a closer look leaves.
BOOST_DATA_TEST_CASE(usual_lines_behind_the_field, data::make(lines), row) {
    const char first = row.input.front();
    scanner passed;
    scanner asked;
    for (scanner *each : {&passed, &asked}) {
        each->start();
        BOOST_TEST(!each->pass_usual_line(first)); // behind any other line it is not for this
        take(*each, "Expect: a\n");
    }
    take(asked, row.input);
    if (scanner::is_usual_line(first, row.input.back())) {
        BOOST_TEST(passed.pass_usual_line(first) == !asked.has_folded_field());
        if (asked.has_folded_field()) {
            return;
        }
        for (scanner *each : {&passed, &asked}) {
            BOOST_TEST(each->is_behind_line());
            take(*each, " of another field\n");
            BOOST_TEST(!each->has_folded_field());
        }
    }
}

BOOST_AUTO_TEST_CASE(the_request_line_is_no_field) {
    for (const line_row &row : lines) {
        scanner asked;
        asked.start();
        BOOST_TEST((take(asked, row.input, true) == line_kind::other), row);
        BOOST_TEST(asked.is_behind_line());
    }
    scanner asked;
    asked.start();
    BOOST_TEST((take(asked, "Exp", true) == line_kind::other));
    BOOST_TEST((take(asked, "ect: / HTTP/1.1\r\n", true) == line_kind::other));
    BOOST_TEST((take(asked, "Expect: foo\r\n") == line_kind::expect_field));
}

BOOST_AUTO_TEST_CASE(obs_fold) {
    const struct {
        std::vector<std::string> section;
        bool is_folded;
    } rows[] = {
        {{"Expect: a\r\n", " b\r\n"}, true},
        {{"Expect: a\r\n", "\tb\r\n"}, true},
        {{"Expect:\r\n", " \r\n"}, true},
        {{"Expect: a", "\r\n", " b\r\n"}, true}, // the end of the line comes by itself
        {{"Expect: a\r\n", "X: b\r\n", " c\r\n"}, false},
        {{"X: a\r\n", " Expect: b\r\n", " c\r\n"}, false},
        {{"Expect: a\r\n", "X: b\r\n", "Expect: c\r\n", " d\r\n", "Y: e\r\n"}, true},
        {{"Expect: a\r\n", "Expect: b\r\n", "X: c\r\n"}, false},
        {{"Expect: a\r\n", "\r\n", " b\r\n"}, false},
    };
    for (const auto &row : rows) {
        scanner asked;
        asked.start();
        for (const std::string &bytes : row.section) {
            take(asked, bytes);
        }
        BOOST_TEST(asked.has_folded_field() == row.is_folded, unit::escaped(row.section.back()));
        asked.start();
        BOOST_TEST(!asked.has_folded_field());
    }
}

// Requests in one segment, with as many empty lines before each as httpd reads and more, and every
// line end that it accepts; cut once, at every byte, and behind every byte.
BOOST_AUTO_TEST_CASE(conversations_cut_anywhere) {
    for (const std::string end : {"\r\n", "\n"}) {
        for (std::size_t empty_lines = 0; empty_lines <= 12; ++empty_lines) {
            const std::string text = conversation(end, empty_lines, "filler");
            const unit::held wanted = unit::hold_by_grammar(text);
            BOOST_TEST_REQUIRE(wanted.sections == "F---");
            BOOST_TEST_REQUIRE(wanted.renamed == 5u);
            BOOST_TEST(unit::hold_in_one(text) == wanted);
            BOOST_TEST(unit::hold(text, [] { return std::size_t{1}; }) == wanted);
            for (std::size_t size = 2; size < 20; ++size) {
                BOOST_TEST(unit::hold(text, [size] { return size; }) == wanted,
                           "pieces of " << size);
            }
            const auto pieces =
                static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
            for (std::size_t cut = 0; cut < pieces; ++cut) {
                for (std::size_t size = 1; size < 12; ++size) {
                    std::size_t asked = 0;
                    const auto arrives = [&] { return asked++ == cut ? size : 0; };
                    BOOST_TEST_REQUIRE(unit::hold(text, arrives) == wanted,
                                       "piece " << cut << " of " << size << " bytes");
                }
            }
        }
    }
}

// Sections larger than what the core hands out as one line, and than what it reads at once.
BOOST_AUTO_TEST_CASE(long_sections) {
    for (const std::size_t size : {8u * 1024, 64u * 1024}) {
        std::string filler;
        while (filler.size() < size) {
            filler += "Expect: "; // at the beginning of pieces, too
        }
        const std::string text = conversation("\r\n", 3, filler);
        const unit::held wanted = unit::hold_by_grammar(text);
        BOOST_TEST_REQUIRE(wanted.renamed == 5u);
        for (const std::size_t piece : {1u, 8u, 4096u, 8000u, 8192u, 8193u}) {
            BOOST_TEST((unit::hold(text, [piece] { return piece; }) == wanted),
                       "pieces of " << piece);
        }
    }
}

// A connection that ends anywhere: what was handed on is what the grammar makes of the beginning.
BOOST_AUTO_TEST_CASE(conversations_that_end_anywhere) {
    const std::string text = conversation("\r\n", 1, "filler");
    for (std::size_t size = 0; size < text.size(); ++size) {
        const unit::heap_text part(text.substr(0, size));
        BOOST_TEST_REQUIRE(unit::hold_in_one(part.view()) == unit::hold_by_grammar(part.view()));
    }
}

BOOST_AUTO_TEST_SUITE_END()
