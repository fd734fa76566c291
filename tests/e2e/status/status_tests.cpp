// SetHandler expect-status in its forms, mod_status, and who may see them.
#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/process.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <regex>
#include <set>

using namespace e2e;

namespace {

// What strict and unsafe httpds let through, and what would break a page, JSON or an exposition.
const std::vector<std::string> hostile = {
    "<script>alert(1)</script>",
    "x=\"</td></tr></table><b>\"",
    "x=\"a\\\"b\\\\c\"",
    "x=\"\xe9\xff\x80\x9f\xc0\xbc\"",
    "x=\"a\tb\"",
    "x=\"]]>&amp;&lt;&#0;\"",
    "x=\"{\\u0000}\"",
    "%n%s%p",
    std::string(7000, 'y'),
};

// A server that these were sent to.
void provoke(httpd &server) {
    server.file("docs/plain.txt", "plain\n").config("ExpectPolicy On").config(status_location);
    server.announce("expect: rejected").start();
    for (const std::string &each : hostile)
        BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: " + each})).status == 417);
}

std::string status_page(httpd &server, const std::string &query = {}) {
    return ask(server, request("GET /expect-status" + query)).body;
}

// A script of python3's standard library over a text; what it says, or "" when it is content.
std::string python_says(const std::string &script, const std::string &input) {
    const program_result result = run_program({"python3", "-c", script}, input);
    return result.exit_code == 0 ? result.output : result.all() + "\nof:\n" + input;
}

// What must hold of the text format 0.0.4 of Prometheus; says what does not.
std::string faults_of_exposition(const std::string &text) {
    const std::regex sample(
        R"re(([a-z0-9_]+)(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? [0-9]+(\.[0-9]{6})?)re");
    std::set<std::string> families;
    std::set<std::string> series;
    std::string faults;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch parts;
        const bool is_type = line.compare(0, 7, "# TYPE ") == 0;
        if (is_type && !families.insert(line.substr(7, line.find(' ', 7) - 7)).second)
            faults += "again: " + line + "\n";
        if (line.compare(0, 2, "# ") == 0)
            continue;
        if (!std::regex_match(line, parts, sample))
            faults += "not a sample: " + line + "\n";
        else if (families.count(parts[1]) == 0)
            faults += "no type: " + line + "\n";
        else if (!series.insert(line.substr(0, line.rfind(' '))).second)
            faults += "again: " + line + "\n";
    }
    if (series.empty() || text.back() != '\n')
        faults += "no samples, or no end of line\n";
    // Prometheus' own opinion, where it is installed.
    if (run_program({"promtool", "--version"}).exit_code == 0) {
        const program_result lint = run_program({"promtool", "check", "metrics"}, text);
        if (lint.exit_code != 0)
            faults += lint.all();
    } else {
        BOOST_TEST_MESSAGE("promtool is not installed");
    }
    return faults;
}

} // namespace

BOOST_AUTO_TEST_SUITE(status_tests)

