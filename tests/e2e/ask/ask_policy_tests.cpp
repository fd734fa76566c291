// When an application is asked and when not: the order of rules, several questions of one request,
// sections and hosts, beside the other actions, and what comes before the gate.
#include "harness/application.hpp"
#include "harness/h2_wire.hpp"
#include "harness/tls.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// Whether somebody was asked so often: each question leaves a line of the script's in the log.
size_t times_asked(const httpd &server) {
    return lines_with(server.error_log(), "script was asked about").size();
}

// Like /cgi/says, and tells of each question.
void add_telling(httpd &server) {
    add_applications(server);
    server.file("cgi/tells",
                "#!/bin/sh\necho \"script was asked about $HTTP_X_EXPECT\" >&2\n"
                "printf 'Status: %s\\n\\nsaid %s' \"$QUERY_STRING\" \"$HTTP_X_EXPECT\"\n",
                true);
    server.allow("script was asked about");
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_policy_tests)

BOOST_AUTO_TEST_CASE(what_is_not_asked_about) {
    httpd server;
    add_telling(server);
    server.config("ExpectPolicy On\nExpectRule reject bad status=403\n"
                  "ExpectRule ask 100-continue url=/cgi/tells?409\n"
                  "ExpectRule ask good url=/cgi/tells?200\n"
                  "<Location /closed>\nRequire all denied\nErrorDocument 403 /cgi/error\n"
                  "</Location>\nErrorDocument 404 /cgi/error\nRedirect 410 /gone");
    server.announce("expect: rejected").announce("AH01630").start();
    wire client(server.port());
    // Without content, and over HTTP/1.0, 100-continue means nothing.
    client.send(request("GET /plain.txt", {"Expect: 100-continue"}));
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(ask(server, request("POST /cgi/count HTTP/1.0",
                                   {"Expect: 100-continue", "Content-Length: 5"}, "hello"))
                   .body == "read 5 bytes\n");
    // What a rule rejects.
    check_answered_at_once(server, waiting_upload_to("POST /cgi/count", {"Expect: bad"}), 403);
    check_answered_at_once(server, waiting_upload_to("POST /cgi/count", {"Expect: good, bad"}),
                           403);
    check_answered_at_once(server, waiting_upload_to("POST /cgi/count", {"Expect: good, y z"}),
                           417);
    // What access control denies, and what is answered before the gate.
    check_answered_at_once(server, waiting_upload_to("POST /closed"), 403);
    check_answered_at_once(server, waiting_upload_to("POST /gone"), 410);
    BOOST_TEST(times_asked(server) == 0u);
    // The gate comes before the resource is known to be missing.
    check_answered_at_once(server, waiting_upload_to("POST /none"), 409);
    BOOST_TEST(times_asked(server) == 1u);
}

// Each rule once, in the order of the members; the first refusal is the answer.
BOOST_AUTO_TEST_CASE(several_questions) {
    httpd server;
    add_telling(server);
    server.config("ExpectPolicy On\nExpectRule ask 100-continue url=/cgi/tells?200\n"
                  "ExpectRule ask a url=/cgi/tells?201\nExpectRule ask no url=/cgi/tells?409\n"
                  "ExpectRule meet met\nExpectRule ask *  url=/cgi/tells?204");
    server.announce("expect: rejected").start();
    check_read(server, waiting_upload_to("POST /cgi/count", {"Expect: a, b, a, c, met"}));
    const std::vector<std::string> told = lines_with(server.error_log(), "asked about");
    BOOST_REQUIRE(told.size() == 3u);
    BOOST_TEST(told[0] == "asked about a");
    BOOST_TEST(told[1] == "asked about b, c");
    BOOST_TEST(told[2] == "asked about 100-continue");
    const message answer = check_answered_at_once(
        server, waiting_upload_to("POST /cgi/count", {"Expect: a, no, b"}), 409);
    BOOST_TEST(answer.body == "said no");
    BOOST_TEST(times_asked(server) == 5u);
}

