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
             {"ExpectRule ask foo url=/%zz", "\"url=/%zz\"", {"hexadecimal", "url=/"}},
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

// Mistakes that administrators are likely to make, each with the words that tell the way out.
BOOST_AUTO_TEST_CASE(plausible_mistakes) {
    const char *const options_list = "each of status=, retry-after=, longer-than=";
    const std::string reject = "ExpectRule reject 100-continue ";
    int number = 0;
    for (const mistake &one : std::vector<mistake>{
             {"ExpectRule deny foo", "\"deny\"", {"not an action", actions}},
             {"ExpectRule block *", "\"block\"", {"not an action", actions}},
             {"ExpectRule accept foo", "\"accept\"", {"not an action", actions}},
             {"ExpectRule 100-continue meet", "\"100-continue\"", {"not an action", actions}},
             {"ExpectRule foo", "\"foo\"", {"ExpectRule ACTION PATTERN [OPTION ...]"}},
             {reject + "413", "\"413\"", {"not an option", options_list}},
             {reject + "status 413", "\"status\"", {"not an option", options_list}},
             {reject + "status = 413", "\"status\"", {"not an option", options_list}},
             {reject + "status:413", "\"status:413\"", {"not an option", options_list}},
             {reject + "status=413,", "\"status=413,\"", {"a number from 400 to 599"}},
             {reject + "status=301", "\"status=301\"", {"a number from 400 to 599"}},
             {reject + "status=413 status=417", "\"status=417\"", {"twice", "at most once"}},
             {reject + "longer-than 1M", "\"longer-than\"", {"not an option", options_list}},
             {reject + "longer-than>1M", "\"longer-than>1M\"", {"not an option", options_list}},
             {reject + "larger-than=1M", "\"larger-than=1M\"", {"not an option", options_list}},
             {reject + "longer_than=1M", "\"longer_than=1M\"", {"not an option", options_list}},
             {reject + "longer-than=1MB", "\"longer-than=1MB\"", {"suffix K, M or G"}},
             {reject + "longer-than=1,000,000", "\"longer-than=1,000,000\"", {"number of bytes"}},
             {"ExpectRule reject \"100-continue longer-than=1M\"",
              "\"100-continue longer-than=1M\"",
              {"at offset 13", patterns}},
             {"ExpectRule reject 100-continue, foo", "\"100-continue,\"", {"not a list", patterns}},
             {reject + "foo", "\"foo\"", {"not an option", options_list}},
             {reject + "if=%{HTTPS}", "\"if=%{HTTPS}\"", {"not an option", "expr="}},
             {reject + "expr %{HTTPS}", "\"expr\"", {"not an option", "expr="}},
             {reject + "\"expr = %{HTTPS}\"", "\"expr = %{HTTPS}\"", {"not an option", "expr="}},
             {reject + "\"%{HTTPS} == 'on'\"", "\"%{HTTPS} == 'on'\"", {"an option", "expr="}},
             {reject + "\"expr=HTTPS == 'on'\"",
              "\"expr=HTTPS == 'on'\"",
              {"syntax error", "<If>"}},
             {reject + "\"expr=%{HTTPS} eq on\"", "\"expr=%{HTTPS} eq on\"", {"<If>"}},
             {reject + "no-content=on", "\"no-content=on\"", {"not an option", "no-content"}},
             {reject + "nocontent", "\"nocontent\"", {"not an option", "no-content"}},
             {reject + "early", "\"early\"", {"continue 100-continue early"}},
             {"ExpectRule continue foo", "\"foo\"", {"continue 100-continue"}},
             {"ExpectRule meet 100-continue status=200",
              "\"status=200\"",
              {"reject PATTERN status="}},
             {"ExpectRule reject @invalid", "\"@invalid\"", {"@malformed"}},
             {"ExpectRule reject /upload", "\"/upload\"", {"begin with a token", patterns}},
             {"ExpectRule reject \"Expect: foo\"", "\"Expect: foo\"", {"at offset 6", patterns}},
             {"ExpectRule ask 100-continue /quota", "\"/quota\"", {"not an option", "url="}},
             {"ExpectRule ask foo url=http://app/", "\"url=http://app/\"", {"as in url=/quota"}},
             {reject + "retry-after=60", "retry-after=60\"", {"413, 429 or 503"}},
             {reject + "# large ones", "\"#\"", {"no comment behind", "line of its own"}},
             {"ExpectPolicy DetectOnly", "\"DetectOnly\"", {"On, Off or DetectionOnly"}},
             {"ExpectPolicy Detection Only", "takes one argument", {"On, Off or DetectionOnly"}},
             {"ExpectPolicy Enabled", "\"Enabled\"", {"On, Off or DetectionOnly"}},
             {"ExpectPolicy On # a trial", "takes one argument", {"On, Off or DetectionOnly"}},
         })
        check_refused(one, number++);
}

BOOST_AUTO_TEST_SUITE_END()
