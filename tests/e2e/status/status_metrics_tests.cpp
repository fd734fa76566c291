// The counters for programs: the page as Prometheus reads it, and what stands in mod_status.
#include "harness/status.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(status_metrics_tests)

BOOST_AUTO_TEST_CASE(prometheus) {
    httpd server;
    provoke(server);
    const std::string text = status_page(server, "?prometheus");
    BOOST_TEST(faults_of_exposition(text) == "");
    for (const char *line :
         {"expect_requests_total{host=\"localhost\"} 9",
          "expect_asking_seconds_total{host=\"localhost\"} 0.000000",
          "expect_rejected_by_status_total{host=\"localhost\",status=\"417\"} 9",
          "expect_host_info{host=\"localhost\",mode=\"On\",place=\"main server\"} 1",
          "expect_rule_info{host=\"\",section=\"\",rule=\"reject *\",place=\"built-in\"} 1"})
        BOOST_TEST(holds(text, std::string("\n") + line + "\n"), line << "\n" << text);
    BOOST_TEST(holds(text, "\nexpect_rule_hits_total{host=\"\",section=\"\",rule=\"reject *\"} "));
    BOOST_TEST(std::regex_search(
        text, std::regex("\nexpect_build_info\\{version=\"[0-9]+\\.[0-9]+\\.[0-9]+\"\\} 1\n")));
}

// Labels must not repeat, whatever looks the same: hosts and rules written by one file for several.
BOOST_AUTO_TEST_CASE(prometheus_with_things_that_look_the_same) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.file("rules.inc", "ExpectRule meet 'x=\"\xe9\\\"\"'\nExpectRule meet same\n"
                             "<Location \"/p\">\n    ExpectRule meet same\n</Location>\n");
    server
        .config(R"(Listen 127.0.0.2:@PORT@
ExpectPolicy On
Include "@ROOT@/rules.inc"
<VirtualHost 127.0.0.1:@PORT@>
    ServerName a.test
    Include "@ROOT@/rules.inc"
</VirtualHost>
<VirtualHost 127.0.0.2:@PORT@>
    ServerName a.test
    Include "@ROOT@/rules.inc"
</VirtualHost>
)")
        .config(status_location);
    server.start();
    for (const char *address : {"127.0.0.1", "127.0.0.2", "127.0.0.2"}) {
        wire client(server.port(), address);
        client.send(request("GET /plain.txt", {"Expect: same"}));
        BOOST_TEST(client.answer().status == 200);
    }
    const std::string text = status_page(server, "?prometheus");
    BOOST_TEST(faults_of_exposition(text) == "");
    // Three hits of two hosts that have every label in common.
    const std::string host = "host=\"a.test:" + std::to_string(server.port()) + "\"";
    BOOST_TEST(
        holds(text, "\nexpect_rule_hits_total{" + host + ",section=\"\",rule=\"meet same\"} 3\n"));
    BOOST_TEST(holds(text, "\nexpect_rule_info{" + host +
                               ",section=\"\",rule=\"meet same\",place=\"" + server.root() +
                               "/rules.inc:2\"} 1\n"));
}

// An edited file moves lines, and makes no new series of old ones.
BOOST_AUTO_TEST_CASE(prometheus_after_an_edit) {
    httpd server;
    server.file("docs/plain.txt", "plain\n").file("rules.inc", "ExpectRule meet same\n");
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.inc\"").config(status_location).start();
    const auto hits = [&] {
        BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: same"})).status == 200);
        return lines_with(status_page(server, "?prometheus"),
                          "{host=\"localhost\",section=\"\",rule=\"meet same\"");
    };
    const std::string rule = "host=\"localhost\",section=\"\",rule=\"meet same\"";
    const auto expected = [&](const std::string &count, const std::string &line) {
        return std::vector<std::string>{"{" + rule + "} " + count,
                                        "{" + rule + ",place=\"" + server.root() +
                                            "/rules.inc:" + line + "\"} 1"};
    };
    BOOST_TEST(hits() == expected("1", "1"), boost::test_tools::per_element());
    server.file("rules.inc", "# A comment\n\nExpectRule meet same\n");
    server.graceful();
    BOOST_TEST(hits() == expected("2", "3"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(in_mod_status) {
    httpd server;
    server.with({"status"}).file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule reject no status=403\n<Location /server-status>\n"
                  "    SetHandler server-status\n</Location>");
    server.announce("expect: rejected").start();
    ask(server, request("GET /plain.txt", {"Expect: no"}));
    ask(server, request("GET /plain.txt", {"Expect: 100-continue"}));
    ask(server, request("POST /plain.txt", {"Expect: foo", "Content-Length: 7"}));
    const std::string short_form = ask(server, request("GET /server-status?auto")).body;
    const std::vector<std::string> expected = {"Expect-requests: 3",
                                               "Expect-rejected: 2",
                                               "Expect-would_reject: 0",
                                               "Expect-malformed: 0",
                                               "Expect-failed: 0",
                                               "Expect-refused_content_bytes: 7",
                                               "Expect-members_met: 1",
                                               "Expect-members_ignored: 0",
                                               "Expect-uploads_read: 0",
                                               "Expect-uploads_spared: 0",
                                               "Expect-spared_content_bytes: 0",
                                               "Expect-asked: 0",
                                               "Expect-refused_by_application: 0",
                                               "Expect-asking_failed: 0",
                                               "Expect-asking_microseconds: 0"};
    std::vector<std::string> lines = lines_with(short_form, "Expect-");
    BOOST_REQUIRE(!lines.empty());
    BOOST_TEST(lines.front().compare(0, 16, "Expect-version: ") == 0);
    lines.erase(lines.begin());
    BOOST_TEST(lines == expected, boost::test_tools::per_element());
    const std::string page = ask(server, request("GET /server-status")).body;
    const size_t at = page.find("<h2>Expect policy (mod_expect ");
    BOOST_REQUIRE(at != std::string::npos);
    const std::string ours = page.substr(at, page.find("</dl>", at) - at);
    BOOST_TEST(holds(ours, ">received <b>3</b>"));
    BOOST_TEST(holds(ours, ">bytes refused <b>7</b>"));
    BOOST_TEST(holds(ours, "with 403 <b>1</b>"));
}

BOOST_AUTO_TEST_SUITE_END()
