// What the status page and its JSON say: hosts, rules and rejections, as text and nothing but text.
#include "harness/status.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <ctime>

using namespace e2e;

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

BOOST_AUTO_TEST_SUITE(status_page_tests)

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

// Names of hosts, of sections and of files are text as well, and so is the one that is asked for.
BOOST_AUTO_TEST_CASE(names_are_text) {
    httpd server;
    server.file("a&<b>.inc", "ExpectRule reject no\n").config("ExpectPolicy On");
    server.config(status_location).config(R"(<VirtualHost *:@PORT@>
    ServerName "<i>&'\"</i>"
    <Location "/<script>&">
        ExpectRule meet 'x="</code><i>"'
    </Location>
    Include "@ROOT@/a&<b>.inc"
</VirtualHost>)");
    server.start();
    const std::string query = "?host=%3Ci%3E%26%27%22%3C/i%3E";
    for (const std::string &page : {status_page(server), status_page(server, query)}) {
        const std::string said =
            python_says("import sys, xml.etree.ElementTree as x\n"
                        "root = x.fromstring(sys.stdin.buffer.read())\n"
                        "print(root.find('.//i'), root.find('.//script'), end='')",
                        page);
        BOOST_TEST(said == "None None");
        BOOST_TEST(holds(page, "&lt;i&gt;&amp;'&quot;&lt;/i&gt;:"));
        BOOST_TEST(holds(page, "&lt;Location &quot;/&lt;script&gt;&amp;&quot;&gt;"));
    }
    BOOST_TEST(python_says("import json, sys\n"
                           "host = json.load(sys.stdin)['hosts'][0]['host']\n"
                           "print(host[:host.rindex(':')], end='')",
                           status_page(server, query + "&json")) == "<i>&'\"</i>");
    BOOST_TEST(faults_of_exposition(status_page(server, "?prometheus")) == "");
}

// httpd signs the page with the name that the client asked for, where it is told to.
BOOST_AUTO_TEST_CASE(the_name_in_the_signature_is_text) {
    httpd server;
    server.config("ExpectPolicy On\nServerSignature On\nUseCanonicalName Off\n"
                  "HttpProtocolOptions Unsafe");
    server.config(status_location).start();
    const std::string page =
        ask(server, request("GET /expect-status", {"Host: n\xe9<b>.test"})).body;
    BOOST_TEST(python_says("import sys\n"
                           "page = sys.stdin.buffer.read().decode('utf-8')\n"
                           "print(page[page.rindex(' Server at '):page.rindex(' Port ')], end='')",
                           page) == " Server at n?&lt;b&gt;.test");
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
    BOOST_TEST(!holds(page, "busy.test"));
    BOOST_TEST(holds(page, "\"?json&amp;host=other.test\""));
    const std::string metrics = status_page(server, "?prometheus&host=other.test");
    BOOST_TEST(faults_of_exposition(metrics) == "");
    BOOST_TEST(!holds(metrics, "busy.test"));
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

// Rules that were hit come first, whatever host was asked; where there are many rules, the
// others are folded.
BOOST_AUTO_TEST_CASE(rules_that_were_hit) {
    const struct {
        int rules; // of a host, none of which is hit
        const char *shown;
    } rows[] = {
        {1, "+localhost , main server: 1 hits | +Built in, behind those of every host: 0 hits | "
            "+never.test : 0 hits"},
        {29, "+localhost , main server: 1 hits | +Built in, behind those of every host: 0 hits | "
             "+never.test : 0 hits"},
        {30, "localhost , main server: 1 hits | +Built in, behind those of every host: 0 hits | "
             "1 host of which no rule was hit | never.test : 0 hits"},
    };
    for (const auto &row : rows) {
        BOOST_TEST_CONTEXT(row.rules << " rules") {
            httpd server("httpd-" + std::to_string(row.rules));
            std::string rules;
            for (int i = 0; i < row.rules; ++i)
                rules += "ExpectRule meet never-" + std::to_string(i) + "\n";
            server.config("ExpectPolicy On\nExpectRule reject hit").config(status_location);
            server.config("<VirtualHost *:@PORT@>\nServerName first.test\n</VirtualHost>\n"
                          "<VirtualHost *:@PORT@>\nServerName never.test\n" +
                          rules + "</VirtualHost>");
            server.announce("expect: rejected").start();
            ask(server, request("GET /", {"Host: first.test", "Expect: hit"}));
            const std::string page = status_page(server);
            BOOST_TEST(python_says("import re, sys, xml.etree.ElementTree as x\n"
                                   "root = x.fromstring(sys.stdin.buffer.read())\n"
                                   "text = lambda e: ' '.join(' '.join(e.itertext()).split())\n"
                                   "print(' | '.join(\n"
                                   "    ('+' if d.get('open') else '') +\n"
                                   "    re.sub(':[0-9]+', '', text(d.find('summary')))\n"
                                   "    for d in root.iter('details')\n"
                                   "    if re.search('hits?$', text(d.find('summary')))), end='')",
                                   page) == row.shown);
            const std::string count = std::to_string(row.rules) + "&#160;rule";
            BOOST_TEST(holds(page, count + (row.rules == 1 ? "</a>" : "s</a>")));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
