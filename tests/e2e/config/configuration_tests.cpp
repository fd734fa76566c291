// Configurations that are accepted, those that come with the module included, and where directives
// may stand.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <regex>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(configuration_tests)

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
    for (const std::string &line : lines_with(read_file("conf/expect-reference.conf"), "#")) {
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

// As everywhere in httpd, by the name of a C file.
BOOST_AUTO_TEST_CASE(sections_for_the_module) {
    for (const char *name : {"mod_expect.c", "expect_module"}) {
        BOOST_TEST_CONTEXT(name) {
            httpd server(name);
            server.site().config(
                std::string("<IfModule ") + name +
                ">\nExpectPolicy On\nExpectRule reject foo status=403\n</IfModule>\n"
                "<IfModule !" +
                name + ">\nNo such directive\n</IfModule>");
            server.announce("expect: rejected").start();
            BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: foo"})).status == 403);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
