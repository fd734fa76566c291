// Whether a client gets a page or problem details: the Accept field by its weights (RFC 9110,
// 12.5.1), and HEAD, which gets the headers of either.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string html = "text/html; charset=iso-8859-1";
const std::string json = "application/problem+json";

message get(httpd &server, const std::vector<std::string> &fields) {
    return ask(server, request("GET /plain.txt", fields));
}

} // namespace

BOOST_AUTO_TEST_SUITE(answer_type_tests)

BOOST_AUTO_TEST_CASE(the_type_by_accept) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    const struct {
        const char *accept;
        const std::string &type;
    } rows[] = {
        {"*/*", html},
        {"text/html", html},
        {"text/*", html},
        {"text/plain", html}, // neither: a page it is
        {"", html},
        {"application/json", json},
        {"application/problem+json", json},
        {"APPLICATION/JSON", json},
        {"application/*", json},
        {"application/problem+json, */*", json},
        {"application/json, text/plain, */*", json},
        {"application/json;q=0.5, text/html;q=0.4", json},
        {"application/json;q=0.4, text/html;q=0.5", html},
        {"application/json;q=0.400, text/html;q=0.401", html},
        {"application/json;q=0.402,text/html;q=0.401", json},
        {"application/json ; q=0.9 , text/html ; q=0.8", json},
        {"text/html;q=0, application/json;q=0.001", json},
        {"application/json;q=0", html},
        {"application/json;q=0, */*", html},
        {"application/json;q=0.0, text/html", html},
        {"text/html;q=0.9, application/problem+json", json},
        {"application/problem+json;q=0.1, application/json;q=0.9, text/html;q=0.5", json},
        {"text/html, application/json", html}, // both as welcome
        {"application/json, text/html", html},
        {"*/*;q=0.8, application/json;q=0.9", json},
        {"*/*;q=0.9, application/json;q=0.8", html},
        {"text/html, */*;q=0.1", html},
        {"application/jsonp", html},
        {"application/json-patch", html},
        {"json", html},
        {"application/json;q=2", html}, // weights that are none count as not wanted
        {"application/json;q=", html},
        {"application/json;q=x, text/html;q=0.1", html},
        {"application/json;charset=utf-8", json},
        {"application/json;charset=utf-8;q=0.3, text/html;q=0.4", html},
        {",,,", html},
        {";;;=\"", html},
        // What browsers, curl and API clients send.
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", html},
        {"application/json, text/javascript, */*; q=0.01", json},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("Accept: " << one.accept) {
            const message answer =
                get(server, {"Expect: foo", std::string("Accept: ") + one.accept});
            BOOST_TEST(answer.status == 417);
            BOOST_TEST(answer.field("Content-Type") == one.type);
            BOOST_TEST((answer.body.compare(0, 1, one.type == json ? "{" : "<") == 0));
        }
    }
    const message answer = get(server, {"Expect: foo"}); // no Accept at all
    BOOST_TEST(answer.field("Content-Type") == html);
    BOOST_TEST(get(server, {"Expect: foo", "Accept: text/html;q=0.1", "Accept: application/json"})
                   .field("Content-Type") == json);
}

BOOST_AUTO_TEST_CASE(head_gets_the_headers_alone) {
    httpd server;
    server.site().config("ExpectPolicy On\n<Location /cgi>\nExpectRule reject foo\n</Location>");
    server.announce("expect: rejected").start();
    for (const char *path : {"/plain.txt", "/cgi/env"}) {
        for (const std::string &accept : {html, json}) {
            BOOST_TEST_CONTEXT(path << " " << accept) {
                const std::vector<std::string> fields = {"Expect: foo", "Accept: " + accept};
                wire client(server.port());
                client.send(request(std::string("HEAD ") + path, fields) +
                            request("GET /plain.txt"));
                const message head = client.next(true);
                BOOST_TEST(head.status == 417);
                BOOST_TEST(client.next().body == "plain\n"); // so no byte of a body came before
                const message full = ask(server, request(std::string("GET ") + path, fields));
                BOOST_TEST(head.field("Content-Type") == full.field("Content-Type"));
                BOOST_TEST(head.field("Cache-Control") == "no-store");
                BOOST_TEST(full.field("Cache-Control") == "no-store");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
