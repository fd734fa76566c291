// Shapes of a request that touch the field on its way through httpd's own reading of lines:
// folding, HTTP/1.0, segments, neighbours of the field, limits.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

using namespace e2e;

namespace {

struct folded_row {
    std::string name;
    std::vector<std::string> fields;
    int status;
    bool gets_100;
};

void check_folded(httpd &server, const std::vector<folded_row> &rows) {
    for (const folded_row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            std::vector<std::string> fields = one.fields;
            fields.push_back("Content-Length: 2");
            wire client(server.port());
            client.send(request("POST /cgi/count", fields));
            if (one.gets_100) {
                BOOST_TEST(client.next().status == 100);
            } else if (one.status == 200) {
                BOOST_TEST(client.silent());
            }
            // What is refused is refused with the content still withheld.
            if (one.status == 200)
                client.send("hi");
            BOOST_TEST(client.next().status == one.status);
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(syntax_tests)

BOOST_AUTO_TEST_CASE(a_folded_field_is_malformed) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet *");
    server.announce("expect: rejected malformed field").start();
    check_folded(
        server,
        {
            {"value in the second line", {"Expect:\r\n 100-continue"}, 417, false},
            {"value in the second line, tab", {"Expect:\r\n\t100-continue"}, 417, false},
            {"list over two lines", {"Expect: 100-continue,\r\n foo"}, 417, false},
            // An empty continuation is httpd's own 400.
            {"empty second line", {"Expect: 100-continue\r\n "}, 400, false},
            {"empty second line of an empty field", {"Expect:\r\n "}, 400, false},
            {"first of two lines folded",
             {"Expect: foo,\r\n bar", "Expect: 100-continue"},
             417,
             false},
            {"second of two lines folded",
             {"Expect: 100-continue", "Expect: foo,\r\n bar"},
             417,
             false},
            {"fold after other fields",
             {"X-A: 1", "Expect:\r\n 100-continue", "X-B: 2"},
             417,
             false},
            {"last field of the section",
             {"X-A: 1", "X-B: 2", "Expect: 100-continue\r\n\t"},
             400,
             false},
            {"another field folded", {"X-A: 1\r\n 2", "Expect: 100-continue"}, 200, true},
            {"another field folded behind it", {"Expect: 100-continue", "X-A: 1\r\n 2"}, 200, true},
            {"a fold that looks like the field", {"X-A: 1\r\n Expect: foo="}, 200, false},
            {"a fold that looks like 100-continue",
             {"X-A: 1\r\n\tExpect: 100-continue"},
             200,
             false},
        });
}

BOOST_AUTO_TEST_CASE(a_folded_field_on_options) {
    // The request of CVE-2025-32094.
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected malformed field").start();
    wire client(server.port());
    client.send(request("OPTIONS /plain.txt", {"Expect:\r\n 100-continue", "Content-Length: 40"}));
    const message answer = client.next();
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(answer.announces_close());
    client.send("GET /plain.txt?smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(client.closes());
    BOOST_TEST(server.served(1).size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_fold_can_be_ignored_by_rule) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule ignore @malformed").start();
    check_folded(server, {{"folded", {"Expect:\r\n 100-continue"}, 200, false},
                          {"plain", {"Expect: 100-continue"}, 200, true}});
}

BOOST_AUTO_TEST_CASE(http_1_0) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule reject 100-continue\nExpectRule meet good");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        const char *value;
        int status;
    } rows[] = {
        {"100-continue is ignored whatever the rules say", "100-continue", 200},
        {"beside a met member", "100-continue, good", 200},
        {"other members are judged", "foo", 417},
        {"beside a rejected member", "100-continue, foo", 417},
        {"malformed", "y 100-continue", 417},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            wire client(server.port());
            client.send(request("POST /cgi/count HTTP/1.0",
                                {std::string("Expect: ") + one.value, "Content-Length: 2"}));
            if (one.status == 200) {
                BOOST_TEST(client.silent()); // no 100 to HTTP/1.0
                client.send("hi");
            }
            BOOST_TEST(client.next().status == one.status);
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(http_1_0_keeps_its_connection) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    for (int round = 0; round < 2; ++round) {
        client.send(
            request("GET /plain.txt HTTP/1.0", {"Expect: 100-continue", "Connection: keep-alive"}));
        const message answer = client.answer();
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(answer.field("Connection") == "Keep-Alive");
        BOOST_TEST(answer.interims.empty());
    }
}

BOOST_AUTO_TEST_CASE(the_name_in_pieces) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    const std::string head = request("GET /plain.txt", {"X-A: b", "Expect: foo"});
    for (size_t size : {1, 2, 3, 5, 7}) {
        BOOST_TEST_CONTEXT("segments of " << size << " bytes") {
            wire client(server.port());
            client.send_in_pieces(head, size);
            BOOST_TEST(client.answer().status == 417);
        }
    }
    // Cut once, at each byte of the line.
    const size_t start = head.find("Expect");
    for (size_t cut = start; cut <= start + 12; ++cut) {
        BOOST_TEST_CONTEXT("cut " << cut - start << " bytes into the line") {
            wire client(server.port());
            client.send(head.substr(0, cut));
            std::this_thread::sleep_for(milliseconds(5));
            client.send(head.substr(cut));
            BOOST_TEST(client.answer().status == 417);
        }
    }
}

BOOST_AUTO_TEST_CASE(content_that_looks_like_the_field) {
    // The hold must end with the header section: content passes untouched.
    httpd server;
    server.site();
    server.file("cgi/echo", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\ncat\n", true);
    server.config("ExpectPolicy On").start();
    const std::string content = "Expect: foo\r\n\r\nExpect: bar\r\n\r\n";
    wire client(server.port());
    for (int round = 0; round < 2; ++round) {
        client.send(request("POST /cgi/echo", {"Content-Length: " + std::to_string(content.size())},
                            content));
        const message answer = client.answer();
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(answer.body == content);
    }
    client.send(request("POST /cgi/echo", {"Transfer-Encoding: chunked"},
                        "d\r\nExpect: foo\r\n\r\n0\r\n\r\n"));
    BOOST_TEST(client.answer().body == "Expect: foo\r\n");
}

BOOST_AUTO_TEST_CASE(the_field_in_a_trailer_is_none) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Transfer-Encoding: chunked"},
                        "2\r\nhi\r\n0\r\nExpect: foo\r\n\r\n"));
    BOOST_TEST(client.answer().body == "read 2 bytes\n");
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.answer().status == 200);
}

