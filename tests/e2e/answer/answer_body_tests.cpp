// The body of a rejection without an ErrorDocument, as a page and as problem details: true, and
// with nothing of the client's unescaped. answer_type_tests.cpp tells which of the two a client
// gets.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string json = "application/problem+json";

// Whether a JSON reader that is not ours takes the text, and what it found at `key`, with each
// character beyond ASCII escaped; "" where the text is not JSON.
std::string json_value(const std::string &text, const std::string &key) {
    const program_result read =
        run_program({"php", "-r",
                     "$d = json_decode(stream_get_contents(STDIN), false, 16, JSON_THROW_ON_ERROR);"
                     "echo json_encode($d->{$argv[1]} ?? null, JSON_UNESCAPED_SLASHES);",
                     "--", key},
                    text);
    BOOST_TEST(read.exit_code == 0, text << read.all());
    return read.exit_code == 0 ? read.output : "";
}

message get(httpd &server, std::vector<std::string> fields) {
    return ask(server, request("GET /plain.txt", fields));
}

} // namespace

BOOST_AUTO_TEST_SUITE(answer_body_tests)

BOOST_AUTO_TEST_CASE(the_page) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet good
ExpectRule reject never status=403
ExpectRule meet with-content longer-than=0)");
    server.announce("expect: rejected").start();
    const std::string start = "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n";
    const std::string accepted = "<p>What would be accepted for this request: <code>good</code>, "
                                 "<code>100-continue</code></p>\n";
    message answer = get(server, {"Expect: foo"});
    BOOST_TEST(answer.body == start +
                                  "<html><head>\n<title>417 Expectation Failed</title>\n"
                                  "</head><body>\n<h1>Expectation Failed</h1>\n"
                                  "<p>The expectation <code>foo</code> is not met.\n"
                                  "This server does not support it for this request.</p>\n" +
                                  accepted + "</body></html>\n");
    answer = get(server, {"Expect: good, never"});
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(holds(answer.body, "<title>403 Forbidden</title>"));
    BOOST_TEST(holds(answer.body, "The expectation <code>never</code> is not met.\n"
                                  "This server is configured to refuse it for this request."));
    answer = get(server, {"Expect: foo="});
    BOOST_TEST(holds(answer.body, "The request's Expect field does not parse: \"=\" must "
                                  "be followed by a token or a quoted-string (at offset 4)."));
    BOOST_TEST(holds(answer.body, accepted));
    // What is offered is true of this very request.
    answer = ask(server, request("POST /plain.txt", {"Expect: foo", "Content-Length: 1"}, "x"));
    BOOST_TEST(holds(answer.body, "<code>with-content</code>"));
    BOOST_TEST(!holds(get(server, {"Expect: foo"}).body, "with-content"));
    BOOST_TEST(!holds(answer.body, "httpd.conf"));
}

// Who is refused by a limit is told the limit, and what it was held against.
BOOST_AUTO_TEST_CASE(too_long) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule reject 100-continue longer-than=1K status=413
ExpectRule reject between longer-than=1 shorter-than=9)");
    server.announce("expect: rejected \"100-continue\" with 413 by .*:[0-9]+, content of more than "
                    "1024 bytes: 1000000 declared for POST \"/plain.txt\"");
    server.allow("expect: rejected").start();
    const std::string limit =
        "This server is configured to refuse it for content of more than 1024 bytes: ";
    const std::string line = "POST /plain.txt";
    BOOST_TEST(holds(ask(server, withheld(line, "100-continue")).body,
                     "<code>100-continue</code> is not met.\n" + limit + "1000000 declared.</p>"));
    BOOST_TEST(
        json_value(ask(server, withheld(line, "100-continue", {"Accept: application/json"})).body,
                   "detail") == "\"" + limit + "1000000 declared.\"");
    BOOST_TEST(holds(
        ask(server, request(line, {"Expect: 100-continue", "Transfer-Encoding: chunked"})).body,
        limit + "its length is not declared.</p>"));
    BOOST_TEST(holds(ask(server, request(line, {"Expect: between", "Content-Length: 5"})).body,
                     "This server is configured to refuse it for this request.</p>"));
}

BOOST_AUTO_TEST_CASE(what_would_be_accepted) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule reject 100-continue
ExpectRule meet 100-continue no-content
<Location "/named">
    ExpectRule ignore 'quiet="a <b>"'
    ExpectRule meet good
    ExpectRule reject hidden
    ExpectRule meet hidden
    ExpectRule meet GOOD no-content
</Location>
<Location "/many">
    ExpectRule meet m1
    ExpectRule meet m2
    ExpectRule meet m3
    ExpectRule meet m4
    ExpectRule meet m5
    ExpectRule meet m6
    ExpectRule meet m7
    ExpectRule meet m8
    ExpectRule meet m9
