// What a client can write for a path: nothing of it slips past a section's rule, or into one.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// "in": the section's rejection. "out": the host's rule meets it, whatever the path then leads to.
// "bad": httpd refuses the target before it is judged.
enum class place { in, out, bad };

struct path_row {
    const char *target;
    place expected;
};

const path_row rows[] = {
    {"/upload", place::in},
    {"/upload/", place::in},
    {"/upload/f", place::in},
    {"/upload?q", place::in},
    {"/upload/f?q=/other", place::in},
    {"/%75pload/f", place::in},
    {"/uploa%64", place::in},
    {"/%75%70%6C%6f%61%64/f", place::in},
    {"//upload/f", place::in},
    {"///upload//f", place::in},
    {"/x/../upload/f", place::in},
    {"/x/%2e%2e/upload/f", place::in},
    {"/x/%2E./upload/f", place::in},
    {"/./upload/f", place::in},
    {"/%2e/upload/f", place::in},
    {"/upload/./f", place::in},
    {"/upload/x/../f", place::in},
    {"/upload/%2e", place::in},
    {"/upload/;a/f", place::in},
    {"http://a.test/upload/f", place::in},
    {"HTTP://A.TEST/%75pload/f", place::in},
    {"http://a.test//x/../upload/f", place::in},
    {"/upload;a", place::out},
    {"/upload;a/f", place::out},
    {"/upload%3Ba", place::out},
    {"/uploads", place::out},
    {"/upload.f", place::out},
    {"/UPLOAD/f", place::out},
    {"/upload/../plain.txt", place::out},
    {"/upload/%2e%2e/plain.txt", place::out},
    {"/%2575pload/f", place::out}, // decoded once, and once only
    {"/x/upload/f", place::out},
    {"/plain.txt?/upload/f", place::out},
    {"http://a.test/plain.txt", place::out},
    {"/", place::out},
    {"/upload%2ff", place::bad}, // AllowEncodedSlashes Off
    {"/%00/upload", place::bad},
    {"/../upload/f", place::bad},
    {"/%zz/upload", place::bad},
    {"upload/f", place::bad},
};

// The answers for each row. `rejected` is the section's status, `met` whether the host's rule for
// foo lets it through.
void check_paths(httpd &server, int rejected) {
    for (const path_row &one : rows) {
        BOOST_TEST_CONTEXT("target: " << one.target) {
            const message answer =
                ask(server, request(std::string("GET ") + one.target, {"Expect: foo"}));
            const bool refused = answer.status == rejected;
            BOOST_TEST(refused == (one.expected == place::in), "status " << answer.status);
            if (one.expected == place::bad)
                BOOST_TEST((answer.status == 400 || answer.status == 403 || answer.status == 404));
            BOOST_TEST(answer.status != 417);
        }
    }
}

void make_files(httpd &server) {
    server.site().file("docs/upload/f", "f\n").file("docs/x/f", "f\n");
    server.announce("expect: rejected \"foo\" with 422")
        .allow("AH0012[689]|AH10244|AH00026|invalid URI");
}

} // namespace

BOOST_AUTO_TEST_SUITE(section_paths_tests)

BOOST_AUTO_TEST_CASE(of_a_location) {
    httpd server;
    make_files(server);
    server.config("ExpectPolicy On\nExpectRule meet foo\n<Location \"/upload\">\n"
                  "ExpectRule reject foo status=422\n</Location>");
    server.start();
    check_paths(server, 422);
}

BOOST_AUTO_TEST_CASE(of_a_location_match) {
    httpd server;
    make_files(server);
    server.config("ExpectPolicy On\nExpectRule meet foo\n<LocationMatch \"^/upload(/|$)\">\n"
                  "ExpectRule reject foo status=422\n</LocationMatch>");
    server.start();
    check_paths(server, 422);
}

BOOST_AUTO_TEST_CASE(of_a_directory) {
    httpd server;
    make_files(server);
    server.config("ExpectPolicy On\nExpectRule meet foo\n<Directory \"@ROOT@/docs/upload\">\n"
                  "ExpectRule reject foo status=422\n</Directory>");
    server.start();
    check_paths(server, 422);
}

// The other way round: what the section meets, the host rejects, so slipping in is seen.
BOOST_AUTO_TEST_CASE(into_a_section) {
    httpd server;
    make_files(server);
    server.config("ExpectPolicy On\nExpectRule reject foo status=422\n<Location \"/upload\">\n"
                  "ExpectRule meet foo\n</Location>");
    server.start();
    for (const path_row &one : rows) {
        BOOST_TEST_CONTEXT("target: " << one.target) {
            const message answer =
                ask(server, request(std::string("GET ") + one.target, {"Expect: foo"}));
            BOOST_TEST((answer.status == 422) == (one.expected == place::out),
                       "status " << answer.status);
        }
    }
}

BOOST_AUTO_TEST_CASE(of_a_proxied_location) {
    httpd server;
    make_files(server);
    server.with({"proxy", "proxy_http"}).config(R"(ExpectPolicy On
ExpectRule meet foo
<Location "/upload">
    ExpectRule reject foo status=422
    ProxyPass "http://127.0.0.1:@PORT2@/upload"
</Location>
<VirtualHost *:@PORT2@>
    ExpectPolicy Off
</VirtualHost>)");
    server.start();
    check_paths(server, 422);
}

// Aliases, links and case are the file system's: <Directory> sees what the path leads to.
BOOST_AUTO_TEST_CASE(other_names_of_a_directory) {
    httpd server;
    make_files(server);
    server.with({"rewrite"}).config(R"(Alias "/other" "@ROOT@/docs/upload"
RewriteEngine On
RewriteRule ^/passed/(.*) /upload/$1 [PT]
ExpectPolicy On
ExpectRule meet foo
<Directory "@ROOT@/docs/upload">
    ExpectRule reject foo status=422
</Directory>)");
    server.start();
    for (const char *path : {"/upload/f", "/other/f", "/passed/f", "/%6fther/f", "/other//f"}) {
        BOOST_TEST_CONTEXT("path: " << path) {
            const message answer =
                ask(server, request(std::string("GET ") + path, {"Expect: foo"}));
            BOOST_TEST(answer.status == 422);
        }
    }
    BOOST_TEST(ask(server, request("GET /x/f", {"Expect: foo"})).status == 200);
}

BOOST_AUTO_TEST_SUITE_END()
