// Handlers that take uploads, with each action: WebDAV, PHP by FastCGI, and both CGI modules.
#include "harness/ask.hpp"
#include "harness/php_fpm.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;
namespace fs = std::filesystem;
namespace utf = boost::unit_test;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
ExpectRule continue 100-continue "expr=%{HTTP:X-Action} == 'continue'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
ExpectRule reject 100-continue "expr=%{HTTP:X-Action} == 'reject'" status=403
)";

// Uploads ten bytes with an action and returns the answer; `interim`: whether a 100 must come.
message upload(wire &client, const std::string &line, const std::string &act, bool chunked) {
    client.send(request(line, {"Expect: 100-continue", "X-Action: " + act,
                               chunked ? "Transfer-Encoding: chunked" : "Content-Length: 10"}));
    if (act == "meet" || act == "continue") {
        const message interim = client.next();
        BOOST_TEST(interim.status == 100);
    } else if (act == "ignore") {
        BOOST_TEST(client.silent(milliseconds(200)));
    }
    if (act != "reject")
        client.send(chunked ? "a\r\n0123456789\r\n0\r\n\r\n" : "0123456789");
    return client.next(); // a second 100 would be seen here
}

} // namespace

BOOST_AUTO_TEST_SUITE(company_handlers_tests)

BOOST_AUTO_TEST_CASE(put_by_mod_dav) {
    httpd server;
    server.with({"dav", "dav_fs", "dav_lock"}).file("docs/dav/keep", "").config(policy);
    server.file("docs/plain.txt", "plain\n");
    server.config("DavLockDB \"@ROOT@/run/davlock\"\n<Location \"/dav\">\nDav On\n</Location>");
    if (!the_settings().user.empty())
        for (const char *folder : {"/docs/dav", "/run"})
            run_program({"chown", "-R", the_settings().user, server.root() + folder});
    server.announce("expect: rejected").announce("dav:error").start();
    for (bool chunked : {false, true}) {
        for (const char *act : {"meet", "continue", "ignore", "reject"}) {
            BOOST_TEST_CONTEXT("PUT with " << act << (chunked ? ", chunked" : "")) {
                const std::string name = std::string("/dav/") + act + (chunked ? "-chunked" : "");
                const bool rejected = act == std::string("reject");
                wire client(server.port());
                const message answer = upload(client, "PUT " + name, act, chunked);
                BOOST_TEST(answer.status == (rejected ? 403 : 201));
                // Written whole; only what is ignored or rejected closes.
                const bool closes = rejected || act == std::string("ignore");
                BOOST_TEST(answer.announces_close() == closes);
                BOOST_TEST(read_file(server.root() + "/docs" + name) ==
                           (rejected ? "" : "0123456789"));
                if (closes) {
                    BOOST_TEST(client.closes());
                } else {
                    client.send(request("GET " + name));
                    BOOST_TEST(client.next().body == "0123456789");
                }
            }
        }
    }
    BOOST_TEST(!fs::exists(server.root() + "/docs/dav/reject"));
    // Refused by mod_dav itself, before it reads: the parent is not there.
    wire client(server.port());
    client.send(request("PUT /dav/none/file", {"Expect: 100-continue", "Content-Length: 10"}));
    const message answer = client.answer();
    BOOST_TEST((answer.status == 409 || answer.status == 403));
    BOOST_TEST(answer.interims.empty());
    BOOST_TEST(answer.announces_close());
}

BOOST_AUTO_TEST_CASE(scripts_by_mod_cgi_and_mod_cgid) {
    for (const char *module : {"cgi", "cgid"}) {
        httpd server(module);
        server.with({"alias", module}).config(policy).config("ScriptAlias /cgi/ \"@ROOT@/cgi/\"");
        server.file("cgi/count", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\nwc -c\n", true);
        server.announce("expect: rejected");
        if (server.root().size() > 90 && module == std::string("cgid"))
            continue; // a socket's path has room for a hundred bytes
        server.start();
        for (const char *act : {"meet", "continue", "ignore", "reject"}) {
            BOOST_TEST_CONTEXT("mod_" << module << " with " << act) {
                wire client(server.port());
                const message answer = upload(client, "POST /cgi/count", act, false);
                BOOST_TEST(answer.status == (act == std::string("reject") ? 403 : 200));
                if (answer.status == 200)
                    BOOST_TEST(answer.body == "10\n");
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(php_by_mod_proxy_fcgi, *utf::precondition(has_php_fpm())) {
    httpd server;
    php_pool fpm(server);
    server.file("docs/count.php", "<?php header('Content-Type: text/plain');\n"
                                  "$length = strlen(file_get_contents('php://input'));\n"
                                  "echo $length, '|', $_SERVER['HTTP_EXPECT'] ?? '-', '|', "
                                  "$_SERVER['EXPECT_VERDICT'] ?? '-', \"\\n\";\n");
    server.with({"env"}).file("docs/plain.txt", "plain\n").config(policy);
    // PHP reads as much as it is told to be there.
    server.config("SetEnv proxy-sendcl 1\n<FilesMatch \"\\.php$\">\nSetHandler " + fpm.handler() +
                  "\n</FilesMatch>");
    server.announce("expect: rejected").start();
    const struct {
        const char *act;
        const char *body;
    } rows[] = {{"meet", "10|100-continue|met\n"},
                {"continue", "10|100-continue|met\n"},
                {"ignore", "10|-|ignored\n"},
                {"reject", nullptr}};
    for (bool chunked : {false, true}) {
        for (const auto &one : rows) {
            BOOST_TEST_CONTEXT("PHP with " << one.act << (chunked ? ", chunked" : "")) {
                wire client(server.port());
                const message answer = upload(client, "POST /count.php", one.act, chunked);
                BOOST_TEST(answer.status == (one.body == nullptr ? 403 : 200));
                if (one.body != nullptr) {
                    BOOST_TEST(answer.body == one.body);
                    if (answer.announces_close()) {
                        BOOST_TEST(client.closes());
                        continue;
                    }
                    client.send(request("GET /plain.txt"));
                    BOOST_TEST(client.next().status == 200);
                } else {
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
    BOOST_TEST(
        ask(server, request("POST /count.php", {"Expect: good", "Content-Length: 2"}, "hi")).body ==
        "2|good|met\n");
    BOOST_TEST(ask(server, request("GET /count.php", {"Expect: 100-continue"})).body ==
               "0|-|met\n");
    BOOST_TEST(ask(server, withheld("POST /count.php", "foo")).status == 417);
    fpm.stop();
}

BOOST_AUTO_TEST_SUITE_END()