BOOST_AUTO_TEST_CASE(forms_and_methods) {
    httpd server;
    server.config("ExpectPolicy On").config(status_location).start();
    const struct {
        const char *line;
        int status;
        const char *type;
    } rows[] = {
        {"GET /expect-status", 200, "text/html; charset=utf-8"},
        {"GET /expect-status?", 200, "text/html; charset=utf-8"},
        {"HEAD /expect-status", 200, "text/html; charset=utf-8"},
        {"GET /expect-status?json", 200, "application/json"},
        {"HEAD /expect-status?json", 200, "application/json"},
        {"GET /expect-status?prometheus", 200, "text/plain; version=0.0.4; charset=utf-8"},
        {"GET /expect-status?prometheus=", 200, "text/plain; version=0.0.4; charset=utf-8"},
        {"GET /expect-status?json=", 200, "application/json"},
        {"GET /expect-status?json=1", 200, "application/json"},
        {"GET /expect-status?JSON", 200, "application/json"},
        {"GET /expect-status?refresh=1&json", 200, "application/json"},
        {"GET /expect-status?json&host=LOCALHOST", 200, "application/json"},
        {"GET /expect-status?host=&json", 200, "application/json"},
        {"GET /expect-status?html&refresh=3600", 200, "text/html; charset=utf-8"},
        {"GET /expect-status?prometheus=1&host=localhost", 200,
         "text/plain; version=0.0.4; charset=utf-8"},
        {"GET /expect-status?host=elsewhere.test", 404, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?=", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?json=0", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?json&prometheus", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?json&x", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?other", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?host=%zz", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?refresh", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?refresh=0", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?refresh=3601", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?refresh=-1", 400, "text/html; charset=iso-8859-1"},
        {"GET /expect-status?refresh=5s", 400, "text/html; charset=iso-8859-1"},
        {"POST /expect-status", 405, "text/html; charset=iso-8859-1"},
        {"PUT /expect-status", 405, "text/html; charset=iso-8859-1"},
        {"DELETE /expect-status?json", 405, "text/html; charset=iso-8859-1"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.line) {
            const message answer = ask(server, request(one.line, {"Content-Length: 0"}));
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(answer.field("Content-Type") == one.type);
            BOOST_TEST(answer.body.empty() == (std::string(one.line).compare(0, 4, "HEAD") == 0));
            if (one.status == 200) {
                BOOST_TEST(answer.field("Cache-Control") == "no-store");
                BOOST_TEST(answer.field("X-Content-Type-Options") == "nosniff");
                BOOST_TEST(holds(answer.field("Content-Security-Policy"), "default-src 'none'"));
            } else if (one.status == 400) {
                BOOST_TEST(holds(answer.body, "json or prometheus, host=NAME, and refresh="));
            } else if (one.status == 405) {
                BOOST_TEST(holds(answer.field("Allow"), "GET"));
                BOOST_TEST(!holds(answer.field("Allow"), "POST"));
            }
        }
    }
    BOOST_TEST(ask(server, request("GET /expect-status?refresh=7")).field("Refresh") == "7");
    BOOST_TEST(ask(server, request("GET /expect-status")).field("Refresh") == "");
    // The page with content on the same connection: nothing of it becomes a request.
    wire client(server.port());
    client.send(request("GET /expect-status?json", {"Content-Length: 5"}, "hello") +
                request("GET /expect-status?json"));
    BOOST_TEST(client.answer().status == 200);
    BOOST_TEST(client.answer().status == 200);
}

BOOST_AUTO_TEST_CASE(only_for_those_who_may) {
    httpd server;
    server.with({"authz_host"}).config(R"(ExpectPolicy On
<Location "/local">
    SetHandler expect-status
    Require local
</Location>
<Location "/elsewhere">
    SetHandler expect-status
    Require ip 192.0.2.1
</Location>
)");
    server.announce("AH01630: client denied").allow("authorization result").start();
    BOOST_TEST(ask(server, request("GET /local")).status == 200);
    const message denied = ask(server, request("GET /elsewhere?json"));
    BOOST_TEST(denied.status == 403);
    BOOST_TEST(!holds(denied.body, "requests"));
}

BOOST_AUTO_TEST_CASE(off_everywhere) {
    httpd server;
    server.with({"status"}).config(status_location);
    server.config("<Location /server-status>\n    SetHandler server-status\n</Location>");
    server.announce("AH00128: File does not exist: .*expect-status").start(); // nobody serves it
    for (const char *query : {"", "?json", "?prometheus"})
        BOOST_TEST(ask(server, request(std::string("GET /expect-status") + query)).status == 404);
    const std::string page = ask(server, request("GET /server-status?auto")).body;
    BOOST_TEST(holds(page, "Total Accesses:"));
    BOOST_TEST(!holds(page, "Expect-"));
}

// The handler is asked only where the server's configuration, in whatever way, has a use for it.
BOOST_AUTO_TEST_CASE(wherever_the_configuration_names_it) {
    struct way {
        std::vector<std::string> modules;
        const char *configuration;
    };
    const std::vector<way> ways = {
        {{},
         "<IfModule expect_module>\n<Location /expect-status>\n<If \"true\">\n"
         "SetHandler expect-status\n</If>\n</Location>\n</IfModule>"},
        {{"mime"}, "TypesConfig /dev/null\nAddHandler expect-status .status"},
        {{"rewrite"}, "RewriteEngine On\nRewriteRule ^/expect-status$ - [H=expect-status]"},
        {{"macro"},
         "<Macro page $where $what>\n<Location $where>\nSetHandler expect-$what\n"
         "</Location>\n</Macro>\nUse page /expect-status status"},
    };
    for (const way &each : ways) {
        BOOST_TEST_CONTEXT(each.configuration) {
            httpd server;
            server.with(each.modules).config("ExpectPolicy On").config(each.configuration);
            server.file("docs/expect-status", "").file("docs/a.status", "").start();
            const bool by_name = each.modules == std::vector<std::string>{"mime"};
            const char *path = by_name ? "/a.status" : "/expect-status";
            const message page = ask(server, request(std::string("GET ") + path + "?json"));
            BOOST_TEST(page.status == 200);
            BOOST_TEST(page.field("Content-Type") == "application/json");
        }
    }
}

