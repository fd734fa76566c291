#include "expect/pattern.hpp"

#include "support/describe.hpp"
#include "support/matches.hpp"
#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::parse_error;
using expect::pattern_kind;

struct good_row : unit::row {
    std::string_view spelled; // as describe() writes it
    bool any_value;
    bool any_parameters;
    unsigned parameters;
};

const std::vector<good_row> member_rows = {
    {{"foo", "a name alone"}, "foo", false, false, 0},
    {{"100-continue", "the one that HTTP defines"}, "100-continue", false, false, 0},
    {{"foo=bar", "with a value"}, "foo=<bar>", false, false, 0},
    {{R"(foo="a b")", "which may be quoted"}, "foo=q<a b>", false, false, 0},
    {{"foo=*", "with any value"}, "foo=<*>", true, false, 0},
    {{R"(foo="*")", "the asterisk itself is quoted"}, "foo=q<*>", false, false, 0},
    {{"foo=bar;a=b", "with a parameter"}, "foo=<bar>;a=<b>", false, false, 1},
    {{"foo=*;a=b;c=d", "any value with parameters"}, "foo=<*>;a=<b>;c=<d>", true, false, 2},
    {{R"(foo=bar;a="*")", "a parameter whose value is the asterisk itself"},
     "foo=<bar>;a=q<*>",
     false,
     false,
     1},
    {{"foo=bar;*", "any parameters"}, "foo=<bar>", false, true, 0},
    {{"foo=*;*", "any value and any parameters"}, "foo=<*>", true, true, 0},
    {{"foo=bar ; *", "white space around the semicolon"}, "foo=<bar>", false, true, 0},
    {{R"(foo="x";*)", "behind a quoted-string"}, "foo=q<x>", false, true, 0},
    {{R"(foo="x;*")", "inside a quoted-string it is text"}, "foo=q<x;*>", false, false, 0},
    {{"foo=bar;", "an empty parameter is none"}, "foo=<bar>", false, false, 0},
    {{"foo=bar;;*", "also beside any"}, "foo=<bar>", false, true, 0},
    {{"foo=bar;*=x", "a parameter may be called *"}, "foo=<bar>;*=<x>", false, false, 1},
    {{"**", "a name of asterisks is a name"}, "**", false, false, 0},
    {{"foo=**", "so is such a value"}, "foo=<**>", false, false, 0},
};

struct bad_row : unit::row {
    parse_error error;
    std::size_t offset;
};

const std::vector<bad_row> bad_rows = {
    {{"", "nothing"}, parse_error::pattern_empty, 0},
    {{"@", "an unknown keyword"}, parse_error::pattern_unknown_keyword, 0},
    {{"@malformed ", "a keyword and more"}, parse_error::pattern_unknown_keyword, 0},
    {{"@any", "another word"}, parse_error::pattern_unknown_keyword, 0},
    {{" foo", "white space in front"}, parse_error::name_expected, 0},
    {{",foo", "an empty element in front"}, parse_error::name_expected, 0},
    {{",", "an empty list"}, parse_error::name_expected, 0},
    {{" ", "white space alone"}, parse_error::name_expected, 0},
    {{";*", "parameters of nothing"}, parse_error::name_expected, 0},
    {{"=*", "a value of nothing"}, parse_error::name_expected, 0},
    {{"\"foo\"", "a quoted name"}, parse_error::name_expected, 0},
    {{"foo,bar", "a list"}, parse_error::pattern_several_members, 3},
    {{"foo,", "an empty element behind"}, parse_error::pattern_several_members, 3},
    {{"foo=1 , bar", "a list with white space"}, parse_error::pattern_several_members, 6},
    {{"foo=1,bar=2;*", "a list before any parameters"}, parse_error::pattern_several_members, 5},
    {{"*=1", "a value of any name"}, parse_error::pattern_any_name_with_value, 0},
    {{"*=*", "any value of any name"}, parse_error::pattern_any_name_with_value, 0},
    {{"*=1;*", "with any parameters"}, parse_error::pattern_any_name_with_value, 0},
    {{"*;*", "any parameters of any name"}, parse_error::pattern_any_name_with_value, 0},
    {{"* ", "any name and white space"}, parse_error::pattern_any_name_with_value, 0},
    {{"foo;*", "any parameters without value"}, parse_error::pattern_any_parameters_alone, 3},
    {{"foo;a=b", "a parameter without value"}, parse_error::parameter_without_value, 3},
    {{"foo=1;a=b;*", "any parameters beside one"}, parse_error::pattern_any_parameters_mixed, 9},
    {{"foo=*;a=b ; *", "the same of any value"}, parse_error::pattern_any_parameters_mixed, 10},
    {{"foo=1;*;*", "any parameters twice"}, parse_error::parameter_equals_expected, 7},
    {{"foo=1;*;a=b", "any parameters in front"}, parse_error::parameter_equals_expected, 7},
    {{"foo=1;a=*", "any value of a parameter"}, parse_error::pattern_any_parameter_value, 8},
    {{"foo=1;a=b;c=*", "of the second one"}, parse_error::pattern_any_parameter_value, 12},
    {{"foo=1;*=*", "of any parameter"}, parse_error::pattern_any_parameter_value, 8},
    {{"foo=", "no value"}, parse_error::value_expected, 4},
    {{"foo=;*", "no value before any parameters"}, parse_error::value_expected, 4},
    {{"foo=1;a=;*", "no parameter value before them"}, parse_error::parameter_value_expected, 8},
    {{"foo=\"a", "a quoted-string without end"}, parse_error::quoted_string_unterminated, 6},
    {{"foo=\"a;*", "and what only looks like any parameters"},
     parse_error::quoted_string_unterminated,
     8},
    {{"foo=\"a\\;*", "the same behind a backslash"}, parse_error::quoted_string_unterminated, 9},
    {{"foo=\"\x01\"", "a control byte"}, parse_error::quoted_string_bad_byte, 5},
    {{"foo = bar", "white space around the equals sign"}, parse_error::comma_expected, 4},
    {{"foo bar", "two tokens"}, parse_error::comma_expected, 4},
    {{"foo@malformed", "a keyword stands at the start only"}, parse_error::comma_expected, 3},
};

