// Exact bytes in their order: a refusal at once, 100 exactly when it is due, and connections that
// are kept or closed as announced (DESIGN section 5).
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(wire_tests)

BOOST_AUTO_TEST_CASE(a_refusal_comes_at_once_and_announces_the_close) {
    httpd server("expect");
    server.site().config(
        "ExpectPolicy On\nExpectRule reject big status=413\nExpectRule reject no status=403");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        std::string bytes;
        int status;
    } rows[] = {
        {"unknown", withheld("POST /cgi/count", "foo"), 417},
        {"beside 100-continue", withheld("POST /cgi/count", "100-continue, foo"), 417},
        {"malformed", withheld("POST /cgi/count", "y 100-continue"), 417},
        {"another status", withheld("POST /cgi/count", "no"), 403},
        {"a status that always closes", withheld("POST /cgi/count", "big"), 413},
        {"a static file", withheld("GET /plain.txt", "foo"), 417},
        {"PUT", withheld("PUT /new.txt", "foo"), 417},
        {"a resource that is not there", withheld("POST /none", "foo"), 417},
        {"chunked", request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"}), 417},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            wire client(server.port());
            client.send(one.bytes);
            const message first = client.next(); // the first bytes of all: no 100 before it
            BOOST_TEST(first.status == one.status);
            BOOST_TEST(first.complete);
            BOOST_TEST(first.announces_close());
            BOOST_TEST(client.closes()); // and nothing behind it, a 100 least of all
        }
    }
    wire client(server.port());
    client.send(withheld("HEAD /plain.txt", "foo"));
    const message head = client.next(true);
    BOOST_TEST(head.status == 417);
    BOOST_TEST(head.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(stock_sends_nothing) {
    httpd server("stock");
    server.stock().site().announce("AH00570").start();
    wire client(server.port());
    client.send(withheld("POST /cgi/count", "foo"));
    BOOST_TEST(client.silent());
}

BOOST_AUTO_TEST_CASE(the_reason_phrase_is_in_the_status_line) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(withheld("POST /cgi/count", "foo"));
    BOOST_TEST(client.next().status_line == "HTTP/1.1 417 Expectation Failed");
}

BOOST_AUTO_TEST_CASE(met_100_continue_gets_its_100_before_the_content) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet good").start();
    for (const char *value :
         {"100-continue", "100-Continue , good", ",,good, 100-continue,100-continue"}) {
        BOOST_TEST_CONTEXT("Expect: " << value) {
            wire client(server.port());
            client.send(
                request("POST /cgi/count", {std::string("Expect: ") + value, "Content-Length: 5"}));
            const message interim = client.next();
            BOOST_TEST(interim.status_line == "HTTP/1.1 100 Continue");
            BOOST_TEST(client.silent());
            client.send("hello");
            const message answer = client.next();
            BOOST_TEST(answer.status == 200); // at most one 100
            BOOST_TEST(answer.body == "read 5 bytes\n");
            BOOST_TEST(!answer.announces_close());
            client.send(request("GET /plain.txt"));
            BOOST_TEST(client.next().status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(met_100_continue_with_chunked_content) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"}));
    BOOST_TEST(client.next().status == 100);
    client.send("5\r\nhello\r\n0\r\n\r\n");
    BOOST_TEST(client.next().body == "read 5 bytes\n");
}

BOOST_AUTO_TEST_CASE(no_100_for_another_expectation) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet good").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: good", "Content-Length: 5"}));
    BOOST_TEST(client.silent());
    client.send("hello");
    BOOST_TEST(client.next().body == "read 5 bytes\n");
}

const char *const each_action = R"(ExpectPolicy On
ExpectRule continue 100-continue "expr=%{HTTP:X-Action} == 'continue'"
ExpectRule continue 100-continue early "expr=%{HTTP:X-Action} == 'early'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
ExpectRule reject 100-continue "expr=%{HTTP:X-Action} == 'reject'")";

BOOST_AUTO_TEST_CASE(no_100_without_content_and_the_connection_is_kept) {
    httpd server;
    server.site().config(each_action).announce("expect: rejected").start();
    wire client(server.port());
    for (const char *act : {"meet", "continue", "early", "ignore", "reject"}) {
        for (const char *line : {"GET /plain.txt", "POST /cgi/count"}) {
            BOOST_TEST_CONTEXT(line << " with " << act) {
                client.send(
                    request(line, {"Expect: 100-continue", std::string("X-Action: ") + act}));
                const message answer = client.next();
                BOOST_TEST(answer.status == (act == std::string("reject") ? 417 : 200));
                BOOST_TEST(!answer.announces_close());
            }
        }
    }
}

// A client that says "Content-Length: 0" may wait for a 100 all the same, and take the next answer
// for it (botocore 3755): the connection closes, as httpd's does, but where it is refused.
BOOST_AUTO_TEST_CASE(content_that_is_declared_to_be_empty) {
    httpd stock("stock");
    stock.stock().site().start();
    httpd server;
    server.site().config(each_action).announce("expect: rejected").start();
    const auto check = [](httpd &asked, const char *line, const char *act, int status, bool kept) {
        BOOST_TEST_CONTEXT(line << " with " << act) {
            wire client(asked.port());
            client.send(request(line, {"Expect: 100-continue", "Content-Length: 0",
                                       std::string("X-Action: ") + act}) +
                        request("GET /plain.txt"));
            const message answer = client.next(); // and no 100
            BOOST_TEST(answer.status == status);
            BOOST_TEST(answer.announces_close() == !kept);
            if (kept)
                BOOST_TEST(client.next().body == "plain\n");
            else
                BOOST_TEST(client.closes());
        }
    };
    for (const char *line : {"GET /plain.txt", "POST /plain.txt", "POST /cgi/count"}) {
        check(stock, line, "stock", 200, false);
        for (const char *act : {"meet", "continue", "early", "ignore"})
            check(server, line, act, 200, false);
        check(server, line, "reject", 417, true);
    }
}

