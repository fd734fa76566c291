#include "expect/decision.hpp"

#include "support/decision_row.hpp"
#include "support/policy.hpp"
#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::rule_outcome;

const std::vector<unit::decision_row> rows = {
    // Order and chains.
    {{"foo", "the first rule that matches decides"},
     "reject bar\nmeet foo\nreject foo",
     "",
     "met <foo> by meet foo"},
    {{"foo", "a rule for any name in front"},
     "reject *\nmeet foo",
     "",
     "rejected 417 <foo> by reject *"},
    {{"foo", "and behind"}, "meet foo\nreject *", "", "met <foo> by meet foo"},
    {{"bar", "which is the one left"},
     "meet foo\nreject * status=403",
     "",
     "rejected 403 <bar> by reject * status=403"},
    {{"foo", "an earlier list comes first"},
     "meet foo\n--\nreject foo",
     "",
     "met <foo> by meet foo"},
    {{"foo", "a later list is asked where the earlier has nothing"},
     "meet bar\n--\nreject foo\n--\nmeet foo",
     "",
     "rejected 417 <foo> by reject foo"},
    {{"foo", "lists may be empty"}, "--\n--\nmeet foo", "", "met <foo> by meet foo"},
    {{"100-continue", "the built-in rules come last"},
     "meet foo",
     "",
     "met <100-continue> by built-in meet 100-continue +100"},
    {{"bar", "and reject what is left"}, "meet foo", "", "rejected 417 <bar> by built-in reject *"},
    {{"100-continue", "a rule for any name precedes them"},
     "reject *",
     "",
     "rejected 417 <100-continue> by reject *"},
    {{"foo=2", "the value picks the rule"},
     "meet foo\nmeet foo=1\nmeet foo=*\nreject foo=2",
     "",
     "met <foo=2> by meet foo=*"},
    {{"foo=2;a=b", "so do the parameters"},
     "meet foo=*\nignore foo=2;*",
     "",
     "ignored <foo=2;a=b> by ignore foo=2;*"},
    {{"FOO", "names match in any case"}, "meet foo", "", "met <FOO> by meet foo"},
    // Several members.
    {{"foo, bar", "all are met"}, "meet *", "", "met <foo> by meet *"},
    {{"foo, bar", "the first that is met speaks for the request"},
     "ignore foo\nmeet bar",
     "",
     "met <bar> by meet bar"},
    {{"foo, bar", "though another is ignored behind it"},
     "meet foo\nignore bar",
     "",
     "met <foo> by meet foo"},
    {{"foo, bar", "all ignored: the first speaks"}, "ignore *", "", "ignored <foo> by ignore *"},
    {{"foo, bar, baz", "one rejected rejects the request"},
     "meet foo\nmeet baz",
     "",
     "rejected 417 <bar> by built-in reject *"},
    {{"a, b, c", "with the status of the first in field order"},
     "reject c status=503\nreject b status=403\nmeet a",
     "",
     "rejected 403 <b> by reject b status=403"},
    {{"100-continue, foo", "nothing is promised to a request that is rejected"},
     "continue 100-continue",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{"foo, 100-continue", "in either order"},
     "continue 100-continue",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{"100-continue, foo", "nor is its wait remembered"},
     "ignore 100-continue",
     "",
     "rejected 417 <foo> by built-in reject *"},
    {{",, foo ,", "empty elements are nothing"}, "meet foo", "", "met <foo> by meet foo"},
    {{"", "an empty field carries no expectation"}, "reject *\nreject @malformed", "", "none"},
    {{" ,, ", "nor does a list of empty elements"}, "reject *\nreject @malformed", "", "none"},
    {{"foo, FOO, foo", "equal members come to the same"}, "meet foo", "", "met <foo> by meet foo"},
    // 100-continue.
    {{"100-continue", "met, and sent at the gate"},
     "continue 100-continue",
     "content=5",
     "met <100-continue> by continue 100-continue +100 +gate"},
    {{"100-continue", "or before access control"},
     "continue 100-continue early",
     "chunked",
     "met <100-continue> by continue 100-continue early +100 +early"},
    {{"100-continue", "but never without content"},
     "continue 100-continue early",
     "",
     "met <100-continue> by continue 100-continue early +100"},
    {{"100-continue", "of which a length of 0 is none"},
     "continue 100-continue",
     "content=0",
     "met <100-continue> by continue 100-continue +100"},
    {{"100-continue", "ignored: the client may wait"},
     "ignore 100-continue",
     "",
     "ignored <100-continue> by ignore 100-continue +ignored"},
    {{"100-continue, foo", "also where another member is met"},
     "ignore 100-continue\nmeet foo",
     "",
     "met <foo> by meet foo +ignored"},
    {{"foo, 100-Continue", "in any place and case"}, "meet foo", "", "met <foo> by meet foo +100"},
    {{"100-continue, 100-continue", "twice is once"},
     "",
     "",
     "met <100-continue> by built-in meet 100-continue +100"},
    {{"100-continue=1", "with a value it is another expectation"},
     "",
     "",
     "rejected 417 <100-continue=1> by built-in reject *"},
    {{"100-continue=1", "which may be met, but brings no 100"},
     "meet 100-continue=*",
     "",
     "met <100-continue=1> by meet 100-continue=*"},
};