struct match_row : unit::row { // input is the pattern
    std::string_view member;
    bool matches;
};

const std::vector<match_row> match_rows = {
    {{"*", "any name"}, "foo", true},
    {{"*", "any value and parameters"}, "foo=bar;a=b", true},
    {{"@malformed", "never a member that parses"}, "foo", false},
    {{"foo", "the name"}, "foo", true},
    {{"foo", "in any case"}, "FOO", true},
    {{"foo", "not another name"}, "fo", false},
    {{"foo", "nor a longer one"}, "fooo", false},
    {{"foo", "nor the name with a value"}, "foo=1", false},
    {{"foo", "nor with an empty one"}, "foo=\"\"", false},
    {{"100-continue", "nor does 100-continue mean 100-continue=1"}, "100-continue=1", false},
    {{"100-continue=1", "or the other way round"}, "100-continue", false},
    {{"foo=bar", "the value"}, "foo=bar", true},
    {{"foo=bar", "in any case"}, "foo=BAR", true},
    {{"foo=bar", "quoted"}, "foo=\"bar\"", true},
    {{"foo=bar", "with a needless quoted-pair"}, R"(foo="b\ar")", true},
    {{R"(foo="bar")", "a quoted pattern"}, "foo=bar", true},
    {{"foo=bar", "no value"}, "foo", false},
    {{"foo=bar", "another value"}, "foo=baz", false},
    {{"foo=bar", "parameters were not spelled"}, "foo=bar;a=b", false},
    {{"foo=bar", "empty parameters are none"}, "foo=bar; ;", true},
    {{R"(foo="a b")", "white space inside counts"}, "foo=\"a  b\"", false},
    {{"foo=*", "any value"}, "foo=bar", true},
    {{"foo=*", "the asterisk itself"}, "foo=*", true},
    {{"foo=*", "the empty value"}, "foo=\"\"", true},
    {{"foo=*", "but a value"}, "foo", false},
    {{"foo=*", "and no parameters"}, "foo=bar;a=b", false},
    {{R"(foo="*")", "only the asterisk itself"}, "foo=bar", false},
    {{R"(foo="*")", "which is this"}, "foo=*", true},
    {{"foo=*;*", "any parameters"}, "foo=bar;a=b;c=d", true},
    {{"foo=*;*", "also none"}, "foo=bar", true},
    {{"foo=*;*", "but a value"}, "foo", false},
    {{"foo=bar;*", "any parameters of this value"}, "foo=bar;a=b", true},
    {{"foo=bar;*", "not of another"}, "foo=baz;a=b", false},
    {{"foo=bar;a=b", "the parameter"}, "foo=bar;a=b", true},
    {{"foo=bar;a=b", "however it is written"}, "foo=bar ; A=\"\\B\" ;", true},
    {{"foo=bar;a=b", "none"}, "foo=bar", false},
    {{"foo=bar;a=b", "another value of it"}, "foo=bar;a=c", false},
    {{"foo=bar;a=b", "another name"}, "foo=bar;b=b", false},
    {{"foo=bar;a=b", "one more"}, "foo=bar;a=b;c=d", false},
    {{"foo=bar;a=b", "the same twice"}, "foo=bar;a=b;a=b", false},
    {{"foo=bar;a=b;c=d", "in any order"}, "foo=bar;c=d;a=b", true},
    {{"foo=bar;a=b;c=d", "each as often"}, "foo=bar;a=b;a=b", false},
    {{"foo=bar;a=b;a=b", "a repeated one has to be repeated"}, "foo=bar;a=b;a=b", true},
    {{"foo=bar;a=b;a=b", "once is not twice"}, "foo=bar;a=b;c=d", false},
    {{"foo=*;a=b", "any value with this parameter"}, "foo=x;a=b", true},
    {{"foo=*;a=b", "and only this one"}, "foo=x;c=d", false},
    {{R"(foo=bar;a="x;y=z")", "separators inside a value"}, R"(foo=bar;a="x;y=z")", true},
    {{R"(foo=bar;a="x;y=z")", "are not separators"}, "foo=bar;a=x;y=z", false},
};

