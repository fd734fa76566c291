// What an application is asked and told: the members, the target and the length of the upload, the
// client's other fields, and nothing that a client can forge; never the content.
#include "harness/application.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// The value of a variable that the application was told; "-" if there is none.
std::string told(const message &answer, const std::string &name) {
    const std::vector<std::string> lines = lines_with("\n" + answer.body, name + "=");
    for (const std::string &line : lines) {
        if (line.compare(0, name.size() + 1, name + "=") == 0 &&
            holds("\n" + answer.body, "\n" + line))
            return line.substr(name.size() + 1);
    }
    return "-";
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_question_tests)

BOOST_AUTO_TEST_CASE(what_is_asked) {
    httpd server;
    add_applications(server);
    server.config(ask_about_100("/cgi/says?403") +
                  "ExpectRule ask two url=/cgi/says?409\nExpectRule ask three url=/cgi/says?409\n");
    server.announce("expect: rejected").start();
    const message one = check_answered_at_once(
        server, waiting_upload_to("PUT /a%20b/c?d=e", {"X-Other: kept"}), 403);
    BOOST_TEST(holds(one.body, "read 0 bytes"));
    BOOST_TEST(told(one, "REQUEST_METHOD") == "GET");
    BOOST_TEST(told(one, "HTTP_X_ORIGINAL_METHOD") == "PUT");
    BOOST_TEST(told(one, "HTTP_X_ORIGINAL_URI") == "/a%20b/c?d=e");
    BOOST_TEST(told(one, "HTTP_X_ORIGINAL_CONTENT_LENGTH") == "5");
    BOOST_TEST(told(one, "HTTP_X_EXPECT") == "100-continue");
    BOOST_TEST(told(one, "HTTP_X_OTHER") == "kept");
    BOOST_TEST(told(one, "HTTP_EXPECT") == "-");
    BOOST_TEST(told(one, "CONTENT_LENGTH") == "-");

    const message chunked = check_answered_at_once(
        server, request("POST /x", {"Expect: 100-continue", "Transfer-Encoding: chunked"}), 403);
    BOOST_TEST(told(chunked, "HTTP_X_ORIGINAL_CONTENT_LENGTH") == "-");
    BOOST_TEST(told(chunked, "HTTP_TRANSFER_ENCODING") == "-");

    // Each rule asks once, about all that it matches, in canonical spelling.
    const message named =
        ask(server, request("GET /plain.txt", {"Expect: TWO , two,two", "X-A: b"}));
    BOOST_TEST(named.status == 409);
    BOOST_TEST(told(named, "HTTP_X_EXPECT") == "TWO");
    BOOST_TEST(told(named, "HTTP_X_ORIGINAL_CONTENT_LENGTH") == "-");
}

// The target is a path for the application, whatever form the client gives it.
BOOST_AUTO_TEST_CASE(the_form_of_the_target) {
    httpd server;
    add_applications(server);
    server.config(ask_about_100("/cgi/says?403")).announce("expect: rejected").start();
    const struct {
        const char *target;
        const char *told;
    } rows[] = {{"/a?b://c", "/a?b://c"},
                {"http://a.test/a?b", "/a?b"},
                {"http://a.test", "/"},
                {"http://a.test?x=/y", "/"},
                {"HTTP://a.test//a", "//a"}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.target) {
            const message answer = check_answered_at_once(
                server, waiting_upload_to("PUT " + std::string(one.target)), 403);
            BOOST_TEST(told(answer, "HTTP_X_ORIGINAL_URI") == one.told);
        }
    }
}

