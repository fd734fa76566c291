// Rules in sections: each kind of section, which of several decides, and what the paths of a
// request are to them.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct section_row {
    const char *name;
    std::string bytes;
    int status;
};

void check_rows(httpd &server, const std::vector<section_row> &rows) {
    for (const section_row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            BOOST_TEST(ask(server, one.bytes).status == one.status);
        }
    }
}

std::string get(const std::string &path, const std::string &expectation,
                std::vector<std::string> fields = {}) {
    fields.push_back("Expect: " + expectation);
    return request("GET " + path, fields);
}

// Every kind of section, each with a status of its own, so that a row shows which one decided.
const char *const every_kind = R"(ExpectPolicy On
ExpectRule meet host
<Location "/loc">
    ExpectRule reject foo status=409
    ExpectRule meet in-location
</Location>
<LocationMatch "^/match[0-9]+$">
    ExpectRule reject foo status=410
    ExpectRule meet in-location-match
</LocationMatch>
<Directory "@ROOT@/docs/dir">
    ExpectRule reject foo status=422
    ExpectRule meet in-directory
</Directory>
<DirectoryMatch "/docs/dm[0-9]">
    ExpectRule reject foo status=423
</DirectoryMatch>
<Files "*.secret">
    ExpectRule reject foo status=424
    ExpectRule meet in-files
</Files>
<FilesMatch "\.hid(den)?$">
    ExpectRule reject foo status=426
</FilesMatch>
<If "%{HTTP:X-Key} == 'open'">
    ExpectRule reject foo status=428
    ExpectRule meet in-if
</If>
ProxyPass "/proxied" "http://127.0.0.1:@PORT2@/backend"
<Proxy "http://127.0.0.1:@PORT2@/*">
    ExpectRule reject foo status=429
    ExpectRule meet in-proxy
</Proxy>
<Location "/passed">
    ProxyPass "http://127.0.0.1:@PORT2@/backend"
    ExpectRule reject foo status=431
    ExpectRule meet in-passed
</Location>
<VirtualHost *:@PORT2@>
    ExpectPolicy Off
</VirtualHost>
)";

void make_every_kind(httpd &server) {
    server.site().with({"proxy", "proxy_http"});
    for (const char *path : {"loc/f", "match7", "dir/f", "dm1/f", "a.secret", "a.hid", "backend/f"})
        server.file("docs/" + std::string(path), "file\n");
    server.config(every_kind).announce("expect: rejected").allow("AH01145: Sharing worker");
}

} // namespace

BOOST_AUTO_TEST_SUITE(sections_tests)

BOOST_AUTO_TEST_CASE(each_kind_of_section, *where_proxies_decide()) {
    httpd server;
    make_every_kind(server);
    server.start();
    const std::vector<std::string> open = {"X-Key: open"};
    check_rows(server, {
                           {"Location", get("/loc/f", "foo"), 409},
                           {"Location meets", get("/loc/f", "in-location"), 200},
                           {"LocationMatch", get("/match7", "foo"), 410},
                           {"LocationMatch meets", get("/match7", "in-location-match"), 200},
                           {"Directory", get("/dir/f", "foo"), 422},
                           {"Directory meets", get("/dir/f", "in-directory"), 200},
                           {"DirectoryMatch", get("/dm1/f", "foo"), 423},
                           {"Files", get("/a.secret", "foo"), 424},
                           {"Files meets", get("/a.secret", "in-files"), 200},
                           {"FilesMatch", get("/a.hid", "foo"), 426},
                           {"If", get("/plain.txt", "foo", open), 428},
                           {"If meets", get("/plain.txt", "in-if", open), 200},
                           {"If that does not hold", get("/plain.txt", "in-if"), 417},
                           {"Proxy", get("/proxied/f", "foo"), 429},
                           {"Proxy meets", get("/proxied/f", "in-proxy"), 200},
                           {"Location with ProxyPass", get("/passed/f", "foo"), 431},
                           {"Location with ProxyPass meets", get("/passed/f", "in-passed"), 200},
                           {"outside of all: built-in", get("/plain.txt", "foo"), 417},
                           {"outside of all: another's", get("/plain.txt", "in-location"), 417},
                           {"the host's rule in a section", get("/loc/f", "host"), 200},
                           {"malformed", get("/loc/f", "foo="), 417},
                           {"no field", request("GET /loc/f"), 200},
                       });
}

