#include "expect/ascii.hpp"

#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

const std::string digits = "0123456789";
const std::string upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const std::string lower = "abcdefghijklmnopqrstuvwxyz";

// All bytes that RFC 9110 calls obs-text.
std::string obs_text() {
    std::string bytes;
    for (int code = 0x80; code <= 0xff; ++code) {
        bytes += static_cast<char>(code);
    }
    return bytes;
}

struct class_row : unit::row {
    expect::byte_class tested;
    std::string members; // every byte of the class, spelled out
};

const std::vector<class_row> classes = {
    {{"tchar", "RFC 9110, 5.6.2: the fifteen marks, digits and letters"},
     expect::tchar,
     "!#$%&'*+-.^_`|~" + digits + upper + lower},
    {{"ows", "RFC 9110, 5.6.3: SP and HTAB"}, expect::ows, " \t"},
    {{"qdtext",
      "RFC 9110, 5.6.4: everything visible but the quote and the backslash, and obs-text"},
     expect::qdtext,
     "\t !#$%&'()*+,-./:;<=>?@[]^_`{|}~" + digits + upper + lower + obs_text()},
    {{"quoted_pair_char", "RFC 9110, 5.6.4: what a backslash may precede"},
     expect::quoted_pair_char,
     "\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~" + digits + upper + lower + obs_text()},
};

struct equal_row : unit::row {
    std::string_view other;
    bool equal;
};

const std::vector<equal_row> pairs = {
    {{"", "two empty texts"}, "", true},
    {{"100-continue", "the same"}, "100-continue", true},
    {{"100-CONTINUE", "case is ignored"}, "100-cOnTiNuE", true},
    {{"AZaz", "the ends of the alphabet"}, "azAZ", true},
    {{"@", "the byte before A is no letter"}, "`", false},
    {{"[", "the byte behind Z is no letter"}, "{", false},
    {{"foo", "a prefix is not equal"}, "fooo", false},
    {{"foo", "the empty text is not equal"}, "", false},
    {{"foo", "the last byte counts"}, "fop", false},
    {{std::string_view("a\0b", 3), "what is behind NUL counts"},
     std::string_view("a\0c", 3),
     false},
    {{"\xc4", "letters outside ASCII are not folded"}, "\xe4", false},
};

struct slice_row : unit::row {
    std::size_t offset;
    std::size_t length;
    std::string_view expected;
};

constexpr std::size_t rest = std::string_view::npos;

const std::vector<slice_row> slices = {
    {{"abc", "the whole"}, 0, rest, "abc"},
    {{"abc", "from within"}, 1, rest, "bc"},
    {{"abc", "with a length"}, 1, 1, "b"},
    {{"abc", "a length that ends at the end"}, 1, 2, "bc"},
    {{"abc", "a length past the end is cut"}, 1, 3, "bc"},
    {{"abc", "at the end"}, 3, 1, ""},
    {{"abc", "past the end"}, 4, 1, ""},
    {{"abc", "as far past the end as can be"}, rest, rest, ""},
    {{"", "of nothing"}, 0, 1, ""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(ascii_tests)

BOOST_DATA_TEST_CASE(every_byte_of_every_class, data::make(classes), row) {
    for (int code = 0; code < 256; ++code) {
        const char byte = static_cast<char>(code);
        const bool expected = row.members.find(byte) != std::string::npos;
        BOOST_TEST(expect::is(row.tested, byte) == expected,
                   row.input << ", byte " << code << ": expected " << expected);
    }
}

BOOST_AUTO_TEST_CASE(folds_the_letters_and_nothing_else) {
    for (int code = 0; code < 256; ++code) {
        const char byte = static_cast<char>(code);
        const auto found = upper.find(byte);
        const char expected = found == std::string::npos ? byte : lower[found];
        BOOST_TEST(expect::fold(byte) == expected, "byte " << code);
    }
}

BOOST_DATA_TEST_CASE(equality_ignores_case_only, data::make(pairs), row) {
    unit::on_each_copy(row.input, [&](std::string_view a) {
        unit::on_each_copy(row.other, [&](std::string_view b) {
            BOOST_TEST(expect::equal_ignoring_case(a, b) == row.equal);
            BOOST_TEST(expect::equal_ignoring_case(b, a) == row.equal);
        });
    });
}

BOOST_DATA_TEST_CASE(slice_stays_inside, data::make(slices), row) {
    const std::string_view got = expect::slice(row.input, row.offset, row.length);
    BOOST_TEST(unit::escaped(got) == unit::escaped(row.expected));
    BOOST_TEST(unit::is_inside(got, row.input));
}

BOOST_AUTO_TEST_SUITE_END()