BOOST_AUTO_TEST_CASE(not_by_htaccess_alone) {
    httpd server;
    server.config("ExpectPolicy On\n<Directory \"@ROOT@/docs\">\nAllowOverride FileInfo\n"
                  "</Directory>");
    server.file("docs/page", "a file\n").file("docs/.htaccess", "SetHandler expect-status\n");
    server.start();
    BOOST_TEST(ask(server, request("GET /page?json")).body == "a file\n");
}

BOOST_AUTO_TEST_CASE(the_page_is_well_formed) {
    httpd server;
    provoke(server);
    const std::string page = status_page(server);
    BOOST_TEST(python_says("import sys, xml.etree.ElementTree as x\n"
                           "root = x.fromstring(sys.stdin.buffer.read())\n"
                           "rows = [t.findall('.//tbody/tr') for t in root.iter('table')]\n"
                           "print([len(each) for each in rows], end='')",
                           page) == "[1, 5, " + std::to_string(hostile.size() - 5) + ", 3]");
    for (const char *part : {"<script", "<b>", "%n%s%p</b>"})
        BOOST_TEST(holds(page.substr(page.find("Last rejections")), part) == false, part);
    BOOST_TEST(holds(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
}

BOOST_AUTO_TEST_CASE(json) {
    httpd server;
    provoke(server);
    // Strings come back as they were sent, cut to 135 bytes, 8-bit bytes as ISO 8859-1.
    const std::string said =
        python_says("import json, sys\n"
                    "read = json.loads(sys.stdin.buffer.read().decode('ascii'))\n"
                    "assert list(read) == ['version', 'since', 'now', 'total', 'hosts', 'rules', "
                    "'last_rejections'], list(read)\n"
                    "for each in reversed(read['last_rejections']):\n"
                    "    sys.stdout.buffer.write(each['expectation'].encode('latin-1') + b'\\n')",
                    status_page(server, "?json"));
    std::string expected;
    for (const std::string &each : hostile)
        expected += (each.size() > 135 ? each.substr(0, 132) + "..." : each) + "\n";
    BOOST_TEST(said == expected);
}

BOOST_AUTO_TEST_CASE(prometheus) {
    httpd server;
    provoke(server);
    const std::string text = status_page(server, "?prometheus");
    BOOST_TEST(faults_of_exposition(text) == "");
    for (const char *line :
         {"expect_requests_total{host=\"localhost\"} 9",
          "expect_asking_seconds_total{host=\"localhost\"} 0.000000",
          "expect_rejected_by_status_total{host=\"localhost\",status=\"417\"} 9",
          "expect_host_info{host=\"localhost\",mode=\"On\",place=\"main server\"} 1",
          "expect_rule_info{host=\"\",section=\"\",rule=\"reject *\",place=\"built-in\"} 1"})
        BOOST_TEST(holds(text, std::string("\n") + line + "\n"), line << "\n" << text);
    BOOST_TEST(holds(text, "\nexpect_rule_hits_total{host=\"\",section=\"\",rule=\"reject *\"} "));
    BOOST_TEST(std::regex_search(
        text, std::regex("\nexpect_build_info\\{version=\"[0-9]+\\.[0-9]+\\.[0-9]+\"\\} 1\n")));
}

// Labels must not repeat, whatever looks the same: hosts and rules written by one file for several.
BOOST_AUTO_TEST_CASE(prometheus_with_things_that_look_the_same) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.file("rules.inc", "ExpectRule meet 'x=\"\xe9\\\"\"'\nExpectRule meet same\n"
                             "<Location \"/p\">\n    ExpectRule meet same\n</Location>\n");
    server
        .config(R"(Listen 127.0.0.2:@PORT@
ExpectPolicy On
Include "@ROOT@/rules.inc"
<VirtualHost 127.0.0.1:@PORT@>
    ServerName a.test
    Include "@ROOT@/rules.inc"
</VirtualHost>
<VirtualHost 127.0.0.2:@PORT@>
    ServerName a.test
    Include "@ROOT@/rules.inc"
</VirtualHost>
)")
        .config(status_location);
    server.start();
    for (const char *address : {"127.0.0.1", "127.0.0.2", "127.0.0.2"}) {
        wire client(server.port(), address);
        client.send(request("GET /plain.txt", {"Expect: same"}));
        BOOST_TEST(client.answer().status == 200);
    }
    const std::string text = status_page(server, "?prometheus");
    BOOST_TEST(faults_of_exposition(text) == "");
    // Three hits of two hosts that have every label in common.
    const std::string host = "host=\"a.test:" + std::to_string(server.port()) + "\"";
    BOOST_TEST(
        holds(text, "\nexpect_rule_hits_total{" + host + ",section=\"\",rule=\"meet same\"} 3\n"));
    BOOST_TEST(holds(text, "\nexpect_rule_info{" + host +
                               ",section=\"\",rule=\"meet same\",place=\"" + server.root() +
                               "/rules.inc:2\"} 1\n"));
}

// An edited file moves lines, and makes no new series of old ones.
BOOST_AUTO_TEST_CASE(prometheus_after_an_edit) {
    httpd server;
    server.file("docs/plain.txt", "plain\n").file("rules.inc", "ExpectRule meet same\n");
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.inc\"").config(status_location).start();
    const auto hits = [&] {
        BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: same"})).status == 200);
        return lines_with(status_page(server, "?prometheus"),
                          "{host=\"localhost\",section=\"\",rule=\"meet same\"");
    };
    const std::string rule = "host=\"localhost\",section=\"\",rule=\"meet same\"";
    const auto expected = [&](const std::string &count, const std::string &line) {
        return std::vector<std::string>{"{" + rule + "} " + count,
                                        "{" + rule + ",place=\"" + server.root() +
                                            "/rules.inc:" + line + "\"} 1"};
    };
    BOOST_TEST(hits() == expected("1", "1"), boost::test_tools::per_element());
    server.file("rules.inc", "# A comment\n\nExpectRule meet same\n");
    server.graceful();
    BOOST_TEST(hits() == expected("2", "3"), boost::test_tools::per_element());
}

