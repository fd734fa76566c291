// Configuration mistakes: the start-up ends with one line that names the directive, the value
// given, why, and what is accepted. Every text is read here.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <regex>
#include <sstream>

using namespace e2e;

namespace {

struct mistake {
    std::string line;                // the directive as an administrator writes it
    std::string value;               // what the message must quote
    std::vector<std::string> pieces; // the reason and what is accepted
};

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        lines.push_back(line);
    return lines;
}

void check_refused(const mistake &one, int number) {
    BOOST_TEST_CONTEXT("configuration: " << one.line) {
        httpd server(std::to_string(number));
        server.site().config("ExpectPolicy On\n" + one.line + "\nExpectRule meet good");
        const program_result result = server.configtest();
        BOOST_TEST(result.exit_code == 1);
        const std::vector<std::string> said = lines_of(result.all());
        BOOST_REQUIRE_MESSAGE(said.size() == 2u,
                              "two lines are expected, httpd's and ours:\n" + result.all());

        // httpd's own line leads to the mistake.
        std::smatch found;
        BOOST_REQUIRE(std::regex_search(said[0], found,
                                        std::regex("Syntax error on line ([0-9]+) of (.*):$")));
        const std::vector<std::string> configuration = lines_of(read_file(found[2]));
        BOOST_TEST(configuration.at(std::stoul(found[1]) - 1) == one.line);

        const std::string directive = one.line.substr(0, one.line.find(' '));
        BOOST_TEST(said[1].find(directive) == 0u);
        BOOST_TEST_INFO("message: " << said[1]);
        BOOST_TEST(said[1].find(one.value) != std::string::npos);
        for (const std::string &piece : one.pieces) {
            BOOST_TEST_INFO("message: " << said[1] << "\n  lacks: " << piece);
            BOOST_TEST(said[1].find(piece) != std::string::npos);
        }
        BOOST_TEST(said[1].size() > one.value.size() + directive.size() + 20);
        // It does not come up either.
        BOOST_CHECK_THROW(server.start(), std::runtime_error);
    }
}

const char *const actions = "meet, continue, ignore, ask or reject";
const char *const patterns = "name, name=value or name=*";
const char *const options[] = {"status=", "longer-than=", "no-content", "expr="};

} // namespace

BOOST_AUTO_TEST_SUITE(mistake_tests)

BOOST_AUTO_TEST_CASE(policy_words) {
    int number = 0;
    for (const mistake &one : std::vector<mistake>{
             {"ExpectPolicy Maybe", "\"Maybe\"", {"On", "Off", "DetectionOnly"}},
             {"ExpectPolicy OnOff", "\"OnOff\"", {"On", "Off", "DetectionOnly"}},
             {"ExpectPolicy \"\"", "takes one argument", {"On", "Off", "DetectionOnly"}},
             {"ExpectPolicy", "takes one argument", {"On", "Off", "DetectionOnly"}},
             {"ExpectPolicy On Off", "takes one argument", {"On", "Off", "DetectionOnly"}},
         })
        check_refused(one, number++);
}

BOOST_AUTO_TEST_CASE(actions_and_arguments) {
    int number = 0;
    for (const mistake &one : std::vector<mistake>{
             {"ExpectRule allow foo", "\"allow\"", {"not an action", actions}},
             {"ExpectRule rejects foo", "\"rejects\"", {"not an action", actions}},
             {"ExpectRule \"\" foo", "\"\"", {"not an action", actions}},
             {"ExpectRule meet", "\"meet\"", {"argument", "ACTION PATTERN"}},
             {"ExpectRule meet \"\"", "meet", {"argument", "ACTION PATTERN"}},
             {"ExpectRule", "ExpectRule", {"argument", "ACTION PATTERN"}},
         })
        check_refused(one, number++);
}

BOOST_AUTO_TEST_CASE(bad_patterns) {
    int number = 0;
    for (const char *pattern :
         {"foo,bar", "\"foo bar\"", "foo=", "=foo", "foo;", "foo;a=b", "foo;*", "foo=1;a",
          "foo=1;a=", "foo=1;*;a=b", "foo=1;p=*", "*=1", "*;*", "@malformd", "@", "'foo=\"bar'",
          "foo=bar=baz", "f(o", "foo=1;*x"}) {
        std::string value = pattern;
        if (value.front() == value.back() && (value.front() == '"' || value.front() == '\''))
            value = value.substr(1, value.size() - 2);
        check_refused({std::string("ExpectRule reject ") + pattern,
                       "\"" + value + "\"",
                       {"not a pattern", patterns, "@malformed"}},
                      number++);
    }
}

BOOST_AUTO_TEST_CASE(actions_that_do_not_fit_their_pattern) {
    int number = 0;
    for (const mistake &one : std::vector<mistake>{
             {"ExpectRule continue foo", "\"foo\"", {"100-continue"}},
             {"ExpectRule continue *", "\"*\"", {"100-continue"}},
             {"ExpectRule continue 100-continue=1", "\"100-continue=1\"", {"100-continue"}},
             {"ExpectRule continue @malformed", "\"@malformed\"", {"reject", "ignore"}},
             {"ExpectRule meet @malformed", "\"@malformed\"", {"reject", "ignore"}},
         })
        check_refused(one, number++);
}