// No 100 goes out before every question is answered, whatever promises one.
BOOST_AUTO_TEST_CASE(beside_continue_and_ignore) {
    httpd server;
    add_telling(server);
    server.config("ExpectPolicy On\nExpectRule ask no url=/cgi/tells?409\n"
                  "ExpectRule ask yes url=/cgi/tells?200\n"
                  "ExpectRule continue 100-continue \"expr=%{HTTP:X-Act} == 'continue'\"\n"
                  "ExpectRule continue 100-continue early \"expr=%{HTTP:X-Act} == 'early'\"\n"
                  "ExpectRule ignore 100-continue \"expr=%{HTTP:X-Act} == 'ignore'\"");
    server.announce("expect: rejected").start();
    for (const std::string act : {"meet", "continue", "early", "ignore"}) {
        BOOST_TEST_CONTEXT(act) {
            const std::string field = "X-Act: " + act;
            check_answered_at_once(
                server, waiting_upload_to("POST /cgi/count", {"Expect: no", field}), 409);
            if (act != "ignore") {
                check_read(server, waiting_upload_to("POST /cgi/count", {"Expect: yes", field}));
                continue;
            }
            wire client(server.port());
            client.send(waiting_upload_to("POST /cgi/count", {"Expect: yes", field}));
            BOOST_TEST(client.silent());
            client.send("hello");
            BOOST_TEST(client.next().body == "read 5 bytes\n");
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(sections_and_hosts) {
    httpd server;
    add_telling(server);
    server.config(R"(ExpectPolicy On
ExpectRule ask 100-continue url=/cgi/tells?409
<VirtualHost *:@PORT@>
    ServerName a.test
    <Location /cgi/count>
        ExpectRule ask 100-continue url=/cgi/tells?200
    </Location>
    <Files closed.txt>
        ExpectRule ask 100-continue url=/cgi/tells?403
    </Files>
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName b.test
    ExpectRule ask 100-continue url=/cgi/tells?402
</VirtualHost>)");
    server.announce("expect: rejected").start();
    check_read(server, waiting_upload_to("POST /cgi/count"));
    check_answered_at_once(server, waiting_upload_to("PUT /closed.txt"), 403);
    check_answered_at_once(server, waiting_upload_to("PUT /other"), 409);
    check_answered_at_once(server, waiting_upload_to("PUT /other", {"Host: b.test"}), 402);
}

// What the core answers before any handler is asked about all the same.
BOOST_AUTO_TEST_CASE(requests_without_a_handler) {
    httpd server;
    add_telling(server);
    server.config("TraceEnable extended\nExpectPolicy On\nExpectRule ask no url=/cgi/tells?409\n"
                  "ExpectRule ask yes url=/cgi/tells?200\n<Location /x>\n"
                  "ExpectRule ask no url=/cgi/tells?402\n</Location>");
    server.announce("expect: rejected").start();
    wire client(server.port());
    for (const char *line : {"TRACE /plain.txt", "TRACE /x", "OPTIONS *"}) {
        BOOST_TEST_CONTEXT(line) {
            client.send(request(line, {"Expect: no"}) + request(line, {"Expect: yes"}));
            BOOST_TEST(client.next().status == 409);
            BOOST_TEST(client.next().status == 200);
        }
    }
    BOOST_TEST(times_asked(server) == 6u);
}

BOOST_AUTO_TEST_CASE(only_detected) {
    httpd server;
    add_telling(server);
    server.config("ExpectPolicy DetectionOnly\nExpectRule ask 100-continue url=/cgi/tells?409");
    server.config("<Location /cgi/env>\nExpectRule ask * url=/cgi/tells?409\n</Location>").start();
    check_read(server, waiting_upload_to("POST /cgi/count"));
    wire client(server.port());
    client.send(waiting_upload_to("POST /cgi/env") + "hello");
    BOOST_TEST(holds(client.answer().body, "EXPECT_VERDICT=would-ask\n"));
    BOOST_TEST(times_asked(server) == 0u);
    for (const access_entry &entry : server.served(2)) {
        if (holds(entry.request, "POST"))
            BOOST_TEST(entry.verdict == "would-ask");
    }
}

BOOST_AUTO_TEST_CASE(what_logs_and_handlers_learn) {
    httpd server;
    add_telling(server);
    server
        .config("ExpectPolicy On\nExpectRule ask no url=/cgi/tells?409\n"
                "ExpectRule ask fails url=/cgi/env/../dies\nExpectRule ask yes "
                "url=/cgi/tells?200")
        .file("cgi/dies", "#!/bin/sh\nexit 1\n", true);
    server.log_level("info expect:debug");
    server.announce(
        "expect: rejected \"no\" with 409 by \"/cgi/tells\\?409\", which .*:[0-9]+ asked, "
        "for GET \"/plain.txt\"");
    server.announce("expect: \"/cgi/tells\\?200\" answered 200 to \"yes\" within [0-9]+ micro");
    server
        .announce("expect: cannot ask \"/cgi/env/../dies\" about \"fails\" by .*it failed; "
                  "answered with 503")
        .allow("expect: |script output|AH02811|Premature")
        .start();
    const message env = ask(server, request("GET /cgi/env", {"Expect: yes"}));
    BOOST_TEST(holds(env.body, "EXPECT_VERDICT=met\n"));
    BOOST_TEST(holds(env.body, "HTTP_EXPECT=yes\n"));
    server.served(1); // a line is written behind its answer
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: no"})).status == 409);
    server.served(2);
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: fails"})).status == 503);
    const std::vector<access_entry> log = server.served(3);
    BOOST_REQUIRE(log.size() == 3u);
    const char *const verdicts[] = {"met", "rejected", "failed"};
    for (size_t i = 0; i < 3; ++i) {
        BOOST_TEST(log[i].verdict == verdicts[i]);
        BOOST_TEST(holds(log[i].rule, "httpd.conf:"));
    }
}

BOOST_AUTO_TEST_CASE(over_tls) {
    httpd server;
    add_telling(server);
    server.with({"ssl"}).config(make_tls_identity(server));
    server.config("<Location /cgi/count>\nExpectRule ask 100-continue url=/cgi/tells?200\n"
                  "</Location>\n<VirtualHost *:@PORT2@>\nSSLEngine On\n</VirtualHost>\n" +
                  ask_about_100("/cgi/tells?409"));
    server.announce("expect: rejected").allow("AH01906|AH01909|AH02292|AH01873").start();
    tls_clients clients;
    wire refused = clients.open(server.port("PORT2"));
    refused.send(waiting_upload_to("PUT /x"));
    BOOST_TEST(refused.next().status == 409);
    BOOST_TEST(refused.closes());
    wire met = clients.open(server.port("PORT2"));
    met.send(waiting_upload_to("POST /cgi/count"));
    BOOST_TEST(met.next().status == 100);
    met.send("hello");
    BOOST_TEST(met.next().body == "read 5 bytes\n");
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    add_telling(server);
    server.threaded().with({"http2", "rewrite"}).file("docs/asked/keep", "");
    server.config("Protocols h2c http/1.1\nH2Direct On\n"
                  "<Location /cgi/count>\nExpectRule ask 100-continue url=/asked/rewritten?200\n"
                  "</Location>\n<Location /dies>\nExpectRule ask 100-continue url=/cgi/dies\n"
                  "</Location>\n<Location /rewritten>\nExpectRule ask 100-continue "
                  "url=/asked/rewritten?403\n</Location>\n"
                  "<Directory \"@ROOT@/docs/asked\">\nRewriteEngine On\n"
                  "RewriteRule . /cgi/tells\n</Directory>\n" +
                  ask_about_100("/cgi/tells?409") + "ExpectRule ask foo url=/cgi/tells?402");
    server.file("cgi/dies", "#!/bin/sh\nexit 1\n", true);
    server.announce("expect: rejected").announce("expect: cannot ask");
    server.allow("script output|AH02811|Premature").start();
    h2_wire client(server.port());
    const h2_fields waits = {{"expect", "100-continue"}, {"content-length", "5"}};
    const struct {
        const char *path;
        int status;
        const char *body;
    } rows[] = {{"/x", 409, "said 100-continue"},
                {"/rewritten", 403, "said 100-continue"},
                {"/dies", 503, nullptr}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.path) {
            const h2_stream &seen = client.wait_end(client.request("PUT", one.path, waits, false));
            BOOST_TEST(seen.statuses == std::vector<int>{one.status},
                       boost::test_tools::per_element());
            if (one.body != nullptr)
                BOOST_TEST(seen.body == one.body);
        }
    }
    const int met = client.request("POST", "/cgi/count", waits, false);
    BOOST_TEST(client.wait_statuses(met, 1).statuses == std::vector<int>{100},
               boost::test_tools::per_element());
    client.data(met, "hello", true);
    BOOST_TEST(client.wait_end(met).body == "read 5 bytes\n");
    BOOST_TEST(client.wait_end(client.request("GET", "/plain.txt", {{"expect", "foo"}}, true))
                   .statuses.back() == 402);
}

// The request with which an upgrade begins comes once more, as the first stream.
BOOST_AUTO_TEST_CASE(with_an_upgrade_to_http_2, *where_http_2_asks()) {
    httpd server;
    add_telling(server);
    server.threaded().with({"http2"}).config("Protocols h2c http/1.1\nH2Upgrade On\n" +
                                             ask_about_100("/cgi/tells?409") +
                                             "ExpectRule ask foo url=/cgi/tells?402");
    server.announce("expect: rejected").start();
    h2_wire client(server.port(), h2_upgrading("GET /plain.txt", "foo"));
    BOOST_TEST(client.wait_end(1).statuses == std::vector<int>{402},
               boost::test_tools::per_element());
    BOOST_TEST(times_asked(server) == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
