#include "expect/coverage.hpp"

#include "support/policy.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

struct pair_row : unit::row { // input is the first rule
    std::string_view second;
    bool covered;
};

const std::vector<pair_row> pairs = {
    // Patterns.
    {{"meet foo", "the same"}, "reject foo", true},
    {{"meet foo", "in another case"}, "reject FOO", true},
    {{"meet foo", "another name"}, "reject bar", false},
    {{"meet foo", "a value is another member"}, "reject foo=1", false},
    {{"meet foo=1", "and none is another"}, "reject foo", false},
    {{"meet foo", "any value does not mean none"}, "reject foo=*", false},
    {{"meet foo=*", "any value takes each"}, "reject foo=1", true},
    {{"meet foo=*", "and any"}, "reject foo=*", true},
    {{"meet foo=1", "but not the other way round"}, "reject foo=*", false},
    {{"meet foo=1", "the same value quoted"}, "reject foo=\"\\1\"", true},
    {{"meet foo=1", "another value"}, "reject foo=2", false},
    {{"meet foo=\"*\"", "an asterisk is a value"}, "reject foo=*", false},
    {{"meet foo=*", "parameters are not taken"}, "reject foo=1;a=b", false},
    {{"meet foo=*", "nor any"}, "reject foo=1;*", false},
    {{"meet foo=*;*", "any parameters take some"}, "reject foo=1;a=b", true},
    {{"meet foo=*;*", "and any"}, "reject foo=*;*", true},
    {{"meet foo=*;*", "and none"}, "reject foo=1", true},
    {{"meet foo=1;a=b", "the same parameters"}, "reject foo=1;A=\"b\"", true},
    {{"meet foo=1;a=b;c=d", "in another order"}, "reject foo=1;c=d;a=b", true},
    {{"meet foo=1;a=b", "others"}, "reject foo=1;a=c", false},
    {{"meet foo=1;a=b", "any"}, "reject foo=1;*", false},
    {{"meet *", "any name takes each"}, "reject foo=1;a=b", true},
    {{"meet *", "and any"}, "reject *", true},
    {{"meet foo", "not the other way round"}, "reject *", false},
    {{"meet *", "a field that does not parse has no name"}, "reject @malformed", false},
    {{"ignore @malformed", "it is taken by its own kind"}, "reject @malformed", true},
    {{"ignore @malformed", "and takes no other"}, "reject *", false},
    // Conditions.
    {{"meet foo", "no condition takes each"}, "reject foo no-content", true},
    {{"meet foo no-content", "a condition leaves the rest"}, "reject foo", false},
    {{"meet foo no-content", "the same condition"}, "reject foo no-content", true},
    {{"meet foo longer-than=5", "what is longer still"}, "reject foo longer-than=6", true},
    {{"meet foo longer-than=5", "as long"}, "reject foo longer-than=5", true},
    {{"meet foo longer-than=5", "what is shorter is left"}, "reject foo longer-than=4", false},
    {{"meet foo longer-than=5", "so is what is not asked"}, "reject foo", false},
    {{"meet foo longer-than=5", "and what has no content"}, "reject foo no-content", false},
    {{"meet foo expr=true", "the server's condition may fail"}, "reject foo", false},
    {{"meet foo expr=true", "even the same one, asked again"}, "reject foo expr=true", false},
    {{"meet foo", "no condition takes the server's"}, "reject foo expr=true", true},
};

// Which rule of the first list makes the last one unreachable; its number, or -1.
int covering_the_last(const unit::policy &rules) {
    const expect::rule_list &list = *rules.chain();
    const expect::rule *found = expect::find_covering(list, list.count - 1);
    return found == nullptr ? -1 : static_cast<int>(found - list.rules);
}

} // namespace

BOOST_AUTO_TEST_SUITE(coverage_tests)

BOOST_DATA_TEST_CASE(pairs_of_rules, data::make(pairs), row) {
    const unit::policy rules(std::string(row.input) + "\n" + std::string(row.second));
    const expect::rule *first = rules.chain()->rules;
    BOOST_TEST(expect::covers(first[0], first[1]) == row.covered, row.second);
    BOOST_TEST(covering_the_last(rules) == (row.covered ? 0 : -1));
    BOOST_TEST(expect::find_covering(*rules.chain(), 0) == nullptr);
}

BOOST_AUTO_TEST_CASE(finds_the_rule_among_others) {
    BOOST_TEST(covering_the_last(unit::policy("meet bar\nmeet foo=1\nmeet foo=*\nignore foo=1")) ==
               1);
    BOOST_TEST(covering_the_last(unit::policy("meet bar\nignore * no-content\nmeet *\nmeet foo")) ==
               2);
    BOOST_TEST(covering_the_last(unit::policy("meet *\nreject @malformed")) == -1);
    BOOST_TEST(covering_the_last(unit::policy("meet foo no-content\nmeet foo longer-than=0\n"
                                              "meet foo")) == -1);
}

// A rule behind it in the list does not cover, nor does one of another list.
BOOST_AUTO_TEST_CASE(only_earlier_rules_of_the_same_list_cover) {
    const unit::policy behind("meet foo\nmeet *\nmeet foo=*;*");
    BOOST_TEST(expect::find_covering(*behind.chain(), 0) == nullptr);
    BOOST_TEST(expect::find_covering(*behind.chain(), 1) == nullptr);
    const unit::policy lists("meet *\n--\nmeet foo");
    BOOST_TEST(expect::find_covering(*lists.chain()->next, 0) == nullptr);
}

BOOST_AUTO_TEST_CASE(a_hundred_rules_for_a_name_are_looked_at) {
    std::string lines;
    for (int number = 0; number < 100; ++number) {
        lines += "meet foo=" + std::to_string(number) + "\n";
    }
    BOOST_TEST(covering_the_last(unit::policy(lines + "reject foo=99")) == 99);
    BOOST_TEST(covering_the_last(unit::policy(lines + "reject foo=100")) == -1);
}

BOOST_AUTO_TEST_SUITE_END()
