// What besides the members a decision depends on: the protocol, errors, and the conditions of
// rules.
#include "expect/decision.hpp"

#include "support/decision_row.hpp"
#include "support/policy.hpp"
#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::parse_error;

const std::vector<unit::decision_row> rows = {
    // HTTP/1.0.
    {{"100-continue", "ignored in HTTP/1.0"},
     "",
     "HTTP/1.0",
     "ignored <100-continue> by HTTP/1.0 +ignored"},
    {{"100-continue", "whatever the rules say"},
     "reject 100-continue",
     "HTTP/1.0",
     "ignored <100-continue> by HTTP/1.0 +ignored"},
    {{"100-continue", "nor is a 100 sent"},
     "continue 100-continue early",
     "HTTP/1.0 content=5",
     "ignored <100-continue> by HTTP/1.0 +ignored"},
    {{"100-continue, foo", "other members are judged"},
     "meet foo",
     "HTTP/1.0",
     "met <foo> by meet foo +ignored"},
    {{"100-continue, foo", "and rejected"},
     "",
     "HTTP/1.0",
     "rejected 417 <foo> by built-in reject *"},
    {{"100-continue=1", "another expectation is judged too"},
     "",
     "HTTP/1.0",
     "rejected 417 <100-continue=1> by built-in reject *"},
    // Malformed fields.
    {{"y 100-continue", "rejected as a whole"},
     "meet *",
     "",
     "rejected 417 <y 100-continue> malformed at 2 by built-in reject @malformed"},
    {{"100-continue, foo bar", "whatever stands in front of the error"},
     "meet 100-continue",
     "",
     "rejected 417 <100-continue, foo bar> malformed at 18 by built-in reject @malformed"},
    {{"foo, bar=", "even if a member in front would be rejected otherwise"},
     "reject foo status=403",
     "",
     "rejected 417 <foo, bar=> malformed at 9 by built-in reject @malformed"},
    {{"foo=", "with the status of its rule"},
     "reject @malformed status=400",
     "",
     "rejected 400 <foo=> malformed at 4 by reject @malformed status=400"},
    {{"100-continue;", "ignored: it may hide a client that waits"},
     "ignore @malformed",
     "",
     "ignored <100-continue;> malformed at 12 by ignore @malformed +ignored"},
    {{"foo=", "the first rule whose conditions hold"},
     "ignore @malformed no-content\nreject @malformed status=400",
     "content=1",
     "rejected 400 <foo=> malformed at 4 by reject @malformed status=400"},
    {{"foo=", "any name does not mean malformed"},
     "ignore *\nmeet *",
     "",
     "rejected 417 <foo=> malformed at 4 by built-in reject @malformed"},
    {{"foo=", "HTTP/1.0 makes no difference"},
     "",
     "HTTP/1.0",
     "rejected 417 <foo=> malformed at 4 by built-in reject @malformed"},
    // Conditions.
    {{"foo", "no-content holds without content"},
     "meet foo no-content",
     "",
     "met <foo> by meet foo no-content"},
    {{"foo", "not with declared content"},
     "meet foo no-content",
     "content=1",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "nor with undeclared"},
     "meet foo no-content",
     "chunked",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "longer-than of more"},
     "meet foo longer-than=10",
     "content=11",
     "met <foo> by meet foo longer-than=10"},
    {{"foo", "of as much"},
     "meet foo longer-than=10",
     "content=10",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "of less"},
     "meet foo longer-than=10",
     "content=9",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "of undeclared length"},
     "meet foo longer-than=10",
     "chunked",
     "met <foo> by meet foo longer-than=10"},
    {{"foo", "of no content"},
     "meet foo longer-than=0",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "of one byte"},
     "meet foo longer-than=0",
     "content=1",
     "met <foo> by meet foo longer-than=0"},
    {{"foo", "of the largest length"},
     "meet foo longer-than=9223372036854775806",
     "content=9223372036854775807",
     "met <foo> by meet foo longer-than=9223372036854775806"},
    {{"foo", "a declared length of 0 is no content"},
     "meet foo no-content",
     "content=0",
     "met <foo> by meet foo no-content"},
    {{"foo", "and not longer than that"},
     "meet foo longer-than=0",
     "content=0",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "nor shorter than anything"},
     "meet foo shorter-than=10",
     "content=0",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "shorter-than of less"},
     "meet foo shorter-than=10",
     "content=9",
     "met <foo> by meet foo shorter-than=10"},
    {{"foo", "of as much"},
     "meet foo shorter-than=10",
     "content=10",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "of undeclared length"},
     "meet foo shorter-than=10",
     "chunked",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "of no content"},
     "meet foo shorter-than=10",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "between two lengths"},
     "meet foo shorter-than=10 longer-than=8",
     "content=9",
     "met <foo> by meet foo shorter-than=10 longer-than=8"},
    {{"foo", "undeclared length lies between none"},
     "meet foo longer-than=8 shorter-than=10",
     "chunked",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "the largest length is shorter than nothing there is"},
     "meet foo shorter-than=9223372036854775807",
     "content=9223372036854775807",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo", "a condition that holds"},
     "meet foo expr=true",
     "",
     "met <foo> by meet foo expr=true"},
    {{"foo", "one that does not"},
     "meet foo expr=false\nignore foo",
     "",
     "ignored <foo> by ignore foo"},
    {{"foo", "all of a rule's must hold"},
     "meet foo expr=true longer-than=5",
     "content=5",
     "rejected 417 <foo> by built-in reject *"},
    // Conditions that cannot be evaluated: nothing passes, and no later rule is asked.
    {{"foo", "an error fails the request"},
     "meet foo expr=error\nmeet *",
     "",
     "failed <foo> by meet foo expr=error"},
    {{"foo", "also of a rule that would reject"},
     "reject foo expr=error\nmeet *",
     "",
     "failed <foo> by reject foo expr=error"},
    {{"foo", "or ignore"},
     "ignore * expr=error\nmeet *",
     "",
     "failed <foo> by ignore * expr=error"},
    {{"foo", "no evaluator is an error"},
     "meet foo expr=true\nmeet *",
     "no-evaluator",
     "failed <foo> by meet foo expr=true"},
    {{"foo=", "of a malformed field as well"},
     "ignore @malformed expr=error",
     "",
     "failed <foo=> malformed at 4 by ignore @malformed expr=error"},
    {{"100-continue, foo", "what was met before is void"},
     "continue 100-continue\nmeet foo expr=error",
     "",
     "failed <foo> by meet foo expr=error"},
    {{"a, b", "a rejection in front settles the request first"},
     "reject a\nmeet b expr=error",
     "",
     "rejected 417 <a> by reject a"},
    {{"bar", "a rule for another name is not evaluated"},
     "meet foo expr=error\nmeet bar",
     "",
     "met <bar> by meet bar"},
    {{"foo=1", "nor one for another value"},
     "meet foo=2 expr=error\nmeet foo=1",
     "",
     "met <foo=1> by meet foo=1"},
    {{"foo", "nor one whose other condition fails"},
     "meet foo no-content expr=error\nmeet foo",
     "content=1",
     "met <foo> by meet foo"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(decision_conditions_tests)

BOOST_DATA_TEST_CASE(decides, data::make(rows), row) { unit::check_decision(row); }

BOOST_AUTO_TEST_CASE(an_expression_is_evaluated_with_the_servers_context_once) {
    const unit::policy rules("meet foo expr=true");
    expect::request_facts facts = unit::read_facts("");
    unsigned calls = 0;
    facts.context = &calls;
    BOOST_TEST(expect::decide(rules.chain(), facts, "foo").outcome == expect::verdict::met);
    BOOST_TEST(calls == 1u);
    expect::decide(rules.chain(), facts, "bar, =");
    BOOST_TEST(calls == 1u);
}

BOOST_AUTO_TEST_CASE(a_field_that_the_server_knows_to_be_malformed) {
    expect::silent_listener listener;
    const auto judge = [&](std::string_view lines) {
        const unit::policy rules(lines);
        const expect::decision made = expect::decide_malformed(rules.chain(), {}, "100-continue",
                                                               parse_error::line_folded, listener);
        BOOST_TEST(made.error == parse_error::line_folded);
        return unit::describe(made);
    };
    BOOST_TEST(judge("meet *") ==
               "rejected 417 <100-continue> malformed at 0 by built-in reject @malformed");
    BOOST_TEST(judge("ignore @malformed") ==
               "ignored <100-continue> malformed at 0 by ignore @malformed +ignored");
}

BOOST_AUTO_TEST_SUITE_END()