BOOST_AUTO_TEST_CASE(bad_statuses) {
    int number = 0;
    for (const char *status : {"399", "600", "200", "302", "0", "-1", "abc", "4xx", "417x", "0417",
                               "", "41", "4170", "99999999999999999999"})
        check_refused({std::string("ExpectRule reject foo status=") + status,
                       std::string("\"status=") + status + "\"",
                       {"status", "400 to 599"}},
                      number++);
    for (const char *action : {"meet", "ignore"})
        check_refused(
            {std::string("ExpectRule ") + action + " foo status=417", "\"status=417\"", {"reject"}},
            number++);
    check_refused({"ExpectRule continue 100-continue status=417", "\"status=417\"", {"reject"}},
                  number++);
}

BOOST_AUTO_TEST_CASE(bad_sizes) {
    int number = 0;
    for (const char *size :
         {"", "K", "1T", "1KB", "1.5M", "-1", "+1", "0x10", "1 ", "9223372036854775808",
          "9007199254740992K", "99999999999999999999999"}) {
        const std::string option = std::string("longer-than=") + size;
        const bool quoted = option.back() == ' ';
        check_refused({"ExpectRule reject foo " + (quoted ? "\"" + option + "\"" : option),
                       "\"" + option + "\"",
                       {"not a size", "K", "M", "G", "bytes"}},
                      number++);
    }
}

BOOST_AUTO_TEST_CASE(bad_options) {
    int number = 0;
    for (const char *option : {"longer", "longer-than", "no-contents", "no-content=1", "status",
                               "expr", "stat=417", "foo", "early=1", "url"})
        check_refused({std::string("ExpectRule reject foo ") + option,
                       std::string("\"") + option + "\"",
                       {"not an option", options[0], options[1], options[2], options[3]}},
                      number++);
}

BOOST_AUTO_TEST_CASE(options_that_do_not_fit) {
    int number = 0;
    for (const mistake &one : std::vector<mistake>{
             {"ExpectRule ask foo", "\"ask foo\"", {"path of the application", "url=PATH"}},
             {"ExpectRule ask @malformed url=/a", "\"@malformed\"", {"asked", "reject @malformed"}},
             {"ExpectRule ask foo url=/a status=403", "\"status=403\"", {"application", "status="}},
             {"ExpectRule ask foo url=a", "\"url=a\"", {"not a path", "url=/"}},
             {"ExpectRule ask foo url=//a/b", "\"url=//a/b\"", {"empty segment", "url=/"}},
             {"ExpectRule ask foo url=/a#b", "\"url=/a#b\"", {"fragment", "url=/"}},
             {"ExpectRule ask foo \"url=/a b\"", "\"url=/a b\"", {"white space", "url=/"}},
             {"ExpectRule meet foo url=/a", "\"url=/a\"", {"only the action ask", "url=PATH"}},
             {"ExpectRule meet 100-continue early", "\"early\"", {"continue 100-continue early"}},
             {"ExpectRule reject foo retry-after=9",
              "\"reject foo retry-after=9\"",
              {"413, 429 or 503", "retry-after=SECONDS"}},
             {"ExpectRule reject foo status=503 retry-after=1h",
              "\"retry-after=1h\"",
              {"not a number of seconds", "whole number"}},
             {"ExpectRule reject foo shorter-than=1",
              "\"shorter-than=1\"",
              {"at least one byte", "at least 2"}},
             {"ExpectRule reject foo shorter-than=9 longer-than=8",
              "\"longer-than=8\"",
              {"no length is between", "N + 2"}},
             {"ExpectRule reject foo no-content shorter-than=9",
              "\"shorter-than=9\"",
              {"never holds together", "one of them"}},
         })
        check_refused(one, number++);
}

// How httpd cuts a line into words leads to mistakes of which the text tells the way out.
BOOST_AUTO_TEST_CASE(quotation_marks) {
    int number = 0;
    const char *const around = "around the whole word";
    for (const mistake &one : std::vector<mistake>{
             {"ExpectRule reject foo expr=\"%{REQUEST_METHOD} == 'GET'\"",
              "expr=\"%{REQUEST_METHOD}",
              {around, "\"expr=EXPRESSION\""}},
             {"ExpectRule reject foo expr=\"%{REQUEST_METHOD}=='GET'\"",
              "expr=\"%{REQUEST_METHOD}=='GET'\"",
              {around, "\"expr=EXPRESSION\""}},
             {"ExpectRule reject foo expr=%{REQUEST_METHOD} == 'GET'",
              "\"==\"",
              {"perhaps a part of the expression", "\"expr=EXPRESSION\""}},
             {"ExpectRule reject foo=\"a b\"", "foo=\"a", {"a space", "'name=\"a b\"'"}},
             {"ExpectRule reject \"foo=\"a b\"\"", "\"foo=\"", {"a space", "'name=\"a b\"'"}},
             {"ExpectRule reject foo status=\"413\"", "status=\"413\"", {around, "OPTION=VALUE"}},
         })
        check_refused(one, number++);
}

