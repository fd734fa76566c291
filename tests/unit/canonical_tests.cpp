#include "expect/canonical.hpp"

#include "support/policy.hpp"
#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

// The list of a field all of whose members are met, as a server makes it. The memory is exactly as
// large as the core asks for.
std::string canonical(std::string_view field) {
    const std::unique_ptr<char[]> memory(
        new char[expect::canonical_list::capacity_for(field.size())]);
    expect::canonical_list list(memory.get());
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        if (member.is_100_continue()) {
            list.add_100_continue();
        } else {
            list.add(member);
        }
    }
    BOOST_TEST(reader.error() == expect::parse_error::none);
    return std::string(list.view());
}

struct list_row : unit::row {
    std::string_view list;
};

const std::vector<list_row> list_rows = {
    {{"", "nothing is met"}, ""},
    {{" , ,", "nor of empty elements"}, ""},
    {{"100-continue", "the one that HTTP defines"}, "100-continue"},
    {{"100-CONTINUE", "spelled as RFC 9110 does"}, "100-continue"},
    {{"foo", "another alone"}, "foo"},
    {{"foo,100-Continue , bar", "100-continue comes first"}, "100-continue, foo, bar"},
    {{"foo , bar\t,baz", "one space behind each comma"}, "foo, bar, baz"},
    {{",,foo,,bar,", "no empty elements"}, "foo, bar"},
    {{"FoO=BaR", "as the client spelled it"}, "FoO=BaR"},
    {{R"(foo="b\ar ,;=")", "a quoted-string as it is"}, R"(foo="b\ar ,;=")"},
    {{R"(foo="")", "an empty one too"}, R"(foo="")"},
    {{"foo=\"\xe4\"", "obs-text as it is"}, "foo=\"\xe4\""},
    {{"foo=bar ; a=b\t;\tc=\"d e\"", "no white space around semicolons"}, "foo=bar;a=b;c=\"d e\""},
    {{"foo=bar;;a=b; ;", "no empty parameters"}, "foo=bar;a=b"},
    {{"foo=bar ; ;", "none at all"}, "foo=bar"},
    {{"foo=bar\t;", "nor the white space before them"}, "foo=bar"},
    {{"foo,FOO,foo", "repetitions once, as sent first"}, "foo"},
    {{"100-continue,100-continue", "also of 100-continue"}, "100-continue"},
    {{R"(foo=bar,foo="bar",foo="\b\a\r")", "however the value is written"}, "foo=bar"},
    {{R"(foo=bar;a=b,foo="BAR" ; A="\b" ;)", "however the parameters are"}, "foo=bar;a=b"},
    {{"foo,foo=1", "a value makes another member"}, "foo, foo=1"},
    {{"foo=1,foo=1;a=b", "so does a parameter"}, "foo=1, foo=1;a=b"},
    {{"foo=1;a=b;c=d,foo=1;c=d;a=b", "and their order"}, "foo=1;a=b;c=d, foo=1;c=d;a=b"},
    {{"foo=1;a=b,foo=1;a=b;a=b", "and their number"}, "foo=1;a=b, foo=1;a=b;a=b"},
    {{R"(foo="1;a=b",foo=1;a=b)", "a semicolon in a value does not separate"},
     R"(foo="1;a=b", foo=1;a=b)"},
    {{R"(foo=a;b=c,foo="a;b=c")", "in either order"}, R"(foo=a;b=c, foo="a;b=c")"},
    {{R"(foo="",foo)", "an empty value is a value"}, R"(foo="", foo)"},
    {{R"(foo="a b",foo="ab")", "white space inside counts"}, R"(foo="a b", foo="ab")"},
    {{R"(foo="\"",foo="\\")", "quoted marks are bytes"}, R"(foo="\"", foo="\\")"},
    {{"100-continue=1,100-continue", "only the plain one is put in front"},
     "100-continue, 100-continue=1"},
    {{"a,b,a,c,b,a", "the order of the first of each"}, "a, b, c"},
};

struct same_row : unit::row {
    std::string_view other;
    bool same;
};

const std::vector<same_row> same_rows = {
    {{"foo", "the same"}, "foo", true},
    {{"foo", "in another case"}, "FOO", true},
    {{"foo", "another name"}, "bar", false},
    {{"foo", "a longer one"}, "fooo", false},
    {{"foo", "a value"}, "foo=\"\"", false},
    {{"foo=1", "quoted"}, "foo=\"1\"", true},
    {{"foo=1", "another value"}, "foo=2", false},
    {{"foo=1;a=b", "spaced"}, "foo=1 ;; a=\"b\" ;", true},
    {{"foo=1;a=b", "parameters missing"}, "foo=1", false},
    {{"foo=1;a=b", "another order is another member"}, "foo=1;b=b", false},
};

expect::expectation read_member(std::string_view text) {
    expect::member_reader reader(text);
    expect::expectation member;
    BOOST_REQUIRE(reader.next(member));
    return member;
}

} // namespace