// Keeps every step as text.
struct recorder {
    std::vector<std::string> steps;
    static constexpr bool hears_every_member() noexcept { return false; }

    void on_rule(const expect::rule &considered, rule_outcome outcome) noexcept {
        constexpr std::string_view words[] = {"decided",    "other member", "has content",
                                              "not longer", "not shorter",  "false",
                                              "error"};
        steps.push_back(unit::describe(&considered) + ": " +
                        std::string(words[static_cast<int>(outcome)]));
    }
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        steps.push_back("<" + std::string(member.text) + "> by " +
                        unit::describe(ruled.cause, ruled.by) + (ruled.failed ? ", failed" : ""));
    }
};

struct thorough_recorder : recorder {
    static constexpr bool hears_every_member() noexcept { return true; }
};

struct steps_row : unit::row {
    std::string_view rules;
    std::string_view facts;
    std::vector<std::string> steps;
};

const std::vector<steps_row> steps_rows = {
    {{"foo", "each rule that was considered, and why it did not decide"},
     "meet foo=1\nmeet bar\nmeet foo no-content\nmeet * longer-than=9\nmeet foo shorter-than=9\n"
     "meet foo expr=false\nmeet foo",
     "content=9",
     {"meet foo=1: other member", "meet foo no-content: has content",
      "meet * longer-than=9: not longer", "meet foo shorter-than=9: not shorter",
      "meet foo expr=false: false", "meet foo: decided", "<foo> by meet foo"}},
    {{"foo", "content that is not there is neither longer nor shorter"},
     "meet * longer-than=9\nmeet foo shorter-than=9\nmeet foo longer-than=3 shorter-than=9",
     "",
     {"meet * longer-than=9: not longer", "meet foo shorter-than=9: not shorter",
      "meet foo longer-than=3 shorter-than=9: not shorter", "built-in reject *: decided",
      "<foo> by built-in reject *"}},
    {{"foo", "nor is the length known that is not declared"},
     "meet * no-content\nmeet foo shorter-than=9\nmeet foo longer-than=3 shorter-than=9",
     "chunked",
     {"meet * no-content: has content", "meet foo shorter-than=9: not shorter",
      "meet foo longer-than=3 shorter-than=9: not shorter", "built-in reject *: decided",
      "<foo> by built-in reject *"}},
    {{"foo", "between two lengths, the one that fails is named"},
     "meet foo longer-than=3 shorter-than=9\nmeet foo longer-than=1 shorter-than=3",
     "content=3",
     {"meet foo longer-than=3 shorter-than=9: not longer",
      "meet foo longer-than=1 shorter-than=3: not shorter", "built-in reject *: decided",
      "<foo> by built-in reject *"}},
    {{"foo", "an error ends the search"},
     "meet foo expr=error\nmeet foo",
     "",
     {"meet foo expr=error: error", "<foo> by meet foo expr=error, failed"}},
    {{"foo, bar", "a rejected member is the last"},
     "",
     "",
     {"built-in reject *: decided", "<foo> by built-in reject *"}},
    {{"100-continue", "HTTP/1.0 asks no rule"}, "", "HTTP/1.0", {"<100-continue> by HTTP/1.0"}},
    {{"foo, bar, FOO, foo=1, \tfoo=\"1\" ;", "equal members are ruled on once"},
     "meet *",
     "",
     {"meet *: decided", "<foo> by meet *", "meet *: decided", "<bar> by meet *", "meet *: decided",
      "<foo=1> by meet *"}},
    {{"foo, =", "a malformed field has no members"},
     "reject * no-content\nignore @malformed no-content",
     "chunked",
     {"ignore @malformed no-content: has content", "built-in reject @malformed: decided"}},
    {{" , ", "an empty field has no steps"}, "reject *", "", {}},
};

} // namespace

