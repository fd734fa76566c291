// SetHandler expect-status: its forms and parameters, who may see it, and where there is none.
#include "harness/status.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

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
