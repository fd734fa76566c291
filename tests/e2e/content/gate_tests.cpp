// The gate, behind access control and before the handlers: when `continue` sends its 100, and that
// content which no handler read is never asked for.
#include "harness/ask.hpp"
#include "harness/checks.hpp"
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/scripts.hpp"
#include "harness/settings.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule continue 100-continue "expr=%{HTTP:X-Action} == 'continue'"
ExpectRule continue 100-continue early "expr=%{HTTP:X-Action} == 'early'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
)";

// Five bytes of content, which are held back.
std::string waiting(const std::string &line, const std::string &act,
                    std::vector<std::string> fields = {}) {
    fields.insert(fields.end(), {"Expect: 100-continue", "X-Action: " + act, "Content-Length: 5"});
    return request(line, fields);
}

// Read as by check_read(), with nobody asked: the content comes when the client is tired of
// waiting.
void check_read_unasked(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes);
    BOOST_TEST(client.silent());
    client.send("hello" + request("GET /plain.txt?behind"));
    const message answer = client.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

size_t times_run(const httpd &server, const std::string &handler) {
    return lines_with(server.error_log(), "probe: " + handler + " ran").size();
}

} // namespace

BOOST_AUTO_TEST_SUITE(gate_tests)

BOOST_AUTO_TEST_CASE(continue_sends_100_before_the_handler_reads) {
    for (const char *act : {"continue", "meet"}) {
        BOOST_TEST_CONTEXT("action " << act) {
            httpd server(act);
            server.site().config(load_probe("handlers") + policy);
            server.config("<Location /wait>\nSetHandler probe-wait\n</Location>");
            server.announce("probe: probe-wait ran").start();
            wire client(server.port());
            client.send(waiting("POST /wait", act));
            const bool at_gate = act == std::string("continue");
            if (at_gate)
                BOOST_TEST(client.next().status == 100);
            else
                BOOST_TEST(client.silent()); // the control: the handler has not read yet
            write_file(server.root() + "/run/open", "");
            if (!at_gate)
                BOOST_TEST(client.next().status == 100);
            client.send("hello");
            const message answer = client.next(); // no second 100
            BOOST_TEST(answer.body == "read 5 bytes\n");
            BOOST_TEST(!answer.announces_close());
            client.send(request("GET /plain.txt"));
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_100_of_continue_comes_behind_authentication) {
    httpd server;
    server.site().with({"auth_basic", "authn_core", "authn_file", "authz_user"}).config(policy);
    server.file("users", "known:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"); // test
    server.config(R"(<Location /cgi/count>
    AuthType Basic
    AuthName e2e
    AuthUserFile "@ROOT@/users"
    Require valid-user
</Location>)");
    server.start();
    const std::string known = "Authorization: Basic " + std::string("a25vd246dGVzdA==");
    for (const char *act : {"meet", "continue", "ignore"}) {
        BOOST_TEST_CONTEXT("nobody is known, action " << act) {
            const message answer =
                check_answered_at_once(server, waiting("POST /cgi/count", act), 401);
            BOOST_TEST(answer.has("WWW-Authenticate"));
        }
    }
    for (const char *act : {"meet", "continue", "early"}) {
        BOOST_TEST_CONTEXT("known, action " << act) {
            check_read(server, waiting("POST /cgi/count", act, {known}));
        }
    }
    check_read_unasked(server, waiting("POST /cgi/count", "ignore", {known}));
    // Early is what authentication of connections needs: the 401 keeps the connection.
    wire client(server.port());
    client.send(waiting("POST /cgi/count", "early"));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.status == 401);
    BOOST_TEST(!answer.announces_close());
    client.send(waiting("POST /cgi/count", "early", {known}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    BOOST_TEST(client.next().body == "read 5 bytes\n");
}

BOOST_AUTO_TEST_CASE(no_100_for_content_over_the_limit) {
    httpd server;
    server.site().config(policy).config("LimitRequestBody 4").announce("AH01588");
    server.allow(script_is_not_fed).start(); // the script has ended
    for (const char *act : {"meet", "continue", "early", "ignore"}) {
        BOOST_TEST_CONTEXT("action " << act) {
            check_answered_at_once(server, waiting("POST /cgi/count", act), 413);
            check_answered_at_once(server, waiting("POST /plain.txt", act), 413);
        }
    }
}

// A handler that only redirects is no handler: what it leads to has access control of its own.
BOOST_AUTO_TEST_CASE(rewritten_in_a_directory) {
    httpd server;
    server.site().with({"rewrite"}).config(policy).config(R"(<Directory "@ROOT@/docs">
    RewriteEngine On
    RewriteRule "^to-closed$" "/closed/x"
    RewriteRule "^to-script$" "/cgi/count"
    RewriteRule "^to-file$" "/plain.txt"
    RewriteRule "^twice$" "/to-script"
</Directory>
<Location /closed>
    Require all denied
</Location>)");
    server.announce("AH01630").start();
    for (const char *act : {"meet", "continue", "ignore"}) {
        BOOST_TEST_CONTEXT("to what is closed, action " << act) {
            check_answered_at_once(server, waiting("POST /to-closed", act), 403);
        }
    }
    for (const char *path : {"/to-script", "/twice"}) {
        for (const char *act : {"meet", "continue", "early"}) {
            BOOST_TEST_CONTEXT("to a script by " << path << ", action " << act) {
                check_read(server, waiting(std::string("POST ") + path, act));
            }
        }
        check_read_unasked(server, waiting(std::string("POST ") + path, "ignore"));
    }
    for (const char *act : {"meet", "ignore"}) {
        BOOST_TEST_CONTEXT("to a file, action " << act) {
            check_answered_at_once(server, waiting("POST /to-file", act), 200);
        }
    }
}

// mod_actions redirects as a handler; the last internal request tells whether something has read.
BOOST_AUTO_TEST_CASE(actions_and_scripts) {
    httpd server;
    server.site().with({"actions", "dir"}).file("docs/folder/f", "f\n").config(policy);
    server.config(R"(<Location "/acted">
    SetHandler acts
    Action acts /cgi/count virtual
</Location>
<Location "/filed">
    SetHandler files
    Action files /plain.txt? virtual
</Location>
<Directory "@ROOT@/docs/folder">
    Script POST /cgi/count
</Directory>)");
    server.start();
    for (const char *path : {"/acted", "/folder/"}) {
        BOOST_TEST_CONTEXT(path) {
            for (const char *act : {"meet", "continue", "early"})
                check_read(server, waiting(std::string("POST ") + path, act));
            check_read_unasked(server, waiting(std::string("POST ") + path, "ignore"));
            // All in one segment, the next request pipelined behind.
            wire client(server.port());
            client.send(waiting(std::string("POST ") + path, "meet") + "hello" +
                        request("GET /plain.txt"));
            BOOST_TEST(client.answer().body == "read 5 bytes\n");
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
    for (const char *act : {"meet", "ignore"})
        check_answered_at_once(server,
                               waiting("POST /filed", act) + request("GET /plain.txt?behind"), 200);
    server.stop();
    for (const access_entry &entry : server.served(0))
        BOOST_TEST(!holds(entry.request, "behind"));
}

BOOST_AUTO_TEST_CASE(an_index_that_reads) {
    httpd server;
    server.site().with({"dir"}).file("docs/folder/f", "f\n").config(policy);
    server.config("DirectoryIndex /cgi/count").start();
    for (const char *act : {"meet", "continue", "early"})
        check_read(server, waiting("POST /folder/", act));
    check_read_unasked(server, waiting("POST /folder/", "ignore"));
}

// What handlers return, and that each of them ran once.
BOOST_AUTO_TEST_CASE(results_of_handlers) {
    const struct {
        const char *handler;
        int status;
        const char *body;
    } rows[] = {{"probe-ok", 200, "read 0 bytes\n"},
                {"probe-done", 200, "read 0 bytes\n"},
                {"probe-declined", 200, "plain\n"},
                {"probe-refused", 409, nullptr}};
    for (const char *act : {"meet", "ignore"}) {
        httpd server(act);
        server.site().config(load_probe("handlers") + policy);
        for (const auto &one : rows) {
            server.file(std::string("docs/") + one.handler, "plain\n");
            server.config(std::string("<Files ") + one.handler + ">\nSetHandler " + one.handler +
                          "\n</Files>");
        }
        server.announce("probe: .* ran").start();
        for (const auto &one : rows) {
            BOOST_TEST_CONTEXT(one.handler << " with " << act) {
                const message answer = check_answered_at_once(
                    server, waiting(std::string("POST /") + one.handler, act), one.status);
                if (one.body != nullptr)
                    BOOST_TEST(answer.body == one.body);
                BOOST_TEST(times_run(server, one.handler) == 1u);
            }
        }
    }
}

// What is answered later, by another thread, is left to httpd: it closes, and nothing is lost.
BOOST_AUTO_TEST_CASE(
    a_handler_that_suspends,
    *only_where([] { return the_settings().mpm == "event" && !find_module("dialup").empty(); },
                "with mod_dialup and the event MPM")) {
    httpd server;
    const std::string text(300, 'x');
    server.site().with({"dialup"}).file("docs/slow.txt", text).config(policy);
    server.config("<Files slow.txt>\nModemStandard V.26bis\n</Files>").start();
    for (const char *act : {"meet", "continue", "ignore"}) {
        BOOST_TEST_CONTEXT("action " << act) {
            wire client(server.port());
            client.send(waiting("GET /slow.txt", act) + "hello");
            const message answer = client.answer(false, 3 * at_once);
            BOOST_TEST(answer.status == 200);
            BOOST_TEST(answer.body == text);
            BOOST_TEST(answer.interims.size() == (act == std::string("continue") ? 1u : 0u));
            BOOST_TEST(answer.announces_close() == (act != std::string("continue")));
        }
    }
}

// mod_cache asks as a handler here, and is loaded first: it must not run twice for one request.
BOOST_AUTO_TEST_CASE(a_cache_that_is_a_handler) {
    httpd server;
    server.site().with({"cache", "cache_disk"}).config(policy).file("run/cache/keep", "");
    server.file("cgi/tick",
                "#!/bin/sh\nread_in=$(wc -c)\necho 'Content-Type: text/plain'\n"
                "echo 'Cache-Control: max-age=600'\necho\necho \"$read_in\"\ndate +%s.%N\n",
                true);
    server.config("CacheRoot \"@ROOT@/run/cache\"\nCacheEnable disk /\nCacheQuickHandler Off\n"
                  "CacheHeader On\n");
    if (!the_settings().user.empty())
        run_program({"chown", "-R", the_settings().user, server.root() + "/run/cache"});
    server.config("LogLevel cache:debug").allow("cache").start();
    size_t missed = 0;
    for (const char *act : {"meet", "continue"}) {
        BOOST_TEST_CONTEXT("action " << act) {
            const std::string path = std::string("GET /cgi/tick?") + act;
            wire client(server.port());
            client.send(waiting(path, act));
            BOOST_TEST(client.next().status == 100);
            client.send("hello");
            const message first = client.next();
            BOOST_TEST(first.body.substr(0, 2) == "5\n");
            BOOST_TEST(holds(first.field("X-Cache"), "MISS"));
            BOOST_TEST(ask(server, request(path)).body == first.body);
            const std::string log = server.error_log();
            BOOST_TEST(lines_with(log, "Adding CACHE_SAVE filter for /cgi/tick").size() ==
                       ++missed);
        }
    }
    // From the cache: nothing is asked for.
    const message hit = check_answered_at_once(server, waiting("GET /cgi/tick?meet", "meet"), 200);
    BOOST_TEST(holds(hit.field("X-Cache"), "HIT"));
}

BOOST_AUTO_TEST_SUITE_END()
