// Rules that can never be reached, because one before them in their list takes all: a warning each,
// once for each start.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(reach_tests)

BOOST_AUTO_TEST_CASE(rules_that_can_never_be_reached) {
    const struct {
        const char *first;
        const char *second;
        bool warned;
    } rows[] = {
        {"meet foo", "reject foo", true},
        {"meet foo", "reject FOO status=403", true},
        {"reject *", "meet foo", true},
        {"reject *", "meet 100-continue", true},
        {"meet *", "reject *", true},
        {"meet foo=*", "reject foo=bar", true},
        {"meet foo=*;*", "reject foo=bar;p=1", true},
        {"meet foo=*;*", "reject foo=*", true},
        {"meet foo=bar;*", "reject 'foo=\"bar\";p=1'", true},
        {"meet foo=bar;p=1;q=2", "reject foo=bar;q=2;p=1", true},
        {"ignore @malformed", "reject @malformed status=400", true},
        {"reject foo longer-than=1K", "reject foo longer-than=2048 status=413", true},
        {"reject foo longer-than=1K", "meet foo longer-than=1024", true},
        {"meet foo no-content", "reject foo no-content", true},
        {"meet foo", "reject foo \"expr=%{REQUEST_METHOD} == 'POST'\"", true},
        {"meet foo", "reject foo no-content", true},
        {"meet foo", "reject bar", false},
        {"meet foo", "reject foo=bar", false},
        {"meet foo=bar", "reject foo", false},
        {"meet foo=*", "reject foo=bar;p=1", false},
        {"meet foo=bar", "reject foo=*", false},
        {"meet foo=bar;p=1", "reject foo=bar;*", false},
        {"meet foo", "reject *", false},
        {"reject *", "reject @malformed", false},
        {"ignore @malformed", "reject *", false},
        {"reject foo longer-than=2K", "reject foo longer-than=1K status=413", false},
        {"reject foo longer-than=1K", "meet foo", false},
        {"meet foo no-content", "reject foo", false},
        {"meet foo \"expr=%{REQUEST_METHOD} == 'POST'\"", "reject foo", false},
        {"meet foo \"expr=true\"", "reject foo \"expr=true\"", false},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.first << " / " << one.second) {
            httpd server(std::to_string(number++));
            server.config("ExpectPolicy On\nExpectRule " + std::string(one.first) +
                          "\nExpectRule " + one.second);
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0);
            const std::string place = server.root() + "/httpd.conf:";
            const int line =
                line_of(read_file(server.root() + "/httpd.conf"), "ExpectPolicy On") + 1;
            const std::string warning =
                "expect: the rule \"" + std::string(one.second) + "\" at " + place +
                std::to_string(line + 1) + " can never be reached: \"" + one.first + "\" at " +
                place + std::to_string(line) + " comes first and matches all that it would match";
            const std::vector<std::string> said = lines_with(result.all(), "expect: the rule");
            BOOST_TEST(said.size() == (one.warned ? 1u : 0u), result.all());
            if (one.warned && !said.empty())
                BOOST_TEST(said[0] == warning);
        }
    }
}

// Rules of different books are reached in different hosts, so one never hides another for good.
BOOST_AUTO_TEST_CASE(reachability_is_of_one_place) {
    httpd server;
    server.config(R"(ExpectPolicy On
ExpectRule meet foo
<Location "/a">
    ExpectRule reject foo
</Location>
<Location "/b">
    ExpectRule reject foo
    ExpectRule meet 'foo="a b"'
    ExpectRule ignore foo
</Location>
<VirtualHost *:@PORT@>
    ServerName a.test
    ExpectRule reject *
</VirtualHost>)");
    const program_result result = server.configtest();
    const std::vector<std::string> said = lines_with(result.all(), "expect: the rule");
    BOOST_REQUIRE(said.size() == 1u);
    BOOST_TEST(holds(said[0], "the rule \"ignore foo\" at "));
}

BOOST_AUTO_TEST_CASE(a_start_warns_once) {
    httpd server;
    server.config("ExpectPolicy On\nExpectRule meet foo\nExpectRule reject foo\n"
                  "<VirtualHost *:@PORT@>\nServerName a.test\n</VirtualHost>\n"
                  "<VirtualHost *:@PORT@>\nServerName b.test\n</VirtualHost>");
    server.announce("\\[expect:warn\\] .*can never be reached").start();
    const auto count = [&server] {
        return lines_with(server.error_log(), "can never be reached").size();
    };
    BOOST_TEST(count() == 1u);
    // As each child reads nothing anew, requests add none; a restart reads anew and says it again.
    BOOST_TEST(ask(server, request("GET /harness-up", {"Expect: foo"})).status == 200);
    BOOST_TEST(count() == 1u);
    server.graceful();
    BOOST_TEST(count() == 2u);
    server.stop();
    BOOST_TEST(!holds(read_file(server.root() + "/logs/output.log"), "can never be reached"));
}

BOOST_AUTO_TEST_SUITE_END()
