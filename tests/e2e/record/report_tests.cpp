// What an administrator and later modules learn: the log line of a rejection, notes, environment,
// and the field itself.
#include "harness/ask.hpp"
#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <sstream>

using namespace e2e;

namespace {

// "<file>:<line>" of the first line of the configuration that is exactly `line`.
std::string place_of(const httpd &server, const std::string &line) {
    const std::string path = server.root() + "/httpd.conf";
    std::istringstream in(read_file(path));
    std::string one;
    for (int number = 1; std::getline(in, one); ++number) {
        if (one == line)
            return path + ":" + std::to_string(number);
    }
    return "no such line";
}

bool logged(const httpd &server, const std::string &text) {
    return server.error_log().find("] expect: " + text + "\n") != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_tests)

BOOST_AUTO_TEST_CASE(one_info_line_per_rejection) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\nExpectRule reject foo status=403\nExpectRule reject @malformed");
    server.announce("\\[expect:info\\] .*expect: rejected").start();
    const std::string target = " for GET \"/plain.txt\"";
    const auto send = [&server](const std::string &value) {
        wire client(server.port());
        client.send(request("GET /plain.txt", {"Expect: " + value}));
        client.next();
    };
    send("foo");
    BOOST_TEST(logged(server, "rejected \"foo\" with 403 by " +
                                  place_of(server, "ExpectRule reject foo status=403") + target));
    send("100-continue, bar=1");
    BOOST_TEST(
        logged(server, "rejected \"bar=1\" with 417 by the built-in rule \"reject *\"" + target));
    send("bar, foo");
    BOOST_TEST(
        logged(server, "rejected \"bar\" with 417 by the built-in rule \"reject *\"" + target));
    send("y 100-continue");
    BOOST_TEST(server.error_log().find("expect: rejected malformed field \"y 100-continue\" (") !=
               std::string::npos);
    BOOST_TEST(server.error_log().find("at offset 2) with 417 by " +
                                       place_of(server, "ExpectRule reject @malformed") + target +
                                       "\n") != std::string::npos);
    const std::string log = server.error_log();
    size_t lines = 0;
    for (size_t at = 0; (at = log.find("expect: ", at)) != std::string::npos; ++at)
        ++lines;
    BOOST_TEST(lines == 4u);
}

BOOST_AUTO_TEST_CASE(the_log_escapes_and_cuts) {
    httpd server;
    server.site().config("ExpectPolicy On").announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: a=\"\xff\x80\x9b[31m\""}));
    BOOST_TEST(client.next().status == 417);
    client.send(request("GET /plain.txt", {"Expect: " + std::string(7000, 'a')}));
    BOOST_TEST(client.next().status == 417);
    for (const char byte : server.error_log())
        BOOST_REQUIRE((byte == '\n' || (byte >= ' ' && byte < 127)));
    std::istringstream log(server.error_log());
    for (std::string line; std::getline(log, line);)
        BOOST_TEST(line.size() < 1000u);
}

