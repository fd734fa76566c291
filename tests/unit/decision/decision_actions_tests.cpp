// What the actions make of 100-continue and of each other: which outcome speaks for the request,
// when a 100 may go out, and what an application is asked about.
#include "expect/decision.hpp"

#include "support/decision_row.hpp"
#include "support/policy.hpp"
#include "support/print.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

const std::vector<unit::decision_row> rows = {
    // Asking.
    {{"foo", "an application is asked about a named expectation"},
     "ask foo url=/a",
     "",
     "asked <foo> by ask foo url=/a"},
    {{"foo", "about any"}, "ask * url=/a", "", "asked <foo> by ask * url=/a"},
    {{"100-continue", "about 100-continue with content"},
     "ask 100-continue url=/a",
     "content=5",
     "asked <100-continue> by ask 100-continue url=/a +ask"},
    {{"100-continue", "of whatever length"},
     "ask 100-continue url=/a",
     "chunked",
     "asked <100-continue> by ask 100-continue url=/a +ask"},
    {{"100-continue", "without content there is nothing to ask about: met"},
     "ask 100-continue url=/a",
     "",
     "met <100-continue> by ask 100-continue url=/a +100"},
    {{"100-continue", "nor with a length of 0"},
     "ask * url=/a",
     "content=0",
     "met <100-continue> by ask * url=/a +100"},
    {{"100-continue", "HTTP/1.0 is not asked about"},
     "ask 100-continue url=/a",
     "HTTP/1.0 content=5",
     "ignored <100-continue> by HTTP/1.0 +ignored"},
    {{"100-continue=1", "another expectation is, without content too"},
     "ask 100-continue=* url=/a",
     "",
     "asked <100-continue=1> by ask 100-continue=* url=/a"},
    {{"foo", "in HTTP/1.0 as well"}, "ask foo url=/a", "HTTP/1.0", "asked <foo> by ask foo url=/a"},
    {{"foo", "conditions hold for it as for others"},
     "ask foo url=/a longer-than=9\nmeet foo",
     "content=9",
     "met <foo> by meet foo"},
    {{"foo", "one that cannot be evaluated is asked by nobody"},
     "ask foo url=/a expr=error",
     "",
     "failed <foo> by ask foo url=/a expr=error"},
    // Precedence: rejected and failed, asked, met, ignored.
    {{"foo, bar", "a rejected request is not asked about"},
     "ask foo url=/a",
     "",
     "rejected 417 <bar> by built-in reject *"},
    {{"bar, foo", "in either order"},
     "ask foo url=/a",
     "",
     "rejected 417 <bar> by built-in reject *"},
    {{"foo, bar", "nor one that failed"},
     "ask foo url=/a\nmeet bar expr=error",
     "",
     "failed <bar> by meet bar expr=error"},
    {{"bar, foo", "asked comes before met"},
     "meet bar\nask foo url=/a",
     "",
     "asked <foo> by ask foo url=/a"},
    {{"foo, bar", "wherever it stands"},
     "meet bar\nask foo url=/a",
     "",
     "asked <foo> by ask foo url=/a"},
    {{"a, b, c", "and before ignored"},
     "ignore a\nask b url=/b\nignore c",
     "",
     "asked <b> by ask b url=/b"},
    {{"a, b", "the first that is asked about speaks for the request"},
     "ask b url=/b\nask a url=/a",
     "",
     "asked <a> by ask a url=/a"},
    {{"a, b", "met comes before ignored"}, "ignore a\nmeet b", "", "met <b> by meet b"},
    {{"a, 100-continue", "what happens to 100-continue is told beside"},
     "ask a url=/a\nignore 100-continue",
     "content=5",
     "asked <a> by ask a url=/a +ignored"},
    {{"a, 100-continue", "also that it is met"},
     "ask a url=/a",
     "content=5",
     "asked <a> by ask a url=/a +100"},
    {{"100-continue, a", "and asked about by another rule"},
     "ask 100-continue url=/b\nask a url=/a",
     "content=5",
     "asked <100-continue> by ask 100-continue url=/b +ask"},
    {{"foo=", "a field that does not parse is not asked about"},
     "ask * url=/a",
     "",
     "rejected 417 <foo=> malformed at 4 by built-in reject @malformed"},
    // When 100 goes out.
    {{"foo, 100-continue", "early, beside what is met"},
     "continue 100-continue early\nmeet foo",
     "content=5",
     "met <foo> by meet foo +100 +early"},
    {{"100-continue, foo", "but not before a question is answered"},
     "continue 100-continue early\nask foo url=/a",
     "content=5",
     "asked <foo> by ask foo url=/a +100 +gate"},
    {{"foo, 100-continue", "in either order"},
     "continue 100-continue early\nask foo url=/a",
     "chunked",
     "asked <foo> by ask foo url=/a +100 +gate"},
    {{"100-continue, foo", "at the gate it waits anyway"},
     "continue 100-continue\nask foo url=/a",
     "content=5",
     "asked <foo> by ask foo url=/a +100 +gate"},
    {{"100-continue, foo", "never for a request that is rejected"},
     "continue 100-continue early",
     "content=5",
     "rejected 417 <foo> by built-in reject *"},
    {{"100-continue", "the rule that decides says when"},
     "continue 100-continue shorter-than=64K early\ncontinue 100-continue",
     "content=65536",
     "met <100-continue> by continue 100-continue +100 +gate"},
    {{"100-continue", "and when its condition holds"},
     "continue 100-continue shorter-than=64K early\ncontinue 100-continue",
     "content=65535",
     "met <100-continue> by continue 100-continue shorter-than=64K early +100 +early"},
    // Too many members.
    {{"a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"
      "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a",
      "64 members, though equal, are as many as there may be"},
     "meet a",
     "",
     "met <a> by meet a"},
    {{"a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"
      "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a",
      "one more is malformed"},
     "meet a\nreject @malformed status=400",
     "",
     "rejected 400 <a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"
     "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a> malformed at 128 by "
     "reject @malformed status=400"},
};

