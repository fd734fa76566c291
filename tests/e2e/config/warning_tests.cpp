// Warnings at the start: what is valid and yet will not do what it seems to. A line each, and none
// for a configuration that means what it says.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/places.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct warned_configuration {
    const char *name;
    std::string text;
    std::vector<std::string> said; // without "expect: ", with places; see places.hpp
};

void check(const std::vector<warned_configuration> &rows) {
    int number = 0;
    for (const warned_configuration &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            httpd server(std::to_string(number++));
            server.config(one.text);
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0, result.all());
            std::vector<std::string> expected;
            for (const std::string &line : one.said)
                expected.push_back("expect: " + with_places(server, line));
            BOOST_TEST(lines_with(result.all(), "expect: ") == expected,
                       boost::test_tools::per_element());
        }
    }
}

std::string host(const std::string &name, const std::string &text) {
    return "<VirtualHost *:@PORT@>\nServerName " + name + "\n" + text + "\n</VirtualHost>\n";
}

std::string not_in_force(const std::string &whose, const std::string &rule) {
    return "no rule of the " + whose + " is in force, the first of which is \"" + rule +
           "\" at @LINE ExpectRule " + rule +
           "@: without an ExpectPolicy it is Off; \"ExpectPolicy DetectionOnly\" begins a trial, "
           "\"ExpectPolicy On\" puts the rules into effect";
}

std::string beside_trial(const std::string &name, const std::string &mode) {
    return "the virtual host " + name + " (@HOST " + name +
           "@) takes no part in the trial of the main server, which says DetectionOnly: its own "
           "ExpectPolicy says " +
           mode;
}

} // namespace

BOOST_AUTO_TEST_SUITE(warning_tests)

BOOST_AUTO_TEST_CASE(rules_without_a_policy) {
    check({
        {"main server",
         "ExpectRule meet foo\nExpectRule meet bar",
         {not_in_force("main server localhost", "meet foo")}},
        {"host",
         host("a.test", "ExpectRule meet foo") + host("b.test", ""),
         {not_in_force("virtual host a.test (@HOST a.test@)", "meet foo")}},
        {"section of a host",
         host("a.test", "<Location /x>\nExpectRule meet foo\n</Location>") +
             host("b.test", "ExpectPolicy On"),
         {not_in_force("virtual host a.test (@HOST a.test@)", "meet foo")}},
        {"both",
         "ExpectRule meet foo\n" + host("a.test", "ExpectRule meet bar"),
         {not_in_force("main server localhost", "meet foo"),
          not_in_force("virtual host a.test (@HOST a.test@)", "meet bar")}},
        {"Off, and somebody says so",
         "ExpectPolicy Off\nExpectRule meet foo\n" + host("a.test", "ExpectRule meet bar"),
         {}},
        {"the host says so", host("a.test", "ExpectPolicy Off\nExpectRule meet foo"), {}},
        {"the main server's rules, for a host that has a policy",
         "ExpectRule meet foo\n<Location /x>\nExpectRule meet bar\n</Location>\n" +
             host("a.test", "ExpectPolicy On") + host("b.test", ""),
         {}},
        {"nothing of ours", host("a.test", ""), {}},
    });
}

BOOST_AUTO_TEST_CASE(hosts_beside_a_trial) {
    check({
        {"On and Off",
         "ExpectPolicy DetectionOnly\n" + host("a.test", "ExpectPolicy On") + host("b.test", "") +
             host("c.test", "ExpectPolicy Off") + host("d.test", "ExpectPolicy DetectionOnly"),
         {beside_trial("a.test", "On"), beside_trial("c.test", "Off")}},
        {"a trial of one host",
         "ExpectPolicy On\n" + host("a.test", "ExpectPolicy DetectionOnly"),
         {}},
        {"no trial", "ExpectPolicy On\n" + host("a.test", "ExpectPolicy Off"), {}},
        {"with a rule alone",
         "ExpectPolicy DetectionOnly\n" + host("a.test", "ExpectRule meet foo"),
         {}},
    });
}

