#include "expect/value.hpp"

#include "expect/field.hpp"

#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::value_text;

std::string bytes_of(value_text value) {
    expect::value_bytes bytes(value);
    std::string out;
    for (int byte = bytes.next(); byte >= 0; byte = bytes.next()) {
        out += static_cast<char>(byte);
    }
    return out;
}

struct bytes_row : unit::row {
    bool quoted;
    std::string_view expected;
};

const std::vector<bytes_row> byte_rows = {
    {{"", "an empty value has no byte"}, false, ""},
    {{"", "nor has an empty quoted-string"}, true, ""},
    {{"aBc", "letters come in lower case"}, false, "abc"},
    {{"aBc", "also those of a quoted-string"}, true, "abc"},
    {{R"(a\b)", "a quoted-pair stands for its byte"}, true, "ab"},
    {{R"(a\b)", "a token has no quoted-pairs"}, false, R"(a\b)"},
    {{R"(\\\")", "the pairs that need to be"}, true, R"(\")"},
    {{R"(\A)", "a byte behind a backslash is folded as well"}, true, "a"},
    {{R"(a\)", "a backslash at the end, which no reader lets through, stands for itself"},
     true,
     R"(a\)"},
    {{"a = b; ", "separators and white space are bytes as others are"}, true, "a = b; "},
    {{"\xc4\xff", "obs-text is data, never negative and never folded"}, true, "\xc4\xff"},
};

struct same_row : unit::row {
    bool quoted;
    std::string_view other;
    bool other_quoted;
    bool same;
};

const std::vector<same_row> same_rows = {
    {{"v", "two tokens"}, false, "v", false, true},
    {{"v", "a token and a quoted-string"}, false, "v", true, true},
    {{"v", "and one with a quoted-pair"}, false, R"(\v)", true, true},
    {{"v", "case is ignored"}, false, R"(\V)", true, true},
    {{"", "both empty"}, true, "", true, true},
    {{"v", "a prefix is another value"}, false, "vw", true, false},
    {{"", "so is the empty value"}, true, "v", true, false},
    {{R"(\)", "a backslash alone is not a pair's byte"}, false, R"(\\)", true, true},
    {{"a b", "white space counts"}, true, "a  b", true, false},
    {{"*", "the asterisk is a byte as others are"}, false, "x", false, false},
};

struct parameters_row : unit::row {
    std::string_view expected; // each as ;name=<value>, q before the value where it was quoted
};

const std::vector<parameters_row> parameter_rows = {
    {{"", "none"}, ""},
    {{";", "an empty one is none"}, ""},
    {{"; ;\t; ", "several empty ones are none"}, ""},
    {{";a=b", "one"}, ";a=<b>"},
    {{"; \t a=b", "white space before it"}, ";a=<b>"},
    {{";a=b ;c=d", "white space behind it"}, ";a=<b>;c=<d>"},
    {{";a=b;;c=d;", "empty ones between and behind"}, ";a=<b>;c=<d>"},
    {{R"(;a="b;c=d, e")", "separators inside a quoted-string separate nothing"},
     R"(;a=q<b;c=d, e>)"},
    {{R"(;a="b\"c";d=e)", "a quoted quote does not end it"}, R"(;a=q<b\"c>;d=<e>)"},
    {{R"(;a="\\";d=e)", "a quoted backslash does not quote the end"}, R"(;a=q<\\>;d=<e>)"},
    {{R"(;a="")", "an empty quoted-string"}, ";a=q<>"},
    {{";a=b;a=b", "the same twice"}, ";a=<b>;a=<b>"},
};

std::string read_all(std::string_view text) {
    expect::parameter_reader reader(text);
    expect::parameter found;
    std::string out;
    while (reader.next(found)) {
        BOOST_TEST(unit::is_inside(found.name, text));
        BOOST_TEST(unit::is_inside(found.value.raw, text));
        out += ";" + std::string(found.name) + "=" + (found.value.quoted ? "q<" : "<") +
               std::string(found.value.raw) + ">";
    }
    BOOST_TEST(!reader.next(found)); // and it stays at the end
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(value_tests)

BOOST_DATA_TEST_CASE(bytes_of_a_value, data::make(byte_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        BOOST_TEST(unit::escaped(bytes_of({text, row.quoted})) == unit::escaped(row.expected));
    });
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_quoted_string) {
    for (int code = 0; code < 256; ++code) {
        const std::string pair = {'\\', static_cast<char>(code)};
        const int expected = code >= 'A' && code <= 'Z' ? code + 32 : code;
        expect::value_bytes bytes({pair, true});
        BOOST_TEST(bytes.next() == expected);
        BOOST_TEST(bytes.next() == -1);
        BOOST_TEST(bytes.next() == -1);
    }
}

BOOST_DATA_TEST_CASE(sameness_of_values, data::make(same_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view a) {
        unit::on_each_copy(row.other, [&](std::string_view b) {
            const value_text left = {a, row.quoted};
            const value_text right = {b, row.other_quoted};
            BOOST_TEST(expect::same_value(left, right) == row.same);
            BOOST_TEST(expect::same_value(right, left) == row.same);
        });
    });
}

BOOST_DATA_TEST_CASE(reads_parameters, data::make(parameter_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        BOOST_TEST(read_all(text) == std::string(row.expected));
    });
}

// Accepted text never looks like this; the reader must stay inside it all the same.
BOOST_AUTO_TEST_CASE(text_that_was_not_accepted_is_read_safely) {
    for (const char *text :
         {"a", ";a", ";a=", ";a=\"", ";a=\"b", ";a=\"\\", ";=", "=", ";a=(", "\\"}) {
        unit::on_each_copy(text, [](std::string_view copy) {
            expect::parameter_reader reader(copy);
            expect::parameter found;
            for (std::size_t read = 0; read <= copy.size() && reader.next(found); ++read) {
                BOOST_TEST(unit::is_inside(found.name, copy));
                BOOST_TEST(unit::is_inside(found.value.raw, copy));
            }
        });
    }
}

BOOST_AUTO_TEST_CASE(counts_parameters) {
    BOOST_TEST(expect::count_parameters("") == 0u);
    BOOST_TEST(expect::count_parameters(";;a=1; b=2 ;;a=1;") == 3u);
    const expect::parameter wanted = {"A", {"x", true}};
    BOOST_TEST(expect::count_parameters(";a=X;a=\"\\x\";a=y;b=x", &wanted) == 2u);
    BOOST_TEST(expect::count_parameters("", &wanted) == 0u);
}

BOOST_AUTO_TEST_CASE(sameness_of_parameters) {
    const expect::parameter one = {"a", {"b", false}};
    BOOST_TEST(expect::same_parameter(one, {"A", {"\\B", true}}));
    BOOST_TEST(!expect::same_parameter(one, {"a", {"c", false}}));
    BOOST_TEST(!expect::same_parameter(one, {"b", {"b", false}}));
}

BOOST_AUTO_TEST_SUITE_END()
