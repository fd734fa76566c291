#include "expect/field.hpp"

#include "support/describe.hpp"
#include "support/print.hpp"
#include "support/reference.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::parse_error;

struct good_row : unit::row {
    std::string_view members; // as describe() writes them, joined by " | "
};

const std::vector<good_row> good_rows = {
    {{"", "an empty field carries no expectation"}, ""},
    {{" \t ", "nor does white space"}, ""},
    {{",", "nor an empty element"}, ""},
    {{" , ,\t,, ", "nor do many"}, ""},
    {{"100-continue", "the one that HTTP defines"}, "100-continue"},
    {{"100-Continue", "views keep the client's spelling"}, "100-Continue"},
    {{" \t100-continue\t ", "white space around a member is none of it"}, "100-continue"},
    {{",100-continue,", "empty elements are dropped"}, "100-continue"},
    {{"100-continue,foo", "a list without white space"}, "100-continue | foo"},
    {{"foo \t,\t bar", "OWS on both sides of a comma"}, "foo | bar"},
    {{"foo,,bar", "an empty element between"}, "foo | bar"},
    {{"a,a,a", "repetitions are handed out as they come"}, "a | a | a"},
    {{"100-continue=1", "another expectation, well formed"}, "100-continue=<1>"},
    {{"foo=bar", "a token as value"}, "foo=<bar>"},
    {{R"(foo="bar")", "a quoted-string as value"}, "foo=q<bar>"},
    {{R"(foo="")", "an empty quoted-string is a value"}, "foo=q<>"},
    {{R"(foo="a,b;c=d")", "separators inside a quoted-string"}, "foo=q<a,b;c=d>"},
    {{R"(foo="a\"b")", "a quoted quote"}, R"(foo=q<a\"b>)"},
    {{R"(foo="a\\")", "a quoted backslash before the closing quote"}, R"(foo=q<a\\>)"},
    {{R"(foo="a\\",bar)", "and a member behind it"}, R"(foo=q<a\\> | bar)"},
    {{"foo=\"\xc3\xa4\xff\"", "obs-text is data in a quoted-string"}, "foo=q<\xc3\xa4\xff>"},
    {{"foo=\"\\\xff\"", "and behind a backslash"}, "foo=q<\\\xff>"},
    {{"foo=\"\t \"", "HTAB and SP as well"}, "foo=q<\t >"},
    {{"foo=bar;a=b", "a parameter"}, "foo=<bar>;a=<b>"},
    {{"foo=bar ; a=b\t;\tc=\"d\"", "OWS around semicolons"}, "foo=<bar>;a=<b>;c=q<d>"},
    {{"foo=bar;", "an empty parameter"}, "foo=<bar>"},
    {{"foo=bar;;;a=b;", "empty parameters anywhere"}, "foo=<bar>;a=<b>"},
    {{"foo=bar; , x", "an empty parameter before a comma"}, "foo=<bar> | x"},
    {{"foo=bar;a=b,x=y;c=d", "each member has its own"}, "foo=<bar>;a=<b> | x=<y>;c=<d>"},
    {{R"(foo="x" ;a="y" , z)", "a parameter behind a quoted-string"}, "foo=q<x>;a=q<y> | z"},
    {{"*", "the asterisk is a token"}, "*"},
    {{"!#$%&'*+-.^_`|~=!#$%&'*+-.^_`|~", "every mark in name and value"},
     "!#$%&'*+-.^_`|~=<!#$%&'*+-.^_`|~>"},
};

struct bad_row : unit::row {
    parse_error error;
    std::size_t offset;
};

const std::vector<bad_row> bad_rows = {
    {{"\"100-continue\"", "a quoted-string is no name"}, parse_error::name_expected, 0},
    {{"=", "a value without name"}, parse_error::name_expected, 0},
    {{";", "parameters without member"}, parse_error::name_expected, 0},
    {{"a, =b", "offsets count from the field's start"}, parse_error::name_expected, 3},
    {{"\x01", "a control byte"}, parse_error::name_expected, 0},
    {{"\xff", "obs-text outside a quoted-string"}, parse_error::name_expected, 0},
    {{std::string_view("\0", 1), "NUL"}, parse_error::name_expected, 0},
    {{"foo=", "nothing behind the equals sign"}, parse_error::value_expected, 4},
    {{"foo= bar", "white space behind it"}, parse_error::value_expected, 4},
    {{"foo=,bar", "a comma behind it"}, parse_error::value_expected, 4},
    {{"foo==", "a second one"}, parse_error::value_expected, 4},
    {{"foo=;a=b", "parameters without value"}, parse_error::value_expected, 4},
    {{"foo=\"bar", "a quoted-string without end"}, parse_error::quoted_string_unterminated, 8},
    {{"foo=\"", "the same, empty"}, parse_error::quoted_string_unterminated, 5},
    {{"foo=\"bar\\", "the end behind a backslash"}, parse_error::quoted_string_unterminated, 9},
    {{"foo=\"bar\\\"", "the last quote is quoted"}, parse_error::quoted_string_unterminated, 10},
    {{"foo=\"a,b", "a comma does not end it"}, parse_error::quoted_string_unterminated, 8},
    {{"foo=x;a=\"b", "in a parameter"}, parse_error::quoted_string_unterminated, 10},
    {{"foo=\"a\rb\"", "CR in a quoted-string"}, parse_error::quoted_string_bad_byte, 6},
    {{"foo=\"a\\\nb\"", "LF behind a backslash"}, parse_error::quoted_string_bad_byte, 7},
    {{"foo=\"\x7f\"", "DEL"}, parse_error::quoted_string_bad_byte, 5},
    {{"foo=x;a=\"\x1f\"", "in a parameter"}, parse_error::quoted_string_bad_byte, 9},
    {{"100-continue;", "a parameter section, though empty, behind a name without value"},
     parse_error::parameter_without_value,
     12},
    {{"100-continue;a=b", "a parameter there"}, parse_error::parameter_without_value, 12},
    {{"100-continue \t;a=b", "behind white space"}, parse_error::parameter_without_value, 14},
    {{"foo=bar;=b", "a parameter without name"}, parse_error::parameter_name_expected, 8},
    {{"foo=bar; \"a\"=b", "a quoted name"}, parse_error::parameter_name_expected, 9},
    {{"foo=bar;a", "a parameter without value"}, parse_error::parameter_equals_expected, 9},
    {{"foo=bar;a =b", "white space before the equals sign"},
     parse_error::parameter_equals_expected,
     9},
    {{"foo=bar;a;b=c", "a second parameter behind it"}, parse_error::parameter_equals_expected, 9},
    {{"foo=bar;a,b", "a second member behind it"}, parse_error::parameter_equals_expected, 9},
    {{"foo=bar;a=", "nothing behind its equals sign"}, parse_error::parameter_value_expected, 10},
    {{"foo=bar;a= b", "white space there"}, parse_error::parameter_value_expected, 10},
    {{"foo=bar;a=;b=c", "an empty value"}, parse_error::parameter_value_expected, 10},
    {{"y 100-continue", "two tokens (desynchronisation, 2025)"}, parse_error::comma_expected, 2},
    {{"100-continue y", "the other way round"}, parse_error::comma_expected, 13},
    {{"100-continue\r", "a control byte behind"}, parse_error::comma_expected, 12},
    {{"foo = bar", "white space before the equals sign"}, parse_error::comma_expected, 4},
    {{"foo=bar baz", "two tokens as value"}, parse_error::comma_expected, 8},
    {{"foo=bar=baz", "a second value"}, parse_error::comma_expected, 7},
    {{"foo=\"a\"b", "a token at a quoted-string"}, parse_error::comma_expected, 7},
    {{"foo=bar;a=b c", "a token behind a parameter"}, parse_error::comma_expected, 12},
    {{"foo=bar\"x\"", "a quoted-string at a token"}, parse_error::comma_expected, 7},
    {{"foo(comment)", "comments are not part of the field"}, parse_error::comma_expected, 3},
    {{"ok, also=ok;a=b, bad bad, ok", "the first error counts"}, parse_error::comma_expected, 21},
};

// Reads to the end; every view must lie inside the text.
std::string read_all(std::string_view text, expect::member_reader &reader) {
    std::string out;
    expect::expectation member;
    while (reader.next(member)) {
        for (const std::string_view part :
             {member.text, member.name, member.value.raw, member.parameters}) {
            BOOST_TEST(unit::is_inside(part, text));
        }
        BOOST_TEST(reader.offset() <= text.size());
        out += (out.empty() ? "" : " | ") + unit::describe(member);
    }
    return out;
}

// Compares the reader with the table of states.
void compare(std::string_view text) {
    expect::member_reader reader(text);
    expect::expectation member;
    std::size_t members = 0;
    while (reader.next(member)) {
        ++members;
    }
    const unit::reference_result expected = unit::parse_by_reference(text);
    const bool same = reader.error() == expected.error && reader.offset() == expected.offset &&
                      (expected.error != parse_error::none || members == expected.members);
    // One check for each text would make the report of a good run unreadable.
    if (!same) {
        BOOST_ERROR('[' << unit::escaped(text) << "]: read " << members << " members, "
                        << reader.error() << " at " << reader.offset() << "; expected "
                        << expected.members << ", " << expected.error << " at " << expected.offset);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(field_tests)

BOOST_DATA_TEST_CASE(reads_members, data::make(good_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        expect::member_reader reader(text);
        BOOST_TEST(unit::escaped(read_all(text, reader)) == unit::escaped(row.members));
        BOOST_TEST(reader.error() == parse_error::none);
        BOOST_TEST(reader.offset() == text.size());
        BOOST_TEST(reader.at_end());
        expect::expectation member;
        BOOST_TEST(!reader.next(member));
    });
}

BOOST_DATA_TEST_CASE(refuses_with_cause_and_offset, data::make(bad_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        expect::member_reader reader(text);
        read_all(text, reader);
        expect::expectation member;
        for (int again = 0; again < 2; ++again) { // an error is final
            BOOST_TEST(reader.error() == row.error);
            BOOST_TEST(reader.offset() == row.offset);
            BOOST_TEST(!reader.at_end());
            BOOST_TEST(!reader.next(member));
        }
    });
}

BOOST_AUTO_TEST_CASE(texts_of_members_have_no_white_space_around) {
    const std::string_view text = " foo ,\tbar=\"b\" ; a=b ; \t, x=y\t";
    expect::member_reader reader(text);
    expect::expectation member;
    std::vector<std::string> texts;
    while (reader.next(member)) {
        texts.emplace_back(member.text);
    }
    const std::vector<std::string> expected = {"foo", "bar=\"b\" ; a=b ;", "x=y"};
    BOOST_TEST(texts == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(offset_lies_behind_the_last_member) {
    expect::member_reader reader("foo , bar");
    expect::expectation member;
    BOOST_TEST(reader.offset() == 0u);
    BOOST_TEST(reader.next(member));
    BOOST_TEST(reader.offset() == 4u);
    BOOST_TEST(!reader.at_end());
    BOOST_TEST(reader.next(member));
    BOOST_TEST(reader.offset() == 9u);
    BOOST_TEST(reader.at_end());
}

BOOST_AUTO_TEST_CASE(a_view_of_nothing_is_an_empty_field) {
    expect::member_reader reader{std::string_view{}};
    expect::expectation member;
    BOOST_TEST(!reader.next(member));
    BOOST_TEST(reader.error() == parse_error::none);
    BOOST_TEST(reader.offset() == 0u);
}

BOOST_AUTO_TEST_CASE(only_100_continue_itself_is_100_continue) {
    const auto asked = [](std::string_view text) {
        expect::member_reader reader(text);
        expect::expectation member;
        return reader.next(member) && member.is_100_continue;
    };
    BOOST_TEST(asked("100-continue"));
    BOOST_TEST(asked("100-CONTINUE"));
    BOOST_TEST(!asked("100-continue=1"));
    BOOST_TEST(!asked("100-continue=\"\""));
    BOOST_TEST(!asked("100-continu"));
    BOOST_TEST(!asked("100-continues"));
    BOOST_TEST(!asked("200-continue"));
}

// Members are counted as they are sent: equal ones and what lies behind the first one too many
// count, empty elements do not.
BOOST_AUTO_TEST_CASE(one_member_too_many_is_an_error) {
    const auto members = [](std::size_t count, std::string_view separator) {
        std::string text;
        for (std::size_t number = 0; number < count; ++number) {
            text += "a" + std::string(separator);
        }
        return text;
    };
    const auto check = [](const std::string &text, parse_error error, std::size_t offset) {
        unit::on_each_copy(text, [&](std::string_view copy) {
            expect::member_reader reader(copy);
            expect::expectation member;
            while (reader.next(member)) {
            }
            BOOST_TEST(reader.error() == error);
            BOOST_TEST(reader.offset() == offset);
            BOOST_TEST(!reader.next(member));
            compare(copy);
        });
    };
    BOOST_TEST(expect::most_members == 64u);
    check(members(64, ","), parse_error::none, 128);
    check(members(64, " ,\t,, "), parse_error::none, 64 * 7);
    check(members(65, ","), parse_error::too_many_members, 128);
    check(members(64, ", ") + ",,\tb", parse_error::too_many_members, 64 * 3 + 3);
    check(members(64, ",") + "=", parse_error::too_many_members, 128);
    check(members(63, ",") + "=," + members(9, ","), parse_error::name_expected, 126);
    check(members(5000, ","), parse_error::too_many_members, 128);
}

// Every byte value at every kind of place, compared with the grammar's table of states.
BOOST_AUTO_TEST_CASE(every_byte_in_every_place) {
    for (const std::string_view around :
         {"?", "a?", "a?b", "a ?", "a=?", "a=b?", "a=b?c", "a=b ?", "a=\"?\"", "a=\"\\?\"",
          "a=\"b\"?", "a=b;?", "a=b;c?", "a=b;c?d", "a=b;c=?", "a=b;c=d?", "a=b;c=\"?\"",
          "a=b;c=\"d\" ?", "a,?"}) {
        const std::size_t place = around.find('?');
        for (int code = 0; code < 256; ++code) {
            std::string text(around);
            text[place] = static_cast<char>(code);
            unit::on_each_copy(text, compare);
        }
    }
}

// All texts of up to six bytes of those that mean something to the grammar: 299,593 fields.
BOOST_AUTO_TEST_CASE(every_short_text) {
    constexpr std::string_view alphabet = "a,;=\"\\ \x01";
    char text[6];
    for (std::size_t size = 0; size <= sizeof text; ++size) {
        std::size_t texts = 1;
        for (std::size_t i = 0; i < size; ++i) {
            texts *= alphabet.size();
        }
        for (std::size_t number = 0; number < texts; ++number) {
            std::size_t rest = number;
            for (std::size_t i = 0; i < size; ++i, rest /= alphabet.size()) {
                text[i] = alphabet[rest % alphabet.size()];
            }
            compare({text, size});
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