BOOST_AUTO_TEST_SUITE(decision_tests)

BOOST_DATA_TEST_CASE(decides, data::make(rows), row) { unit::check_decision(row); }

BOOST_DATA_TEST_CASE(tells_every_step, data::make(steps_rows), row) {
    const unit::policy rules(row.rules);
    recorder listener;
    expect::decide(rules.chain(), unit::read_facts(row.facts), row.input, listener);
    BOOST_TEST(listener.steps == row.steps, boost::test_tools::per_element());
}

// A listener may hear of the members behind a rejected one; the decision is the same.
BOOST_AUTO_TEST_CASE(members_behind_a_rejected_one_change_nothing) {
    const unit::policy rules("reject foo status=403\ncontinue 100-continue\nmeet bar expr=error");
    thorough_recorder listener;
    const std::string_view field = "foo, 100-continue, bar, baz";
    const expect::decision made =
        expect::decide(rules.chain(), unit::read_facts(""), field, listener);
    BOOST_TEST(unit::describe(made) == "rejected 403 <foo> by reject foo status=403");
    const std::vector<std::string> steps = {
        "reject foo status=403: decided", "<foo> by reject foo status=403",
        "continue 100-continue: decided", "<100-continue> by continue 100-continue",
        "meet bar expr=error: error",     "<bar> by meet bar expr=error, failed",
        "built-in reject *: decided",     "<baz> by built-in reject *"};
    BOOST_TEST(listener.steps == steps, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_null_chain_rejects_everything_by_no_rule) {
    const expect::request_facts facts;
    BOOST_TEST(unit::describe(expect::decide(nullptr, facts, "100-continue")) ==
               "rejected 417 <100-continue> by no rule");
    BOOST_TEST(unit::describe(expect::decide(nullptr, facts, "foo=")) ==
               "rejected 417 <foo=> malformed at 4 by no rule");
    BOOST_TEST(unit::describe(expect::decide(nullptr, facts, "")) == "none");
}

BOOST_AUTO_TEST_CASE(a_chain_without_the_built_in_list_rejects_what_no_rule_decides) {
    const unit::policy rules("meet foo");
    expect::rule_list alone = *rules.chain();
    alone.next = nullptr;
    const expect::request_facts facts;
    BOOST_TEST(unit::describe(expect::decide(&alone, facts, "foo")) == "met <foo> by meet foo");
    BOOST_TEST(unit::describe(expect::decide(&alone, facts, "100-continue")) ==
               "rejected 417 <100-continue> by no rule");
}

BOOST_AUTO_TEST_SUITE_END()