BOOST_AUTO_TEST_CASE(fields_that_a_client_forges) {
    httpd server;
    add_applications(server);
    server.config("HttpProtocolOptions Unsafe\n" + ask_about_100("/cgi/says?403"));
    server.announce("expect: rejected").start();
    const message answer = check_answered_at_once(
        server,
        waiting_upload_to("PUT /real", {"X-Original-URI: /forged",
                                        "x-original-uri: /forged",
                                        "X_Original_URI: /forged",
                                        "X-Original.URI: /forged",
                                        "X_ORIGINAL-METHOD: FORGED",
                                        "X-Original-Method: FORGED",
                                        "X-Original-Content-Length: 7777",
                                        "X_Expect: forged",
                                        "X-Expect: forged",
                                        "Connection: X-Original-URI, X-Expect",
                                        "Content_Length: 7777",
                                        "Content-Type: text/forged",
                                        "Content-MD5: forged",
                                        "If-None-Match: *",
                                        "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT",
                                        "Range: bytes=0-0",
                                        "If-Range: forged",
                                        "TE: trailers",
                                        "Trailer: X-Expect",
                                        "Accept-Encoding: gzip",
                                        "Pragma: forged",
                                        "Cache-Control: only-if-cached",
                                        "Cookie: kept=1"}),
        403);
    BOOST_TEST(told(answer, "HTTP_X_ORIGINAL_URI") == "/real");
    BOOST_TEST(told(answer, "HTTP_X_ORIGINAL_METHOD") == "PUT");
    BOOST_TEST(told(answer, "HTTP_X_ORIGINAL_CONTENT_LENGTH") == "5");
    BOOST_TEST(told(answer, "HTTP_X_EXPECT") == "100-continue");
    BOOST_TEST(told(answer, "HTTP_COOKIE") == "kept=1");
    BOOST_TEST(told(answer, "HTTP_CACHE_CONTROL") == "no-store");
    const std::string body = answer.body;
    for (const char *bad : {"forged", "FORGED", "7777", "HTTP_IF_", "HTTP_RANGE", "HTTP_TE=",
                            "HTTP_CONNECTION", "HTTP_ACCEPT_ENCODING", "HTTP_CONTENT", "trailers"})
        BOOST_TEST(!holds(body, bad), bad);
}

// A static file answers in full, whatever conditions and ranges the client's request has.
BOOST_AUTO_TEST_CASE(a_file_meets_whatever_conditions_there_are) {
    httpd server;
    add_applications(server);
    server.file("docs/yes", "yes\n").config(ask_about_100("/yes")).start();
    for (const char *field : {"If-None-Match: *", "If-Match: \"x\"", "Range: bytes=9-",
                              "If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT"}) {
        BOOST_TEST_CONTEXT(field) {
            check_read(server, waiting_upload_to("POST /cgi/count", {field}));
        }
    }
}

// The content is there, all of it, and still it is the upload's alone.
BOOST_AUTO_TEST_CASE(content_that_came_unasked) {
    httpd server;
    add_applications(server);
    server.config(ask_about_100("/cgi/says?403") +
                  "<Location /cgi/count>\nExpectRule ask 100-continue url=/cgi/says?200\n"
                  "</Location>");
    server.announce("expect: rejected").start();
    const message refused =
        check_answered_at_once(server, waiting_upload_to("POST /x") + "hello", 403);
    BOOST_TEST(holds(refused.body, "read 0 bytes"));
    wire client(server.port());
    client.send(waiting_upload_to("POST /cgi/count") + "hello" + request("GET /plain.txt"));
    BOOST_TEST(client.answer().body == "read 5 bytes\n");
    BOOST_TEST(client.next().body == "plain\n");
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"},
                        "5\r\nhello\r\n0\r\n\r\n") +
                request("GET /plain.txt"));
    BOOST_TEST(client.answer().body == "read 5 bytes\n");
    BOOST_TEST(client.next().body == "plain\n");
}

// A filter over the content of the main request keeps its place.
BOOST_AUTO_TEST_CASE(content_filters_stay) {
    httpd server;
    add_applications(server);
    server.with({"case_filter_in", "dir"}).file("docs/asks/plain", "");
    server.file("cgi/echo", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\ncat\n", true);
    server.config("CaseFilterIn On\nScriptAlias /asked/ \"@ROOT@/cgi/\"\n"
                  "<Location /asked/>\nDirectoryIndex says\n</Location>\n");
    server.config(ask_about_100("/cgi/says?200")).start();
    wire client(server.port());
    client.send(waiting_upload_to("POST /cgi/echo"));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    BOOST_TEST(client.next().body == "HELLO");
}

BOOST_AUTO_TEST_SUITE_END()
