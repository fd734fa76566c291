// Two ways to one decision: the index and the reader against a plain scan of the rules and the
// grammar's table of states, for random policies, requests and fields. The numbers are always the
// same ones, so a failure comes back.
#include "expect/decision.hpp"

#include "support/plain_scan.hpp"
#include "support/policy.hpp"
#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <random>
#include <string>
#include <vector>

namespace {

class generator {
public:
    explicit generator(unsigned seed) : engine_(seed) {}

    // Not a std:: distribution: those differ from library to library.
    unsigned below(unsigned limit) { return static_cast<unsigned>(engine_() % limit); }

    std::string one_of(const std::vector<std::string> &words) {
        return words[below(static_cast<unsigned>(words.size()))];
    }

    std::string member() {
        return one_of({"100-continue", "100-Continue", "foo", "FOO", "bar", "baz", "foo=1",
                       "foo=\"1\"", "foo=2", "bar=1;a=b", "bar=1 ; a=\"b\";", "bar=1;a=b;c=d",
                       "bar=1;c=d;a=b", "100-continue=1", "x" + std::to_string(below(30))});
    }

    std::string pattern() {
        return one_of({"*", "@malformed", "100-continue", "foo", "Foo", "bar", "foo=1", "foo=*",
                       "foo=\"*\"", "bar=*;*", "bar=1;a=b", "bar=*;a=b;c=d", "100-continue=*",
                       "x" + std::to_string(below(30))});
    }

    std::string rule() {
        const std::string action = one_of({"meet", "ignore", "reject", "continue", "ask"});
        const std::string what = action == "continue" ? "100-continue" : pattern();
        std::string line = action + " " + what;
        line += one_of({"", "", "", " no-content", " longer-than=10", " longer-than=0",
                        " shorter-than=11", " longer-than=5 Shorter-Than=11"});
        line += one_of({"", "", "", " expr=true", " expr=false", " expr=false", " expr=error"});
        line += action == "reject" ? one_of({"", " status=403", " status=503"}) : "";
        line += action == "continue" ? one_of({"", " early"}) : "";
        line += action == "ask" ? one_of({" url=/a", " url=/b"}) : "";
        return line;
    }

    std::string rules() {
        std::string lines;
        for (unsigned count = below(40); count > 0; --count) {
            const std::string line = rule();
            const bool refused = line.find("@malformed") != std::string::npos &&
                                 line.find("reject") == std::string::npos &&
                                 line.find("ignore") == std::string::npos;
            lines += refused ? "" : line + "\n";
            lines += below(10) == 0 ? "--\n" : "";
        }
        return lines;
    }

    std::string field() {
        std::string text;
        for (unsigned count = below(5); count > 0; --count) {
            text += member() + one_of({",", ", ", " ,", ",,"});
        }
        text += member();
        if (below(4) == 0) { // an error, or a byte that changes what is said
            text[below(static_cast<unsigned>(text.size()))] =
                one_of({"\"", ";", "=", ",", " ", "\x01"})[0];
        }
        return text;
    }

    std::string facts() {
        return one_of({"", "", "HTTP/1.0", "content=10", "content=11", "content=0", "chunked",
                       "HTTP/1.0 content=5", "no-evaluator"});
    }

private:
    std::mt19937 engine_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(agreement_tests)

BOOST_AUTO_TEST_CASE(random_policies) {
    generator random(417);
    unsigned outcomes[6] = {};
    for (int number = 0; number < 2000; ++number) {
        const std::string lines = random.rules();
        const unit::policy rules(lines);
        for (int sent = 0; sent < 20; ++sent) {
            const std::string field = random.field();
            const std::string facts_text = random.facts();
            const expect::request_facts facts = unit::read_facts(facts_text);
            const unit::heap_text copy(field);
            const expect::decision made = expect::decide(rules.chain(), facts, copy.view());
            const std::string got = unit::describe(made);
            const std::string wanted =
                unit::describe(unit::decide_by_plain_scan(rules.chain(), facts, copy.view()));
            if (got != wanted) {
                BOOST_ERROR('[' << unit::escaped(field) << "] " << facts_text << " under\n"
                                << lines << "is " << got << ", by plain scan " << wanted);
            }
            ++outcomes[static_cast<int>(made.outcome)];
        }
    }
    for (const auto &each : expect::verdict_words) { // a run without one of them proves less
        if (each.value != expect::verdict::none) {
            BOOST_TEST(outcomes[static_cast<int>(each.value)] > 500u, each.text);
        }
    }
}

// Rules for ten thousand names, with some for any name and for values between them.
BOOST_AUTO_TEST_CASE(ten_thousand_rules) {
    generator random(10000);
    std::string lines;
    for (int number = 0; number < 10000; ++number) {
        const std::string name = "name-" + std::to_string(random.below(8000));
        lines += random.one_of({"meet ", "ignore ", "reject "}) + name;
        lines += random.one_of({"", "", "=1", "=*", "=*;*"}) + random.one_of({"", " no-content"});
        lines += "\n";
        lines +=
            number % 2500 == 2499 ? "ignore * longer-than=" + std::to_string(number) + "\n" : "";
    }
    const unit::policy rules(lines);
    for (int sent = 0; sent < 300; ++sent) {
        const std::string field = "name-" + std::to_string(random.below(8500)) +
                                  random.one_of({"", "=1", "=2;a=b", ", name-1"});
        const expect::request_facts facts =
            unit::read_facts(random.one_of({"", "chunked", "content=3000"}));
        BOOST_TEST(unit::describe(expect::decide(rules.chain(), facts, field)) ==
                       unit::describe(unit::decide_by_plain_scan(rules.chain(), facts, field)),
                   field);
    }
}

BOOST_AUTO_TEST_SUITE_END()
