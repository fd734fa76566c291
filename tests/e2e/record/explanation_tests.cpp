// A decision explains itself: the one line about a rejection, the reasoning at debug, and what
// notes and environment tell others. Nothing that a client sent is in the log as it was sent.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// The place of a rule as the log says it: FILE:LINE of the line that holds `text`.
std::string place_of(const httpd &server, const std::string &text) {
    const std::string file = server.root() + "/httpd.conf";
    const int line = line_of(read_file(file), text);
    BOOST_REQUIRE_MESSAGE(line != 0, text);
    return file + ":" + std::to_string(line);
}

// The one line that holds "expect: rejected", from there on.
std::string the_rejection(const httpd &server) {
    const std::vector<std::string> lines = lines_with(server.error_log(), "expect: rejected");
    BOOST_TEST(lines.size() == 1u);
    return lines.empty() ? "" : lines[0];
}

size_t count_of(const std::string &text, const std::string &part) {
    size_t count = 0;
    for (size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
        ++count;
    return count;
}

// Undoes one layer of the escapes that httpd and ours write: \\ \" \t \n \r \b \v \xhh.
std::string unescaped(const std::string &text) {
    const std::string letters = "tnrbv";
    const std::string meant = "\t\n\r\b\v";
    std::string plain;
    for (size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
            plain += text[at];
        } else if (const size_t letter = letters.find(text[++at]); letter != std::string::npos) {
            plain += meant[letter];
        } else if (text[at] == 'x') {
            plain += static_cast<char>(std::stoi(text.substr(at + 1, 2), nullptr, 16));
            at += 2;
        } else {
            plain += text[at];
        }
    }
    return plain;
}

} // namespace

BOOST_AUTO_TEST_SUITE(explanation_tests)

BOOST_AUTO_TEST_CASE(one_line_for_each_rejection) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet good
ExpectRule reject main-rule status=403
ExpectRule reject @malformed status=400 "expr=%{HTTP:X-Key} == 'open'"
<VirtualHost *:@PORT@>
    ServerName a.test
    ExpectRule reject host-rule
    <Location "/cgi">
        ExpectRule reject section-rule status=422
    </Location>
