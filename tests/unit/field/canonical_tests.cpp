#include "expect/canonical.hpp"

#include "expect/members.hpp"

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
    expect::member_set members;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        members.add(member);
    }
    for (const expect::expectation &each : members) {
        list.add(each);
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

// The longest list of a field of so many bytes: as many members as there may be, of a byte each.
BOOST_AUTO_TEST_CASE(fits_into_the_memory_it_asks_for) {
    const std::string_view tokens = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz";
    std::string field = "100-continue";
    for (std::size_t number = 1; number < expect::most_members; ++number) {
        field += ",";
        field += tokens[number % tokens.size()];
        field += number < tokens.size() ? "" : "a";
    }
    const std::string list = canonical(field);
    BOOST_TEST(list.size() == field.size() + expect::most_members - 1);
    BOOST_TEST(list.size() <= expect::canonical_list::capacity_for(field.size()));
}

BOOST_AUTO_TEST_CASE(dozens_of_members_are_all_there_once) {
    std::string field;
    std::set<std::string> sent;
    for (int number = 0; number < 16; ++number) {
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

// A server that learns later that 100-continue is met says so by itself.
BOOST_AUTO_TEST_CASE(one_hundred_continue_may_be_added_without_its_member) {
    std::string memory(expect::canonical_list::capacity_for(20), '\0');
    expect::canonical_list list(memory.data());
    list.add_100_continue();
    BOOST_TEST(list.view() == "100-continue");
    expect::member_reader reader("foo=1");
    expect::expectation member;
    BOOST_REQUIRE(reader.next(member));
    list.add(member);
    BOOST_TEST(list.view() == "100-continue, foo=1");
}

BOOST_AUTO_TEST_SUITE_END()