// What was too long, and for which limit; what was not declared cannot be said.
BOOST_AUTO_TEST_CASE(the_line_says_the_limit_and_what_was_declared) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\nExpectRule reject 100-continue longer-than=1K status=413\n"
        "ExpectRule reject foo longer-than=9 shorter-than=1M");
    server.announce("\\[expect:info\\] .*expect: rejected").start();
    const struct {
        std::string sent;
        std::string said;
    } rows[] = {
        {withheld("PUT /cgi/count?a=b", "100-continue"),
         ", content of more than 1024 bytes: 1000000 declared for PUT \"/cgi/count?a=b\""},
        {request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"}),
         ", content of more than 1024 bytes: its length is not declared for POST \"/cgi/count\""},
        {request("POST /cgi/count", {"Expect: foo", "Content-Length: 10"}),
         " for POST \"/cgi/count\""},
    };
    std::vector<std::string> expected;
    for (const auto &one : rows) {
        ask(server, one.sent);
        const bool is_413 = one.said[0] == ',';
        expected.push_back("expect: rejected \"" + std::string(is_413 ? "100-continue" : "foo") +
                           "\" with " + (is_413 ? "413" : "417") + " by " +
                           place_of(server, is_413 ? "ExpectRule reject 100-continue "
                                                     "longer-than=1K status=413"
                                                   : "ExpectRule reject foo longer-than=9 "
                                                     "shorter-than=1M") +
                           one.said);
    }
    server.stop();
    BOOST_TEST(lines_with(server.error_log(), "expect: ") == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(method_and_target_are_escaped_and_cut) {
    httpd server;
    server.site().config("HttpProtocolOptions Unsafe\nExpectPolicy On");
    server.announce("expect: rejected").start();
    ask(server, request("GET /x\"\\y\x80", {"Expect: foo"}));
    ask(server, request("GET /" + std::string(500, 'a'), {"Expect: foo"}));
    ask(server, request(std::string(500, 'M') + " /", {"Expect: foo"}));
    server.stop();
    const std::vector<std::string> lines = lines_with(server.error_log(), " by the built-in rule ");
    BOOST_REQUIRE(lines.size() == 3u);
    const std::string by = " by the built-in rule \"reject *\" for ";
    // httpd escapes our backslashes once more, but no quotation mark.
    BOOST_TEST(lines[0] == by + R"(GET "/x\\"\\\\y\x80")");
    BOOST_TEST(lines[1] == by + "GET \"/" + std::string(127, 'a') + "...\"");
    BOOST_TEST(lines[2] == by + std::string(128, 'M') + "... \"/\"");
}

// A condition without an answer: the rule is named in the note and, once, in the log, however many
// members ask it; nothing is decided, so that no rule has a hit.
BOOST_AUTO_TEST_CASE(a_failed_condition_names_its_rule) {
    const std::string rule = "ExpectRule meet * \"expr=file('/none') == 'x'\"";
    for (const char *mode : {"On", "DetectionOnly"}) {
        for (const bool in_section : {false, true}) {
            BOOST_TEST_CONTEXT(mode << (in_section ? ", in a section" : "")) {
                httpd server(std::string(mode) + (in_section ? "-section" : ""));
                server.site().config(
                    std::string("ExpectPolicy ") + mode + "\n" +
                    (in_section ? "<Location \"/plain.txt\">\n" + rule + "\n</Location>" : rule));
                server.config(status_location);
                server.announce("\\[expect:error\\] .*Evaluation of expression from .* failed");
                server.allow(":debug\\]|unrecognized expectation").log_level("info expect:debug");
                server.start();
                const int status =
                    ask(server, request("GET /plain.txt", {"Expect: a, b, c"})).status;
                BOOST_TEST(status == (std::string(mode) == "On" ? 500 : 417));
                const access_entry entry = server.served(1).at(0);
                const std::string place = place_of(server, rule);
                BOOST_TEST(entry.verdict == "failed");
                BOOST_TEST(entry.rule == place);
                const tree counted = status_of(server);
                BOOST_TEST(text_of(total_of(counted)) == "failed 1, requests 1");
                BOOST_TEST(text_of(hits_of(counted)) == "");
                server.stop();
                BOOST_TEST(lines_with(server.error_log(), "from " + place + " failed").size() ==
                           1u);
                BOOST_TEST(
                    lines_with(server.error_log(), "member \"a\": undecided by " + place).size() ==
                    1u);
                BOOST_TEST(lines_with(server.error_log(), "HTTP/1.0").empty());
            }
        }
    }
}

// Of HTTP/1.0 RFC 9110 demands that 100-continue is ignored: that is the cause, and no rule.
BOOST_AUTO_TEST_CASE(ignored_because_of_http_1_0) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule reject 100-continue").config(status_location);
    server.log_level("info expect:debug").announce(":debug\\]").start();
    BOOST_TEST(ask(server, request("GET /plain.txt HTTP/1.0", {"Expect: 100-continue"})).status ==
               200);
    const access_entry entry = server.served(1).at(0);
    BOOST_TEST(entry.verdict == "ignored");
    BOOST_TEST(entry.rule == "HTTP/1.0");
    BOOST_TEST(text_of(hits_of(status_of(server))) == "");
    server.stop();
    const std::vector<std::string> expected = {
        "expect: judging the field \"100-continue\"",
        "expect: member \"100-continue\": ignore by HTTP/1.0"};
    BOOST_TEST(lines_with(server.error_log(), "expect: ") == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nothing_is_logged_for_what_is_served) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule ignore foo\nExpectRule meet bar").start();
    for (const char *value : {"100-continue", "foo", "bar", "foo, bar, 100-continue"}) {
        wire client(server.port());
        client.send(request("GET /plain.txt", {std::string("Expect: ") + value}));
        BOOST_TEST(client.next().status == 200);
    }
    // The end of the test checks that the log holds nothing.
}

