// httpd -t -D DUMP_EXPECT: every host's rules in the order in which they apply, and which of them
// are not in force.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/places.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const built_in = "  built-in\n"
                             "    meet 100-continue\n"
                             "    reject *\n"
                             "    reject @malformed\n";

program_result dump(httpd &server) { return server.configtest({"-D", "DUMP_EXPECT"}); }

// What is printed behind the line that says what it is.
std::string hosts_of(const std::string &output) {
    BOOST_TEST(output.compare(0, 27, "Expect policy (mod_expect 0") == 0, output);
    return output.substr(output.find('\n') + 1);
}

} // namespace

BOOST_AUTO_TEST_SUITE(dump_tests)

BOOST_AUTO_TEST_CASE(every_host_with_every_rule) {
    httpd server;
    server.config(R"(ExpectPolicy On
ExpectRule meet main-one
ExpectRule reject   main-two   status=403
<VirtualHost *:@PORT@>
    ServerName one.test
    ExpectPolicy DetectionOnly
    ExpectRule ignore 100-continue "expr=%{HTTP:X-Key} == 'open'" longer-than=2K
    <Location "/upload">
        ExpectRule continue 100-continue
        ExpectRule reject 'a="b c";*'
    </Location>
    ExpectRule meet after-the-section
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName two.test
</VirtualHost>
<VirtualHost *:@PORT2@>
    ServerName three.test
    ExpectPolicy Off
</VirtualHost>)");
    const program_result result = dump(server);
    BOOST_TEST(result.exit_code == 0);
    const std::string main_rules = "  main server\n"
                                   "    @LINE meet main-one@: meet main-one\n"
                                   "    @LINE main-two@: reject   main-two   status=403\n";
    const std::string expected =
        "main server localhost: ExpectPolicy On\n" + main_rules + built_in +
        "virtual host one.test (@HOST one.test@): ExpectPolicy DetectionOnly\n"
        "  <Location \"/upload\">\n"
        "    @LINE continue 100-continue@: continue 100-continue\n"
        "    @LINE reject 'a=@: reject 'a=\"b c\";*'\n"
        "  virtual host\n"
        "    @LINE ignore 100-continue@: ignore 100-continue \"expr=%{HTTP:X-Key} == 'open'\" "
        "longer-than=2K\n"
        "    @LINE meet after-the-section@: meet after-the-section\n" +
        main_rules + built_in + "virtual host two.test (@HOST two.test@): ExpectPolicy On\n" +
        main_rules + built_in +
        "virtual host three.test (@HOST three.test@): ExpectPolicy Off (none of these rules is in "
        "force)\n" +
        main_rules + built_in;
    BOOST_TEST(hosts_of(result.output) == with_places(server, expected));
    BOOST_TEST(holds(result.errors, "Syntax OK"));
}

BOOST_AUTO_TEST_CASE(only_when_asked) {
    httpd server;
    server.config("ExpectPolicy On\nExpectRule meet foo");
    const program_result plain = server.configtest();
    BOOST_TEST(plain.exit_code == 0);
    BOOST_TEST(plain.output.empty());
    httpd bare("bare"); // nothing of ours is configured
    const program_result result = dump(bare);
    BOOST_TEST(hosts_of(result.output) ==
               std::string("main server localhost: ExpectPolicy Off (none of these rules is in "
                           "force)\n") +
                   built_in);
}

BOOST_AUTO_TEST_CASE(rules_of_included_files_have_their_own_places) {
    httpd server;
    server.file("more.conf", "# one\nExpectRule meet included\n");
    server.config("ExpectPolicy On\nInclude \"@ROOT@/more.conf\"");
    BOOST_TEST(holds(dump(server).output, server.root() + "/more.conf:2: meet included\n"));
}

