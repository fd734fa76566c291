// What a module and the policy have to do with each other: who sees which field, who comes first,
// and whose word holds.
#include "harness/ask.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/verdict_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;
namespace utf = boost::unit_test;

namespace {

const char *const policy = "ExpectPolicy On\nExpectRule meet good\nExpectRule ignore other\n";
const char *const some_section = "<Location \"/\">\nExpectRule reject unlikely\n</Location>\n";

struct has_security {
    boost::test_tools::assertion_result operator()(utf::test_unit_id) const {
        boost::test_tools::assertion_result found(!find_module("security2").empty());
        found.message() << "mod_security2 is not installed";
        return found;
    }
};

std::string post(const std::string &path, const std::string &expectation,
                 std::vector<std::string> fields = {}) {
    fields.insert(fields.end(), {"Expect: " + expectation, "Content-Length: 2"});
    return request("POST " + path, fields, "hi");
}

} // namespace

BOOST_AUTO_TEST_SUITE(company_modules_tests)

BOOST_AUTO_TEST_CASE(headers_that_change_the_field_early) {
    // What the server's owner makes of the field before the decision is what is decided about.
    const struct {
        const char *directive;
        const char *sent;
        int status;
        const char *seen;
    } rows[] = {
        {"RequestHeader unset Expect early", "foo", 200, "-"},
        {"RequestHeader unset Expect early", "y 100-continue", 200, "-"},
        {"RequestHeader set Expect foo early", "100-continue", 417, "*"},
        {"RequestHeader edit Expect foo good early", "100-continue, foo", 200,
         "100-continue, good"},
        {"RequestHeader merge Expect foo early", "good", 417, "*"},
        // Late is after the decision.
        {"RequestHeader unset Expect", "foo", 417, "*"},
        {"RequestHeader set Expect foo", "good", 200, "foo"},
    };
    int number = 0;
    for (const auto &one : rows) {
        for (const char *section : {"", some_section}) {
            BOOST_TEST_CONTEXT(one.directive << " with Expect: " << one.sent << " " << section) {
                httpd server(std::to_string(++number));
                server.site().with({"headers"}).config(policy).config(one.directive);
                server.config(section).allow("expect: rejected").start();
                const message answer = ask(server, post("/cgi/env", one.sent));
                BOOST_TEST(answer.status == one.status);
                if (one.seen != std::string("*"))
                    BOOST_TEST(expect_of_cgi(answer.body) == one.seen);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(setenvif_and_rewrite_see_the_canonical_field) {
    httpd server;
    server.site().with({"setenvif", "rewrite"}).config(policy);
    server.config(R"(SetEnvIf Expect "^100-continue, good$" SEEN_BY_SETENVIF=1
RewriteEngine On
RewriteCond %{HTTP:Expect} "^100-continue, good$"
RewriteRule .* - [E=SEEN_BY_REWRITE:1])");
    server.start();
    const message answer = ask(server, post("/cgi/env", "other,,good, 100-Continue"));
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(holds(answer.body, "\nSEEN_BY_SETENVIF=1\n"));
    BOOST_TEST(holds(answer.body, "\nSEEN_BY_REWRITE=1\n"));
    BOOST_TEST(expect_of_cgi(answer.body) == "100-continue, good");
}

BOOST_AUTO_TEST_CASE(conditions_see_the_client_that_remoteip_found) {
    httpd server;
    server.site().with({"remoteip"});
    server.config("RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 127.0.0.1\n"
                  "ExpectPolicy On\nExpectRule reject 100-continue \"expr=-R '10.1.2.0/24'\"");
    server.announce("expect: rejected").start();
    wire client(server.port()); // the address belongs to the request, not to the connection
    for (const char *from : {"10.1.2.3", "10.1.3.3", "10.1.2.4"}) {
        client.send(
            request("GET /plain.txt", {"Expect: good", std::string("X-Forwarded-For: ") + from}));
        BOOST_TEST(client.next().status == 417);
        const bool rejected = std::string(from).find("10.1.2.") == 0;
        wire another(server.port());
        another.send(post("/cgi/count", "100-continue", {std::string("X-Forwarded-For: ") + from}));
        BOOST_TEST(another.answer().status == (rejected ? 417 : 200));
    }
}

BOOST_AUTO_TEST_CASE(security2_sees_what_handlers_see, *utf::precondition(has_security())) {
    // Phase 1 runs in post_read_request, before any section is known: a host whose sections have
    // rules shows it the field as it was sent, and phase 2 what handlers see.
    for (const char *section : {"", some_section}) {
        BOOST_TEST_CONTEXT("with section rules: " << section) {
            httpd server(*section == '\0' ? "host" : "section");
            server.site().with({"unique_id", "security2"}).config(policy).config(section);
            server.config("SecRuleEngine On\nSecRequestBodyAccess On\nSecDataDir \"@ROOT@/run\"\n"
                          "SecTmpDir \"@ROOT@/run\"");
            const std::string phase = *section == '\0' ? "phase:1" : "phase:2";
            int id = 0;
            for (const char *rule :
                 {"\"@streq 100-continue, good\" \"status:406,",
                  "\"@contains other\" \"status:409,", "\"@contains foo\" \"status:410,"})
                server.config(std::string("SecRule REQUEST_HEADERS:Expect ") + rule + phase +
                              ",deny,id:" + std::to_string(++id) + "\"");
            server.announce("expect: rejected").allow("ModSecurity").start();
            const struct {
                const char *sent;
                int status;
            } rows[] = {{"good,,100-Continue", 406},
                        {"other, good , 100-continue", 406},
                        {"other", 200},
                        {"good, other", 200},
                        {"100-continue", 200},
                        {"foo", 417},
                        {"good, 100-continue, foo", 417}};
            for (const auto &one : rows) {
                BOOST_TEST_CONTEXT("Expect: " << one.sent)
                BOOST_TEST(ask(server, post("/cgi/env", one.sent)).status == one.status);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(deflate_inflates_content_behind_a_100) {
    httpd server;
    server.site().with({"deflate", "filter"}).config(policy);
    server.config("SetInputFilter DEFLATE\nSetOutputFilter DEFLATE");
    server.announce("expect: rejected").start();
    const std::string text(5000, 'x');
    const std::string zipped = run_program({"gzip", "-c"}, text).output;
    BOOST_REQUIRE(zipped.size() < 200u);
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Encoding: gzip",
                                            "Content-Length: " + std::to_string(zipped.size())}));
    BOOST_TEST(client.next().status == 100);
    client.send(zipped);
    BOOST_TEST(client.next().body == "read 5000 bytes\n");
    for (const char *method : {"GET", "POST"}) {
        BOOST_TEST_CONTEXT(method << " is rejected with a client that takes gzip") {
            wire other(server.port());
            other.send(withheld(std::string(method) + " /plain.txt", "foo",
                                {"Accept-Encoding: gzip", "Content-Encoding: gzip"}));
            const message refused = other.next();
            BOOST_TEST(refused.status == 417);
            BOOST_TEST(refused.complete);
            BOOST_TEST(other.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(logs_of_bytes_have_the_field_under_its_own_name) {
    httpd server;
    server.site().with({"dumpio", "log_forensic", "logio"}).config(policy);
    server.config(
        "DumpIOInput On\nLogLevel dumpio:trace7\nForensicLog \"@ROOT@/logs/forensic.log\"\n"
        "LogFormat \"%I %O\" io\nCustomLog \"@ROOT@/logs/io.log\" io");
    server.announce("expect: rejected").announce("dumpio:trace7").start();
    const std::string refused = withheld("POST /cgi/count", "foo");
    BOOST_TEST(ask(server, refused).status == 417);
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: good"})).status == 200);
    server.stop();
    const std::string forensic = read_file(server.root() + "/logs/forensic.log");
    // In its own place among the others, too.
    BOOST_TEST(holds(forensic, "|Host:a.test|Expect:foo|Content-Length:1000000\n"));
    BOOST_TEST(holds(forensic, "|Host:a.test|Expect:good\n"));
    BOOST_TEST(
        holds(read_file(server.root() + "/logs/io.log"), std::to_string(refused.size()) + " "));
    BOOST_TEST(holds(server.error_log(), "Expect: foo"));
    BOOST_TEST(holds(server.error_log(), "Expect: good"));
}

BOOST_AUTO_TEST_SUITE_END()
