// A request that asks for HTTP/2 over cleartext by Upgrade (RFC 7540, 3.2) comes twice, as itself
// and as the first stream: it is judged and counted once, and both have its verdict.
#include "harness/counters.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

void configure(httpd &server, const std::string &policy) {
    server.threaded().site().with({"http2"}).config("Protocols h2c http/1.1\n" + policy);
    server.config(status_location);
}

} // namespace

BOOST_AUTO_TEST_SUITE(upgrade_tests)

BOOST_AUTO_TEST_CASE(judged_and_counted_once, *where_http_2_asks()) {
    const struct {
        const char *name;
        const char *policy;
        const char *expectation;
        const char *verdict;
        const char *counted;
    } rows[] = {
        {"met", "ExpectPolicy On\nExpectRule meet good", "good", "met",
         "members_met 1, requests 1"},
        {"ignored", "ExpectPolicy On\nExpectRule ignore good", "good", "ignored",
         "members_ignored 1, requests 1"},
        {"100-continue without content", "ExpectPolicy On", "100-continue", "met",
         "members_met 1, requests 1"},
        {"detected", "ExpectPolicy DetectionOnly\nExpectRule reject 100-continue", "100-continue",
         "would-reject", "requests 1, would_reject 1"},
        {"in a section", "ExpectPolicy On\n<Location \"/\">\nExpectRule meet good\n</Location>",
         "good", "met", "members_met 1, requests 1"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            httpd server(one.name);
            configure(server, one.policy);
            server.allow("expect: would reject").start();
            {
                h2_wire upgraded(server.port(), h2_upgrading("GET /plain.txt", one.expectation));
                const h2_stream &stream = upgraded.wait_end(1);
                BOOST_TEST(stream.statuses == std::vector<int>{200},
                           boost::test_tools::per_element());
                BOOST_TEST(stream.body == "plain\n");
            }
            const tree counted = status_with(server, one.counted);
            BOOST_TEST(text_of(total_of(counted)) == one.counted);
            server.stop();
            size_t seen = 0;
            for (const access_entry &entry : server.served(1)) {
                if (entry.request.find("/plain.txt") != std::string::npos) {
                    BOOST_TEST(entry.verdict == one.verdict, entry.request);
                    BOOST_TEST(entry.field == one.expectation);
                    ++seen;
                }
            }
            BOOST_TEST(seen >= 1u);
        }
    }
}

// Nor is the error document, which is the answer to the request and not one to a request of its
// own.
BOOST_AUTO_TEST_CASE(a_rejected_request_is_not_upgraded, *where_http_2_asks()) {
    for (const char *document : {"", "\nErrorDocument 417 /plain.txt"}) {
        BOOST_TEST_CONTEXT("configuration: ExpectPolicy On" << document) {
            httpd server(*document == '\0' ? "alone" : "document");
            configure(server, std::string("ExpectPolicy On") + document);
            server.announce("expect: rejected").start();
            wire client(server.port());
            client.send(h2_upgrading("GET /plain.txt", "foo"));
            const message answer = client.next();
            BOOST_TEST(answer.status == 417);
            BOOST_TEST(((*document == '\0') == (answer.body != "plain\n")));
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
            BOOST_TEST(text_of(total_of(status_of(server))) ==
                       "rejected 1, rejected_by_status.417 1, requests 1");
        }
    }
}

// mod_http2 does not take over where there is content. Content that was withdrawn, because nobody
// reads it, is on the connection all the same.
BOOST_AUTO_TEST_CASE(unread_content_is_no_other_protocol, *where_http_2_asks()) {
    httpd server;
    configure(server, "ExpectPolicy On\nExpectRule ignore skipped\nErrorDocument 417 /plain.txt\n"
                      "ErrorDocument 404 /plain.txt\nErrorDocument 403 /plain.txt\n"
                      "<Location /denied>\nRequire all denied\n</Location>\n"
                      "<Location /section>\nExpectRule reject other status=403\n</Location>\n"
                      "TypesConfig \"@ROOT@/mime.types\"\n<Files page.shtml>\nOptions +Includes\n"
                      "SetOutputFilter INCLUDES\n</Files>");
    server.with({"include", "mime", "filter"}).file("mime.types", "text/html shtml\n");
    server.file("docs/page.shtml", "<!--#include virtual=\"/plain.txt\" -->");
    server.file("docs/smuggled.txt", "smuggled\n");
    server.allow("expect: rejected|AH01630|AH00128|AH01590").start();
    const std::string content = h2_conversation("/smuggled.txt", 3);
    const struct {
        const char *name;
        const char *target;
        const char *expectation;
        int status;
    } rows[] = {
        {"rejected", "/plain.txt", "foo", 417},
        {"rejected in a section", "/section", "other", 403},
        {"met, and not there", "/missing", "100-continue", 404},
        {"met, and denied", "/denied", "100-continue", 403},
        {"met by a page that includes another", "/page.shtml", "100-continue", 200},
        {"ignored, and not there", "/missing", "skipped, 100-continue", 404},
        {"ignored", "/plain.txt", "skipped", 200},
    };
    for (const auto &one : rows) {
        for (const std::string &framing : {"Content-Length: " + std::to_string(content.size()),
                                           std::string("Transfer-Encoding: chunked")}) {
            BOOST_TEST_CONTEXT(one.name << ", " << framing) {
                wire client(server.port());
                client.send(h2_upgrading(std::string("POST ") + one.target, one.expectation,
                                         framing, content));
                client.end_of_sending();
                const message answer = client.answer();
                // Broken chunks are told, where somebody reads them.
                BOOST_TEST((answer.status == one.status || answer.status == 400));
                BOOST_TEST((answer.raw + client.rest()).find("smuggled") == std::string::npos);
                for (const int interim : answer.interims)
                    BOOST_TEST(interim != 101);
            }
        }
    }
    server.stop();
    for (const access_entry &entry : server.served(1))
        BOOST_TEST(entry.request.find("smuggled") == std::string::npos, entry.request);
}

// The next stream is judged as any.
BOOST_AUTO_TEST_CASE(behind_the_upgrade_each_stream_is_judged, *where_http_2_asks()) {
    httpd server;
    configure(server, "ExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected").start();
    h2_wire upgraded(server.port(), h2_upgrading("GET /plain.txt", "good"));
    const int stream = upgraded.request("GET", "/plain.txt", {{"expect", "foo"}}, true);
    BOOST_TEST(upgraded.wait_end(1).statuses == std::vector<int>{200},
               boost::test_tools::per_element());
    BOOST_TEST(upgraded.wait_end(stream).statuses == std::vector<int>{417},
               boost::test_tools::per_element());
    BOOST_TEST(text_of(total_of(status_with(
                   server, "members_met 1, rejected 1, rejected_by_status.417 1, requests 2"))) ==
               "members_met 1, rejected 1, rejected_by_status.417 1, requests 2");
}

BOOST_AUTO_TEST_SUITE_END()
