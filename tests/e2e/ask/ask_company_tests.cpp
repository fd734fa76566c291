// Questions beside other modules: caches, rewriting and indexes of the upload itself,
// authentication, and filters that read. What they do for an upload they do once the application
// has let it pass.
#include "harness/application.hpp"
#include "harness/probe.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const known = "Authorization: Basic a25vd246dGVzdA==";

void add_users(httpd &server) {
    server.with({"auth_basic", "authn_core", "authn_file", "authz_user"});
    server.file("users", "known:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"); // test
}

const char *const valid_user = "AuthType Basic\nAuthName e2e\nAuthUserFile \"@ROOT@/users\"\n"
                               "Require valid-user\n";

// A server with a cache over all that it has.
void add_cache(httpd &server, const std::string &options) {
    add_applications(server);
    server.with({"cache", "cache_disk"}).file("run/cache/keep", "");
    server.file("cgi/cached",
                "#!/bin/sh\nread_in=$(wc -c | tr -d ' ')\nprintf 'Status: %s\\n' "
                "\"${QUERY_STRING:-200}\"\nprintf 'Content-Type: text/plain\\nCache-Control: "
                "max-age=600\\n\\n'\nprintf 'read %s bytes\\n' \"$read_in\"\ndate +%s.%N\n",
                true);
    server.config("CacheRoot \"@ROOT@/run/cache\"\nCacheEnable disk /\nCacheHeader On\n" + options);
    if (!the_settings().user.empty())
        run_program({"chown", "-R", the_settings().user, server.root() + "/run/cache"});
    server.allow("cache");
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_company_tests)

