// The page of a rejection: ErrorDocument in its forms without stalling, and nothing reflected
// unescaped.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(errordocument_tests)

// Each form with the content withheld, and the connection closed as announced.
BOOST_AUTO_TEST_CASE(every_form_comes_at_once) {
    const struct {
        const char *name;
        const char *document;
        int status;
        const char *body;
    } rows[] = {
        {"text", "\"No such expectation here\"", 417, "No such expectation here"},
        {"static file", "/sorry.html", 417, "<p>sorry</p>"},
        {"script that reads its input", "/cgi/error", 417, "error page for 417, read 0 bytes"},
        {"another server", "http://b.test/sorry", 302, "http://b.test/sorry"},
        {"a path that is not there", "/none.html", 417, "417"},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("ErrorDocument 417: " << one.name) {
            httpd server(std::to_string(number++));
            server.site().file("docs/sorry.html", "<p>sorry</p>\n");
            server.config("ExpectPolicy On\nErrorDocument 417 " + std::string(one.document));
            server.announce("expect: rejected")
                .allow("AH00128: File does not exist: .*none.html")
                .start();
            for (const std::string &bytes :
                 {withheld("POST /cgi/count", "foo"),
                  withheld("GET /plain.txt", "100-continue, foo"),
                  request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"})}) {
                wire client(server.port());
                client.send(bytes);
                const message answer = client.next();
                BOOST_TEST(answer.status == one.status);
                BOOST_TEST(answer.complete);
                BOOST_TEST(holds(answer.body, one.body));
                BOOST_TEST(answer.announces_close());
                BOOST_TEST(answer.field("Cache-Control") == "no-store");
                if (one.status == 302)
                    BOOST_TEST(answer.field("Location") == one.document);
                BOOST_TEST(client.closes());
            }
            // Without content the connection stays usable behind each form.
            wire client(server.port());
            client.send(request("GET /plain.txt", {"Expect: foo"}) + request("GET /plain.txt"));
            const message answer = client.next();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(holds(answer.body, one.body));
            BOOST_TEST(!answer.announces_close());
            BOOST_TEST(answer.field("Cache-Control") == "no-store");
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
}

// Caches choose by the target, not by Expect, and keep a 404 unasked (RFC 9111, 4.2.2): one client
// must not be able to make a page vanish for the others, whatever is said of pages in general.
BOOST_AUTO_TEST_CASE(no_cache_keeps_it) {
    httpd server;
    server.site().with({"headers", "setenvif"}).config(R"(ExpectPolicy On
ExpectRule reject gone status=404
ExpectRule reject aged status=410
SetEnvIf Expect ^aged$ aged
Header always set Cache-Control max-age=5 env=aged)");
    server.announce("expect: rejected").start();
    const message gone = ask(server, request("GET /plain.txt", {"Expect: gone"}));
    BOOST_TEST(gone.status == 404);
    BOOST_TEST(gone.field("Cache-Control") == "no-store");
    const message aged = ask(server, request("GET /plain.txt", {"Expect: aged"}));
    BOOST_TEST(aged.status == 410);
    BOOST_TEST(aged.field("Cache-Control") == "max-age=5, no-store");
    const message served = ask(server, request("GET /plain.txt", {"Expect: 100-continue"}));
    BOOST_TEST(served.status == 200);
    BOOST_TEST(!served.has("Cache-Control"));
}

BOOST_AUTO_TEST_CASE(for_the_status_a_rule_names) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\nExpectRule reject foo status=403\nErrorDocument 403 \"forbidden here\"");
    server.announce("expect: rejected").start();
    wire client(server.port());
    client.send(withheld("POST /cgi/count", "foo"));
    const message answer = client.next();
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(holds(answer.body, "forbidden here"));
}

BOOST_AUTO_TEST_CASE(an_error_document_is_not_judged) {
    // The page of a host that refuses everything is itself a request inside httpd.
    httpd server;
    server.site().file("docs/sorry.html", "<p>sorry</p>\n");
    server.config("ExpectPolicy On\nExpectRule reject *\nErrorDocument 417 /sorry.html");
    server.announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: 100-continue"}));
    const message answer = client.next();
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(answer.body == "<p>sorry</p>\n");
    client.send(request("GET /none", {}));
    server.announce("AH00128");
    BOOST_TEST(client.next().status == 404);
}

// Nor is anything expected of it: whoever serves it does not see the field, be it refused or met.
BOOST_AUTO_TEST_CASE(an_error_document_has_no_expectation) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet good\nErrorDocument 417 /cgi/env\n"
                         "ErrorDocument 404 /cgi/env");
    server.announce("expect: rejected").announce("AH00128: File does not exist").start();
    const struct {
        const char *line;
        const char *field;
        int status;
    } rows[] = {{"GET /plain.txt", "Expect: foo", 417},
                {"GET /plain.txt", "Expect: good, a b", 417},
                {"GET /none", "Expect: good", 404}};
    for (const auto &one : rows) {
        wire client(server.port());
        client.send(request(one.line, {one.field}) +
                    request("POST /none", {one.field, "Content-Length: 5"}, "hello"));
        for (int answered = 0; answered < 2; ++answered) {
            const message answer = client.next();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(holds(answer.body, "REDIRECT_STATUS="));
            BOOST_TEST(!holds(answer.body, "HTTP_EXPECT="));
        }
    }
    // The control: a script that is no error document sees it.
    wire client(server.port());
    client.send(request("GET /cgi/env", {"Expect: good"}));
    BOOST_TEST(holds(client.next().body, "HTTP_EXPECT=good"));
}

