#include "mod_expect/hold/look_ahead.hpp"

#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

struct section_row : unit::row {
    bool needs_no_hold;
};

const std::vector<section_row> sections = {
    {{"Host: a\r\n\r\n", "no line of the field"}, true},
    {{"Host: a\r\nETag: b\r\nExempt: c\r\nExpec: d\r\ne\r\n\r\n", "names that begin alike"}, true},
    {{"X-Expect: foo\r\nHost: expect: foo\r\n\r\n", "the name elsewhere in a line"}, true},
    {{"Expect: 100-continue\r\nHost: a\r\n\r\n", "what the core meets, first"}, true},
    {{"Host: a\r\neXPECT: 100-Continue\r\n\r\n", "what the core meets, last, in other case"}, true},
    {{"Expect: foo\r\nHost: a\r\n\r\n", "another expectation, first"}, false},
    {{"Host: a\r\nExpect: foo\r\n\r\n", "another expectation, last"}, false},
    {{"Expect: 100-continue\r\nExpect: 100-continue\r\n\r\n", "twice"}, false},
    {{"Expect: 100-continue\r\n foo\r\n\r\n", "continued by obs-fold"}, false},
    {{"Expect: 100-continue\r\n\tfoo\r\n\r\n", "continued by obs-fold, HTAB"}, false},
    {{"Expect:\r\n 100-continue\r\n\r\n", "all of the value folded"}, false},
    {{"Expect:100-continue\r\nHost: a\r\n\r\n", "written in a rarer way: a closer look"}, false},
    {{"Expect: 100-continue, foo\r\n\r\n", "a list"}, false},
    {{"Expect: 100-continue\n\r\n", "without CR"}, false},
    {{"Expect : foo\r\n\r\n", "white space behind the name: the core's to refuse"}, false},
    {{"EXPECTATION: foo\r\n\r\n", "a longer name: a closer look"}, false},
    {{"Host: a\r\n\r\nGET / HTTP/1.1\r\nExpect: foo\r\n\r\n", "in the next request"}, false},
};

struct whole_row : unit::row {
    std::size_t size; // of the section that is found
};

const std::vector<whole_row> wholes = {
    {{"Host: a\r\n\r\n", "ends with an empty line"}, 11},
    {{"Host: a\r\n\r\nbody\r\n\r\n", "has one in the middle, too: all of it"}, 19},
    {{"Host: a\r\n\r\nbody", "content behind"}, 11},
    {{"Host: a\r\n\r\nExpect: b\r\n\r\nc", "what looks like a section behind"}, 11},
    {{"Host: a\r\n\r\n\n", "an LF behind"}, 11},
    {{"", "nothing"}, 0},
    {{"\r\n", "an empty section: not worth it"}, 0},
    {{"Host: a\r\n", "goes on"}, 0},
    {{"Host: a\r\n\r", "goes on within the empty line"}, 0},
    {{"Host: a\r\n\rb\r\n\r\nc", "a line that begins with CR: not worth it"}, 0},
    {{"Host: a\n\n", "bare LF: not worth it"}, 0},
};

} // namespace

BOOST_AUTO_TEST_SUITE(look_ahead_tests)

BOOST_DATA_TEST_CASE(whole_sections, data::make(wholes), row) {
    const unit::heap_text text(row.input);
    BOOST_TEST(mod_expect::whole_section_size(text.view()) == row.size);
}

// Wherever in a section the lines stand, before and behind others: blocks of bytes are compared at
// once, and their borders must hide nothing.
BOOST_DATA_TEST_CASE(lines_of_the_field, data::make(sections), row) {
    for (std::size_t before = 0; before <= 150; ++before) {
        for (const std::size_t behind : {0, 1, 61, 62, 63, 64, 65, 150}) {
            std::string section = before > 0 ? std::string(before, 'x') + "\r\n" : "";
            section += row.input.substr(0, row.input.size() - 2);
            section += behind > 0 ? std::string(behind, 'y') + "\r\n\r\n" : "\r\n";
            const unit::heap_text text(section);
            BOOST_TEST_REQUIRE(mod_expect::needs_no_hold(text.view()) == row.needs_no_hold,
                               before << " bytes before, " << behind << " behind");
        }
    }
}

BOOST_AUTO_TEST_CASE(one_section_is_renamed_and_no_more) {
    std::string text = "Host: a\r\nExpect: foo\r\nExempt: b\r\nEXPECT: bar\r\n baz\r\n\r\n"
                       "GET / HTTP/1.1\r\nExpect: foo\r\n\r\n";
    mod_expect::header_scanner scanner;
    scanner.pass_request_line();
    int renamed = 0;
    mod_expect::scan_section(scanner, text.data(), text.size(), [&renamed](char *name) noexcept {
        name[0] = '#';
        ++renamed;
    });
    BOOST_TEST(renamed == 2);
    BOOST_TEST(!scanner.is_active());
    BOOST_TEST(scanner.has_folded_field());
    BOOST_TEST(text == "Host: a\r\n#xpect: foo\r\nExempt: b\r\n#XPECT: bar\r\n baz\r\n\r\n"
                       "GET / HTTP/1.1\r\nExpect: foo\r\n\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