BOOST_AUTO_TEST_CASE(notes_for_the_access_log) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet good
ExpectRule ignore other
ExpectRule reject bad status=403)");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        std::vector<std::string> fields;
        const char *expect; // of the field as later modules see it
        const char *field;  // what the client sent
        const char *verdict;
        const char *rule;
    } rows[] = {
        {"none", {}, "-", "-", "-", "-"},
        {"met",
         {"Expect: Good , 100-CONTINUE"},
         "100-continue, Good",
         "Good , 100-CONTINUE",
         "met",
         "ExpectRule meet good"},
        {"ignored", {"Expect: other"}, "-", "other", "ignored", "ExpectRule ignore other"},
        {"met and ignored",
         {"Expect: other,good"},
         "good",
         "other,good",
         "met",
         "ExpectRule meet good"},
        {"two lines",
         {"Expect: good", "Expect: other"},
         "good",
         "good, other",
         "met",
         "ExpectRule meet good"},
        {"rejected",
         {"Expect: good, bad"},
         "*",
         "good, bad",
         "rejected",
         "ExpectRule reject bad status=403"},
        {"malformed", {"Expect: y 100-continue"}, "*", "y 100-continue", "rejected", "*"},
    };
    size_t count = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            std::vector<std::string> fields = one.fields;
            fields.push_back("Content-Length: 2");
            wire client(server.port());
            client.send(request("POST /cgi/count", fields, "hi"));
            client.answer();
            const std::vector<access_entry> served = server.served(++count);
            BOOST_REQUIRE(served.size() == count);
            const access_entry &entry = served.back();
            if (*one.expect != '*')
                BOOST_TEST(entry.expect == one.expect);
            BOOST_TEST(entry.field == one.field);
            BOOST_TEST(entry.verdict == one.verdict);
            if (std::string(one.rule) == "-")
                BOOST_TEST(entry.rule == "-");
            else if (*one.rule != '*')
                BOOST_TEST(entry.rule.find(place_of(server, one.rule)) != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(environment_of_a_script) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet good\nExpectRule ignore other").start();
    const auto environment = [&server](const std::string &value) {
        wire client(server.port());
        client.send(request("GET /cgi/env", {"Expect: " + value}));
        return "\n" + client.answer().body;
    };
    std::string seen = environment("good, other");
    BOOST_TEST(seen.find("\nHTTP_EXPECT=good\n") != std::string::npos);
    BOOST_TEST(seen.find("\nEXPECT_VERDICT=met\n") != std::string::npos);
    BOOST_TEST(seen.find("\nEXPECT_RULE=" + place_of(server, "ExpectRule meet good")) !=
               std::string::npos);
    seen = environment("other");
    BOOST_TEST(seen.find("\nHTTP_EXPECT=") == std::string::npos);
    BOOST_TEST(seen.find("\nEXPECT_VERDICT=ignored\n") != std::string::npos);
    // A met 100-continue without content means nothing and is taken off the field.
    BOOST_TEST(environment("100-continue").find("\nHTTP_EXPECT=") == std::string::npos);
    BOOST_TEST(environment("100-continue, good").find("\nHTTP_EXPECT=good\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_client_cannot_forge_what_is_reported) {
    httpd server;
    server.site().config("ExpectPolicy On").start();
    wire client(server.port());
    client.send(request("GET /cgi/env",
                        {"Expect-Verdict: met", "Expect_Verdict: met", "EXPECT_VERDICT: met"}));
    BOOST_TEST(("\n" + client.answer().body).find("\nEXPECT_VERDICT=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(later_modules_see_the_canonical_field) {
    httpd server;
    server.site().with({"headers", "setenvif"});
    server.config(R"(ExpectPolicy On
ExpectRule meet good
ExpectRule ignore other
SetEnvIf Expect "^(.*)$" SEEN=$1
Header always set X-Seen "%{SEEN}e")");
    server.start();
    wire client(server.port());
    client.send(request("GET /cgi/env", {"Expect: other, GOOD,, good"}));
    const message answer = client.answer();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.field("X-Seen") == "GOOD");
}

BOOST_AUTO_TEST_CASE(an_early_edit_of_the_field_is_what_is_judged) {
    // The field is back under its own name before mod_headers' early phase.
    httpd server;
    server.site().with({"headers"});
    server.config(R"(ExpectPolicy On
ExpectRule meet good
RequestHeader edit Expect great good early)");
    server.announce("expect: rejected").start();
    wire client(server.port());
    client.send(request("GET /cgi/env", {"Expect: great"}));
    const message answer = client.answer();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(("\n" + answer.body).find("\nHTTP_EXPECT=good\n") != std::string::npos);
    client.send(request("GET /cgi/env", {"Expect: other"}));
    BOOST_TEST(client.answer().status == 417);
}

BOOST_AUTO_TEST_SUITE_END()