// A cache may hold an answer of the application, which an outsider asked; nobody is let pass by it,
// not even where httpd is told to heed no wish of clients.
BOOST_AUTO_TEST_CASE(a_cached_answer_counts_for_nobody) {
    for (const std::string quick : {"On", "Off"}) {
        for (const std::string ignores : {"On", "Off"}) {
            for (const char *url : {"/cgi/cached", "/asked/it"}) {
                BOOST_TEST_CONTEXT("quick " << quick << ", ignores " << ignores << ", " << url) {
                    httpd server(quick + ignores + std::string(url).substr(1, 1));
                    add_cache(server, "CacheQuickHandler " + quick + "\nCacheIgnoreCacheControl " +
                                          ignores);
                    server.with({"rewrite"}).file("docs/asked/keep", "");
                    server.config("<Directory \"@ROOT@/docs/asked\">\nRewriteEngine On\n"
                                  "RewriteRule . /cgi/cached\n</Directory>\n" +
                                  ask_about_100(url));
                    server.allow("expect: cannot ask .*a cache answered").start();
                    const std::string first = ask(server, request("GET /cgi/cached")).body;
                    BOOST_TEST(ask(server, request("GET /cgi/cached")).body == first);
                    ask(server, request("GET /asked/it"));
                    // From now on it says no, and only to those who ask it.
                    server.file("cgi/cached", "#!/bin/sh\nprintf 'Status: 403\\n\\nno'\n", true);
                    wire client(server.port());
                    client.send(waiting_upload_to("POST /cgi/count"));
                    const int status = client.next().status;
                    BOOST_TEST((status == 403 || (ignores == "On" && status == 503)));
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
}

// The upload goes past a cache that has something under its name, and then the cache knows no more.
BOOST_AUTO_TEST_CASE(an_upload_invalidates_what_is_cached) {
    for (const std::string quick : {"On", "Off"}) {
        for (const char *policy : {"ExpectPolicy On\nExpectRule ask 100-continue url=/cgi/says?200",
                                   "ExpectPolicy On\n<Location />\nExpectRule ask 100-continue "
                                   "url=/cgi/says?200\n</Location>"}) {
            BOOST_TEST_CONTEXT("quick " << quick << ", " << policy) {
                httpd server(quick + (holds(policy, "Location") ? "-section" : ""));
                add_cache(server, "CacheQuickHandler " + quick);
                server.config(policy).start();
                const std::string first = ask(server, request("GET /cgi/cached")).body;
                BOOST_TEST(ask(server, request("GET /cgi/cached")).body == first);
                wire client(server.port());
                client.send(waiting_upload_to("POST /cgi/cached"));
                BOOST_TEST(client.next().status == 100);
                client.send("hello");
                BOOST_TEST(holds(client.next().body, "read 5 bytes\n"));
                const message after = ask(server, request("GET /cgi/cached"));
                BOOST_TEST(after.body != first);
                // With GET it is asked about, too, before a cache that is a handler answers.
                client.send(waiting_upload_to("GET /cgi/cached"));
                BOOST_TEST(client.next().status == (quick == "On" ? 100 : 200));
                client.send("hello");
                client.next();
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_upload_that_is_redirected) {
    httpd server;
    add_applications(server);
    server.with({"rewrite", "dir", "actions"}).file("docs/folder/f", "").file("docs/to/keep", "");
    server.config(R"(<Directory "@ROOT@/docs/to">
    RewriteEngine On
    RewriteRule ^says$ /cgi/count
    RewriteRule ^closed$ /closed
</Directory>
<Location /closed>
    Require all denied
</Location>
<Location /acted>
    SetHandler acts
    Action acts /cgi/count virtual
</Location>
<Directory "@ROOT@/docs/folder">
    DirectoryIndex /cgi/count
</Directory>
)");
    server.config("ExpectPolicy On\nExpectRule ask 100-continue url=/cgi/says?200 "
                  "\"expr=%{HTTP:X-May} == 'yes'\"\nExpectRule ask 100-continue url=/cgi/says?409");
    server.announce("expect: rejected").announce("AH01630").start();
    for (const char *path : {"/to/says", "/folder/", "/acted"}) {
        BOOST_TEST_CONTEXT(path) {
            const std::string line = "POST " + std::string(path);
            check_read(server, waiting_upload_to(line, {"X-May: yes"}));
            const message answer = check_answered_at_once(server, waiting_upload_to(line), 409);
            BOOST_TEST(holds(answer.body, "HTTP_X_ORIGINAL_URI=" + std::string(path) + "\n"));
            BOOST_TEST(holds(answer.body, "HTTP_X_ORIGINAL_METHOD=POST\n"));
        }
    }
    check_answered_at_once(server, waiting_upload_to("POST /to/closed", {"X-May: yes"}), 403);
}

// The application is asked behind authentication, and knows who it was; its own is its own.
BOOST_AUTO_TEST_CASE(who_the_user_is) {
    httpd server;
    add_applications(server);
    add_users(server);
    server.with({"headers"});
    server.config("<Location /mine>\n" + std::string(valid_user) +
                  "RequestHeader set X-User \"expr=%{REMOTE_USER}\"\n</Location>\n"
                  "<Location /guarded>\n" +
                  valid_user +
                  "</Location>\n"
                  "ScriptAlias /guarded \"@ROOT@/cgi/says\"\n" +
                  ask_about_100("/cgi/says?403") +
                  "<Location /open>\nExpectRule ask 100-continue url=/guarded?409\n</Location>");
    server.announce("expect: rejected").start();
    const message unknown = check_answered_at_once(server, waiting_upload_to("PUT /mine"), 401);
    BOOST_TEST(unknown.has("WWW-Authenticate"));
    const message answer = check_answered_at_once(
        server, waiting_upload_to("PUT /mine", {known, "X-User: forged"}), 403);
    BOOST_TEST(holds(answer.body, "REMOTE_USER=known\n"));
    BOOST_TEST(holds(answer.body, "HTTP_X_USER=known\n"));
    // The challenge of what is asked is the client's.
    const message challenged = check_answered_at_once(server, waiting_upload_to("PUT /open"), 401);
    BOOST_TEST(challenged.field("WWW-Authenticate") == "Basic realm=\"e2e\"");
    const message let_in =
        check_answered_at_once(server, waiting_upload_to("PUT /open", {known}), 409);
    BOOST_TEST(holds(let_in.body, "REMOTE_USER=known\n"));
}

// A form that logs in is read by a subrequest, of which none reads before the question is answered:
// it has to be posted without Expect. No 100 goes out.
BOOST_AUTO_TEST_CASE(a_form_that_logs_in) {
    httpd server;
    add_applications(server);
    add_users(server);
    server.with({"auth_form", "request", "session", "session_cookie"});
    server.config("<Location /form>\nKeptBodySize 1000\nAuthType Form\nAuthName e2e\n"
                  "AuthFormProvider file\nAuthUserFile \"@ROOT@/users\"\nRequire valid-user\n"
                  "Session On\nSessionCookieName s path=/\n</Location>\n" +
                  ask_about_100("/cgi/says?403"));
    server.announce("AH00128").start();
    const std::string form = "httpd_username=known&httpd_password=test";
    const std::vector<std::string> fields = {"Content-Type: application/x-www-form-urlencoded",
                                             "Content-Length: " + std::to_string(form.size())};
    BOOST_TEST(ask(server, request("POST /form", fields, form)).status == 404); // logged in
    std::vector<std::string> waiting = fields;
    waiting.push_back("Expect: 100-continue");
    check_answered_at_once(server, request("POST /form", waiting), 401);
}

// What an access check has read of the content is gone; the question does not find the rest.
BOOST_AUTO_TEST_CASE(content_that_was_read_before) {
    httpd server;
    add_applications(server);
    server.config(load_probe("handlers") + ask_about_100("/cgi/says?403"));
    server.announce("expect: rejected").announce("probe: access control read 5 bytes").start();
    wire client(server.port());
    client.send(waiting_upload_to("POST /x", {"X-Read-Early: yes"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(holds(answer.body, "read 0 bytes\n"));
    BOOST_TEST(client.closes());
}

// The page behind a question includes what may not read either.
BOOST_AUTO_TEST_CASE(includes_in_a_page_that_is_asked_about) {
    httpd server;
    add_applications(server);
    server.with({"include", "mime", "filter"}).file("mime.types", "text/html shtml\n");
    server.file("docs/page.shtml", "<!--#include virtual=\"/cgi/count\" -->");
    server
        .config("TypesConfig \"@ROOT@/mime.types\"\nOptions +Includes\n<Files *.shtml>\n"
                "SetOutputFilter INCLUDES\n</Files>\n" +
                ask_about_100("/page.shtml?x") +
                "<Location /cgi/says>\nRequire all granted\n"
                "</Location>")
        .start();
    check_read(server, waiting_upload_to("POST /cgi/count"));
    // Nothing reads the content of a page: it is not asked for.
    check_answered_at_once(server, waiting_upload_to("POST /page.shtml"), 200);
}

BOOST_AUTO_TEST_SUITE_END()