BOOST_AUTO_TEST_CASE(rules_that_no_host_reaches) {
    const std::string hidden =
        "the rule \"meet foo\" at @LINE ExpectRule meet foo@ can never be reached: in every host "
        "with a policy a rule of the host comes first and matches all that it would match, such "
        "as ";
    const std::string on = "ExpectPolicy On\n";
    check({
        {"the only host",
         "ExpectRule meet foo\n" + host("a.test", on + "ExpectRule reject *"),
         {hidden + "\"reject *\" at @LINE ExpectRule reject *@"}},
        {"every host with a policy",
         "ExpectRule meet foo\nExpectRule meet bar\n" +
             host("a.test", on + "ExpectRule ignore foo") + host("b.test", "") +
             host("c.test", on + "ExpectRule reject *") +
             host("d.test", "ExpectPolicy Off\nExpectRule meet baz"),
         {hidden + "\"ignore foo\" at @LINE ExpectRule ignore foo@"}},
        {"reached in one of two",
         "ExpectRule meet foo\n" + host("a.test", on + "ExpectRule reject *") +
             host("b.test", on + "ExpectRule reject bar"),
         {}},
        {"reached in a host without rules",
         "ExpectRule meet foo\n" + host("a.test", on + "ExpectRule reject *") + host("b.test", on),
         {}},
        {"reached in the main server",
         on + "ExpectRule meet foo\n" + host("a.test", "ExpectRule reject *"),
         {}},
        {"under a condition",
         "ExpectRule meet foo\n" + host("a.test", on + "ExpectRule reject * \"expr=true\""),
         {}},
        {"in its own list, and so said once",
         "ExpectRule meet *\nExpectRule meet foo\n" + host("a.test", on + "ExpectRule reject *"),
         {"the rule \"meet foo\" at @LINE ExpectRule meet foo@ can never be reached: \"meet *\" at "
          "@LINE ExpectRule meet *@ comes first and matches all that it would match",
          "the rule \"meet *\" at @LINE ExpectRule meet *@ can never be reached: in every host "
          "with "
          "a policy a rule of the host comes first and matches all that it would match, such as "
          "\"reject *\" at @LINE ExpectRule reject *@"}},
    });
}

BOOST_AUTO_TEST_CASE(doubtful_patterns) {
    const struct {
        const char *pattern;
        const char *said; // a piece of it; empty where there is nothing to say
    } rows[] = {
        {"foo*", "spells an asterisk"},
        {"foo=bar*", "spells an asterisk"},
        {"^foo$", "regular expressions"},
        {"foo.*", "regular expressions"},
        {"foo|bar", "regular expressions"},
        {"~foo", "regular expressions"},
        {"!foo", "negation"},
        {"all", "any expectation is \"*\""},
        {"any", "any expectation is \"*\""},
        {"default", "any expectation is \"*\""},
        {"malformed", "\"@malformed\""},
        {"malformd", "\"@malformed\""},
        {"100-continues", "another expectation than \"100-continue\""},
        {"100_continue", "another expectation than \"100-continue\""},
        {"continue", "another expectation than \"100-continue\""},
        {"status=413", "the pattern in front of the options seems to be missing"},
        {"early", "the pattern in front of the options seems to be missing"},
        {"*", ""},
        {"@malformed", ""},
        {"100-continue", ""},
        {"100-Continue", ""},
        {"foo=*", ""},
        {"foo=*;*", ""},
        {"foo=1;a=b", ""},
        {"certain-expectation", ""},
        {"'foo=\"^a.*$\"'", ""},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.pattern) {
            httpd server(std::to_string(number++));
            server.config(std::string("ExpectPolicy On\nExpectRule reject ") + one.pattern);
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0, result.all());
            const std::vector<std::string> said = lines_with(result.all(), "expect: ");
            BOOST_REQUIRE(said.size() == (*one.said == '\0' ? 0u : 1u));
            if (said.empty())
                continue;
            const std::string rule = std::string("reject ") + one.pattern;
            const std::string start =
                with_places(server, "expect: in the rule \"" + rule + "\" at @LINE ExpectRule " +
                                        rule + "@ the pattern \"" + one.pattern + "\" ");
            BOOST_TEST(said[0].compare(0, start.size(), start) == 0, said[0]);
            BOOST_TEST(holds(said[0], one.said), said[0]);
        }
    }
}

