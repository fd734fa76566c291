// One case for each row of DESIGN section 8, named after it. The matrices of desync_tests.cpp and
// desync_forms_tests.cpp show the same classes by numbers.
#include "harness/ask.hpp"
#include "harness/checks.hpp"
#include "harness/conversation.hpp"
#include "harness/parallel.hpp"
#include "harness/request.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const gone = "RewriteEngine On\nRewriteRule ^/gone - [G]\n";

// Bytes that a refused or answered client sends on, which must not be served.
void check_nothing_behind(httpd &server, const std::string &first, int status) {
    wire client(server.port());
    client.send(first);
    const message answer = client.next();
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.announces_close());
    client.send(smuggled_request("one") + smuggled_request("two"));
    BOOST_TEST(client.closes());
}

} // namespace

BOOST_AUTO_TEST_SUITE(known_attacks_tests)

BOOST_AUTO_TEST_CASE(portswigger_2025_expect_based_desynchronisation) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet *");
    server.announce("expect: rejected malformed").start();
    for (const char *method : {"GET", "POST", "HEAD", "OPTIONS"}) {
        if (method[0] == 'H')
            continue; // its answer has no body to be read; desync_forms_tests has it
        for (const char *value : {"y 100-continue", "x 100-continue", "100-continue 100-continue",
                                  "y 100-continue\r\nExpect: 100-continue"})
            for (const char *length : {"Content-Length: 60", "Transfer-Encoding: chunked"})
                check_nothing_behind(server,
                                     request(std::string(method) + " /plain.txt",
                                             {std::string("Expect: ") + value, length}),
                                     417);
    }
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_CASE(cve_2025_32094_folded_expect_on_options) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("rejected malformed").start();
    for (const char *field :
         {"Expect:\r\n 100-continue", "Expect:\r\n\t100-continue", "Expect: 100-\r\n continue"})
        for (const char *target : {"/plain.txt", "*"})
            check_nothing_behind(
                server, request(std::string("OPTIONS ") + target, {field, "Content-Length: 39"}),
                417);
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_CASE(cve_2025_55702_and_31699_early_answer_with_unread_content) {
    httpd server;
    server.site().with({"rewrite"}).config(gone);
    server.config("ExpectPolicy On\nExpectRule ignore 100-continue \"expr=%{HTTP:X-A} == '1'\"\n"
                  "ExpectRule reject no status=403");
    server.announce("expect: rejected").start();
    for (const char *length : {"Content-Length: 60", "Transfer-Encoding: chunked"}) {
        check_nothing_behind(server, request("POST /gone", {"Expect: 100-continue", length}), 410);
        check_nothing_behind(
            server, request("POST /gone", {"Expect: 100-continue", "X-A: 1", length}), 410);
        check_nothing_behind(server, request("POST /gone", {"Expect: no", length}), 403);
    }
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_CASE(cve_2026_100666_a_100_shifts_pipelined_answers) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule continue 100-continue");
    server.announce("expect: rejected").config(one_child).start();
    wire client(server.port());
    std::string bytes;
    for (int round = 0; round < 10; ++round)
        bytes += request("GET /plain.txt", {"Expect: 100-continue"}) +
                 request("HEAD /plain.txt", {"Expect: 100-continue"}) +
                 request("HEAD /plain.txt", {"Expect: 100-continue, foo"});
    client.send(bytes);
    for (int round = 0; round < 10; ++round) {
        BOOST_TEST(client.next().body == "plain\n");
        BOOST_TEST(client.next(true).status == 200);
        BOOST_TEST(client.next(true).status == 417);
    }
    BOOST_TEST(client.silent());
    // Some clients wait for a 100 before content that they say is empty: they get the close.
    client.send(request("HEAD /plain.txt", {"Expect: 100-continue", "Content-Length: 0"}) +
                request("GET /plain.txt"));
    const message last = client.next(true);
    BOOST_TEST(last.status == 200);
    BOOST_TEST(last.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(httpd_pr_47087_with_every_action) {
    httpd server;
    server.site().with({"rewrite"}).config(gone);
    server.config(
        "ExpectPolicy On\nExpectRule ignore 100-continue \"expr=%{HTTP:X-A} == 'ignore'\"\n"
        "ExpectRule reject 100-continue \"expr=%{HTTP:X-A} == 'reject'\"\n"
        "ExpectRule continue 100-continue \"expr=%{HTTP:X-A} == 'continue'\"\n"
        "ExpectRule continue 100-continue early \"expr=%{HTTP:X-A} == 'early'\"");
    server.announce("expect: rejected").start();
    for (const char *act : {"meet", "continue", "ignore", "reject"})
        check_nothing_behind(server,
                             request("POST /gone", {"Expect: 100-continue", "Content-Length: 60",
                                                    std::string("X-A: ") + act}),
                             act == std::string("reject") ? 417 : 410);
    // What a client was told to send by an early 100 is its content, and no request.
    wire client(server.port());
    const std::string content = smuggled_request("told");
    client.send(request("POST /gone", {"Expect: 100-continue", "X-A: early",
                                       "Content-Length: " + std::to_string(content.size())}));
    BOOST_TEST(client.next().status == 100);
    client.send(content);
    BOOST_TEST(client.next().status == 410);
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_CASE(gevent_2075_a_100_behind_the_final_answer) {
    httpd server;
    server.site().with({"rewrite"}).config(gone);
    server.config("ExpectPolicy On\nExpectRule continue 100-continue \"expr=%{HTTP:X-A} == '1'\"\n"
                  "ExpectRule continue 100-continue early \"expr=%{HTTP:X-A} == '2'\"");
    server.announce("expect: rejected").start();
    for (const char *value : {"100-continue", "100-continue, foo"}) {
        for (const char *act : {"X-A: 0", "X-A: 1", "X-A: 2"}) {
            wire client(server.port());
            client.send(request("POST /gone", {std::string("Expect: ") + value, act,
                                               "Content-Length: 1000", "Connection: close"}));
            const std::string content(1000, 'x');
            message answer = client.next();
            if (answer.status == 100) {
                client.send(content);
                answer = client.next();
            }
            BOOST_TEST(answer.status >= 400); // and no second 100
            client.send(content);
            BOOST_TEST(!holds(client.rest(), " 100 Continue"));
        }
    }
}

BOOST_AUTO_TEST_CASE(cve_2006_3918_reflection) {
    httpd server;
    server.site()
        .with({"status"})
        .config("ExpectPolicy On\nExtendedStatus On\n<Location /status>\n"
                "SetHandler server-status\n</Location>");
    server.announce("expect: rejected").start();
    const std::string markup = "<script>alert(1)</script>";
    for (const std::string &value : {markup, "foo=\"" + markup + "\"", "a'\"><img>" + markup}) {
        for (const char *accept : {"text/html", "application/problem+json", "*/*"}) {
            const message answer =
                ask(server, request("GET /plain.txt",
                                    {"Expect: " + value, std::string("Accept: ") + accept}));
            BOOST_TEST(answer.status == 417);
            if (!holds(answer.field("Content-Type"), "json"))
                BOOST_TEST(!holds(answer.raw, "<script"));
            BOOST_TEST(!holds(answer.raw.substr(0, answer.raw.find("\r\n\r\n")), "script"));
        }
    }
    BOOST_TEST(!holds(ask(server, request("GET /status")).body, "<script"));
    server.stop();
    BOOST_TEST(!holds(server.error_log(), "\r"));
}

BOOST_AUTO_TEST_CASE(cve_2024_24791_an_early_final_answer_announces_the_close) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule reject big status=413");
    server.announce("expect: rejected").start();
    for (const char *value : {"foo", "big", "100-continue, foo"})
        for (const char *length : {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
            check_nothing_behind(server,
                                 request("POST /cgi/count", {std::string("Expect: ") + value,
                                                             length, "Connection: keep-alive"}),
                                 value == std::string("big") ? 413 : 417);
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_CASE(cve_2024_56202_and_2020_10705_a_refused_request_holds_nothing) {
    // Many more refused clients than the server can serve at a time, all of them still there.
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected");
    server.allow("AH00161|AH00162|AH00286|AH00287|AH00484|AH0048[58]").start();
    std::vector<wire> staying;
    for (int i = 0; i < 64; ++i)
        staying.emplace_back(server.port());
    report_faults(in_parallel(staying.size(), [&](size_t i) {
        staying[i].send(withheld("POST /cgi/count", "foo"));
        const message refused = staying[i].next(false, 8 * at_once);
        return refused.status == 417 ? faults() : faults{"no refusal: " + refused.status_line};
    }));
    wire client(server.port());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next(false, 4 * at_once).status == 200);
}

BOOST_AUTO_TEST_CASE(owasp_crs_920450_safety_without_the_ban) {
    // The rule set bans the field; this policy serves clients that wait and refuses all else.
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 2"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hi");
    BOOST_TEST(client.next().body == "read 2 bytes\n");
    for (const char *value : {"foo", "y 100-continue", "100-continue;", "100-continue, 200-ok"})
        check_nothing_behind(server, withheld("POST /cgi/count", value), 417);
    check_nothing_smuggled(server);
}

BOOST_AUTO_TEST_SUITE_END()