// Who judges a rejection wants to know what for: the request is named, cut, and without a password.
BOOST_AUTO_TEST_CASE(rejections_name_their_request) {
    httpd server;
    server.file("docs/plain.txt", "plain\n").config("ExpectPolicy On").config(status_location);
    server.config("HttpProtocolOptions Unsafe"); // else a password ends in 400
    server.announce("expect: rejected").start();
    const std::string path = "/" + std::string(200, 'p');
    const struct {
        std::string line;
        std::string method;
        std::string target;
    } rows[] = {
        {"GET /plain.txt?a=%22<b>&c", "GET", "/plain.txt?a=%22<b>&c"},
        {"POST " + path, "POST", path.substr(0, 132) + "..."},
        {"AVERYLONGMETHODTHATNOBODYKNOWS /", "AVERYLONGMETHODTHATN...", "/"},
        {"GET http://me:secret@a.test/plain.txt", "GET", "http://me:XXXXXXXX@a.test/plain.txt"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.line) {
            ask(server, request(one.line, {"Expect: foo", "Content-Length: 0"}));
            const tree last = status_of(server).get_child("last_rejections").front().second;
            BOOST_TEST(last.get<std::string>("method") == one.method);
            BOOST_TEST(last.get<std::string>("target") == one.target);
        }
    }
    BOOST_TEST(!holds(status_page(server), "secret"));
    BOOST_TEST(!holds(server.error_log(), "secret"));
    BOOST_TEST(holds(status_page(server), "<code>GET /plain.txt?a=%22&lt;b&gt;&amp;c</code>"));
}