BOOST_AUTO_TEST_CASE(rules_that_wait_for_no_content) {
    const auto in_vain = [](const std::string &rule) {
        return "the rule \"" + rule + "\" at @LINE ExpectRule " + rule +
               "@ does no more than meet 100-continue: without content no 100 is sent and no "
               "application is asked";
    };
    const auto on = [](const std::string &rule) {
        return "ExpectPolicy On\nExpectRule " + rule + "\n";
    };
    check({
        {"continue",
         on("continue 100-continue no-content"),
         {in_vain("continue 100-continue no-content")}},
        {"early",
         on("continue 100-continue early no-content"),
         {in_vain("continue 100-continue early no-content")}},
        {"ask",
         on("ask 100-continue no-content url=/a"),
         {in_vain("ask 100-continue no-content url=/a")}},
        {"another expectation is asked about", on("ask foo no-content url=/a"), {}},
        {"any other as well", on("ask * no-content url=/a"), {}},
        {"a rule for those without content", on("meet 100-continue no-content"), {}},
        {"with content", on("ask 100-continue shorter-than=1M url=/a"), {}},
    });
}

BOOST_AUTO_TEST_CASE(expressions_about_the_user) {
    const auto rule = [](const std::string &condition) {
        return R"(reject foo status=403 "expr=)" + condition + "\"";
    };
    const auto empty = [&](const std::string &condition, const std::string &variable) {
        return "in the rule \"" + rule(condition) + "\" at @LINE ExpectRule " + rule(condition) +
               "@ the variable " + variable +
               " is always empty: rules are judged before authentication; an application that is "
               "asked knows the user";
    };
    const auto on = [&](const std::string &condition) {
        return "ExpectPolicy On\nExpectRule " + rule(condition) + "\n";
    };
    const std::string nobody = "%{REMOTE_USER} == ''";
    const std::string basic = "%{auth_type} == 'Basic' && -R '127.0.0.0/8'";
    check({
        {"a host's", on(nobody), {empty(nobody, "%{REMOTE_USER}")}},
        {"a section's",
         "ExpectPolicy On\n<Location \"/a\">\nExpectRule " + rule(nobody) + "\n</Location>\n",
         {empty(nobody, "%{REMOTE_USER}")}},
        {"in another case", on(basic), {empty(basic, "%{AUTH_TYPE}")}},
        {"the client's address is known", on("%{REMOTE_ADDR} == '10.0.0.1'"), {}},
        {"no expression", "ExpectPolicy On\nExpectRule meet 'a=\"%{REMOTE_USER}\"'\n", {}},
    });
}

BOOST_AUTO_TEST_CASE(merged_trailers) {
    const auto merged = [](const std::string &whose) {
        return "MergeTrailers is On, in the " + whose +
               " for one: an Expect field in the trailer section of chunked content is not judged, "
               "and whoever reads the request's fields then sees it";
    };
    check({
        {"everywhere",
         "ExpectPolicy On\nMergeTrailers On\n" + host("a.test", ""),
         {merged("main server localhost")}},
        {"in a host",
         "ExpectPolicy On\n" + host("a.test", "MergeTrailers On") + host("b.test", ""),
         {merged("virtual host a.test (@HOST a.test@)")}},
        {"where there is no policy",
         "ExpectPolicy On\n" + host("a.test", "ExpectPolicy Off\nMergeTrailers On"),
         {}},
        {"Off", "ExpectPolicy On\nMergeTrailers Off", {}},
        {"taken back",
         "MergeTrailers On\n" + host("a.test", "ExpectPolicy On\nMergeTrailers Off"),
         {}},
    });
}

// What the warning speaks of.
BOOST_AUTO_TEST_CASE(a_merged_trailer_is_not_judged) {
    for (const char *setting : {"MergeTrailers Off", "MergeTrailers On"}) {
        BOOST_TEST_CONTEXT(setting) {
            const bool merges = std::string(setting) == "MergeTrailers On";
            httpd server(merges ? "on" : "off");
            server.site().config(std::string("ExpectPolicy On\n") + setting);
            server.allow("expect: MergeTrailers is On").start();
            const message answer =
                ask(server, request("POST /cgi/count", {"Transfer-Encoding: chunked"},
                                    "2\r\nhi\r\n0\r\nExpect: foo\r\n\r\n"));
            BOOST_TEST(answer.status == 200);
            const access_entry entry = server.served(1).at(0);
            BOOST_TEST(entry.verdict == "-");
            BOOST_TEST(entry.expect == (merges ? "foo" : "-"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
