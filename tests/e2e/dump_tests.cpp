// httpd -t -D DUMP_EXPECT, and the warnings about rules that can never be reached.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const built_in = "  built-in\n"
                             "    meet 100-continue\n"
                             "    reject *\n"
                             "    reject @malformed\n";

// The dump as expected: @LINE text@ stands for the place of the configuration's line that holds
// `text`, followed by ": ".
std::string with_places(httpd &server, std::string text) {
    const std::string file = server.root() + "/httpd.conf";
    const std::string configuration = read_file(file);
    for (size_t at; (at = text.find("@LINE ")) != std::string::npos;) {
        const size_t end = text.find('@', at + 6);
        const std::string wanted = text.substr(at + 6, end - at - 6);
        const int line = line_of(configuration, wanted);
        BOOST_REQUIRE_MESSAGE(line != 0, wanted);
        text.replace(at, end + 1 - at, file + ":" + std::to_string(line));
    }
    for (size_t at; (at = text.find("@ROOT@")) != std::string::npos;)
        text.replace(at, 6, server.root());
    return text;
}

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
        "virtual host one.test (@ROOT@/httpd.conf:@HOST one.test@): ExpectPolicy DetectionOnly\n"
        "  <Location \"/upload\">\n"
        "    @LINE continue 100-continue@: continue 100-continue\n"
        "    @LINE reject 'a=@: reject 'a=\"b c\";*'\n"
        "  virtual host\n"
        "    @LINE ignore 100-continue@: ignore 100-continue \"expr=%{HTTP:X-Key} == 'open'\" "
        "longer-than=2K\n"
        "    @LINE meet after-the-section@: meet after-the-section\n" +
        main_rules + built_in +
        "virtual host two.test (@ROOT@/httpd.conf:@HOST two.test@): ExpectPolicy On\n" +
        main_rules + built_in +
        "virtual host three.test (@ROOT@/httpd.conf:@HOST three.test@): ExpectPolicy Off\n" +
        main_rules + built_in;
    std::string text = expected;
    const std::string configuration = read_file(server.root() + "/httpd.conf");
    // A host's place is the line of its <VirtualHost>, one above its name.
    for (const char *name : {"one.test", "two.test", "three.test"}) {
        const std::string mark = std::string("@HOST ") + name + "@";
        const int line = line_of(configuration, std::string("ServerName ") + name) - 1;
        text.replace(text.find(mark), mark.size(), std::to_string(line));
    }
    BOOST_TEST(hosts_of(result.output) == with_places(server, text));
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
               std::string("main server localhost: ExpectPolicy Off\n") + built_in);
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

BOOST_AUTO_TEST_CASE(rules_that_can_never_be_reached) {
    const struct {
        const char *first;
        const char *second;
        bool warned;
    } rows[] = {
        {"meet foo", "reject foo", true},
        {"meet foo", "reject FOO status=403", true},
        {"reject *", "meet foo", true},
        {"reject *", "meet 100-continue", true},
        {"meet *", "reject *", true},
        {"meet foo=*", "reject foo=bar", true},
        {"meet foo=*;*", "reject foo=bar;p=1", true},
        {"meet foo=*;*", "reject foo=*", true},
        {"meet foo=bar;*", "reject 'foo=\"bar\";p=1'", true},
        {"meet foo=bar;p=1;q=2", "reject foo=bar;q=2;p=1", true},
        {"ignore @malformed", "reject @malformed status=400", true},
        {"reject foo longer-than=1K", "reject foo longer-than=2048 status=413", true},
        {"reject foo longer-than=1K", "meet foo longer-than=1024", true},
        {"meet foo no-content", "reject foo no-content", true},
        {"meet foo", "reject foo \"expr=%{REQUEST_METHOD} == 'POST'\"", true},
        {"meet foo", "reject foo no-content", true},
        {"meet foo", "reject bar", false},
        {"meet foo", "reject foo=bar", false},
        {"meet foo=bar", "reject foo", false},
        {"meet foo=*", "reject foo=bar;p=1", false},
        {"meet foo=bar", "reject foo=*", false},
        {"meet foo=bar;p=1", "reject foo=bar;*", false},
        {"meet foo", "reject *", false},
        {"reject *", "reject @malformed", false},
        {"ignore @malformed", "reject *", false},
        {"reject foo longer-than=2K", "reject foo longer-than=1K status=413", false},
        {"reject foo longer-than=1K", "meet foo", false},
        {"meet foo no-content", "reject foo", false},
        {"meet foo \"expr=%{REQUEST_METHOD} == 'POST'\"", "reject foo", false},
        {"meet foo \"expr=true\"", "reject foo \"expr=true\"", false},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.first << " / " << one.second) {
            httpd server(std::to_string(number++));
            server.config("ExpectPolicy On\nExpectRule " + std::string(one.first) +
                          "\nExpectRule " + one.second);
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0);
            const std::string place = server.root() + "/httpd.conf:";
            const int line =
                line_of(read_file(server.root() + "/httpd.conf"), "ExpectPolicy On") + 1;
            const std::string warning =
                "expect: the rule \"" + std::string(one.second) + "\" at " + place +
                std::to_string(line + 1) + " can never be reached: \"" + one.first + "\" at " +
                place + std::to_string(line) + " comes first and matches all that it would match";
            const std::vector<std::string> said = lines_with(result.all(), "expect: the rule");
            BOOST_TEST(said.size() == (one.warned ? 1u : 0u), result.all());
            if (one.warned && !said.empty())
                BOOST_TEST(said[0] == warning);
        }
    }
}

// Rules of different books are reached in different hosts, so one never hides another for good.
BOOST_AUTO_TEST_CASE(reachability_is_of_one_place) {
    httpd server;
    server.config(R"(ExpectPolicy On
ExpectRule meet foo
<Location "/a">
    ExpectRule reject foo
</Location>
<Location "/b">
    ExpectRule reject foo
    ExpectRule meet 'foo="a b"'
    ExpectRule ignore foo
</Location>
<VirtualHost *:@PORT@>
    ServerName a.test
    ExpectRule reject *
</VirtualHost>)");
    const program_result result = server.configtest();
    const std::vector<std::string> said = lines_with(result.all(), "expect: the rule");
    BOOST_REQUIRE(said.size() == 1u);
    BOOST_TEST(holds(said[0], "the rule \"ignore foo\" at "));
}

BOOST_AUTO_TEST_CASE(a_start_warns_once) {
    httpd server;
    server.config("ExpectPolicy On\nExpectRule meet foo\nExpectRule reject foo\n"
                  "<VirtualHost *:@PORT@>\nServerName a.test\n</VirtualHost>\n"
                  "<VirtualHost *:@PORT@>\nServerName b.test\n</VirtualHost>");
    server.announce("\\[expect:warn\\] .*can never be reached").start();
    const auto count = [&server] {
        return lines_with(server.error_log(), "can never be reached").size();
    };
    BOOST_TEST(count() == 1u);
    // As each child reads nothing anew, requests add none; a restart reads anew and says it again.
    BOOST_TEST(ask(server, request("GET /harness-up", {"Expect: foo"})).status == 200);
    BOOST_TEST(count() == 1u);
    server.graceful();
    BOOST_TEST(count() == 2u);
    server.stop();
    BOOST_TEST(!holds(read_file(server.root() + "/logs/output.log"), "can never be reached"));
}

BOOST_AUTO_TEST_SUITE_END()
