// Early answers of a backend over every way into the server: HTTP/1.1 and HTTP/2, cleartext and
// TLS. Behind HTTP/2 only the stream ends.
#include "harness/ask.hpp"
#include "harness/early.hpp"
#include "harness/front.hpp"
#include "harness/h2_wire.hpp"
#include "harness/tls.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

using namespace e2e;

namespace {

const char *const tls_notices = "AH01873|AH01882|AH01906|AH01909|AH02292";

void serve_tls(front &pair) {
    pair.server.with({"ssl"});
    pair.server.config("<VirtualHost *:@PORT2@>\nServerName a.test\n" +
                       make_tls_identity(pair.server) + "</VirtualHost>\n");
    pair.server.allow(tls_notices);
}

void check_http_1(front &pair, const std::function<wire()> &open) {
    for (const early_answer &early : early_answers()) {
        for (const waiting_upload &upload : waiting_uploads()) {
            BOOST_TEST_CONTEXT(early.name << " to an upload " << upload.name) {
                wire client = open();
                client.send(upload.bytes());
                wire backend = pair.backend.accept();
                backend.read_until(head_end);
                backend.send(early.bytes);
                const message answer = client.next();
                BOOST_TEST(answer.status == early.status);
                BOOST_TEST(answer.body == early.body);
                BOOST_TEST(answer.announces_close());
                BOOST_TEST(backend.closes());
            }
        }
    }
}

// With a length or without, and none, a part or all of the content sent.
void check_http_2(front &pair, const std::function<h2_wire()> &open) {
    const std::string content = requests_of(5000);
    for (const early_answer &early : early_answers()) {
        for (const bool has_length : {true, false}) {
            for (const size_t sent : {0, 2500, 5000}) {
                BOOST_TEST_CONTEXT(early.name << ", with length " << has_length << ", " << sent
                                              << " bytes sent") {
                    h2_wire client = open();
                    h2_fields fields = {{"expect", "100-continue"}};
                    if (has_length)
                        fields.push_back({"content-length", "5000"});
                    const int stream = client.request("POST", "/back/x", fields, false);
                    if (sent != 0)
                        client.data(stream, content.substr(0, sent), sent == 5000);
                    wire backend = pair.backend.accept();
                    BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
                    backend.send(early.bytes);
                    const h2_stream &answer = client.wait_end(stream);
                    BOOST_TEST(answer.statuses == std::vector<int>{early.status},
                               boost::test_tools::per_element());
                    BOOST_TEST(answer.body == early.body);
                    BOOST_TEST(backend.closes());
                }
            }
        }
    }
    // The connection goes on.
    h2_wire client = open();
    const int refused = client.request(
        "POST", "/back/x", {{"expect", "100-continue"}, {"content-length", "5000"}}, false);
    {
        wire backend = pair.backend.accept();
        backend.read_until(head_end);
        backend.send(early_answers()[1].bytes);
        client.wait_end(refused);
    }
    const int next = client.request("GET", "/plain.txt", {}, true);
    BOOST_TEST(client.wait_end(next).body == "plain\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_answer_ways_tests)

BOOST_AUTO_TEST_CASE(http_1_over_tls) {
    front pair("ExpectPolicy On");
    serve_tls(pair);
    pair.server.start();
    tls_clients clients;
    check_http_1(pair, [&] { return clients.open(pair.server.port("PORT2")); });
}

BOOST_AUTO_TEST_CASE(http_2, *where_http_2_asks()) {
    front pair("Protocols h2c http/1.1\nExpectPolicy On");
    pair.server.threaded().with({"http2"}).start();
    check_http_2(pair, [&] { return h2_wire(pair.server.port()); });
}

BOOST_AUTO_TEST_CASE(http_2_over_tls, *where_http_2_asks()) {
    front pair("ExpectPolicy On");
    serve_tls(pair);
    pair.server.threaded().with({"http2"}).config("Protocols h2 http/1.1").start();
    tls_clients clients;
    check_http_2(pair, [&] { return h2_wire(clients.open(pair.server.port("PORT2"), "h2")); });
}

// An error document in place of the answer, by a file, a script that reads and another backend.
BOOST_AUTO_TEST_CASE(http_2_overridden, *where_http_2_asks()) {
    front pair("Protocols h2c http/1.1\nExpectPolicy On\nProxyErrorOverride On\n"
               "ErrorDocument 401 /sorry.html\nErrorDocument 403 /cgi/error\n"
               "ErrorDocument 413 /back/page");
    pair.server.file("docs/sorry.html", "<p>sorry</p>\n");
    pair.server.threaded().with({"http2"}).start();
    const char *const bodies[] = {"<p>sorry</p>", "error page for 403, read 0 bytes", "the page"};
    for (size_t i = 0; i < 3; ++i) {
        const early_answer &early = early_answers()[i];
        BOOST_TEST_CONTEXT(early.name) {
            h2_wire client(pair.server.port());
            const int stream = client.request(
                "POST", "/back/x", {{"expect", "100-continue"}, {"content-length", "5000"}}, false);
            wire backend = pair.backend.accept();
            backend.read_until(head_end);
            backend.send(early.bytes);
            if (i == 2) {
                wire pages = pair.backend.accept();
                BOOST_TEST(expect_line(pages.read_until(head_end)) == "-");
                pages.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe page");
            }
            const h2_stream &answer = client.wait_end(stream);
            BOOST_TEST(answer.statuses == std::vector<int>{early.status},
                       boost::test_tools::per_element());
            BOOST_TEST(holds(answer.body, bodies[i]));
            BOOST_TEST(backend.closes());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