BOOST_AUTO_TEST_CASE(broken_expressions) {
    int number = 0;
    for (const char *expression :
         {"%{REQUEST_METHOD} ==", "%{REQUEST_METHOD} = = 'GET'", "nonsense(",
          "%{NO_SUCH_VARIABLE} == 'a'", "%{REQUEST_URI} =~ /(/", ""})
        check_refused({std::string("ExpectRule reject foo \"expr=") + expression + "\"",
                       std::string("\"expr=") + expression + "\"",
                       {"expression", "<If>"}},
                      number++);
}

BOOST_AUTO_TEST_CASE(well_formed_rules_of_every_kind_are_accepted) {
    httpd server;
    server.site().config(R"(ExpectPolicy on
ExpectPolicy Off
ExpectPolicy detectiononly
ExpectPolicy On
ExpectRule MEET Foo
expectrule Continue 100-Continue
ExpectRule continue 100-continue "expr=true"
ExpectRule ignore @malformed "expr=false"
ExpectRule reject @malformed status=400
ExpectRule reject foo=* status=599 longer-than=2g
ExpectRule reject foo=bar;a=b;c="d" no-content
ExpectRule reject 'foo="a b";*' longer-than=9223372036854775807
ExpectRule reject foo=1;* status=400 no-content "expr=%{REQUEST_METHOD} == 'GET'"
ExpectRule ignore bar longer-than=0
ExpectRule continue 100-continue early shorter-than=64K
ExpectRule ask 100-continue url=/quota?a=//b longer-than=1M shorter-than=1G
ExpectRule ask ask "url=/quota" "expr=\"a\" == 'b'"
ExpectRule reject baz retry-after=120 status=503
ExpectRule reject *)");
    const program_result result = server.configtest();
    BOOST_TEST_INFO(result.all());
    BOOST_TEST(result.exit_code == 0);
}

BOOST_AUTO_TEST_CASE(an_htaccess_file_may_hold_no_rule) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\n<Directory \"@ROOT@/docs/dir\">\nAllowOverride All\n</Directory>");
    server.file("docs/dir/a.txt", "a\n").file("docs/dir/.htaccess", "ExpectRule meet foo\n");
    server
        .announce(
            "\\.htaccess: .*ExpectRule (not allowed here|cannot occur within .htaccess files)")
        .start();
    wire client(server.port());
    client.send(request("GET /dir/a.txt"));
    BOOST_TEST(client.next().status == 500);
}

BOOST_AUTO_TEST_CASE(an_htaccess_file_may_hold_no_policy) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\n<Directory \"@ROOT@/docs/dir\">\nAllowOverride All\n</Directory>");
    server.file("docs/dir/a.txt", "a\n").file("docs/dir/.htaccess", "ExpectPolicy Off\n");
    server.announce("\\.htaccess: .*ExpectPolicy (not allowed here|cannot occur within)").start();
    wire client(server.port());
    client.send(request("GET /dir/a.txt"));
    BOOST_TEST(client.next().status == 500);
}

BOOST_AUTO_TEST_CASE(shipped_configuration_files_are_accepted) {
    for (const char *name : {"conf/expect.conf", "conf/expect-reference.conf"}) {
        BOOST_TEST_CONTEXT(name) {
            const std::string text = read_file(name);
            BOOST_REQUIRE_MESSAGE(!text.empty(), "run the tests from the top of the repository");
            httpd server(std::string(name) == "conf/expect.conf" ? "small" : "reference");
            server.site().config(text);
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0);
            BOOST_TEST(result.all() == "Syntax OK\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(the_small_configuration_works) {
    httpd server;
    server.site().config(read_file("conf/expect.conf")).allow("expect: ").start();
    wire client(server.port());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 2"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hi");
    BOOST_TEST(client.next().body == "read 2 bytes\n");
}

BOOST_AUTO_TEST_CASE(every_example_in_the_reference_is_accepted) {
    // Commented-out directives of the reference, switched on one by one.
    int number = 0;
    for (const std::string &line : lines_of(read_file("conf/expect-reference.conf"))) {
        std::smatch found;
        if (!std::regex_match(line, found, std::regex("#\\s*((ExpectRule|ExpectPolicy) .*)")))
            continue;
        // Not the lines that explain the syntax.
        if (line.find(" | ") != std::string::npos || line.find("PATTERN") != std::string::npos)
            continue;
        BOOST_TEST_CONTEXT("reference: " << line) {
            httpd server(std::to_string(number++));
            server.site().config(found[1]);
            const program_result result = server.configtest();
            BOOST_TEST_INFO(result.all());
            BOOST_TEST(result.exit_code == 0);
        }
    }
    BOOST_TEST(number > 5);
}

BOOST_AUTO_TEST_SUITE_END()