BOOST_AUTO_TEST_SUITE(canonical_tests)

BOOST_DATA_TEST_CASE(lists, data::make(list_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view field) {
        BOOST_TEST(unit::escaped(canonical(field)) == unit::escaped(row.list));
    });
}

BOOST_DATA_TEST_CASE(a_list_is_its_own_list, data::make(list_rows), row) {
    BOOST_TEST(unit::escaped(canonical(row.list)) == unit::escaped(row.list));
}

// What is handed on means what was sent: judged again, it comes to the same.
BOOST_DATA_TEST_CASE(a_list_gets_the_same_decision, data::make(list_rows), row) {
    const unit::policy rules(
        "meet foo\nmeet foo=bar;*\nignore foo=*;*\nmeet 100-continue=*\nmeet *");
    const expect::request_facts facts;
    const expect::decision sent = expect::decide(rules.chain(), facts, row.input);
    const std::string list = canonical(row.input);
    const expect::decision handed_on = expect::decide(rules.chain(), facts, list);
    BOOST_TEST((sent.outcome == handed_on.outcome));
    BOOST_TEST(sent.meets_100_continue == handed_on.meets_100_continue);
}

BOOST_DATA_TEST_CASE(sameness_of_members, data::make(same_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view a) {
        unit::on_each_copy(row.other, [&](std::string_view b) {
            BOOST_TEST(expect::same_member(read_member(a), read_member(b)) == row.same);
            BOOST_TEST(expect::same_member(read_member(b), read_member(a)) == row.same);
        });
    });
}

// The longest list of a field of so many bytes: members of one byte each.
BOOST_AUTO_TEST_CASE(fits_into_the_memory_it_asks_for) {
    const std::string_view tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    std::string field = "100-continue";
    for (const char token : tokens) {
        field += std::string{',', token};
    }
    const std::string list = canonical(field);
    BOOST_TEST(list.size() == 12 + 3 * tokens.size());
    // Once remembering fails, members repeat; the list must fit all the same.
    std::string longer;
    for (int first = 0; first < 50; ++first) {
        for (const char second : tokens) {
            longer += std::string{tokens[static_cast<std::size_t>(first)], second, ','};
        }
    }
    BOOST_TEST(canonical(longer + longer).size() >= longer.size());
}

BOOST_AUTO_TEST_CASE(dozens_of_members_are_all_there_once) {
    std::string field;
    std::set<std::string> sent;
    for (int number = 0; number < 32; ++number) {
        const std::string name = "member-" + std::to_string(number);
        sent.insert(name);
        field += name + "," + name + "=1,";
        sent.insert(name + "=1");
    }
    const std::string list = canonical(field + field);
    std::multiset<std::string> listed;
    expect::member_reader reader(list);
    expect::expectation member;
    while (reader.next(member)) {
        listed.insert(std::string(member.text));
    }
    BOOST_TEST(std::multiset<std::string>(sent.begin(), sent.end()) == listed,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(tells_whether_a_member_is_new) {
    std::string memory(expect::canonical_list::capacity_for(20), '\0');
    expect::canonical_list list(memory.data());
    BOOST_TEST(list.add(read_member("foo=1")));
    BOOST_TEST(!list.add(read_member("FOO=\"1\"")));
    BOOST_TEST(list.add(read_member("foo=2")));
    BOOST_TEST(list.view() == "foo=1, foo=2");
}

// Wherever their places in the table are: names whose hashes differ little are among these.
BOOST_AUTO_TEST_CASE(eight_members_are_never_repeated) {
    constexpr std::string_view tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    std::uint32_t random = 1;
    for (int round = 0; round < 20000; ++round) {
        std::string field;
        std::string expected;
        for (int member = 0; member < 8; ++member) {
            random = random * 1664525u + 1013904223u;
            const std::string name = {tokens[(random >> 24) % tokens.size()],
                                      tokens[(random >> 16) % 4], static_cast<char>('a' + member)};
            field += name + ",";
            expected += (expected.empty() ? "" : ", ") + name;
        }
        const std::string list = canonical(field + field);
        BOOST_REQUIRE_EQUAL(list, expected);
    }
}

// Found by fuzzing: the low bits of the hash crowd these around one place.
BOOST_AUTO_TEST_CASE(a_crowd_in_one_place) {
    const std::string members =
        R"(fhf=$+, ', &`, foo="\b\a)"
        "\xa3"
        R"(";A="b", foo="\b\ar", **=06, A=";*b", FOO=BARar;a=b, foo="\b\ar";A=";*b", FOO, F-, )"
        R"(**F-, fffff**, *%*, **, '$, &, $, *, lo**=0, reject, o, *lo**=0, o*)";
    BOOST_TEST(canonical(members + ", reject") == members);
}

BOOST_AUTO_TEST_SUITE_END()
