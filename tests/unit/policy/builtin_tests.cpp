#include "expect/builtin.hpp"

#include "support/decision_row.hpp"
#include "support/policy.hpp"
#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::rule_index;

const std::vector<unit::decision_row> rows = {
    {{"100-continue", "met"}, "", "", "met <100-continue> by built-in meet 100-continue +100"},
    {{"100-CONTINUE", "in any case"},
     "",
     "",
     "met <100-CONTINUE> by built-in meet 100-continue +100"},
    {{"100-continue", "with content"},
     "",
     "content=5",
     "met <100-continue> by built-in meet 100-continue +100"},
    {{"100-continue=1", "another expectation"},
     "",
     "",
     "rejected 417 <100-continue=1> by built-in reject *"},
    {{"foo", "anything else is rejected"}, "", "", "rejected 417 <foo> by built-in reject *"},
    {{"100-continue, foo", "beside 100-continue too"},
     "",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{"=", "so is what does not parse"},
     "",
     "",
     "rejected 417 <=> malformed at 0 by built-in reject @malformed"},
    {{"", "nothing is nothing"}, "", "", "none"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(builtin_tests)

BOOST_DATA_TEST_CASE(decides, data::make(rows), row) {
    unit::check_decision(row);
    const expect::decision alone =
        expect::decide(&expect::built_in, unit::read_facts(row.facts), row.input);
    BOOST_TEST(unit::describe(alone) == std::string(row.expected));
}

BOOST_AUTO_TEST_CASE(is_the_last_list) {
    BOOST_TEST(expect::built_in.next == nullptr);
    BOOST_TEST(expect::built_in.count == 3u);
}

// The index is written down at compile time; build_index comes to the same.
BOOST_AUTO_TEST_CASE(its_index_is_the_one_that_is_built) {
    expect::rule_list list = expect::built_in;
    std::vector<std::uint32_t> memory(expect::index_words(list.count));
    expect::build_index(list, memory.data());
    const rule_index &made = expect::built_in.index;
    BOOST_TEST(made.mask == list.index.mask);
    BOOST_TEST(made.first_any == list.index.first_any);
    BOOST_TEST(made.first_malformed == list.index.first_malformed);
    BOOST_TEST(made.first_100_continue == list.index.first_100_continue);
    BOOST_TEST(made.first_accepting == list.index.first_accepting);
    for (std::uint32_t at = 0; at < list.count; ++at) {
        BOOST_TEST(made.next[at] == list.index.next[at]);
        BOOST_TEST(made.next_accepting[at] == list.index.next_accepting[at]);
    }
    for (std::uint32_t slot = 0; slot <= made.mask; ++slot) {
        BOOST_TEST(made.slots[slot] == list.index.slots[slot]);
    }
}

// The rules are what an administrator would write, and say so.
BOOST_AUTO_TEST_CASE(its_rules_are_those_that_are_read) {
    const unit::policy written("meet 100-continue\nreject *\nreject @malformed");
    BOOST_TEST(expect::built_in_text(expect::built_in.rules[0]) == "meet 100-continue");
    BOOST_TEST(expect::built_in_text(expect::built_in.rules[1]) == "reject *");
    BOOST_TEST(expect::built_in_text(expect::built_in.rules[2]) == "reject @malformed");
    BOOST_TEST(expect::built_in_text(written.chain()->rules[0]).empty());
    for (std::uint32_t at = 0; at < 3; ++at) {
        const expect::rule &made = expect::built_in.rules[at];
        const expect::rule &read = written.chain()->rules[at];
        BOOST_TEST(made.then == read.then);
        BOOST_TEST(made.status == read.status);
        BOOST_TEST(made.what.kind == read.what.kind);
        BOOST_TEST(std::string(made.what.spelled.text) == std::string(read.what.spelled.text));
        BOOST_TEST(std::string(made.what.spelled.name) == std::string(read.what.spelled.name));
        BOOST_TEST(made.what.spelled.has_value == read.what.spelled.has_value);
        BOOST_TEST(made.what.any_value == read.what.any_value);
        BOOST_TEST(made.what.any_parameters == read.what.any_parameters);
        BOOST_TEST(made.what.parameter_count == read.what.parameter_count);
        BOOST_TEST(made.content.least == read.content.least);
        BOOST_TEST(made.content.most == read.content.most);
    }
}

BOOST_AUTO_TEST_SUITE_END()
