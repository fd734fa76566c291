// What an application's answer becomes for the client: status, body and fields as they are, at
// once, with ErrorDocument only where it said nothing; nothing of it changes what is not its own.
#include "harness/application.hpp"
#include "harness/front.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string head_of_question = "GET /asked HTTP/1.1";

// Asks by a proxied question whose other end the test plays.
struct asking_front : front {
    explicit asking_front(const std::string &more = {}, const std::string &label = "front")
        : front(ask_about_100("/back/asked") + more, "", label) {}

    // What the client gets for an upload if the application answers with these bytes.
    wire upload(const std::string &answer, const std::string &bytes) {
        wire client(server.port());
        client.send(bytes);
        wire behind = backend.accept();
        behind.read_until(head_end);
        behind.send(answer);
        return client;
    }
};

std::string with_length(const std::string &head, const std::string &body) {
    return "HTTP/1.1 " + head + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_answer_tests)

BOOST_AUTO_TEST_CASE(fields_and_body_go_on) {
    asking_front pair;
    pair.server.announce("expect: rejected").start();
    wire client = pair.upload(
        with_length("413 Quota\r\nContent-Type: application/problem+json\r\nRetry-After: 60\r\n"
                    "WWW-Authenticate: Basic realm=\"a\"\r\nWWW-Authenticate: Bearer\r\n"
                    "Allow: GET\r\n"
                    "Location: https://other.test/\r\nSet-Cookie: a=b\r\nX-Other: c\r\n"
                    "Cache-Control: max-age=600\r\nConnection: keep-alive",
                    "{\"left\":3}"),
        waiting_upload_to("PUT /x"));
    const message answer = client.next();
    BOOST_TEST(answer.status_line == "HTTP/1.1 413 Quota");
    BOOST_TEST(answer.body == "{\"left\":3}");
    BOOST_TEST(answer.field("Content-Type") == "application/problem+json");
    BOOST_TEST(answer.field("Retry-After") == "60");
    BOOST_TEST(answer.field("WWW-Authenticate") == "Basic realm=\"a\", Bearer");
    BOOST_TEST(answer.field("Location") == "https://other.test/");
    BOOST_TEST(answer.field("Allow") == "GET");
    BOOST_TEST(answer.field("Cache-Control") == "no-store");
    BOOST_TEST(!answer.has("Set-Cookie"));
    BOOST_TEST(!answer.has("X-Other"));
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

// Which mod_proxy keeps to itself.
BOOST_AUTO_TEST_CASE(a_challenge_for_proxies) {
    httpd server;
    server.site().config(ask_about_100("/cgi/asked")).announce("expect: rejected");
    server.file("cgi/asked", "#!/bin/sh\nprintf 'Status: 407\\nProxy-Authenticate: Basic\\n\\n'\n",
                true);
    server.start();
    const message answer = check_answered_at_once(server, waiting_upload_to("PUT /x"), 407);
    BOOST_TEST(answer.field("Proxy-Authenticate") == "Basic");
    BOOST_TEST(answer.status_line == "HTTP/1.1 407 Proxy Authentication Required");
}

BOOST_AUTO_TEST_CASE(each_status) {
    httpd server;
    add_applications(server);
    server.config("ExpectPolicy On");
    const int statuses[] = {200, 201, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401,
                            403, 404, 405, 407, 409, 413, 417, 429, 500, 502, 503, 507};
    for (const int status : statuses) {
        const std::string text = std::to_string(status);
        for (const char *who : {"says", "bare"})
            server.config("ExpectRule ask 100-continue \"url=/cgi/" + std::string(who) + "?" +
                          text + "\" \"expr=%{HTTP:X-Ask} == '" + who + text + "'\"");
    }
    server.announce("expect: rejected").start();
    for (const int status : statuses) {
        for (const char *who : {"says", "bare"}) {
            BOOST_TEST_CONTEXT(who << " " << status) {
                const std::string ask = "X-Ask: " + std::string(who) + std::to_string(status);
                if (status < 300) {
                    check_read(server, waiting_upload_to("POST /cgi/count", {ask}));
                    continue;
                }
                const message answer = check_answered_at_once(
                    server, waiting_upload_to("POST /cgi/count", {ask}), status);
                if (status != 304)
                    BOOST_TEST(holds(answer.body, "read 0 bytes") == (who == std::string("says")));
            }
        }
    }
}

// An interim response is nobody's answer: it goes no further, and the final one counts.
BOOST_AUTO_TEST_CASE(interim_responses_first) {
    for (const char *interim :
         {"100 Continue", "102 Processing", "103 Early Hints\r\nLink: </a>; rel=preload"}) {
        for (const char *status : {"200 OK", "403 No"}) {
            BOOST_TEST_CONTEXT(interim << ", " << status) {
                const bool is_met = status == std::string("200 OK");
                asking_front pair("", std::string(interim).substr(0, 3) +
                                          std::string(status).substr(0, 3));
                if (!is_met)
                    pair.server.announce("expect: rejected");
                pair.server.start();
                wire client(pair.server.port());
                client.send(waiting_upload_to("POST /cgi/count"));
                wire behind = pair.backend.accept();
                const std::string head = behind.read_until(head_end);
                BOOST_TEST(head.compare(0, head_of_question.size(), head_of_question) == 0);
                BOOST_TEST(expect_line(head) == "-");
                behind.send("HTTP/1.1 " + std::string(interim) + "\r\n\r\n");
                BOOST_TEST(client.silent());
                behind.send(with_length(status, "ok"));
                if (is_met) {
                    BOOST_TEST(client.next().status == 100);
                    client.send("hello");
                    BOOST_TEST(client.next().body == "read 5 bytes\n");
                } else {
                    BOOST_TEST(client.next().body == "ok");
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(how_much_it_may_say) {
    for (const size_t size : {65536u, 65537u}) {
        for (const char *status : {"403 No", "200 OK"}) {
            BOOST_TEST_CONTEXT(size << " bytes, " << status) {
                const bool fits = size == 65536;
                const bool is_met = fits && status == std::string("200 OK");
                asking_front pair("", std::to_string(size) + std::string(status).substr(0, 3));
                if (!fits)
                    pair.server.announce("expect: cannot ask .*longer than 64 KiB");
                else if (!is_met)
                    pair.server.announce("expect: rejected");
                pair.server.allow("AH01110|AH01102|AH10154").start();
                wire client = pair.upload(with_length(status, std::string(size, 'x')),
                                          waiting_upload_to("POST /cgi/count"));
                const message answer = client.next();
                BOOST_TEST(answer.status == (is_met ? 100 : fits ? 403 : 503));
                if (answer.status == 403)
                    BOOST_TEST(answer.body.size() == size);
                if (is_met) {
                    client.send("hello");
                    BOOST_TEST(client.next().body == "read 5 bytes\n");
                }
                if (answer.status == 503)
                    BOOST_TEST(!holds(answer.body, "xxx"));
            }
        }
    }
}

// Each form of ErrorDocument stands for a status without words, and only for such.
BOOST_AUTO_TEST_CASE(error_documents) {
    const struct {
        const char *name;
        const char *line;
        int status;
        const char *body;
    } rows[] = {{"none", "", 403, "<title>403 Forbidden</title>"},
                {"text", "ErrorDocument 403 \"no words\"", 403, "no words"},
                {"file", "ErrorDocument 403 /plain.txt", 403, "plain\n"},
                {"script", "ErrorDocument 403 /cgi/error", 403, "error page for 403, read 0 bytes"},
                {"url", "ErrorDocument 403 http://other.test/", 302, "http://other.test/"},
                {"missing", "ErrorDocument 403 /none", 403, "Additionally, a 403"}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            httpd server(one.name);
            add_applications(server);
            server.config(one.line).config(ask_about_100("/cgi/bare?403"));
            server.config("<Location /says>\nExpectRule ask 100-continue url=/cgi/says?403\n"
                          "</Location>");
            server.announce("expect: rejected").allow("AH00128").start();
            for (const char *sent : {"", "hello"}) {
                const message answer =
                    check_answered_at_once(server, waiting_upload_to("PUT /x") + sent, one.status);
                BOOST_TEST(holds(answer.body, one.body), answer.body);
                const message says =
                    check_answered_at_once(server, waiting_upload_to("PUT /says") + sent, 403);
                BOOST_TEST(holds(says.body, "read 0 bytes"));
            }
        }
    }
}

// The upload's own name says something about the upload, not about the answer.
BOOST_AUTO_TEST_CASE(what_the_resource_says_of_itself) {
    httpd server;
    add_applications(server);
    server.with({"mime", "deflate", "filter"}).file("mime.types", "text/html html\n");
    server.file("docs/a.html.gz.fr", "x").config("TypesConfig \"@ROOT@/mime.types\"");
    server.config("AddEncoding x-gzip .gz\nAddLanguage fr .fr\n" + ask_about_100("/cgi/says?403"));
    server.announce("expect: rejected").start();
    const message answer =
        check_answered_at_once(server, waiting_upload_to("PUT /a.html.gz.fr"), 403);
    BOOST_TEST(answer.field("Content-Type") == "text/x-says");
    BOOST_TEST(!answer.has("Content-Encoding"));
    BOOST_TEST(!answer.has("Content-Language"));
    BOOST_TEST(holds(answer.body, "read 0 bytes"));
}

// Filters of the upload's own location work on its answer as on any other; those of the application
// have worked already, and what they did is said.
BOOST_AUTO_TEST_CASE(output_filters_on_either_side) {
    httpd server;
    add_applications(server);
    server.with({"deflate", "filter", "headers", "include", "mime"});
    server.file("mime.types", "").config("TypesConfig \"@ROOT@/mime.types\"");
    server.file("cgi/packed",
                "#!/bin/sh\nprintf 'Status: 403\\nContent-Encoding: own\\n\\npacked'\n", true);
    server.file("docs/asked.shtml",
                "<!--#set var=\"a\" value=\"b\" -->page <!--#echo var=\"a\" --> "
                "<!--#include virtual=\"/plain.txt\" -->");
    server.config(R"(<Location /packed>
    SetOutputFilter DEFLATE
</Location>
Header always set X-Always yes
Header set X-Success yes
<Location /asked.shtml>
    Options Includes
    SetOutputFilter INCLUDES
    Header set X-Asked no
</Location>
<Location /forced>
    ExpectRule ask 100-continue url=/cgi/packed
</Location>
<Location /page>
    ExpectRule ask 100-continue url=/asked.shtml
</Location>
)" + ask_about_100("/cgi/says?403"));
    server.announce("expect: rejected").announce("AH00128").start();
    const message plain = check_answered_at_once(server, waiting_upload_to("PUT /packed"), 403);
    BOOST_TEST(holds(plain.body, "read 0 bytes"));
    BOOST_TEST(plain.field("X-Always") == "yes");
    BOOST_TEST(!plain.has("X-Asked"));
    const message packed = check_answered_at_once(
        server, waiting_upload_to("PUT /packed", {"Accept-Encoding: gzip"}), 403);
    BOOST_TEST(packed.field("Content-Encoding") == "gzip");
    BOOST_TEST(packed.body.substr(0, 2) == "\x1f\x8b");
    const message forced = check_answered_at_once(server, waiting_upload_to("PUT /forced"), 403);
    BOOST_TEST(forced.field("Content-Encoding") == "own");
    BOOST_TEST(forced.body == "packed");
    wire client(server.port());
    client.send(waiting_upload_to("POST /page")); // met by a page with includes, read by nobody
    BOOST_TEST(client.next().status == 404);
}

BOOST_AUTO_TEST_CASE(to_head) {
    httpd server;
    add_applications(server);
    server.config(ask_about_100("/cgi/says?403") + "ExpectRule ask foo url=/cgi/says?409");
    server.announce("expect: rejected").start();
    const message answer = check_answered_at_once(server, waiting_upload_to("HEAD /x"), 403);
    BOOST_TEST(answer.body.empty());
    wire client(server.port());
    client.send(request("HEAD /x", {"Expect: foo"}) + request("GET /plain.txt"));
    const message head = client.next(true);
    BOOST_TEST(head.status == 409);
    BOOST_TEST(!head.announces_close());
    BOOST_TEST(client.next().body == "plain\n");
}

// Without content the connection stays, whoever refuses.
BOOST_AUTO_TEST_CASE(expectations_of_ones_own) {
    httpd server;
    add_applications(server);
    server.config("ExpectPolicy On\nExpectRule ask yes url=/cgi/says?204\n"
                  "ExpectRule ask no url=/cgi/says?409\nExpectRule ask * url=/cgi/says?417");
    server.announce("expect: rejected").start();
    wire client(server.port());
    const struct {
        const char *field;
        int status;
    } rows[] = {{"yes", 200},      {"no", 409},      {"other=1;a=b", 417},
                {"yes, yes", 200}, {"yes, no", 409}, {"=", 417}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.field) {
            client.send(request("GET /plain.txt", {"Expect: " + std::string(one.field)}));
            const message answer = client.next();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(!answer.announces_close());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
