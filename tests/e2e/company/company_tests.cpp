// The same verdicts beside the modules that people load: each alone and doing something, then all
// of them at once. What one of them and the policy have to do with each other is in
// company_*_tests.cpp.
#include "harness/ask.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/verdict_rows.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct companion {
    const char *name;
    std::vector<std::string> modules;
    const char *config;
    const char *log = "^$"; // what it says of itself
};

const companion companions[] = {
    {"headers", {"headers"}, R"(RequestHeader set X-Early 1 early
RequestHeader set X-Late 1
Header always set X-Answer 1)"},
    {"setenvif", {"setenvif"}, R"(SetEnvIf Expect "100-continue" waits
BrowserMatch Old nokeepalive)"},
    {"rewrite", {"rewrite"}, R"(RewriteEngine On
RewriteCond %{HTTP:Expect} 100-continue
RewriteRule .* - [E=waits:1])"},
    {"remoteip", {"remoteip"}, R"(RemoteIPHeader X-Forwarded-For
RemoteIPInternalProxy 127.0.0.1)"},
    {"dumpio",
     {"dumpio"},
     R"(DumpIOInput On
DumpIOOutput On
LogLevel dumpio:trace7)",
     "dumpio:trace7"},
    {"log_forensic", {"log_forensic"}, R"(ForensicLog "@ROOT@/logs/forensic.log")"},
    {"logio", {"logio"}, R"(LogFormat "%I %O %S" io
LogIOTrackTTFB On
CustomLog "@ROOT@/logs/io.log" io)"},
    {"reqtimeout", {"reqtimeout"}, "RequestReadTimeout header=10-20,MinRate=1 body=10,MinRate=1"},
    {"security2",
     {"unique_id", "security2"},
     R"(SecRuleEngine On
SecRequestBodyAccess On
SecDataDir "@ROOT@/run"
SecTmpDir "@ROOT@/run"
SecRule REQUEST_HEADERS:Expect "@contains never" "id:1,phase:1,deny,status:400"
SecRule REQUEST_BODY "@contains never" "id:2,phase:2,deny,status:400")",
     "ModSecurity|AH01630"},
    {"deflate", {"deflate", "filter"}, R"(SetInputFilter DEFLATE
SetOutputFilter DEFLATE)"},
    {"cache",
     {"cache", "cache_disk"},
     R"(CacheRoot "@ROOT@/run/cache"
CacheEnable disk /
CacheDefaultExpire 600
CacheQuickHandler On
CacheIgnoreCacheControl On)",
     "AH00(737|750|751|752|764|767|768|769|770|780|784|785|786|787)|cache:"},
    {"ratelimit", {"ratelimit", "env"}, R"(SetOutputFilter RATE_LIMIT
SetEnv rate-limit 4096)"},
    {"unique_id", {"unique_id"}, ""},
    {"request", {"request"}, R"(<Location "/">
KeptBodySize 32
</Location>)"},
    {"buffer", {"buffer"}, R"(SetInputFilter BUFFER
SetOutputFilter BUFFER
<Location "/">
BufferSize 10
</Location>)"},
    {"dav", {"dav", "dav_fs", "dav_lock"}, R"(DavLockDB "@ROOT@/run/davlock"
<Location "/dav">
Dav On
</Location>)"},
    {"http2", {"http2"}, "Protocols h2c http/1.1"},
    {"ssl", {"ssl", "socache_shmcb"}, "", "AH01873|AH01882"},
    {"proxy", {"proxy", "proxy_http", "proxy_fcgi"}, R"(ProxyPass "/back/" "http://127.0.0.1:1/")"},
    {"status", {"status", "info"}, R"(ExtendedStatus On
<Location "/status">
SetHandler server-status
</Location>)"},
    {"session",
     {"session", "session_cookie"},
     R"(<Location "/">
Session On
SessionCookieName s path=/
</Location>)",
     "AH0[0-9]+: .*session"},
};