</Location>)");
    server.announce("expect: rejected").allow("can never be reached").start();
    const std::vector<std::string> fields = {"Expect: foo", "Accept: application/json"};
    const auto accepted = [&](const std::string &path) {
        return json_value(ask(server, request("GET " + path, fields)).body, "accepted");
    };
    BOOST_TEST(accepted("/plain.txt") == "[]");
    // Each once, in the order of the rules, and none that an earlier rule rejects.
    BOOST_TEST(accepted("/named") == R"(["quiet=\"a <b>\"","good"])");
    BOOST_TEST(accepted("/many") == R"(["m1","m2","m3","m4","m5","m6","m7","m8"])");
    BOOST_TEST(holds(get(server, {"Expect: foo"}).body,
                     "<p>No expectation would be met for this request.</p>"));
    BOOST_TEST(holds(ask(server, request("GET /named", {"Expect: foo"})).body,
                     "<code>quiet=&quot;a &lt;b&gt;&quot;</code>, <code>good</code></p>"));
}

BOOST_AUTO_TEST_CASE(problem_details) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule reject never status=422
ExpectRule meet good)");
    server.announce("expect: rejected").start();
    const auto problem = [&server](const std::string &expectation) {
        return get(server, {"Expect: " + expectation, "Accept: application/json"});
    };
    message answer = problem("foo");
    BOOST_TEST(answer.field("Content-Type") == json);
    BOOST_TEST(json_value(answer.body, "type") == "\"about:blank\"");
    BOOST_TEST(json_value(answer.body, "title") == "\"Expectation Failed\"");
    BOOST_TEST(json_value(answer.body, "status") == "417");
    BOOST_TEST(json_value(answer.body, "expectation") == "\"foo\"");
    BOOST_TEST(json_value(answer.body, "accepted") == R"(["good","100-continue"])");
    BOOST_TEST(json_value(answer.body, "detail") ==
               "\"This server does not support it for this request.\"");
    answer = problem("good, never");
    BOOST_TEST(answer.status == 422);
    BOOST_TEST(json_value(answer.body, "status") == "422");
    BOOST_TEST(json_value(answer.body, "expectation") == "\"never\"");
    answer = problem("a=\"");
    BOOST_TEST(json_value(answer.body, "expectation") == "null"); // it has none
    BOOST_TEST(holds(json_value(answer.body, "detail"), "a quoted-string is not closed"));
    BOOST_TEST(!holds(answer.body, server.root()));
}

