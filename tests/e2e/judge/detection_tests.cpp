// ExpectPolicy DetectionOnly: the answers of httpd without the module, and everywhere else what the
// policy would have done. corpus_tests.cpp does the same by numbers.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;

namespace {

const char *const rules = R"(ExpectRule meet good
ExpectRule reject no status=403
ExpectRule ignore other
ExpectRule reject 100-continue longer-than=100 status=413
)";

const char *const section = R"(<Location "/cgi">
    ExpectRule reject good status=422
</Location>
)";

} // namespace

BOOST_AUTO_TEST_SUITE(detection_tests)

// What the notes and the one log line say, with and without section rules in the host.
BOOST_AUTO_TEST_CASE(verdicts_in_notes_and_log) {
    const struct {
        const char *expectation;
        int status; // httpd's own
        const char *verdict;
        const char *said; // behind "would reject "; null where nothing is to be said
    } rows[] = {
        {"100-continue", 200, "met", nullptr},
        {"good", 417, "met", nullptr},
        {"other", 417, "ignored", nullptr},
        {"no", 417, "would-reject", "\"no\" with 403 by "},
        {"unknown", 417, "would-reject", "\"unknown\" with 417 by the built-in rule \"reject *\""},
        {"100-continue, no", 417, "would-reject", "\"no\" with 403 by "},
        {"foo=", 417, "would-reject",
         "malformed field \"foo=\" (\"=\" must be followed by a token or a quoted-string at offset "
         "4) with 417 by the built-in rule \"reject @malformed\""},
    };
    for (const char *more : {"", section}) {
        BOOST_TEST_CONTEXT("section rules: " << more) {
            httpd server(*more == '\0' ? "host" : "section");
            server.site().config(std::string("ExpectPolicy DetectionOnly\n") + rules + more);
            server.announce("\\[expect:warn\\] .*expect: would reject")
                .announce("client sent an unrecognized expectation value")
                .start();
            size_t count = 0;
            std::vector<std::string> expected;
            for (const auto &one : rows) {
                BOOST_TEST_CONTEXT("Expect: " << one.expectation) {
                    const std::string sent = one.expectation;
                    const message answer =
                        ask(server, request("GET /plain.txt", {"Expect: " + sent}));
                    BOOST_TEST(answer.status == one.status);
                    const access_entry entry = server.served(++count).back();
                    BOOST_TEST(entry.verdict == one.verdict);
                    BOOST_TEST(entry.field == sent);
                    BOOST_TEST(entry.expect == sent);
                    BOOST_TEST(!entry.rule.empty());
                    if (one.said != nullptr)
                        expected.push_back(std::string("would reject ") + one.said);
                }
            }
            const std::vector<std::string> lines = lines_with(server.error_log(), "would reject ");
            BOOST_REQUIRE(lines.size() == expected.size());
            for (size_t i = 0; i < lines.size(); ++i)
                BOOST_TEST(lines[i].compare(0, expected[i].size(), expected[i]) == 0, lines[i]);
            BOOST_TEST(lines_with(server.error_log(), "expect: rejected").empty());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_section_is_detected) {
    httpd server;
    server.site().config(std::string("ExpectPolicy DetectionOnly\n") + rules + section);
    server.announce("would reject \"good\" with 422")
        .announce("would reject \"100-continue\" with 413")
        .announce("client sent an unrecognized expectation value")
        .start();
    // httpd answers this one itself, long before there is a section.
    BOOST_TEST(ask(server, request("GET /cgi/env", {"Expect: good"})).status == 417);
    BOOST_TEST(server.served(1)[0].verdict == "would-reject");
    // This one is served, and its handler sees the verdict.
    wire client(server.port());
    client.send(request("POST /cgi/env", {"Expect: 100-continue", "Content-Length: 101"}));
    BOOST_TEST(client.next().status == 100);
    client.send(std::string(101, 'x'));
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(holds(answer.body, "\nEXPECT_VERDICT=would-reject\n"));
    BOOST_TEST(holds(answer.body, "\nEXPECT_RULE=" + server.root() + "/httpd.conf:"));
    BOOST_TEST(server.served(2)[1].verdict == "would-reject");
}

// httpd's own answer to a withheld upload is what the module is for: it stalls here too.
BOOST_AUTO_TEST_CASE(stalls_where_httpd_stalls) {
    for (const char *more : {"", section}) {
        httpd server(*more == '\0' ? "host" : "section");
        server.site().config(std::string("ExpectPolicy DetectionOnly\n") + rules + more);
        server.announce("would reject \"unknown\" with 417")
            .announce("client sent an unrecognized expectation value")
            .start();
        wire client(server.port());
        client.send(withheld("POST /cgi/count", "unknown"));
        BOOST_TEST(client.silent());
        BOOST_TEST(lines_with(server.error_log(), "would reject").size() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(conditions_of_the_access_log) {
    httpd server;
    server.site().config(std::string("ExpectPolicy DetectionOnly\n") + rules + R"(
<VirtualHost *:@PORT@>
    ServerName on.test
    ExpectPolicy On
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName detects.test
    CustomLog "@ROOT@/logs/own.log" "%r"
</VirtualHost>
LogFormat "%{expect-verdict}n %{expect-rule}n %{expect-field}n" told
GlobalLog "@ROOT@/logs/judged.log" told env=EXPECT_VERDICT
GlobalLog "@ROOT@/logs/unjudged.log" "%r" env=!EXPECT_VERDICT
GlobalLog "@ROOT@/logs/would.log" told "expr=reqenv('EXPECT_VERDICT') == 'would-reject'")");
    server.announce("would reject \"no\"").announce("expect: rejected \"no\"");
    server.announce("takes no part in the trial");
    server.announce("client sent an unrecognized expectation value").start();
    for (const char *host : {"Host: detects.test", "Host: on.test"}) {
        for (const char *field : {"Expect: no", "Expect: good", "Expect: other", "X-None: 1"})
            ask(server, request("GET /plain.txt", {host, field}));
    }
    server.stop();
    const std::string judged = read_file(server.root() + "/logs/judged.log");
    for (const char *line : {"would-reject ", "rejected ", "met ", "ignored "})
        BOOST_TEST(!lines_with("\n" + judged, line).empty(), judged);
    BOOST_TEST(lines_with(judged, " ").size() == 6u, judged);
    const std::string would = read_file(server.root() + "/logs/would.log");
    const int line = line_of(read_file(server.root() + "/httpd.conf"), "ExpectRule reject no");
    BOOST_TEST(would ==
               "would-reject " + server.root() + "/httpd.conf:" + std::to_string(line) + " no\n");
    const auto unjudged = lines_with(read_file(server.root() + "/logs/unjudged.log"), "/plain.txt");
    BOOST_TEST(unjudged.size() == 2u);
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    for (const char *more : {"", section}) {
        httpd server(*more == '\0' ? "host" : "section");
        server.threaded().site().with({"http2"}).config("Protocols h2c http/1.1");
        server.config(std::string("ExpectPolicy DetectionOnly\n") + rules + more);
        server.announce("would reject \"unknown\" with 417")
            .allow("client sent an unrecognized expectation value")
            .start();
        h2_wire client(server.port());
        const struct {
            const char *value;
            int status;
        } rows[] = {{"100-continue", 200}, {"good", 417}, {"unknown", 417}};
        size_t count = 0;
        for (const auto &one : rows) {
            const h2_stream &answer =
                client.wait_end(client.request("GET", "/plain.txt", {{"expect", one.value}}, true));
            BOOST_REQUIRE(answer.statuses.size() == 1u);
            BOOST_TEST(answer.statuses[0] == one.status);
            ++count;
        }
        BOOST_TEST(server.served(count).size() == count);
        BOOST_TEST(server.served(count)[2].verdict == "would-reject");
    }
}

// The same over HTTP/2: what is detected is what is decided.
BOOST_AUTO_TEST_CASE(over_http_2_as_decided, *where_http_2_asks()) {
    std::vector<std::string> verdicts[2];
    for (int decides = 0; decides < 2; ++decides) {
        httpd server(decides == 1 ? "decides" : "detects");
        server.threaded().site().with({"http2"}).config("Protocols h2c http/1.1");
        server.config(
            std::string(decides == 1 ? "ExpectPolicy On\n" : "ExpectPolicy DetectionOnly\n") +
            rules + section);
        server.announce(decides == 1 ? "expect: rejected" : "expect: would reject")
            .allow("client sent an unrecognized expectation value|AH00128|AH00026")
            .start();
        size_t count = 0;
        {
            h2_wire client(server.port());
            for (const char *path : {"/plain.txt", "/cgi/env", "/%63gi/env", "//cgi/env", "/none",
                                     "/x/../cgi/env", "/a%2fb"}) {
                for (const char *value : {"100-continue", "good", "no", "other", "unknown",
                                          "a=", "good, 100-continue", "other, no"}) {
                    client.wait_end(client.request("GET", path, {{"expect", value}}, true));
                    ++count;
                }
            }
        }
        // mod_http2 may log a stream only when something else happens on its connection, with or
        // without the module: the log is whole when the client has gone.
        for (const access_entry &each : server.served(count))
            verdicts[decides].push_back(
                each.request + " " + each.field + ": " +
                (each.verdict == "would-reject" ? "rejected" : each.verdict));
        BOOST_TEST(verdicts[decides].size() == count);
        std::sort(verdicts[decides].begin(), verdicts[decides].end());
    }
    BOOST_TEST(verdicts[0] == verdicts[1], boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_forward_proxys_section) {
    for (const char *mode : {"On", "DetectionOnly"}) {
        BOOST_TEST_CONTEXT("ExpectPolicy " << mode) {
            httpd server(mode);
            server.site().with({"proxy", "proxy_http"}).config(R"(ProxyRequests On
ExpectRule meet good
<Proxy "*">
    ExpectRule reject good status=422
</Proxy>
<VirtualHost *:@PORT2@>
    ExpectPolicy Off
</VirtualHost>)");
            const bool decides = std::string(mode) == "On";
            server.config(std::string("ExpectPolicy ") + mode)
                .allow("client sent an unrecognized expectation value")
                .announce(decides ? "expect: rejected \"good\" with 422"
                                  : "expect: would reject \"good\" with 422");
            if (!decides)
                server.announce("takes no part in the trial");
            server.start();
            const std::string there = "127.0.0.1:" + std::to_string(server.port("PORT2"));
            const std::string line = "GET http://" + there + "/plain.txt";
            BOOST_TEST(ask(server, request(line, {"Host: " + there})).body == "plain\n");
            BOOST_TEST(ask(server, request(line, {"Host: " + there, "Expect: good"})).status ==
                       (decides ? 422 : 417));
        }
    }
}

// A cached answer is an answer of httpd, so it stays one.
BOOST_AUTO_TEST_CASE(a_cache_goes_on_answering) {
    for (const char *more : {"", section}) {
        BOOST_TEST_CONTEXT("section rules: " << more) {
            httpd server(*more == '\0' ? "host" : "section");
            server.site().with({"cache", "cache_disk"});
            std::filesystem::create_directories(server.root() + "/cache");
            std::filesystem::permissions(server.root() + "/cache", std::filesystem::perms::all);
            server.config("CacheQuickHandler On\nCacheRoot \"@ROOT@/cache\"\nCacheEnable disk "
                          "\"/\"\nCacheHeader On\nCacheIgnoreCacheControl On");
            server.config("ExpectPolicy DetectionOnly\n" + std::string(rules) + more);
            server.allow("cache").start();
            ask(server, request("GET /plain.txt"));
            for (const char *field : {"X-None: 1", "Expect: 100-continue"}) {
                const message hit = ask(server, request("GET /plain.txt", {field}));
                BOOST_TEST(holds(hit.field("X-Cache"), "HIT"), field);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
