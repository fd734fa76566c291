// Content that was never sent, or is sent late, must not become a request, and a request must not
// become content: the classes of DESIGN section 8. The access log proves what was served.
#include "harness/checks.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string smuggled = "GET /plain.txt?smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

// No request line of `server` may hold the smuggled path, now or once it stopped.
void check_nothing_smuggled(httpd &server, size_t served) {
    server.served(served);
    BOOST_TEST(check_nothing_smuggled(server) == served);
}

} // namespace

BOOST_AUTO_TEST_SUITE(smuggling_tests)

BOOST_AUTO_TEST_CASE(nothing_is_served_behind_a_refusal_with_content) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    const struct {
        const char *name;
        std::string first;  // sent, then the refusal is awaited
        std::string second; // sent then
    } rows[] = {
        {"content withheld, another request written", withheld("POST /cgi/count", "foo"), smuggled},
        {"content that is a request",
         request("POST /cgi/count",
                 {"Expect: foo", "Content-Length: " + std::to_string(smuggled.size())}),
         smuggled},
        {"content that is a request, with the head",
         request("POST /cgi/count",
                 {"Expect: foo", "Content-Length: " + std::to_string(smuggled.size())}, smuggled),
         ""},
        {"pipelined behind withheld content", withheld("POST /cgi/count", "foo") + smuggled, ""},
        {"pipelined behind whole content",
         request("POST /cgi/count", {"Expect: foo", "Content-Length: 2"}, "hi") + smuggled, ""},
        {"half the content, then a request",
         request("POST /cgi/count", {"Expect: foo", "Content-Length: 10"}, "hello"), smuggled},
        {"chunked, withheld",
         request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"}), smuggled},
        {"chunked, then a request",
         request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"}),
         "0\r\n\r\n" + smuggled},
        {"both lengths",
         request("POST /cgi/count",
                 {"Expect: foo", "Content-Length: 5", "Transfer-Encoding: chunked"}),
         "0\r\n\r\n" + smuggled},
        {"GET with content",
         request("GET /plain.txt", {"Expect: y 100-continue", "Content-Length: 5"}), smuggled},
        {"OPTIONS with content",
         request("OPTIONS /plain.txt", {"Expect: y 100-continue", "Content-Length: 5"}), smuggled},
        {"doubled",
         request("POST /cgi/count",
                 {"Expect: 100-continue", "Expect: y 100-continue", "Content-Length: 5"}),
         smuggled},
        {"keep-alive asked for",
         request("POST /cgi/count", {"Expect: foo", "Content-Length: 5", "Connection: keep-alive"}),
         smuggled},
        {"HTTP/1.0 keep-alive",
         request("POST /cgi/count HTTP/1.0",
                 {"Expect: foo", "Content-Length: 5", "Connection: keep-alive"}),
         smuggled},
    };
    size_t count = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            ++count;
            wire client(server.port());
            client.send(one.first);
            const message refused = client.next();
            BOOST_TEST(refused.status == 417);
            BOOST_TEST(refused.announces_close());
            client.send(one.second);
            BOOST_TEST(client.closes());
        }
    }
    check_nothing_smuggled(server, count);
}

// What a client sends behind CONNECT or an upgrade may be bytes for a tunnel, sent without waiting.
BOOST_AUTO_TEST_CASE(nothing_is_served_behind_a_refused_change_of_protocol) {
    for (const char *section : {"", "<Location \"/\">\nExpectRule reject unlikely\n</Location>"}) {
        httpd server(*section == '\0' ? "host" : "section");
        server.site().config("ExpectPolicy On\nExpectRule reject no status=403").config(section);
        server.announce("expect: rejected").start();
        size_t count = 0;
        for (const char *value : {"foo", "no", "y 100-continue"}) {
            const std::string expect = std::string("Expect: ") + value;
            for (const std::string &bytes :
                 {request("CONNECT a.test:443", {expect}),
                  request("GET /plain.txt", {expect, "Connection: upgrade", "Upgrade: websocket"}),
                  request("GET /plain.txt", {expect, "Upgrade: h2c"})}) {
                BOOST_TEST_CONTEXT("request: " << bytes) {
                    ++count;
                    wire client(server.port());
                    client.send(bytes + smuggled);
                    const message refused = client.next();
                    BOOST_TEST(refused.status >= 400);
                    BOOST_TEST(refused.announces_close());
                    BOOST_TEST(client.closes());
                }
            }
        }
        check_nothing_smuggled(server, count);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_served_behind_a_final_answer_without_the_content) {
    // httpd PR 47087 with each action: the answer starts before the content was read.
    httpd server;
    server.site().with({"rewrite"});
    server.config(R"(ExpectPolicy On
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
ExpectRule meet good
ExpectRule ignore other
RewriteEngine On
RewriteRule ^/gone$ - [G]
RewriteRule ^/moved$ http://b.test/ [R=302,L])");
    server.start();
    size_t count = 0;
    for (const char *path : {"/gone", "/moved"}) {
        for (const char *action : {"meet", "ignore"}) {
            BOOST_TEST_CONTEXT("POST " << path << " with " << action) {
                ++count;
                wire client(server.port());
                client.send(request(std::string("POST ") + path,
                                    {"Expect: 100-continue, good, other",
                                     std::string("X-Action: ") + action,
                                     "Content-Length: " + std::to_string(smuggled.size())}));
                const message answer = client.next();
                BOOST_TEST(answer.status == (std::string(path) == "/gone" ? 410 : 302));
                BOOST_TEST(answer.announces_close());
                client.send(smuggled);
                BOOST_TEST(client.closes());
            }
        }
    }
    check_nothing_smuggled(server, count);
}

BOOST_AUTO_TEST_CASE(no_100_after_a_final_answer) {
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nRewriteEngine On\nRewriteRule ^/gone$ - [G]").start();
    wire client(server.port());
    client.send(withheld("POST /gone", "100-continue"));
    BOOST_TEST(client.next().status == 410);
    client.send(std::string(1000, 'x'));
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(content_sent_late_is_content) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue",
                                            "Content-Length: " + std::to_string(smuggled.size())}));
    BOOST_TEST(client.next().status == 100);
    client.send(smuggled + request("GET /plain.txt?real"));
    BOOST_TEST(client.next().body == "read " + std::to_string(smuggled.size()) + " bytes\n");
    BOOST_TEST(client.next().body == "plain\n");
    check_nothing_smuggled(server, 2);
}

BOOST_AUTO_TEST_CASE(content_sent_without_waiting) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}, "hello") +
                request("GET /plain.txt?real"));
    // A 100 may or may not come for content that is already there, but the answers are these two.
    BOOST_TEST(client.answer().body == "read 5 bytes\n");
    BOOST_TEST(client.answer().body == "plain\n");
    check_nothing_smuggled(server, 2);
}

BOOST_AUTO_TEST_CASE(a_refused_client_may_send_on_and_still_reads_its_answer) {
    // The close lingers: a reset would take the answer away from a client that uploads meanwhile.
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(withheld("POST /cgi/count", "foo"));
    client.send(std::string(200000, 'x'));
    const message refused = client.next();
    BOOST_TEST(refused.status == 417);
    BOOST_TEST(refused.complete);
}

BOOST_AUTO_TEST_SUITE_END()