// What is merged last decides first. The order of the dump is that in which a request to which all
// sections apply considers the rules; the log at debug tells that one.
BOOST_AUTO_TEST_CASE(sections_in_effective_order) {
    httpd server;
    server.site().file("docs/sub/f", "f\n").log_level("info expect:debug");
    std::string text = R"(ExpectPolicy On
@RULE
<If "true">
    @RULE
</If>
<Location "/sub">
    @RULE
    <If "true">
        @RULE
    </If>
</Location>
<FilesMatch "^f">
    @RULE
</FilesMatch>
<Directory "@ROOT@/docs/sub">
    @RULE
    <Files "f">
        @RULE
    </Files>
    <If "true">
        @RULE
    </If>
</Directory>
<Directory "@ROOT@/docs">
    @RULE
    <If "true">
        @RULE
    </If>
</Directory>
<DirectoryMatch "/docs">
    @RULE
</DirectoryMatch>
<Files "f">
    @RULE
</Files>
<LocationMatch "^/s">
    @RULE
</LocationMatch>
<VirtualHost *:@PORT@>
    ServerName a.test
    @RULE
    <If "true">
        @RULE
    </If>
    <Location "/">
        @RULE
    </Location>
    <Location "/sub/f">
        @RULE
    </Location>
    <Directory "@ROOT@">
        @RULE
    </Directory>
    <Files "*">
        @RULE
    </Files>
</VirtualHost>)";
    size_t rules = 0;
    for (size_t at; (at = text.find("@RULE")) != std::string::npos; ++rules)
        text.replace(at, 5, "ExpectRule meet x \"expr=false\"");
    server.config(text).announce("expect: rejected").allow(":debug\\]").start();
    BOOST_TEST(ask(server, request("GET /sub/f", {"Expect: x"})).status == 417);
    server.stop();
    const std::string file = server.root() + "/httpd.conf:";
    std::vector<std::string> considered;
    for (const std::string &line : lines_with(server.error_log(), "expect: " + file))
        considered.push_back(line.substr(8, line.find(' ', 8) - 8));
    BOOST_TEST(considered.size() == rules);
    std::vector<std::string> dumped;
    const std::string output = dump(server).output;
    const size_t host = output.find("virtual host a.test");
    BOOST_REQUIRE(host != std::string::npos);
    for (const std::string &line : lines_with(output.substr(host), "    " + file))
        dumped.push_back(line.substr(4, line.find(": ") - 4));
    BOOST_TEST(dumped == considered, boost::test_tools::per_element());
}

// What comes first may be in another list; the same list is reached in one host and not in another.
BOOST_AUTO_TEST_CASE(rules_that_are_never_reached_are_marked) {
    httpd server;
    server.config(R"(ExpectPolicy On
ExpectRule meet main-one
ExpectRule reject @malformed status=400
<VirtualHost *:@PORT@>
    ServerName one.test
    ExpectRule meet 100-continue
    ExpectRule reject *
    ExpectRule ignore host-rule
    <Location "/a">
        ExpectRule meet *
        ExpectRule ignore section-rule
    </Location>
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName two.test
    ExpectRule reject @malformed "expr=true"
</VirtualHost>)");
    const std::string expected =
        "main server localhost: ExpectPolicy On\n"
        "  main server\n"
        "    @LINE meet main-one@: meet main-one\n"
        "    @LINE malformed status=400@: reject @malformed status=400\n"
        "  built-in\n"
        "    meet 100-continue\n"
        "    reject *\n"
        "    reject @malformed  (never reached: @LINE malformed status=400@ comes first)\n"
        "virtual host one.test (@HOST one.test@): ExpectPolicy On\n"
        "  <Location \"/a\">\n"
        "    @LINE meet *@: meet *\n"
        "    @LINE section-rule@: ignore section-rule  (never reached: @LINE meet *@ comes first)\n"
        "  virtual host\n"
        "    @LINE meet 100-continue@: meet 100-continue\n"
        "    @LINE reject *@: reject *\n"
        "    @LINE host-rule@: ignore host-rule  (never reached: @LINE reject *@ comes first)\n"
        "  main server\n"
        "    @LINE meet main-one@: meet main-one  (never reached: @LINE reject *@ comes first)\n"
        "    @LINE malformed status=400@: reject @malformed status=400\n"
        "  built-in\n"
        "    meet 100-continue  (never reached: @LINE meet 100-continue@ comes first)\n"
        "    reject *  (never reached: @LINE reject *@ comes first)\n"
        "    reject @malformed  (never reached: @LINE malformed status=400@ comes first)\n"
        "virtual host two.test (@HOST two.test@): ExpectPolicy On\n"
        "  virtual host\n"
        "    @LINE expr=true@: reject @malformed \"expr=true\"\n"
        "  main server\n"
        "    @LINE meet main-one@: meet main-one\n"
        "    @LINE malformed status=400@: reject @malformed status=400\n"
        "  built-in\n"
        "    meet 100-continue\n"
        "    reject *\n"
        "    reject @malformed  (never reached: @LINE malformed status=400@ comes first)\n";
    const std::string output = dump(server).output; // writes the configuration
    BOOST_TEST(hosts_of(output) == with_places(server, expected));
}

BOOST_AUTO_TEST_SUITE_END()
