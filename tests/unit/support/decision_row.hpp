// A row that says what comes of a field under a policy, and how it is tested.
#ifndef UNIT_SUPPORT_DECISION_ROW_HPP
#define UNIT_SUPPORT_DECISION_ROW_HPP

#include "plain_scan.hpp"
#include "policy.hpp"
#include "text.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace unit {

struct decision_row : row {    // input is the field
    std::string_view rules;    // as unit::policy reads them
    std::string_view facts;    // as unit::read_facts reads them
    std::string_view expected; // as unit::describe writes a decision
};

// Both ways to a decision come to what is expected.
inline void check_decision(const decision_row &row) {
    const policy rules(row.rules);
    const expect::request_facts facts = read_facts(row.facts);
    const std::string expected(row.expected);
    on_each_copy(row.input, [&](std::string_view field) {
        const expect::decision made = expect::decide(rules.chain(), facts, field);
        BOOST_TEST(describe(made) == expected);
        BOOST_TEST(is_inside(made.member, field));
        BOOST_TEST(describe(decide_by_plain_scan(rules.chain(), facts, field)) == expected);
    });
}

} // namespace unit

#endif
