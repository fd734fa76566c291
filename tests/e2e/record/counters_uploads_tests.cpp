// What becomes of uploads of which 100-continue was met: read or asked for, or spared, with the
// bytes that were declared and never travelled.
#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const met = "meet 100-continue 1";
const char *const policy = R"(ExpectPolicy On
ExpectRule continue 100-continue "expr=%{HTTP:X-Now} == 'yes'"
ExpectRule continue 100-continue early "expr=%{HTTP:X-Now} == 'early'"
)";

#define NOW_RULE "continue 100-continue \"expr=%{HTTP:X-Now} == 'yes'\""
#define EARLY_RULE "continue 100-continue early \"expr=%{HTTP:X-Now} == 'early'\""

const char *const was_read = "members_met 1, requests 1, uploads_read 1";
const char *const was_spared =
    "members_met 1, requests 1, spared_content_bytes 5, uploads_spared 1";

} // namespace

BOOST_AUTO_TEST_SUITE(counters_uploads_tests)

BOOST_AUTO_TEST_CASE(read_or_spared) {
    httpd server;
    server.site().config(policy).config(status_location).file("docs/small", "s\n");
    server.config("<Location /small>\nLimitRequestBody 4\n</Location>\n"
                  "<Location /denied>\nRequire all denied\n</Location>\nRedirect 410 /gone");
    server.announce("AH01630").announce("AH01588").start();
    check_rows(
        server, "localhost",
        {{"read", waiting("POST /cgi/count", "100-continue"), 200, was_read, met},
         {"read, undeclared length",
          request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"},
                  "5\r\nhello\r\n0\r\n\r\n"),
          200, was_read, met},
         {"nobody reads", waiting("POST /gone", "100-continue"), 410, was_spared, met},
         {"a file needs none of it", waiting("POST /plain.txt", "100-continue"), 200, was_spared,
          met},
         {"sent all the same", waiting("POST /plain.txt", "100-continue") + "hello", 200,
          was_spared, met},
         {"spared, undeclared length",
          request("POST /plain.txt", {"Expect: 100-continue", "Transfer-Encoding: chunked"}), 200,
          "members_met 1, requests 1, uploads_spared 1", met},
         {"access denied", waiting("POST /denied", "100-continue", {"X-Now: yes"}), 403, was_spared,
          NOW_RULE " 1"},
         {"access denied, but asked for before",
          waiting("POST /denied", "100-continue", {"X-Now: early"}), 403, was_read,
          EARLY_RULE " 1"},
         {"asked for, though a file needs none of it",
          waiting("POST /plain.txt", "100-continue", {"X-Now: yes"}), 200, was_read, NOW_RULE " 1"},
         {"over the limit", waiting("POST /small", "100-continue"), 413, was_spared, met},
         {"over the limit, asked for at the gate",
          waiting("POST /small", "100-continue", {"X-Now: yes"}), 413, was_spared, NOW_RULE " 1"},
         {"over a section's limit, asked for before it is known",
          waiting("POST /small", "100-continue", {"X-Now: early"}), 413, was_read, EARLY_RULE " 1"},
         {"declared to be empty",
          request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 0"}), 200,
          "members_met 1, requests 1", met},
         {"none", request("POST /cgi/count", {"Expect: 100-continue"}), 200,
          "members_met 1, requests 1", met}});
}

// What a backend takes was read, whoever sent the 100, and where content came unasked, too.
BOOST_AUTO_TEST_CASE(uploads_that_a_backend_reads, *where_proxies_decide()) {
    for (const char *forward : {"On", "Off"}) {
        for (const bool unasked : {false, true}) {
            BOOST_TEST_CONTEXT("Proxy100Continue " << forward << ", unasked " << unasked) {
                listener backend;
                httpd server(std::string(forward) + (unasked ? "-unasked" : ""));
                server.site().with({"proxy", "proxy_http"}).config(status_location);
                server.config(
                    "ProxyPass /back/ http://127.0.0.1:" + std::to_string(backend.port()) +
                    "/\nProxy100Continue " + forward + "\nExpectPolicy On");
                server.start();
                wire client(server.port());
                client.send(waiting("POST /back/x", "100-continue") + (unasked ? "hello" : ""));
                // Without forwarding httpd reads content before it asks the backend.
                const bool asks = std::string(forward) == "On";
                if (!asks && !unasked) {
                    BOOST_TEST(client.next().status == 100);
                    client.send("hello");
                }
                wire behind = backend.accept();
                BOOST_TEST(holds(behind.read_until("\r\n\r\n"), "100-continue") == asks);
                if (asks)
                    behind.send("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
                if (asks && !unasked) {
                    BOOST_TEST(client.next().status == 103);
                    BOOST_TEST(client.next().status == 100);
                    client.send("hello");
                }
                BOOST_TEST(behind.read_until("hello") == "hello");
                behind.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                BOOST_TEST(client.answer().status == 200);
                const std::string expected = "members_met 1, requests 1, uploads_read 1";
                BOOST_TEST(text_of(total_of(status_with(server, expected))) == expected);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_upload_that_a_backend_spares, *where_proxies_decide()) {
    listener backend;
    httpd server;
    server.site().with({"proxy", "proxy_http"}).config(status_location);
    server.config("ProxyPass /back/ http://127.0.0.1:" + std::to_string(backend.port()) +
                  "/\nExpectPolicy On");
    server.start();
    wire client(server.port());
    client.send(waiting("POST /back/x", "100-continue"));
    wire behind = backend.accept();
    behind.read_until("\r\n\r\n");
    behind.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    BOOST_TEST(client.next().status == 403);
    const std::string expected =
        "members_met 1, requests 1, spared_content_bytes 5, uploads_spared 1";
    BOOST_TEST(text_of(total_of(status_with(server, expected))) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