// The backend of a rejected request is not asked.
BOOST_AUTO_TEST_CASE(a_backend_sees_only_what_was_met, *where_proxies_decide()) {
    httpd server;
    make_every_kind(server);
    server.start();
    BOOST_TEST(ask(server, get("/proxied/f", "foo")).status == 429);
    BOOST_TEST(ask(server, get("/passed/f", "foo")).status == 431);
    BOOST_TEST(ask(server, get("/passed/f", "in-passed")).body == "file\n");
    server.stop();
    size_t at_the_backend = 0;
    for (const access_entry &entry : server.served(0))
        at_the_backend += holds(entry.request, "/backend/") ? 1u : 0u;
    BOOST_TEST(at_the_backend == 1u);
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    make_every_kind(server);
    server.threaded().with({"http2"}).config("Protocols h2c http/1.1");
    server.start();
    const struct {
        const char *path;
        h2_fields fields;
        int status;
    } rows[] = {
        {"/loc/f", {{"expect", "foo"}}, 409},
        {"/%6coc/f", {{"expect", "foo"}}, 409},
        {"/loc/f", {{"expect", "in-location"}}, 200},
        {"/dir/f", {{"expect", "foo"}}, 422},
        {"/a.secret", {{"expect", "foo"}}, 424},
        {"/plain.txt", {{"expect", "foo"}, {"x-key", "open"}}, 428},
        {"/proxied/f", {{"expect", "foo"}}, 429},
        {"/plain.txt", {{"expect", "foo"}}, 417},
        {"/plain.txt", {{"expect", "host"}}, 200},
        {"/loc/f", {}, 200},
    };
    h2_wire client(server.port());
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("path: " << one.path) {
            const h2_stream &answer =
                client.wait_end(client.request("GET", one.path, one.fields, true));
            BOOST_REQUIRE(answer.statuses.size() == 1u);
            BOOST_TEST(answer.statuses[0] == one.status);
        }
    }
    // Content withheld: at once, and the other streams go on.
    const int refused = client.request(
        "POST", "/loc/f", {{"expect", "100-continue, foo"}, {"content-length", "1000000"}}, false);
    const h2_stream &answer = client.wait_statuses(refused, 1);
    BOOST_REQUIRE(answer.statuses.size() == 1u);
    BOOST_TEST(answer.statuses[0] == 409);
    BOOST_TEST(client.wait_end(client.request("GET", "/loc/f", {}, true)).body == "file\n");
}

BOOST_AUTO_TEST_CASE(deeper_sections_come_first) {
    httpd server;
    server.site().file("docs/a/f", "f\n").file("docs/a/b/f", "f\n").file("docs/all/f", "f\n");
    server.config(R"(ExpectPolicy On
<Location "/a">
    ExpectRule reject foo status=409
    ExpectRule meet outer
</Location>
<Location "/a/b">
    ExpectRule meet foo
    ExpectRule reject outer status=410
</Location>
<Directory "@ROOT@/docs/all">
    ExpectRule reject d status=422
    ExpectRule reject d-f status=422
    ExpectRule reject d-f-l status=422
    ExpectRule reject d-f-l-i status=422
</Directory>
<If "%{HTTP:X-Key} == 'open'">
    ExpectRule reject d-f-l-i status=428
</If>
<Location "/all">
    ExpectRule reject d-f-l status=429
    ExpectRule reject d-f-l-i status=429
</Location>
<Files "f">
    ExpectRule reject d-f status=424
    ExpectRule reject d-f-l status=424
    ExpectRule reject d-f-l-i status=424
</Files>
)");
    server.announce("expect: rejected").start();
    check_rows(server, {
                           {"outer alone rejects", get("/a/f", "foo"), 409},
                           {"outer alone meets", get("/a/f", "outer"), 200},
                           {"inner meets what outer rejects", get("/a/b/f", "foo"), 200},
                           {"inner rejects what outer meets", get("/a/b/f", "outer"), 410},
                           // httpd merges Directory, then Files, then Location, then If.
                           {"Directory", get("/all/f", "d"), 422},
                           {"Files over Directory", get("/all/f", "d-f"), 424},
                           {"Location over Files", get("/all/f", "d-f-l"), 429},
                           {"If over Location", get("/all/f", "d-f-l-i", {"X-Key: open"}), 428},
                           {"If that does not hold", get("/all/f", "d-f-l-i"), 429},
                       });
}

