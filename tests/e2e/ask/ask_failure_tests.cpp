// What is no answer: nothing passes when asking fails, whatever the application or httpd says on
// the way. The client gets 503 at once, and the error log says why.
#include "harness/application.hpp"
#include "harness/front.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;

namespace {

// A script with these lines, asked about every upload.
void ask_script(httpd &server, const std::string &lines) {
    add_applications(server);
    server.file("cgi/asked", "#!/bin/sh\n" + lines + "\n", true);
    server.config(ask_about_100("/cgi/asked"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_failure_tests)

BOOST_AUTO_TEST_CASE(scripts_that_fail) {
    const struct {
        const char *name;
        const char *lines;
        const char *why;
        const char *also; // what httpd itself says of it
    } rows[] = {
        {"dies", "exit 1", "it failed", "End of script output|AH02811|Premature end"},
        {"dies by a signal", "kill -9 $$", "it failed", "End of script output|Premature end"},
        {"says no field", "echo hello", "it failed", "malformed header|AH02812|Premature end"},
        {"redirects to a file", "printf 'Location: /plain.txt\\n\\n'", "it redirected locally", ""},
        {"redirects to nothing", "printf 'Location: /none\\n\\n'", "it redirected locally",
         "AH00128"},
        {"redirects to itself", "printf 'Location: /cgi/asked\\n\\n'", "it redirected locally",
         "AH00124"},
        {"redirects to another script", "printf 'Location: /cgi/says?200\\n\\n'",
         "it redirected locally", ""},
        {"says no such status", "printf 'Status: 999 What\\n\\n'", "it failed|not a final one",
         "AH01579|Invalid status line"},
        {"says that it continues", "printf 'Status: 100 Continue\\n\\n'", "not a final one", ""},
        {"switches protocols", "printf 'Status: 101 Switching\\n\\n'", "not a final one", ""},
        {"says too much", "printf '\\n'; head -c 70000 /dev/zero", "longer than 64 KiB",
         "AH01281|AH10154|head:"},
        {"says too much without end", "printf '\\n'; yes", "longer than 64 KiB",
         "AH01281|AH10154|yes:"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            httpd server(one.name);
            ask_script(server, one.lines);
            server.announce("expect: cannot ask \"/cgi/asked\" about \"100-continue\" by .*(" +
                            std::string(one.why) + "); answered with 503");
            if (*one.also != '\0')
                server.allow(one.also);
            server.start();
            for (const char *sent : {"", "hello"}) {
                const message answer = check_answered_at_once(
                    server, waiting_upload_to("POST /cgi/count") + sent, 503);
                BOOST_TEST(holds(answer.body, "503 Service Unavailable"));
            }
        }
    }
}

// The status was 2xx, and yet the application had more to say and did not.
BOOST_AUTO_TEST_CASE(backends_that_fail) {
    const struct {
        const char *name;
        const char *bytes;
        int status;
        const char *why;
    } rows[] = {
        {"nothing", "", 503, "it failed"},
        {"no HTTP", "hello\r\n\r\n", 503, "it said nothing"},
        {"half a head", "HTTP/1.1 200 OK\r\nContent-", 503, "it failed"},
        {"half a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 503, "broke off"},
        {"half a body of a refusal", "HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nhalf", 503,
         "broke off"},
        {"half a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", 503,
         "broke off"},
        {"an interim response alone", "HTTP/1.1 103 Early\r\n\r\n", 503, "it failed"},
        {"switching protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 503,
         "it failed|not a final one"},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            front pair(ask_about_100("/back/asked"), "", one.name);
            pair.server.announce("expect: cannot ask .*(" + std::string(one.why) + ")");
            pair.server.allow("proxy").start();
            wire client(pair.server.port());
            client.send(waiting_upload_to("POST /cgi/count"));
            {
                wire behind = pair.backend.accept();
                behind.read_until(head_end);
                behind.send(one.bytes);
            }
            const message answer = client.next();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
        }
    }
}

// Other protocols, to whose modules a question goes with nothing at the other end that speaks them.
BOOST_AUTO_TEST_CASE(backends_that_do_not_speak) {
    for (const char *scheme : {"fcgi", "scgi", "uwsgi", "ajp", "h2c", "http"}) {
        // FCGI_END_REQUEST for request 1, complete, and nothing before it.
        const std::string end("\1\3\0\1\0\10\0\0\0\0\0\0\0\0\0\0", 16);
        for (const std::string &bytes : {std::string(), std::string("hello\r\n\r\n"), end}) {
            BOOST_TEST_CONTEXT(scheme << ", " << bytes.size() << " bytes") {
                const std::string module =
                    std::string(scheme) == "h2c" ? "proxy_http2" : "proxy_" + std::string(scheme);
                listener behind;
                httpd server(scheme + std::to_string(bytes.size()));
                server.site().with({"proxy", module}).timeout(3);
                server.config("ProxyPass /asked " + std::string(scheme) +
                              "://127.0.0.1:" + std::to_string(behind.port()) +
                              "/ retry=0\nProxyTimeout 1\n" + ask_about_100("/asked"));
                server.announce("expect: cannot ask .*(it failed|it said nothing)");
                server.allow("proxy|AH|malformed header").start();
                wire client(server.port());
                client.send(waiting_upload_to("POST /cgi/count"));
                for (int i = 0; i < 2 && behind.called(milliseconds(i == 0 ? 4000 : 100)); ++i) {
                    wire asked = behind.accept();
                    asked.read_bytes(1);
                    asked.send(bytes);
                    asked.end_of_sending();
                    asked.rest(milliseconds(100));
                }
                const message answer = client.next();
                BOOST_TEST(answer.status == 503);
                BOOST_TEST(client.closes());
            }
        }
    }
}

// On a client's kept connection httpd closes without a word, so that the client comes again; and
// the default status is 200.
BOOST_AUTO_TEST_CASE(a_backend_that_closes_behind_a_kept_connection) {
    front pair(ask_about_100("/back/asked"));
    pair.server.announce("expect: cannot ask .*broke off").allow("proxy").start();
    wire client(pair.server.port());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
    client.send(waiting_upload_to("POST /cgi/count"));
    {
        wire behind = pair.backend.accept();
        behind.read_until(head_end);
    }
    BOOST_TEST(client.next().status == 503);
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(a_backend_that_is_not_there) {
    httpd server;
    server.site().with({"proxy", "proxy_http", "proxy_fcgi"});
    server.config("ProxyPass /http http://127.0.0.1:" + std::to_string(free_port("127.0.0.1")) +
                  "/\nProxyPass /fcgi fcgi://127.0.0.1:" + std::to_string(free_port("127.0.0.1")) +
                  "/\nExpectPolicy On\n"
                  "ExpectRule ask 100-continue url=/http \"expr=%{HTTP:X-Ask} == 'http'\"\n"
                  "ExpectRule ask 100-continue url=/fcgi \"expr=%{HTTP:X-Ask} == 'fcgi'\"\n"
                  "ExpectRule ask foo url=/http");
    server.announce("expect: cannot ask .*it failed").allow("proxy").start();
    for (const char *kind : {"http", "fcgi"})
        check_answered_at_once(
            server, waiting_upload_to("POST /cgi/count", {"X-Ask: " + std::string(kind)}), 503);
    // Without content, too; httpd closes behind every 503.
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: foo"}) + request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 503);
    BOOST_TEST(client.closes());
}

// How long a slow one may take is httpd's own.
BOOST_AUTO_TEST_CASE(an_application_that_takes_its_time) {
    // Where the server's folder has a long path, scripts are mod_cgi's.
    const std::string one_second = "<IfModule cgid_module>\nCGIDScriptTimeout 1\n</IfModule>\n"
                                   "<IfModule !cgid_module>\nCGIScriptTimeout 1\n</IfModule>\n";
    front pair(ask_about_100("/back/asked") +
               "ProxyTimeout 1\n"
               "<Location /slow>\nExpectRule ask 100-continue url=/cgi/slow\n</Location>\n"
               "<Location /cgi>\n" +
               one_second + "</Location>");
    pair.server.file("cgi/slow", "#!/bin/sh\nprintf '\\nhalf'\nexec sleep 20\n", true);
    pair.server.announce("expect: cannot ask \"/back/asked\" .*it failed");
    pair.server.announce("expect: cannot ask \"/cgi/slow\" .*broke off");
    pair.server.allow("proxy|cgid?:").start();
    check_answered_at_once(pair.server, waiting_upload_to("POST /cgi/count"), 503);
    check_answered_at_once(pair.server, waiting_upload_to("PUT /slow"), 503);
}

// Behind a redirect of httpd's own an error document of the question may say what it likes.
BOOST_AUTO_TEST_CASE(error_documents_of_the_question) {
    const struct {
        const char *target; // of a redirect inside the question
        int status;
        const char *why;
    } rows[] = {{"/closed", 403, nullptr},
                {"/none", 404, nullptr},
                {"/cgi/dies", 503, "it failed"},
                {"/down", 503, "it failed"},
                {"/asked/loop", 503, "it failed"}};
    for (const char *document : {"", "/cgi/says?200", "/plain.txt", "\"ok"}) {
        for (const auto &one : rows) {
            BOOST_TEST_CONTEXT(one.target << " with " << document) {
                httpd server(std::string(one.target).substr(1, 3) +
                             std::to_string(std::string(document).size()));
                add_applications(server);
                server.with({"rewrite", "proxy", "proxy_http"}).file("docs/asked/keep", "");
                server.file("cgi/dies", "#!/bin/sh\nexit 1\n", true);
                if (*document != '\0') {
                    server.config("<LocationMatch ^/(closed|none|cgi/dies|down|asked)>");
                    for (const char *status : {"403", "404", "500", "503"})
                        server.config("ErrorDocument " + std::string(status) + " " + document);
                    server.config("</LocationMatch>");
                }
                server.config("<Location /closed>\nRequire all denied\n</Location>\nProxyPass "
                              "/down http://127.0.0.1:" +
                              std::to_string(free_port("127.0.0.1")) +
                              "/\n<Directory \"@ROOT@/docs/asked\">\nRewriteEngine On\n"
                              "RewriteRule ^it$ " +
                              one.target + "\nRewriteRule ^loop$ /asked/loop?x\n</Directory>");
                server.config(ask_about_100("/asked/it"));
                server.announce(one.why != nullptr ? "expect: cannot ask .*it failed"
                                                   : "expect: rejected");
                server.allow("proxy|AH01630|AH00128|AH00124|AH02811|Premature|End of script");
                server.allow("AH00125|AH00121|AH00122").start();
                const message answer = check_answered_at_once(
                    server, waiting_upload_to("POST /cgi/count"), one.status);
                BOOST_TEST(!holds(answer.body, "HTTP_X_EXPECT"));
            }
        }
    }
}

// Where the proxy replaces errors by pages of its own, the application has sent no body, and its
// server errors are no answer.
BOOST_AUTO_TEST_CASE(an_application_of_which_errors_are_overridden) {
    const struct {
        const char *head;
        int status;
        const char *body;
    } rows[] = {{"403 No", 403, "overridden"},
                {"401 Who\r\nWWW-Authenticate: Bearer", 401, "could not verify"},
                {"429 Often\r\nRetry-After: 9", 429, "too many requests"},
                {"507 Full", 503, "<title>503 Service Unavailable</title>"}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.head) {
            front pair(ask_about_100("/back/asked") +
                           "ProxyErrorOverride On\nErrorDocument 403 \"overridden",
                       "", std::string(one.head).substr(0, 3));
            pair.server.announce(one.status == 503 ? "expect: cannot ask" : "expect: rejected");
            pair.server.start();
            wire client(pair.server.port());
            client.send(waiting_upload_to("POST /cgi/count"));
            wire behind = pair.backend.accept();
            behind.read_until(head_end);
            behind.send("HTTP/1.1 " + std::string(one.head) + "\r\nContent-Length: 3\r\n\r\nown");
            const message answer = client.next();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(holds(answer.body, one.body), answer.body);
            if (one.status == 401)
                BOOST_TEST(answer.field("WWW-Authenticate") == "Bearer");
            BOOST_TEST(client.closes());
        }
    }
}

// It leaves while the application thinks: nothing is wrong with the server, nor with what it says.
BOOST_AUTO_TEST_CASE(a_client_that_leaves_meanwhile) {
    for (const char *status : {"204 Yes", "403 No"}) {
        BOOST_TEST_CONTEXT(status) {
            front pair(ask_about_100("/back/asked"), "", std::string(status).substr(0, 3));
            pair.server.allow("expect: |cgid|cat: |tr: ").start();
            {
                wire client(pair.server.port());
                client.send(waiting_upload_to("POST /cgi/count"));
                wire behind = pair.backend.accept();
                behind.read_until(head_end);
                { const wire gone(std::move(client)); }
                behind.send("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n");
            }
            BOOST_TEST(ask(pair.server, request("GET /plain.txt")).body == "plain\n");
            const std::vector<access_entry> log = pair.server.served(2);
            BOOST_TEST(log.size() == 2u);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