// The verdict's values stand in the order in which they take precedence.
static_assert(expect::verdict::none < expect::verdict::ignored &&
              expect::verdict::ignored < expect::verdict::met &&
              expect::verdict::met < expect::verdict::asked &&
              expect::verdict::asked < expect::verdict::rejected &&
              expect::verdict::rejected < expect::verdict::failed);

// Collects what each rule asks about, as a server does.
struct collector : expect::silent_listener {
    std::vector<std::string> asked;

    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        if (ruled.then == expect::action::ask) {
            asked.push_back(std::string(ruled.by->url) + " " + std::string(member.text));
        }
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(decision_actions_tests)

BOOST_DATA_TEST_CASE(decides, data::make(rows), row) { unit::check_decision(row); }

BOOST_AUTO_TEST_CASE(a_listener_learns_who_asks_about_what) {
    const unit::policy rules("ask a url=/one\nask b=* url=/two\nask 100-continue url=/one\nmeet *");
    collector listener;
    expect::decide(rules.chain(), unit::read_facts("content=5"), "b=1, a, c, 100-continue, A, b=2",
                   listener);
    const std::vector<std::string> wanted = {"/two b=1", "/one a", "/one 100-continue", "/two b=2"};
    BOOST_TEST(listener.asked == wanted, boost::test_tools::per_element());
    listener.asked.clear();
    expect::decide(rules.chain(), unit::read_facts(""), "100-continue", listener);
    BOOST_TEST(listener.asked.empty()); // passed as met
}

// However often a member is repeated, each of its rules is tried once.
BOOST_AUTO_TEST_CASE(equal_members_cost_one_evaluation) {
    const unit::policy rules("meet a expr=true");
    expect::request_facts facts = unit::read_facts("");
    unsigned calls = 0;
    facts.context = &calls;
    std::string field;
    for (std::size_t number = 0; number < expect::most_members; ++number) {
        field += number % 3 == 0 ? "a," : "A ,, ";
    }
    BOOST_TEST(expect::decide(rules.chain(), facts, field).outcome == expect::verdict::met);
    BOOST_TEST(calls == 1u);
    calls = 0;
    expect::decide(rules.chain(), facts, field + "a");
    BOOST_TEST(calls == 0u);
}

BOOST_AUTO_TEST_CASE(facts_that_allow_a_100) {
    BOOST_TEST(unit::read_facts("content=1").allows_100());
    BOOST_TEST(unit::read_facts("chunked").allows_100());
    BOOST_TEST(!unit::read_facts("").allows_100());
    BOOST_TEST(!unit::read_facts("content=0").allows_100());
    BOOST_TEST(!unit::read_facts("HTTP/1.0 content=1").allows_100());
    BOOST_TEST(!unit::read_facts("content=0").has_content());
    BOOST_TEST(unit::read_facts("HTTP/1.0 chunked").has_content());
}

BOOST_AUTO_TEST_SUITE_END()
