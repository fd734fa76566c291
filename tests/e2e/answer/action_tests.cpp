// What `continue` and `ignore` do that `meet` does not.
#include "harness/gate.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(action_tests)

// Nothing is known of the request yet but what it says of itself.
BOOST_AUTO_TEST_CASE(continue_early_sends_100_as_soon_as_it_is_judged) {
    httpd server;
    hold_up_requests(server);
    server.config("ExpectPolicy On\nExpectRule continue 100-continue early").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
    const message interim = client.next();
    BOOST_TEST(interim.status_line == "HTTP/1.1 100 Continue");
    client.send("hello");
    BOOST_TEST(client.silent());
    open_gate(server);
    const message answer = client.next();
    BOOST_TEST(answer.status == 200); // and no second 100
    BOOST_TEST(answer.body == "read 5 bytes\n");
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_CASE(meet_waits_until_the_content_is_read) {
    httpd server;
    hold_up_requests(server);
    server.config("ExpectPolicy On\nExpectRule meet 100-continue").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.silent());
    open_gate(server);
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(!answer.announces_close()); // it was read to its end
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().body == "plain\n");
}

BOOST_AUTO_TEST_CASE(continue_with_a_rejected_member_sends_no_100) {
    for (const char *option : {"", " early"}) {
        BOOST_TEST_CONTEXT("continue" << option) {
            httpd server(std::string("continue") + option);
            server.site().config(std::string("ExpectPolicy On\nExpectRule continue 100-continue") +
                                 option);
            server.announce("expect: rejected").start();
            wire client(server.port());
            client.send(withheld("POST /cgi/count", "100-continue, foo"));
            BOOST_TEST(client.next().status == 417);
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(continue_early_then_an_early_answer) {
    // The 100 was sent, so the content is on its way and must not be taken for a request.
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nExpectRule continue 100-continue early\nRewriteEngine "
                  "On\nRewriteRule ^/gone$ - [G]");
    server.start();
    wire client(server.port());
    client.send(request("POST /gone", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.status == 410);
    BOOST_TEST(!answer.announces_close()); // httpd has drained what the client was told to send
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
}

// Where no handler comes to its turn, nothing is asked for: it is as with `meet`.
BOOST_AUTO_TEST_CASE(continue_sends_no_100_before_an_early_answer) {
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nExpectRule continue 100-continue\nRewriteEngine "
                  "On\nRewriteRule ^/gone$ - [G]");
    server.start();
    wire client(server.port());
    client.send(request("POST /gone", {"Expect: 100-continue", "Content-Length: 5"}));
    const message answer = client.next();
    BOOST_TEST(answer.status == 410);
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(ignored_100_continue_gets_no_100) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule ignore 100-continue").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.silent());
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == "read 5 bytes\n");
    // Nothing from outside tells safely that the content was read to its end.
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(ignored_100_continue_with_chunked_content) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule ignore 100-continue").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"}));
    BOOST_TEST(client.silent());
    client.send("5\r\nhello\r\n0\r\n\r\n");
    const message answer = client.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(ignored_and_answered_early_closes) {
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nExpectRule ignore 100-continue\nRewriteEngine On\nRewriteRule "
                  "^/gone$ - [G]");
    server.start();
    const std::string rows[] = {
        request("POST /gone", {"Expect: 100-continue", "Content-Length: 5"}),
        request("POST /gone", {"Expect: 100-continue", "Transfer-Encoding: chunked"}),
        request("GET /gone", {"Expect: 100-continue", "Content-Length: 5"}),
    };
    for (const std::string &bytes : rows) {
        BOOST_TEST_CONTEXT("row: " << bytes) {
            wire client(server.port());
            client.send(bytes);
            const message answer = client.next(); // at once: httpd does not wait for the content
            BOOST_TEST(answer.status == 410);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(ignored_without_content_keeps_the_connection) {
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nExpectRule ignore 100-continue\nRewriteEngine On\nRewriteRule "
                  "^/gone$ - [G]");
    server.start();
    wire client(server.port());
    for (const char *path : {"GET /plain.txt", "GET /gone"}) {
        client.send(request(path, {"Expect: 100-continue"}));
        const message answer = client.next();
        BOOST_TEST(answer.status == (std::string(path) == "GET /gone" ? 410 : 200));
        BOOST_TEST(!answer.announces_close());
    }
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_CASE(an_early_answer_without_the_field_is_httpds_own_affair) {
    // The control for the closes above: content that is sent is drained and the connection kept.
    httpd server;
    server.site().with({"rewrite"});
    server.config("ExpectPolicy On\nExpectRule ignore 100-continue\nRewriteEngine On\nRewriteRule "
                  "^/gone$ - [G]");
    server.start();
    wire client(server.port());
    client.send(request("POST /gone", {"Content-Length: 5"}, "hello"));
    const message answer = client.next();
    BOOST_TEST(answer.status == 410);
    BOOST_TEST(!answer.announces_close());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