BOOST_AUTO_TEST_CASE(early_deaths_show_the_field_under_its_own_name) {
    // Requests that die before the module's turn: the log holds what it holds without the module,
    // so the held name never shows.
    const struct {
        const char *name;
        std::string bytes;
    } rows[] = {
        {"no Host", "GET /a HTTP/1.1\r\nExpect: early-one\r\n\r\n"},
        {"bad Content-Length", request("GET /b", {"Expect: early-two", "Content-Length: x"})},
        {"bad Transfer-Encoding",
         request("GET /c", {"Expect: early-three", "Transfer-Encoding: foo"})},
        {"a field too long",
         request("GET /d", {"Expect: early-four", "X: " + std::string(400, 'x')})},
        {"a line without a colon", request("GET /e", {"Expect: early-five", "nonsense"})},
        {"a control character", request("GET /f", {"Expect: early-six", "X: a\x01"})},
        {"the field itself too long", request("GET /g", {"Expect: " + std::string(400, 'x')})},
        {"the field with a control character", request("GET /h", {"Expect: a\x01"})},
        {"a blank behind the name", request("GET /i", {"Expect : foo"})},
    };
    httpd with("expect");
    httpd without("stock");
    for (httpd *server : {&with, &without}) {
        server->site().config("LimitRequestFieldSize 300").log_level("debug").allow(":debug\\]");
        server->allow("AH0056[0-9]");
    }
    with.config("ExpectPolicy On").start();
    without.stock().start();
    size_t count = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            ++count;
            wire to_stock(without.port());
            to_stock.send(one.bytes);
            wire client(with.port());
            client.send(one.bytes);
            const message answer = client.next();
            BOOST_TEST(answer.status == 400);
            BOOST_TEST(answer.without_date() == to_stock.next().without_date());
            const std::vector<access_entry> ours = with.served(count);
            const std::vector<access_entry> stocks = without.served(count);
            BOOST_REQUIRE(ours.size() == count);
            BOOST_REQUIRE(stocks.size() == count);
            BOOST_TEST(ours.back().expect == stocks.back().expect);
            BOOST_TEST(ours.back().status == stocks.back().status);
        }
    }
    BOOST_TEST(with.served(1)[0].expect == "early-one");
}

BOOST_AUTO_TEST_SUITE_END()
