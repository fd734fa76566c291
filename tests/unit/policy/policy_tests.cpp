#include "expect/policy.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <type_traits>

namespace {

// Servers keep rules in memory that is given back without running destructors.
static_assert(std::is_trivially_destructible_v<expect::rule>);
static_assert(std::is_trivially_destructible_v<expect::rule_list>);
static_assert(std::is_trivially_copyable_v<expect::rule>);
static_assert(std::is_trivially_copyable_v<expect::rule_list>);
static_assert(expect::status_expectation_failed == 417);

} // namespace

BOOST_AUTO_TEST_SUITE(policy_tests)

BOOST_AUTO_TEST_CASE(a_rule_that_says_nothing_rejects_everything_with_417) {
    const expect::rule made;
    BOOST_TEST(made.what.kind == expect::pattern_kind::any);
    BOOST_TEST(made.then == expect::action::reject);
    BOOST_TEST(made.status == 417);
    BOOST_TEST(!made.early);
    BOOST_TEST(!made.has_retry_after);
    BOOST_TEST(made.url.empty());
    BOOST_TEST(made.content.holds(0));
    BOOST_TEST(made.content.holds(1));
    BOOST_TEST(made.content.holds(expect::content_range::undeclared));
    BOOST_TEST(made.expression == nullptr);
    BOOST_TEST(made.tag == nullptr);
}

BOOST_AUTO_TEST_CASE(ranges_of_content) {
    const expect::content_range all;
    const expect::content_range middle = {3, 5};
    const std::uint64_t undeclared = expect::content_range::undeclared;
    BOOST_TEST(!middle.holds(2));
    BOOST_TEST(middle.holds(3));
    BOOST_TEST(middle.holds(5));
    BOOST_TEST(!middle.holds(6));
    BOOST_TEST(!middle.holds(undeclared));
    BOOST_TEST(all.holds_all_of(middle));
    BOOST_TEST(!middle.holds_all_of(all));
    BOOST_TEST(middle.holds_all_of(middle));
    BOOST_TEST(middle.holds_all_of({4, 4}));
    BOOST_TEST(!middle.holds_all_of({4, 6}));
    BOOST_TEST(!middle.holds_all_of({2, 4}));
    BOOST_TEST(!all.is_empty());
    BOOST_TEST(!expect::content_range({0, 0}).is_empty());
    BOOST_TEST(expect::content_range({1, 0}).is_empty());
}

BOOST_AUTO_TEST_CASE(a_list_that_holds_nothing_leads_nowhere) {
    const expect::rule_list list;
    BOOST_TEST(list.count == 0u);
    BOOST_TEST(list.next == nullptr);
    BOOST_TEST(list.index.first_any == expect::rule_index::end);
    BOOST_TEST(list.index.first_malformed == expect::rule_index::end);
    BOOST_TEST(list.index.first_100_continue == expect::rule_index::end);
}

BOOST_AUTO_TEST_SUITE_END()