// mod_security comes from a package of its own.
std::vector<companion> installed() {
    std::vector<companion> found;
    for (const companion &one : companions) {
        if (one.name != std::string("security2") || !find_module(one.name).empty())
            found.push_back(one);
        else
            BOOST_TEST_MESSAGE("mod_security2 is not installed: not tested");
    }
    return found;
}

const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
ExpectRule meet foo=bar;*
ExpectRule ignore other
ExpectRule reject no status=403
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
)";

const std::vector<row> rows = {
    {"100-continue", {"Expect: 100-continue"}, 200, "100-continue"},
    {"list", {"Expect: , good,100-Continue"}, 200, "100-continue, good"},
    {"ignored", {"Expect: other"}, 200, "-"},
    {"ignored beside met", {"Expect: other", "Expect: good"}, 200, "good"},
    {"ignored 100-continue", {"Expect: 100-continue", "X-Action: ignore"}, 200, "-"},
    {"parameters", {"Expect: FOO=\"bar\";p=1"}, 200, "FOO=\"bar\";p=1"},
    {"rejected", {"Expect: foo"}, 417},
    {"rejected by rule", {"Expect: good, no"}, 403},
    {"rejected in a second line", {"Expect: 100-continue", "Expect: foo"}, 417},
    {"malformed", {"Expect: y 100-continue"}, 417},
    {"folded", {"Expect:\r\n 100-continue"}, 417},
    {"none", {"X-A: 1"}, 200, "-"},
};

// What must hold whoever else is loaded.
void check_verdicts(httpd &server) {
    check_rows(server, rows);
    for (const char *method : {"GET", "POST"}) {
        BOOST_TEST_CONTEXT("withheld content, " << method) {
            wire client(server.port());
            client.send(withheld(std::string(method) + " /plain.txt", "foo"));
            const message refused = client.next();
            BOOST_TEST(refused.status == 417);
            BOOST_TEST(refused.announces_close());
            BOOST_TEST(client.closes());
        }
    }
    BOOST_TEST_CONTEXT("100 once and before the content") {
        wire client(server.port());
        client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
        BOOST_TEST(client.next().status == 100);
        client.send("hello");
        const message answer = client.next();
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(answer.body == "read 5 bytes\n");
    }
    BOOST_TEST_CONTEXT("kept without content") {
        wire client(server.port());
        for (int round = 0; round < 2; ++round) {
            client.send(request("GET /plain.txt", {"Expect: foo"}) +
                        request("GET /plain.txt", {"Expect: 100-continue"}));
            BOOST_TEST(client.next().status == 417);
            const message answer = client.next();
            BOOST_TEST(answer.status == 200);
            BOOST_TEST(answer.body == "plain\n");
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(company_tests)

BOOST_AUTO_TEST_CASE(each_alone) {
    for (const companion &one : installed()) {
        BOOST_TEST_CONTEXT("beside mod_" << one.name) {
            httpd server(one.name);
            if (one.name == std::string("http2"))
                server.threaded();
            server.site().with(one.modules).config(one.config).config(policy);
            server.announce("expect: rejected").allow(one.log).start();
            check_verdicts(server);
        }
    }
}

BOOST_AUTO_TEST_CASE(all_at_once) {
    for (const char *sections : {"", "<Location \"/\">\nExpectRule reject unlikely\n</Location>"}) {
        BOOST_TEST_CONTEXT("with section rules: " << sections) {
            httpd server(*sections == '\0' ? "host" : "section");
            server.threaded().site().config(policy).config(sections);
            for (const companion &one : installed()) {
                server.with(one.modules).allow(one.log);
                // One filter of input and one of output is the last word of its directive.
                std::string config = one.config;
                for (const char *filters : {"SetInputFilter ", "SetOutputFilter "}) {
                    const size_t at = config.find(filters);
                    if (at != std::string::npos)
                        config.erase(at, config.find('\n', at) - at);
                }
                server.config(config);
            }
            server.config(
                "SetInputFilter DEFLATE;BUFFER\nSetOutputFilter BUFFER;DEFLATE;RATE_LIMIT");
            server.announce("expect: rejected").start();
            check_verdicts(server);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
