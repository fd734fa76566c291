#include "expect/expect.hpp"

#include <boost/test/unit_test.hpp>

#include <vector>

BOOST_AUTO_TEST_SUITE(expect_tests)

// The tour in expect.hpp, step by step: rules are read and indexed, and a field is judged by them.
BOOST_AUTO_TEST_CASE(the_tour) {
    expect::rule_reader reader;
    BOOST_REQUIRE(reader.read_action("meet"));
    BOOST_REQUIRE(reader.read_pattern("certain-expectation"));
    BOOST_REQUIRE(reader.read_option("no-content"));
    BOOST_REQUIRE(reader.finish());

    expect::rule_list mine;
    mine.rules = &reader.made;
    mine.count = 1;
    std::vector<std::uint32_t> memory(expect::index_words(mine.count));
    expect::build_index(mine, memory.data());
    mine.next = &expect::built_in;

    expect::request_facts facts;
    expect::decision made = expect::decide(&mine, facts, "certain-expectation, 100-continue");
    BOOST_TEST((made.outcome == expect::verdict::met));
    BOOST_TEST(made.by == &reader.made);
    BOOST_TEST(made.meets_100_continue);

    facts.content = expect::content_kind::declared;
    facts.content_length = 1;
    made = expect::decide(&mine, facts, "certain-expectation, 100-continue");
    BOOST_TEST((made.outcome == expect::verdict::rejected));
    BOOST_TEST(made.status() == expect::status_expectation_failed);
}

BOOST_AUTO_TEST_SUITE_END()