// Every status that a rule may name is the one that is answered, known to httpd or not, and none
// of them is taken for the 500 that httpd makes of those it does not know.
BOOST_AUTO_TEST_CASE(statuses) {
    httpd server;
    server.announce("answers 401 without a challenge");
    const int statuses[] = {400, 401, 403, 404, 409, 418, 421, 422, 425, 426,
                            429, 430, 431, 451, 499, 500, 503, 511, 512, 599};
    std::string rules = "ExpectPolicy On\nErrorDocument 500 \"for 500 alone\"\n";
    for (const char *section : {"", "<Location \"/cgi\">\n"}) {
        rules += section;
        for (int status : statuses) {
            const std::string number = std::to_string(status);
            rules += "ExpectRule reject " + std::string(*section == '\0' ? "h" : "s") + number +
                     " status=" + number + "\n";
        }
    }
    server.site().config(rules + "</Location>").announce("expect: rejected").start();
    for (int status : statuses) {
        const std::string number = std::to_string(status);
        for (const std::string &line :
             {std::string("GET /plain.txt h"), std::string("GET /cgi/env s")}) {
            for (const char *accept : {"text/html", "application/json"}) {
                BOOST_TEST_CONTEXT(line << number << " " << accept) {
                    const size_t blank = line.rfind(' ');
                    const message answer =
                        ask(server, request(line.substr(0, blank),
                                            {"Expect: " + line.substr(blank + 1) + number,
                                             std::string("Accept: ") + accept}));
                    BOOST_TEST(answer.status == status);
                    BOOST_TEST(answer.status_line.size() > 13u); // a phrase
                    if (status == 500)
                        BOOST_TEST(answer.body == "for 500 alone");
                    else
                        BOOST_TEST(holds(answer.body, number), answer.body);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(hostile_members) {
    httpd server;
    server.site().config("HttpProtocolOptions Unsafe\nExpectPolicy On");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        std::string member;
        const char *in_html;
        const char *in_json; // as a JSON reader gives it back
    } rows[] = {
        {"script", "x=\"<script>alert(1)</script>\"",
         "x=&quot;&lt;script&gt;alert(1)&lt;/script&gt;&quot;",
         R"("x=\"<script>alert(1)</script>\"")"},
        {"entity", "x=\"&lt;&#60;\"", "x=&quot;&amp;lt;&amp;#60;&quot;", R"("x=\"&lt;&#60;\"")"},
        {"quotes", R"(x="'\"")", nullptr, R"("x=\"'\\\"\"")"},
        {"backslashes", R"(x="\\u003c\\")", R"(x=&quot;\\u003c\\&quot;)",
         R"("x=\"\\\\u003c\\\\\"")"},
        {"8-bit", "x=\"\xc3\xa9\xff\"", "x=&quot;&#195;&#169;&#255;&quot;",
         R"("x=\"\u00c3\u00a9\u00ff\"")"},
        {"tabulator", "x=\"a\tb\"", "x=&quot;a\tb&quot;", R"("x=\"a\tb\"")"},
        {"end of a comment", "x=\"--></title></code>\"",
         "x=&quot;--&gt;&lt;/title&gt;&lt;/code&gt;&quot;", R"("x=\"--></title></code>\"")"},
        {"end of the object", R"(x="\"}")", nullptr, R"("x=\"\\\"}\"")"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            const message page = get(server, {"Expect: " + one.member});
            if (one.in_html != nullptr)
                BOOST_TEST(holds(page.body, std::string("<code>") + one.in_html + "</code> is not"),
                           page.body);
            BOOST_TEST(!holds(page.body, "<script"));
            const message problem =
                get(server, {"Expect: " + one.member, "Accept: application/json"});
            BOOST_TEST(json_value(problem.body, "expectation") == one.in_json);
            for (const char *markup : {"<", ">", "&"})
                BOOST_TEST(!holds(problem.body, markup), problem.body);
            for (const message *each : {&page, &problem}) {
                for (const auto &[name, value] : each->fields)
                    BOOST_TEST(!holds(value, "x="), name << ": " << value);
            }
        }
    }
    // Malformed fields are not repeated at all.
    const message malformed = get(server, {"Expect: <script>"});
    BOOST_TEST(malformed.status == 417);
    BOOST_TEST(!holds(malformed.body, "script"));
}

BOOST_AUTO_TEST_CASE(long_members_are_cut) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    const struct {
        size_t length;
        std::string shown;
    } rows[] = {{128, std::string(128, 'a')},
                {129, std::string(128, 'a') + "..."},
                {8000, std::string(128, 'a') + "..."}};
    for (const auto &one : rows) {
        const std::string field = "Expect: " + std::string(one.length, 'a');
        BOOST_TEST(holds(get(server, {field}).body, "<code>" + one.shown + "</code>"));
        const message problem = get(server, {field, "Accept: application/json"});
        BOOST_TEST(json_value(problem.body, "expectation") == "\"" + one.shown + "\"");
    }
    // Cut in the middle of an escape the text is still whole.
    const message problem = get(
        server, {"Expect: x=\"" + std::string(124, 'a') + "\\\"bbb\"", "Accept: application/json"});
    BOOST_TEST(json_value(problem.body, "expectation") ==
               R"("x=\")" + std::string(124, 'a') + R"(\\...")");
}

BOOST_AUTO_TEST_CASE(what_administrators_set_wins) {
    httpd server;
    server.site().with({"headers"}).file("docs/sorry.html", "sorry\n").config(R"(ExpectPolicy On
ExpectRule reject no status=403
Header always set X-Always yes
Header always set Content-Security-Policy "default-src 'none'"
ErrorDocument 403 /sorry.html
<Location "/text">
    ErrorDocument 417 "a text"
    ExpectRule reject in-text
</Location>
<Location "/default">
    ErrorDocument 403 default
    ExpectRule reject no status=403
</Location>)");
    server.announce("expect: rejected").start();
    for (const char *accept : {"Accept: text/html", "Accept: application/json"}) {
        BOOST_TEST_CONTEXT(accept) {
            message answer = get(server, {"Expect: foo", accept});
            BOOST_TEST(answer.field("X-Always") == "yes");
            BOOST_TEST(answer.field("Content-Security-Policy") == "default-src 'none'");
            answer = get(server, {"Expect: no", accept});
            BOOST_TEST(answer.status == 403);
            BOOST_TEST(answer.body == "sorry\n");
            BOOST_TEST(answer.field("X-Always") == "yes");
            BOOST_TEST(!holds(answer.field("Content-Type"), "json"));
            // In a section, where the section's own ErrorDocument is known.
            answer = ask(server, request("GET /text", {"Expect: in-text", accept}));
            BOOST_TEST(answer.body == "a text");
            BOOST_TEST(!holds(answer.field("Content-Type"), "json"));
            answer = ask(server, request("GET /default", {"Expect: no", accept}));
            BOOST_TEST(answer.status == 403);
            BOOST_TEST(answer.body != "sorry\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config(
        "Protocols h2c http/1.1\nExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected").start();
    h2_wire client(server.port());
    const h2_fields withheld = {
        {"expect", "foo"}, {"accept", "application/json"}, {"content-length", "9"}};
    const h2_stream &problem =
        client.wait_end(client.request("POST", "/plain.txt", withheld, false));
    BOOST_TEST(json_value(problem.body, "accepted") == R"(["good","100-continue"])");
    const h2_stream &page =
        client.wait_end(client.request("GET", "/plain.txt", {{"expect", "foo"}}, true));
    BOOST_TEST(holds(page.body, "<code>foo</code> is not met"));
    const h2_stream &head =
        client.wait_end(client.request("HEAD", "/plain.txt", {{"expect", "foo"}}, true));
    BOOST_TEST(head.body.empty());
}

BOOST_AUTO_TEST_SUITE_END()