</VirtualHost>
)");
    server.announce("\\[expect:info\\] .* expect: rejected").start();
    const struct {
        const char *path;
        std::vector<std::string> fields;
        std::string said;
    } rows[] = {
        {"/cgi/env",
         {"Expect: section-rule"},
         "\"section-rule\" with 422 by " + place_of(server, "reject section-rule")},
        {"/cgi/env",
         {"Expect: good, host-rule, section-rule"},
         "\"host-rule\" with 417 by " + place_of(server, "reject host-rule")},
        {"/plain.txt",
         {"Expect: Main-Rule"},
         "\"Main-Rule\" with 403 by " + place_of(server, "reject main-rule")},
        {"/plain.txt",
         {"Expect: section-rule"},
         "\"section-rule\" with 417 by the built-in rule \"reject *\""},
        {"/plain.txt",
         {"Expect: foo = bar"},
         "malformed field \"foo = bar\" (a member must be followed by a comma or the end at offset "
         "4) with 417 by the built-in rule \"reject @malformed\""},
        {"/plain.txt",
         {"Expect: good, foo=", "X-Key: open"},
         "malformed field \"good, foo=\" (\"=\" must be followed by a token or a quoted-string at "
         "offset 10) with 400 by " +
             place_of(server, "reject @malformed")},
        {"/plain.txt",
         {"Expect:\r\n good"},
         "malformed field \"good\" (the field line is continued by obs-fold at offset 0) with 417 "
         "by the built-in rule \"reject @malformed\""},
    };
    std::vector<std::string> expected;
    for (const auto &one : rows) {
        ask(server, request(std::string("GET ") + one.path, one.fields));
        expected.push_back("expect: rejected " + one.said + " for GET \"" + one.path + "\"");
    }
    // What is served leaves no line.
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: good, 100-continue"})).status ==
               200);
    server.stop();
    BOOST_TEST(lines_with(server.error_log(), "expect: ") == expected,
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_reasoning_at_debug) {
    httpd server;
    server.site().config(R"(LogLevel expect:debug
ExpectPolicy On
ExpectRule meet foo=baz
ExpectRule meet foo=* no-content
ExpectRule reject other
ExpectRule meet foo=bar longer-than=1K
ExpectRule meet foo=bar "expr=%{HTTP:X-Key} == 'open'"
<Location "/cgi">
    ExpectRule meet foo=bar;p=1
</Location>)");
    server.allow(":debug\\]").announce("expect: rejected").start();
    ask(server, request("POST /cgi/count", {"Expect: 100-continue, foo=bar", "Content-Length: 5"}));
    server.stop();
    const std::string passed_over[] = {
        place_of(server, "meet foo=bar;p=1") +
            " does not match: it asks for another value or other parameters",
        place_of(server, "meet foo=baz") +
            " does not match: it asks for another value or other parameters",
        place_of(server, "meet foo=* no-content") +
            " does not match: no-content, but the request has content",
        place_of(server, "longer-than=1K") +
            " does not match: longer-than, but the content is not longer",
        place_of(server, "X-Key") + " does not match: its expression is false",
    };
    std::vector<std::string> expected = {
        "judging the field \"100-continue, foo=bar\"",
        "the built-in rule \"meet 100-continue\" matches and decides",
        "member \"100-continue\": meet by the built-in rule \"meet 100-continue\""};
    expected.insert(expected.end(), std::begin(passed_over), std::end(passed_over));
    expected.push_back("the built-in rule \"reject *\" matches and decides");
    expected.push_back("member \"foo=bar\": reject by the built-in rule \"reject *\"");
    expected.push_back("rejected \"foo=bar\" with 417 by the built-in rule \"reject *\" "
                       "for POST \"/cgi/count\"");
    for (std::string &line : expected)
        line = "expect: " + line;
    const std::vector<std::string> said = lines_with(server.error_log(), "expect: ");
    BOOST_TEST(said == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_was_sent_is_escaped) {
    const struct {
        const char *name;
        std::string value;
        std::vector<std::string> shown; // parts of the line
    } rows[] = {
        {"quote and backslash", "x=\"a\\\"b\\\\c\"", {"x=", "\\\"a", "\\\\", "\\\""}},
        {"8-bit bytes", "x=\"\xe9\xff\x80\"", {"\\xe9", "\\xff", "\\x80"}},
        {"tabulator", "x=\"a\tb\"", {"\\tb"}},
        {"escape sequence", "x=\x1b[31m", {"\\x1b[31m"}},
        {"delete", "x\x7f", {"\\x7f"}},
        {"the end of our quotes", "x=\"a\\\" with 200 by nobody\"", {"\\\" with 200 by nobody"}},
        {"the end of our quotes, behind a backslash", "x\\\" with 200 by nobody", {"x\\"}},
        {"a backslash at the end", "a\\", {"a\\"}},
        {"something like another line", "x=\"[expect:info] expect: met\"", {"expect: met"}},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            httpd server(std::to_string(number++));
            // Strict httpd refuses most control characters before anybody else sees them.
            server.site().config("HttpProtocolOptions Unsafe\nExpectPolicy On");
            server.announce("expect: rejected").start();
            ask(server, request("GET /plain.txt", {"Expect: " + one.value}));
            server.stop();
            const std::string line = the_rejection(server);
            for (const std::string &part : one.shown)
                BOOST_TEST(holds(line, part), line << " lacks " << part);
            BOOST_TEST(std::all_of(line.begin(), line.end(),
                                   [](char byte) { return byte >= 0x20 && byte < 0x7f; }),
                       line);
            // httpd's escapes undone, what is between our quotes is what was sent, and goes no
            // further than we said.
            const std::string plain = unescaped(line);
            const size_t start = plain.find('"') + 1;
            size_t end = start;
            while (end < plain.size() && plain[end] != '"')
                end += plain[end] == '\\' ? 2 : 1;
            BOOST_REQUIRE_MESSAGE(end < plain.size(), line);
            BOOST_TEST(unescaped(plain.substr(start, end - start)) == one.value, line);
            BOOST_TEST(
                (plain.compare(end, 11, "\" with 417 ") == 0 || plain.compare(end, 3, "\" (") == 0),
                line);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_was_sent_is_cut) {
    const struct {
        const char *name;
        std::string value;
        size_t shown;
        bool cut;
    } rows[] = {
        {"as long as may be", std::string(128, 'a'), 128, false},
        {"one byte more", std::string(129, 'a'), 128, true},
        {"very long", std::string(8000, 'a'), 128, true},
        {"malformed and long", std::string(500, 'a') + " b", 128, true},
        {"a long list of which one member is short", std::string(90, ',') + "aaaa", 4, false},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            httpd server(std::to_string(number++));
            server.site().config("LogLevel expect:debug\nExpectPolicy On");
            server.allow(":debug\\]").announce("expect: rejected").start();
            ask(server, request("GET /plain.txt", {"Expect: " + one.value}));
            server.stop();
            const std::string line = the_rejection(server);
            const std::string run(one.shown, 'a');
            BOOST_TEST(holds(line, "\"" + run + (one.cut ? "...\"" : "\"")), line);
            for (const std::string &each : lines_with(server.error_log(), "expect: "))
                BOOST_TEST(each.size() < 400u, each);
        }
    }
}

BOOST_AUTO_TEST_CASE(notes_and_environment) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet good
ExpectRule ignore other
ErrorDocument 417 /cgi/env
)");
    server.announce("expect: rejected").start();
    const std::string built_in = "the built-in rule ";
    const struct {
        const char *sent;
        const char *left; // the field as later modules see it
        const char *verdict;
        std::string rule;
    } rows[] = {
        {"Good,,100-continue", "Good", "met", place_of(server, "meet good")},
        {"other, good", "good", "met", place_of(server, "meet good")},
        {"other", "-", "ignored", place_of(server, "ignore other")},
        {"100-Continue", "-", "met", built_in + "\"meet 100-continue\""},
        {"bad", "bad", "rejected", built_in + "\"reject *\""},
        {"good, bad, worse", "good, bad, worse", "rejected", built_in + "\"reject *\""},
        {"=", "=", "rejected", built_in + "\"reject @malformed\""},
    };
    size_t count = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("Expect: " << one.sent) {
            const message answer =
                ask(server, request("GET /cgi/env", {std::string("Expect: ") + one.sent}));
            BOOST_TEST(holds(answer.body, std::string("\nEXPECT_VERDICT=") + one.verdict + "\n"));
            BOOST_TEST(holds(answer.body, "\nEXPECT_RULE=" + one.rule + "\n"), answer.body);
            const access_entry entry = server.served(++count).back();
            BOOST_TEST(entry.field == one.sent);
            BOOST_TEST(entry.expect == one.left);
            BOOST_TEST(entry.verdict == one.verdict);
            BOOST_TEST(entry.rule == one.rule);
        }
    }
    // Without an expectation there is no verdict, and a client cannot make one up.
    for (const char *field :
         {"X-None: 1", "Expect:", "Expect: ,", "EXPECT_VERDICT: met", "Expect-Verdict: met"}) {
        BOOST_TEST_CONTEXT(field) {
            const message answer = ask(server, request("GET /cgi/env", {field}));
            BOOST_TEST(answer.status == 200);
            BOOST_TEST(count_of("\n" + answer.body, "\nEXPECT_") == 0u, answer.body);
            BOOST_TEST(server.served(++count).back().verdict == "-");
        }
    }
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config("Protocols h2c http/1.1\nExpectPolicy On\n"
                                                    "<Location /cgi>\nExpectRule reject foo\n"
                                                    "</Location>");
    server.announce("expect: rejected").start();
    {
        h2_wire client(server.port());
        client.wait_end(client.request("GET", "/cgi/env", {{"expect", "foo"}}, true));
    } // mod_http2 may log a stream only when it does something else on the connection
    const std::vector<access_entry> served = server.served(1);
    BOOST_REQUIRE(served.size() == 1u);
    BOOST_TEST(served[0].verdict == "rejected");
    BOOST_TEST(the_rejection(server) == "expect: rejected \"foo\" with 417 by " +
                                            place_of(server, "ExpectRule reject foo") +
                                            " for GET \"/cgi/env\"");
}

BOOST_AUTO_TEST_SUITE_END()