BOOST_AUTO_TEST_CASE(since_when_and_when_last) {
    httpd server;
    server.file("docs/plain.txt", "plain\n").config("ExpectPolicy On\nExpectRule meet good");
    const long before = std::time(nullptr);
    server.config(status_location).start();
    const auto last_hit = [&] {
        return status_of(server).get_child("rules").front().second.get<std::string>("last_hit");
    };
    BOOST_TEST(last_hit() == "null");
    BOOST_TEST(holds(status_page(server), "<td class=\"t\" data-h=\"Last\">never</td>"));
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: good"})).status == 200);
    const tree status = status_of(server);
    const long since = status.get<long>("since");
    const long last = std::stol(last_hit());
    BOOST_TEST(before <= since);
    BOOST_TEST(since <= last);
    BOOST_TEST(last <= status.get<long>("now"));
    BOOST_TEST(status.get<long>("now") <= std::time(nullptr));
    server.graceful(); // goes on with what was counted
    BOOST_TEST(status_of(server).get<long>("since") == since);
    BOOST_TEST(last_hit() == std::to_string(last));
    BOOST_TEST(holds(status_page(server), "mod_expect " + status.get<std::string>("version")));
}

namespace {

// Five hosts with rules: two with traffic, one without, one that only detects, one that is off.
void start_hosts(httpd &server) {
    server.file("docs/plain.txt", "plain\n").config("ExpectPolicy On").config(status_location);
    for (const char *each : {"quiet", "busy", "trial", "off", "other"}) {
        const std::string name = each;
        const std::string mode = name == "off"     ? "ExpectPolicy Off\n"
                                 : name == "trial" ? "ExpectPolicy DetectionOnly\n"
                                                   : "";
        server.config("<VirtualHost *:@PORT@>\nServerName " + name + ".test\n" + mode +
                      "ExpectRule reject no-" + name + "\n</VirtualHost>");
    }
    server.allow("of a host whose policy is Off|is never used|ExpectPolicy of their own|"
                 "client sent an unrecognized expectation");
    server.announce("expect: rejected").announce("expect: would reject").start();
    for (const char *name : {"busy", "other", "other", "trial"})
        ask(server, request("GET /plain.txt", {std::string("Host: ") + name + ".test",
                                               std::string("Expect: no-") + name}));
}

} // namespace

BOOST_AUTO_TEST_CASE(one_host) {
    httpd server;
    start_hosts(server);
    const std::string port = ":" + std::to_string(server.port());
    const auto texts = [&](const std::string &query, const char *list, const char *key) {
        const message answer = ask(server, request("GET /expect-status?json&" + query));
        std::istringstream body(answer.body);
        tree read;
        boost::property_tree::read_json(body, read);
        std::string all;
        for (const auto &[none, each] : read.get_child(list))
            all += each.get<std::string>(key) + " ";
        BOOST_TEST((read.count("total") == 0), "no total of other hosts");
        return all;
    };
    for (const std::string &query :
         {std::string("host=other.test"), "host=OTHER.test%3A" + port.substr(1),
          "host=other.test" + port}) {
        BOOST_TEST_CONTEXT(query) {
            BOOST_TEST(texts(query, "hosts", "host") == "other.test" + port + " ");
            BOOST_TEST(texts(query, "rules", "rule") == "reject no-other ");
            BOOST_TEST(texts(query, "last_rejections", "expectation") == "no-other no-other ");
        }
    }
    const std::string page = status_page(server, "?host=other.test");
    BOOST_TEST(holds(page, "<h1>Expect policy of other.test</h1>"));
    BOOST_TEST(!holds(page, "busy"));
    BOOST_TEST(holds(page, "\"?json&amp;host=other.test\""));
    const std::string metrics = status_page(server, "?prometheus&host=other.test");
    BOOST_TEST(faults_of_exposition(metrics) == "");
    BOOST_TEST(!holds(metrics, "busy"));
}

