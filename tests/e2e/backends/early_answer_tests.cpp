// Early final answers of a backend over HTTP/1 reach the client as they are, nothing of the content
// is forwarded behind them, and neither connection is used again. The backend keeps its connection,
// which httpd alone takes for a wish to have the content.
#include "harness/ask.hpp"
#include "harness/early.hpp"
#include "harness/front.hpp"
#include "harness/probe.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// A backend answers early on a connection of its own; the wires of both sides are at their ends.
void expect_relayed(wire &client, front &pair, const early_answer &early) {
    wire backend = pair.backend.accept(); // none is reused
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
    backend.send(early.bytes);
    const message answer = client.next();
    BOOST_TEST(answer.status == early.status);
    BOOST_TEST(answer.field(early.field) == early.value);
    BOOST_TEST(answer.body == early.body);
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(backend.closes()); // nothing was forwarded
    BOOST_TEST(client.closes());
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_answer_tests)

BOOST_AUTO_TEST_CASE(each_answer_to_each_upload) {
    front pair("ExpectPolicy On");
    pair.server.start();
    for (const early_answer &early : early_answers()) {
        for (const waiting_upload &upload : waiting_uploads()) {
            BOOST_TEST_CONTEXT(early.name << " to an upload " << upload.name) {
                wire client(pair.server.port());
                client.send(upload.bytes());
                expect_relayed(client, pair, early);
            }
        }
    }
    BOOST_TEST(!pair.backend.called(a_while));
    pair.server.stop();
    for (const access_entry &entry : pair.server.served(0))
        BOOST_TEST(entry.request == "POST /back/x HTTP/1.1");
}

// The one contract with httpd that nothing else shows: mod_proxy_http asks the optional function
// ap_proxy_clear_connection whether a backend closes, and sends no content to one that does. Where
// a version of httpd asks anything else, this fails with 500 in place of 403.
BOOST_AUTO_TEST_CASE(mod_proxy_http_asks_whether_a_backend_closes) {
    front pair("ExpectPolicy On");
    pair.server.start();
    wire client(pair.server.port());
    client.send(waiting_uploads()[0].bytes());
    expect_relayed(client, pair, early_answers()[1]);
}

// A version without that function says so when it starts, if a host has a policy.
BOOST_AUTO_TEST_CASE(the_start_says_where_mod_proxy_http_cannot_be_told) {
    const std::string line = "expect:warn.*expect: this mod_proxy_http cannot be told";
    const std::string other = load_probe("proxy_http");
    httpd on("on");
    on.site().config(other + "ExpectPolicy On").announce(line).start();
    httpd off("off"); // nothing that must not come is allowed
    off.site().config(other + "ExpectPolicy Off").start();
    httpd without("without");
    without.site().config("ExpectPolicy On").start();
    BOOST_TEST(ask(on, request("GET /plain.txt")).status == 200);
}

BOOST_AUTO_TEST_CASE(the_second_request_of_a_connection_is_answered_early) {
    front pair("ExpectPolicy On");
    pair.server.start();
    wire client(pair.server.port());
    client.send(request("GET /back/first"));
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    BOOST_TEST(client.next().status == 200);
    client.send(waiting_uploads()[0].bytes());
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue"); // reused
    backend.send(early_answers()[1].bytes);
    BOOST_TEST(client.next().status == 403);
    BOOST_TEST(backend.closes());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(interim_answers_come_before_an_early_one) {
    front pair("ExpectPolicy On");
    pair.server.start();
    wire client(pair.server.port());
    client.send(waiting_uploads()[0].bytes());
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
    BOOST_TEST(client.next().status == 102);
    BOOST_TEST(client.next().status == 103);
    BOOST_TEST(client.silent());
    backend.send(early_answers()[1].bytes);
    BOOST_TEST(client.next().status == 403);
    BOOST_TEST(backend.closes());
    BOOST_TEST(client.closes());
}

// What has no content, and what ends with the connection.
BOOST_AUTO_TEST_CASE(answers_of_every_framing) {
    struct row {
        const char *line;
        const char *bytes;
        int status;
        const char *body;
        bool backend_ends;
    };
    const row rows[] = {
        {"POST /back/x", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", false},
        {"PUT /back/x", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304, "", false},
        {"HEAD /back/x", "HTTP/1.1 403 Forbidden\r\nContent-Length: 5\r\n\r\n", 403, "", false},
        {"HEAD /back/x", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "", false},
        {"POST /back/x", "HTTP/1.1 403 Forbidden\r\n\r\nno", 403, "no", true},
        {"POST /back/x", "HTTP/1.0 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", 403, "no", false},
        {"POST /back/x", "HTTP/1.0 200 OK\r\n\r\nok", 200, "ok", true},
        {"POST /back/x",
         "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno", 403, "no",
         false},
        {"POST /back/x",
         "HTTP/1.1 403 Forbidden\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nno", 403,
         "no", false},
    };
    front pair("ExpectPolicy On");
    pair.server.start();
    for (const row &each : rows) {
        BOOST_TEST_CONTEXT("row: " << each.line << ": " << each.bytes) {
            wire client(pair.server.port());
            client.send(waiting_uploads()[0].bytes(each.line));
            wire backend = pair.backend.accept();
            backend.read_until(head_end);
            backend.send(each.bytes);
            if (each.backend_ends)
                backend.end_of_sending();
            const message answer = client.next(std::string(each.line).substr(0, 4) == "HEAD");
            BOOST_TEST(answer.status == each.status);
            BOOST_TEST(answer.body == each.body);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(backend.closes());
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_backend_that_closes_without_an_answer_is_502) {
    front pair("ExpectPolicy On");
    pair.server.announce("AH01102").announce("AH00898").start();
    wire client(pair.server.port());
    client.send(waiting_uploads()[0].bytes());
    {
        wire backend = pair.backend.accept();
        backend.read_until(head_end);
    }
    const message answer = client.next();
    BOOST_TEST(answer.status == 502);
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

// An answer that comes after the content was asked for is not early.
BOOST_AUTO_TEST_CASE(a_final_answer_in_the_middle_of_the_content) {
    front pair("ExpectPolicy On");
    pair.server.allow("AH01097|AH10154|AH01086").start();
    wire client(pair.server.port());
    client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 100"}));
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send("HTTP/1.1 100 Continue\r\n\r\n");
    BOOST_TEST(client.next().status == 100);
    client.send(std::string(50, 'a'));
    BOOST_TEST(backend.read_bytes(50).size() == 50u);
    backend.send(early_answers()[1].bytes);
    client.send(std::string(50, 'b'));
    BOOST_TEST(backend.read_bytes(50).size() == 50u); // it was asked for: the backend's affair
    const message answer = client.next();
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(answer.body == "early");
    BOOST_TEST(!answer.announces_close());
}

BOOST_AUTO_TEST_SUITE_END()