BOOST_AUTO_TEST_CASE(section_then_host_then_main_server_then_built_in) {
    httpd server;
    server.site().file("docs/s/f", "f\n").config(R"(ExpectPolicy On
ExpectRule reject in-main status=409
ExpectRule reject in-host status=409
ExpectRule reject in-section status=409
ExpectRule reject in-main-section status=409
<Location "/s">
    ExpectRule meet in-main-section
</Location>
<VirtualHost *:@PORT@>
    ServerName a.test
    ExpectRule reject in-host status=410
    ExpectRule reject in-section status=410
    ExpectRule reject in-main-section status=410
    <Location "/s">
        ExpectRule reject in-section status=422
        ExpectRule meet 100-continue longer-than=5
        ExpectRule reject 100-continue status=423
    </Location>
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName plain.test
</VirtualHost>
)");
    server.announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"the section's", get("/s/f", "in-section"), 422},
            {"the host's, outside of it", get("/plain.txt", "in-section"), 410},
            {"the host's", get("/s/f", "in-host"), 410},
            {"the main server's", get("/s/f", "in-main"), 409},
            {"the built-in", get("/s/f", "unknown"), 417},
            {"100-continue in the section", get("/s/f", "100-continue"), 423},
            {"100-continue outside", get("/plain.txt", "100-continue"), 200},
            {"the main server's section in a host", get("/s/f", "in-main-section"), 200},
            {"outside of it", get("/plain.txt", "in-main-section"), 410},
            {"and in a host that adds nothing",
             request("GET /s/f", {"Host: plain.test", "Expect: in-main-section"}), 200},
            {"where the main server's rules hold outside of it",
             request("GET /plain.txt", {"Host: plain.test", "Expect: in-main-section"}), 409},
            {"but not another host's section",
             request("GET /s/f", {"Host: plain.test", "Expect: in-section"}), 409},
        });
}

// TRACE and "OPTIONS *" have no section: the host's rules judge them.
BOOST_AUTO_TEST_CASE(requests_without_a_section_have_the_hosts_rules) {
    httpd server;
    server.site().config(R"(TraceEnable on
ExpectPolicy On
ExpectRule reject foo status=451
ExpectRule meet good
<Location "/">
    ExpectRule reject foo status=422
    ExpectRule reject good status=423
</Location>
)");
    server.announce("expect: rejected").start();
    check_rows(server,
               {
                   {"TRACE, rejected", request("TRACE /plain.txt", {"Expect: foo"}), 451},
                   {"TRACE, met", request("TRACE /plain.txt", {"Expect: good"}), 200},
                   {"TRACE, unknown", request("TRACE /plain.txt", {"Expect: bar"}), 417},
                   {"TRACE, malformed", request("TRACE /plain.txt", {"Expect: b="}), 417},
                   {"OPTIONS *, rejected", request("OPTIONS *", {"Expect: foo"}), 451},
                   {"OPTIONS *, met", request("OPTIONS *", {"Expect: good"}), 200},
                   {"OPTIONS *, unknown", request("OPTIONS *", {"Expect: bar"}), 417},
                   {"OPTIONS of a resource", request("OPTIONS /plain.txt", {"Expect: foo"}), 422},
                   {"OPTIONS of the root", request("OPTIONS /", {"Expect: good"}), 423},
                   {"GET", get("/plain.txt", "good"), 423},
               });
}

BOOST_AUTO_TEST_CASE(where_rules_may_not_stand) {
    for (const char *text :
         {"ExpectRule meet foo\n", "<Files \"*\">\nExpectRule meet foo\n</Files>\n",
          "<If \"true\">\nExpectRule meet foo\n</If>\n"}) {
        BOOST_TEST_CONTEXT(".htaccess: " << text) {
            httpd server;
            server.site().file("docs/over/f", "f\n").file("docs/over/.htaccess", text);
            server.config("ExpectPolicy On\n<Directory \"@ROOT@/docs/over\">\nAllowOverride "
                          "All\n</Directory>");
            server.announce("\\.htaccess: ExpectRule not allowed").start();
            BOOST_TEST(ask(server, request("GET /over/f")).status == 500);
            BOOST_TEST(ask(server, get("/plain.txt", "100-continue")).status == 200);
        }
    }
    for (const char *text :
         {"<Location />\n<Limit GET>\nExpectRule meet foo\n</Limit>\n</Location>",
          "<Location />\nExpectPolicy On\n</Location>"}) {
        BOOST_TEST_CONTEXT("configuration: " << text) {
            httpd server;
            const program_result result = server.config(text).configtest();
            BOOST_TEST(result.exit_code == 1);
            const std::string all = result.all();
            BOOST_TEST((holds(all, "ExpectRule cannot occur within <Limit>") ||
                        holds(all, "ExpectPolicy not allowed in <Location> context")),
                       all);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