// Hosts with traffic come first; whoever looks for another one unfolds it. Marks say which policies
// are not in force, and links lead from a host to its rules and back.
BOOST_AUTO_TEST_CASE(many_hosts) {
    httpd server;
    start_hosts(server);
    const std::string said = python_says(
        "import re, sys, xml.etree.ElementTree as x\n"
        "root = x.fromstring(sys.stdin.buffer.read())\n"
        "text = lambda e: re.sub(r':[0-9]+|\\s+', ' ', ' '.join(e.itertext())).split()\n"
        "hosts = lambda t: [' '.join(text(row[0])[:1] + [e.text for e in row.iter('em')])\n"
        "                   for row in t.find('.//tbody')]\n"
        "folded = [t for d in root.iter('details') for t in d.iter('table')]\n"
        "tables = [t for t in root.iter('table') if 'Host' in text(t)[:1]]\n"
        "print([(t in folded, hosts(t)) for t in tables])\n"
        "print([d.find('summary').text for d in root.iter('details')][0])\n"
        "ids = [e.get('id') for e in root.iter() if e.get('id')]\n"
        "ends = [e.get('href')[1:] for e in root.iter('a') if e.get('href')[0] == '#']\n"
        "assert len(ids) == len(set(ids)), ids\n"
        "assert set(ends) <= set(ids), (ends, ids)\n"
        "print(sorted(e for e in ends if '4' in e), end='')",
        status_page(server));
    BOOST_TEST(said == "[(False, ['busy.test', 'trial.test DetectionOnly', 'other.test']), "
                       "(True, ['localhost', 'quiet.test', 'off.test Off'])]\n"
                       "3 hosts without such requests, 1 with the policy Off\n"
                       "['host-4', 'rules-4']");
    std::string modes;
    const tree status = status_of(server);
    for (const auto &[none, each] : status.get_child("hosts"))
        modes += each.get<std::string>("mode") + " ";
    BOOST_TEST(modes == "On On On DetectionOnly Off On ");
}

BOOST_AUTO_TEST_CASE(in_mod_status) {
    httpd server;
    server.with({"status"}).file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule reject no status=403\n<Location /server-status>\n"
                  "    SetHandler server-status\n</Location>");
    server.announce("expect: rejected").start();
    ask(server, request("GET /plain.txt", {"Expect: no"}));
    ask(server, request("GET /plain.txt", {"Expect: 100-continue"}));
    ask(server, request("POST /plain.txt", {"Expect: foo", "Content-Length: 7"}));
    const std::string short_form = ask(server, request("GET /server-status?auto")).body;
    const std::vector<std::string> expected = {"Expect-requests: 3",
                                               "Expect-rejected: 2",
                                               "Expect-would_reject: 0",
                                               "Expect-malformed: 0",
                                               "Expect-failed: 0",
                                               "Expect-refused_content_bytes: 7",
                                               "Expect-members_met: 1",
                                               "Expect-members_ignored: 0",
                                               "Expect-uploads_read: 0",
                                               "Expect-uploads_spared: 0",
                                               "Expect-spared_content_bytes: 0",
                                               "Expect-asked: 0",
                                               "Expect-refused_by_application: 0",
                                               "Expect-asking_failed: 0",
                                               "Expect-asking_microseconds: 0"};
    std::vector<std::string> lines = lines_with(short_form, "Expect-");
    BOOST_REQUIRE(!lines.empty());
    BOOST_TEST(lines.front().compare(0, 16, "Expect-version: ") == 0);
    lines.erase(lines.begin());
    BOOST_TEST(lines == expected, boost::test_tools::per_element());
    const std::string page = ask(server, request("GET /server-status")).body;
    const size_t at = page.find("<h2>Expect policy (mod_expect ");
    BOOST_REQUIRE(at != std::string::npos);
    const std::string ours = page.substr(at, page.find("</dl>", at) - at);
    BOOST_TEST(holds(ours, ">received <b>3</b>"));
    BOOST_TEST(holds(ours, ">bytes refused <b>7</b>"));
    BOOST_TEST(holds(ours, "with 403 <b>1</b>"));
}

// Without the module the same configuration is accepted and does nothing.
BOOST_AUTO_TEST_CASE(if_module) {
    const std::string guarded = "<IfModule expect_module>\n    ExpectPolicy On\n" +
                                std::string(status_location) +
                                "</IfModule>\n<IfModule !expect_module>\n    Redirect 410 "
                                "/expect-status\n</IfModule>\n";
    httpd with("with");
    with.with({"alias"}).config(guarded).start();
    BOOST_TEST(ask(with, request("GET /expect-status?json")).status == 200);
    httpd without("without");
    without.stock().with({"alias"}).config(guarded).start();
    BOOST_TEST(ask(without, request("GET /expect-status?json")).status == 410);
    BOOST_TEST(without.configtest().exit_code == 0);
}

BOOST_AUTO_TEST_SUITE_END()