BOOST_AUTO_TEST_CASE(nothing_is_reflected_unescaped) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    const std::string script = "<script>alert(1)</script>";
    const struct {
        const char *name;
        std::vector<std::string> fields;
    } rows[] = {
        {"quoted-string", {"Expect: foo=\"" + script + "\""}},
        {"malformed", {"Expect: " + script}},
        {"parameter", {"Expect: foo=bar;p=\"" + script + "\""}},
        {"behind a met member", {"Expect: 100-continue, x=\"" + script + "\""}},
        {"ampersand and quotes", {"Expect: foo=\"&<'\\\">\""}},
        {"a client that prefers JSON",
         {"Expect: foo=\"" + script + "\"", "Accept: application/json"}},
        {"a client that prefers problem+json",
         {"Expect: foo=\"" + script + "\"", "Accept: application/problem+json"}},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            wire client(server.port());
            client.send(request("GET /plain.txt", one.fields));
            const message answer = client.next();
            BOOST_TEST(answer.status == 417);
            const bool json = holds(answer.field("Content-Type"), "json");
            BOOST_TEST((json || holds(answer.field("Content-Type"), "text/html")));
            if (!json) {
                BOOST_TEST(!holds(answer.body, "<script"));
                BOOST_TEST(!holds(answer.body, "&<"));
            }
            for (const auto &[name, value] : answer.fields)
                BOOST_TEST(!holds(value, "<script"));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_page_is_true_and_short) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: certain-expectation"}));
    message answer = client.next();
    BOOST_TEST(holds(answer.body, "certain-expectation"));
    // httpd's own text, which is not true here (F4).
    BOOST_TEST(!holds(answer.body, "Only the 100-continue"));
    client.send(request("GET /plain.txt", {"Expect: " + std::string(6000, 'a')}));
    answer = client.next();
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(answer.body.size() < 2000u);
    BOOST_TEST(!holds(answer.body, server.root())); // never the name of a configuration file
}

BOOST_AUTO_TEST_CASE(head_gets_headers_only) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("HEAD /plain.txt", {"Expect: foo"}) + request("GET /plain.txt"));
    const message answer = client.next(true);
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(client.next().body == "plain\n");
}

BOOST_AUTO_TEST_SUITE_END()
