// The kinds of applications that can be asked: scripts, PHP, services behind a proxy over HTTP/1
// and HTTP/2, Lua, files and what httpd guards. Each refuses without a byte of the content, each
// meets, and none sees any of it.
#include "harness/application.hpp"
#include "harness/php_fpm.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;
namespace utf = boost::unit_test;

namespace {

// Uploads over HTTP/1 with the content withheld and with it sent unasked, to a path that is met and
// to one that is refused with 413 and the words "read 0 bytes".
void check_both(httpd &server, const std::string &asked) {
    server.config("ExpectPolicy On\nExpectRule ask 100-continue url=" + asked + "413\n" +
                  "<Location /cgi/count>\nExpectRule ask 100-continue url=" + asked + "200\n" +
                  "</Location>");
    server.announce("expect: rejected \"100-continue\" with 413").start();
    for (const char *sent : {"", "hello"}) {
        const message answer =
            check_answered_at_once(server, waiting_upload_to("PUT /new") + sent, 413);
        BOOST_TEST(holds(answer.body, "read 0 bytes"), answer.raw);
        BOOST_TEST(holds(answer.body, "/new"));
        BOOST_TEST(answer.field("Retry-After") == "7");
    }
    const message chunked = check_answered_at_once(
        server,
        request("PUT /new", {"Expect: 100-continue", "Transfer-Encoding: chunked"},
                "5\r\nhello\r\n0\r\n\r\n"),
        413);
    BOOST_TEST(holds(chunked.body, "read 0 bytes"), chunked.raw);
    check_read(server, waiting_upload_to("POST /cgi/count"));
}

const char *const application =
    "#!/bin/sh\nread_in=$(wc -c | tr -d ' ')\n"
    "printf 'Status: %s\\nContent-Type: text/plain\\nRetry-After: 7\\n\\n' \"$QUERY_STRING\"\n"
    "echo \"read $read_in bytes, $HTTP_X_ORIGINAL_URI\"\n";

// A server with that script as /cgi/app, as the backend of another one.
struct backend {
    httpd server{"backend"};
    explicit backend(const std::string &config) {
        server.site().threaded().file("cgi/app", application, true).config(config);
    }
    std::string address() { return "127.0.0.1:" + std::to_string(server.port()); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(ask_applications_tests)

BOOST_AUTO_TEST_CASE(scripts_by_mod_cgi_and_mod_cgid) {
    for (const char *module : {"cgi", "cgid"}) {
        httpd server(module);
        server.with({"alias", module}).file("docs/plain.txt", "plain\n");
        if (server.root().size() > 85 && module == std::string("cgid"))
            continue; // a socket's path has room for a hundred bytes
        server.file("cgi/count", cgi_scripts[1].text, true).file("cgi/app", application, true);
        server.config("ScriptAlias /cgi/ \"@ROOT@/cgi/\"");
        check_both(server, "/cgi/app?");
    }
}

// What the input of FastCGI ends with is what a subrequest of mod_proxy_fcgi reads.
BOOST_AUTO_TEST_CASE(php, *utf::precondition(has_php_fpm{})) {
    for (const char *how : {"", "SetEnv proxy-sendcl 1", "SetEnv proxy-sendchunked 1"}) {
        BOOST_TEST_CONTEXT(how) {
            httpd server(holds(how, "cl") ? "cl" : holds(how, "chunked") ? "chunked" : "plain");
            php_pool fpm(server);
            server.site().with({"env"}).config(how).config("<FilesMatch \"\\.php$\">\nSetHandler " +
                                                           fpm.handler() + "\n</FilesMatch>");
            server.file("docs/app.php",
                        "<?php http_response_code((int)$_SERVER['QUERY_STRING']);\n"
                        "header('Retry-After: 7');\n"
                        "echo 'read ', strlen(file_get_contents('php://input')), ' bytes, ',\n"
                        "    $_SERVER['HTTP_X_ORIGINAL_URI'], ' ',\n"
                        "    json_encode(isset($_SERVER['CONTENT_LENGTH']));\n");
            check_both(server, "/app.php?");
            server.stop();
            fpm.stop();
        }
    }
}

BOOST_AUTO_TEST_CASE(a_service_behind_a_proxy) {
    backend behind("");
    behind.server.start();
    httpd server;
    server.site().with({"proxy", "proxy_http"});
    server.config("ProxyPass /asked http://" + behind.address() + "/cgi/app");
    check_both(server, "/asked?");
}

BOOST_AUTO_TEST_CASE(a_service_behind_a_proxy_over_http_2) {
    backend behind("Protocols h2c http/1.1\nH2Direct On");
    behind.server.with({"http2"}).start();
    httpd server;
    server.site().with({"proxy", "proxy_http2"}).allow("AH10003|AH03349");
    server.config("ProxyPass /asked h2c://" + behind.address() + "/cgi/app");
    check_both(server, "/asked?");
}

BOOST_AUTO_TEST_CASE(a_script_in_lua,
                     *only_where([] { return !find_module("lua").empty(); }, "with mod_lua")) {
    httpd server;
    server.site().with({"lua"});
    server.file("docs/app.lua", "function handle(r)\n  local body = r:requestbody() or ''\n"
                                "  r.status = tonumber(r.args)\n  r.content_type = 'text/plain'\n"
                                "  r.err_headers_out['Retry-After'] = '7'\n"
                                "  r:puts('read ' .. #body .. ' bytes, ' .. "
                                "r.headers_in['X-Original-URI'])\n  return apache2.OK\nend\n");
    server.config("<Files app.lua>\nSetHandler lua-script\n</Files>");
    check_both(server, "/app.lua?");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_there_or_not) {
    httpd server;
    add_applications(server);
    server.config("<Location /cgi/count>\nExpectRule ask 100-continue url=/plain.txt\n</Location>\n"
                  "<Location /refused>\nExpectRule ask 100-continue url=/none\n</Location>\n"
                  "ExpectPolicy On");
    server.announce("expect: rejected \"100-continue\" with 404").allow("AH00128").start();
    check_read(server, waiting_upload_to("POST /cgi/count"));
    const message answer = check_answered_at_once(server, waiting_upload_to("PUT /refused"), 404);
    BOOST_TEST(answer.field("Content-Type") == "text/html; charset=iso-8859-1");
}

// Outsiders may not ask; the one who has to be asked sees what the question is.
BOOST_AUTO_TEST_CASE(what_outsiders_may_not_ask) {
    httpd server;
    add_applications(server);
    server.config("<Location /cgi/says>\nRequire expr \"%{IS_SUBREQ} == 'true'\"\n</Location>\n"
                  "<Location /cgi/bare>\nRequire all denied\n</Location>\n" +
                  ask_about_100("/cgi/says?403") +
                  "<Location /cgi/count>\nExpectRule ask 100-continue url=/cgi/says?200\n"
                  "</Location>\n"
                  "<Location /denied>\nExpectRule ask 100-continue url=/cgi/bare?200\n"
                  "</Location>");
    server.announce("AH01630").announce("expect: rejected").start();
    BOOST_TEST(ask(server, request("GET /cgi/says?200")).status == 403);
    BOOST_TEST(ask(server, request("GET /cgi/says?200", {"Expect: 100-continue"})).status == 403);
    const message answer = check_answered_at_once(server, waiting_upload_to("PUT /new"), 403);
    BOOST_TEST(holds(answer.body, "HTTP_X_EXPECT=100-continue"));
    check_read(server, waiting_upload_to("POST /cgi/count"));
    const message denied = check_answered_at_once(server, waiting_upload_to("PUT /denied"), 403);
    BOOST_TEST(!holds(denied.body, "read"));
}

BOOST_AUTO_TEST_SUITE_END()