BOOST_AUTO_TEST_CASE(get_and_head_stay_in_order) {
    // CVE-2026-100666: a stray 100 would shift a client's reading of pipelined answers.
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: 100-continue"}) +
                request("HEAD /plain.txt", {"Expect: 100-continue"}) + request("GET /plain.txt?2") +
                request("HEAD /plain.txt", {"Expect: foo"}) +
                request("GET /plain.txt?3", {"Expect: 100-continue"}));
    BOOST_TEST(client.next().body == "plain\n");
    const message head = client.next(true);
    BOOST_TEST(head.status == 200);
    BOOST_TEST(head.field("Content-Length") == "6");
    BOOST_TEST(client.next().body == "plain\n");
    BOOST_TEST(client.next(true).status == 417);
    BOOST_TEST(client.next().body == "plain\n");
    BOOST_TEST(client.silent());
}

BOOST_AUTO_TEST_CASE(a_refusal_without_content_leaves_the_connection_usable) {
    httpd server;
    server.site()
        .config("ExpectPolicy On\nExpectRule reject no status=403")
        .announce("expect: rejected")
        .start();
    wire client(server.port());
    for (const char *value : {"foo", "no", "100-continue, foo", "y 100-continue"}) {
        BOOST_TEST_CONTEXT("Expect: " << value) {
            client.send(request("GET /plain.txt", {std::string("Expect: ") + value}));
            const message refused = client.next();
            BOOST_TEST(refused.status == (std::string(value) == "no" ? 403 : 417));
            BOOST_TEST(!refused.announces_close());
            client.send(request("GET /plain.txt"));
            BOOST_TEST(client.next().status == 200);
        }
    }
    // Pipelined: all in one segment.
    client.send(request("GET /plain.txt", {"Expect: foo"}) + request("GET /plain.txt") +
                request("POST /cgi/count", {"Content-Length: 0", "Expect: foo"}) +
                request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 417);
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(client.next().status == 417);
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(server.served(12).size() == 12u);
}

BOOST_AUTO_TEST_CASE(a_second_pipelined_request_is_judged) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /plain.txt") + request("GET /plain.txt", {"Expect: foo"}) +
                request("POST /cgi/count", {"Content-Length: 2"}, "hi") +
                withheld("POST /cgi/count", "foo"));
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(client.next().status == 417);
    BOOST_TEST(client.next().status == 200);
    const message last = client.next();
    BOOST_TEST(last.status == 417);
    BOOST_TEST(last.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(refused_clients_that_stay_hold_no_thread) {
    // More clients than the server has threads or processes, each refused with its content withheld
    // and its end of the connection left open (CVE-2024-56202, CVE-2020-10705).
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected");
    // worker and prefork keep one thread or process for the two seconds of a lingering close.
    server.allow("AH00161|AH00162|AH00286|AH00287|AH00484").start();
    std::vector<wire> refused;
    for (int i = 0; i < 48; ++i) {
        refused.emplace_back(server.port());
        refused.back().send(withheld("POST /cgi/count", "foo"));
        BOOST_TEST(refused.back().next(false, 3 * at_once).status == 417);
    }
    wire client(server.port());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next(false, 3 * at_once).status == 200);
}

BOOST_AUTO_TEST_CASE(statuses_with_which_httpd_always_closes) {
    httpd server;
    server.announce("answers 401 without a challenge");
    std::string rules = "ExpectPolicy On\n";
    const int closing[] = {400, 408, 411, 413, 414, 500, 501, 503};
    const int keeping[] = {401, 402, 403, 404, 409, 417, 422, 429, 451, 502, 504};
    for (int status : closing)
        rules += "ExpectRule reject s=" + std::to_string(status) +
                 " status=" + std::to_string(status) + "\n";
    for (int status : keeping)
        rules += "ExpectRule reject s=" + std::to_string(status) +
                 " status=" + std::to_string(status) + "\n";
    server.site().config(rules).announce("expect: rejected").start();
    const auto check = [&server](int status, bool closes) {
        BOOST_TEST_CONTEXT("status " << status) {
            wire client(server.port());
            client.send(request("GET /plain.txt", {"Expect: s=" + std::to_string(status)}));
            const message answer = client.next();
            BOOST_TEST(answer.status == status);
            BOOST_TEST(answer.announces_close() == closes);
            if (closes) {
                BOOST_TEST(client.closes());
            } else {
                client.send(request("GET /plain.txt"));
                BOOST_TEST(client.next().status == 200);
            }
        }
    };
    for (int status : closing)
        check(status, true);
    for (int status : keeping)
        check(status, false);
}

BOOST_AUTO_TEST_SUITE_END()