expect::expectation read_member(std::string_view text) {
    expect::member_reader reader(text);
    expect::expectation member;
    BOOST_REQUIRE(reader.next(member));
    BOOST_REQUIRE(reader.at_end());
    return member;
}

} // namespace

BOOST_AUTO_TEST_SUITE(pattern_tests)

BOOST_AUTO_TEST_CASE(keywords) {
    BOOST_TEST(expect::parse_pattern("*").value.kind == pattern_kind::any);
    BOOST_TEST(expect::parse_pattern("@malformed").value.kind == pattern_kind::malformed);
    BOOST_TEST(expect::parse_pattern("@MALFORMED").value.kind == pattern_kind::malformed);
}

BOOST_DATA_TEST_CASE(reads_members, data::make(member_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        const expect::pattern_result read = expect::parse_pattern(text);
        BOOST_TEST(read.error == parse_error::none);
        BOOST_TEST(bool(read));
        BOOST_TEST(read.value.kind == pattern_kind::member);
        BOOST_TEST(unit::describe(read.value.spelled) == std::string(row.spelled));
        BOOST_TEST(read.value.any_value == row.any_value);
        BOOST_TEST(read.value.any_parameters == row.any_parameters);
        BOOST_TEST(read.value.parameter_count == row.parameters);
        BOOST_TEST(unit::is_inside(read.value.spelled.text, text));
    });
}

BOOST_DATA_TEST_CASE(refuses_with_cause_and_offset, data::make(bad_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        const expect::pattern_result read = expect::parse_pattern(text);
        BOOST_TEST(!read);
        BOOST_TEST(read.error == row.error);
        BOOST_TEST(read.offset == row.offset);
    });
}

BOOST_DATA_TEST_CASE(matches_what_it_spells, data::make(match_rows), row) {
    const expect::pattern_result read = expect::parse_pattern(row.input);
    BOOST_REQUIRE(bool(read));
    unit::on_each_copy(row.member, [&](std::string_view text) {
        BOOST_TEST(unit::matches(read.value, read_member(text)) == row.matches, "member " << text);
    });
}

// The members of the table above that are patterns as well match themselves.
BOOST_AUTO_TEST_CASE(a_member_matches_the_pattern_spelled_so) {
    for (const match_row &row : match_rows) {
        const expect::pattern_result read = expect::parse_pattern(row.member);
        BOOST_REQUIRE(bool(read));
        BOOST_TEST(unit::matches(read.value, read_member(row.member)), row.member);
    }
}

BOOST_AUTO_TEST_CASE(knows_100_continue) {
    BOOST_TEST(expect::parse_pattern("100-Continue").value.spelled.is_100_continue);
    BOOST_TEST(!expect::parse_pattern("100-continue=1").value.spelled.is_100_continue);
    BOOST_TEST(!expect::parse_pattern("100-continue=*").value.spelled.is_100_continue);
    BOOST_TEST(!expect::parse_pattern("*").value.spelled.is_100_continue);
    BOOST_TEST(!expect::parse_pattern("@malformed").value.spelled.is_100_continue);
}

BOOST_AUTO_TEST_SUITE_END()
