// Only what the client sent is judged: no subrequest, no internal redirect, no error document. They
// see the verdict on the request that led to them.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// Everything that requests are led to rejects whatever it is asked itself.
const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
<Location "/cgi">
    ExpectRule reject *
</Location>
<Location "/part">
    ExpectRule reject *
</Location>
<Files "inner.*">
    ExpectRule reject *
</Files>
)";

const std::vector<std::string> met = {"Expect: good"};

// The scripts behind the paths print their environment.
void check_environment(const message &answer, int status, const std::string &prefix) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(holds(answer.body, "\n" + prefix + "EXPECT_VERDICT=met\n"), answer.body);
    BOOST_TEST(holds(answer.body, "\n" + prefix + "EXPECT_RULE="), answer.body);
}

} // namespace

BOOST_AUTO_TEST_SUITE(internal_requests_tests)

BOOST_AUTO_TEST_CASE(what_they_lead_to_rejects_when_asked_itself) {
    httpd server;
    server.site().file("docs/part/f", "f\n").file("docs/inner.html", "i\n").config(policy);
    server.announce("expect: rejected").start();
    for (const char *path : {"/cgi/env", "/part/f", "/inner.html"})
        BOOST_TEST(ask(server, request(std::string("GET ") + path, met)).status == 417);
}

// A server-side include is a subrequest. No line says "rejected", or this test fails by its log.
BOOST_AUTO_TEST_CASE(subrequests) {
    httpd server;
    server.site().with({"include", "mime"}).file("docs/part/f", "the part\n");
    server.file("docs/page.shtml", "[<!--#include virtual=\"/part/f\" -->]\n"
                                   "[<!--#include virtual=\"/cgi/env\" -->]\n"
                                   "verdict <!--#echo var=\"EXPECT_VERDICT\" -->\n");
    server.config(policy).config(
        "TypesConfig /dev/null\nAddType text/html .shtml\nAddOutputFilter INCLUDES .shtml\n"
        "<Directory \"@ROOT@/docs\">\nOptions +Includes\n</Directory>");
    server.start();
    const message answer = ask(server, request("GET /page.shtml", met));
    check_environment(answer, 200, "");
    BOOST_TEST(holds(answer.body, "[the part\n]"));
    BOOST_TEST(holds(answer.body, "verdict met\n"));
    const message plain = ask(server, request("GET /page.shtml"));
    BOOST_TEST(!holds(plain.body, "EXPECT_"));
    BOOST_TEST(holds(plain.body, "verdict (none)\n"));
}

BOOST_AUTO_TEST_CASE(directory_indexes) {
    httpd server;
    server.site().with({"dir"}).file("docs/one/inner.html", "index\n").file("docs/two/g", "g\n");
    server.config(policy).config("DirectoryIndex inner.html /cgi/env").start();
    BOOST_TEST(ask(server, request("GET /one/", met)).body == "index\n");
    server.served(1); // a line is written behind its answer
    check_environment(ask(server, request("GET /two/", met)), 200, "");
    BOOST_TEST(server.served(2)[1].verdict == "met");
}

BOOST_AUTO_TEST_CASE(error_documents) {
    httpd server;
    server.site().config(policy).config("ErrorDocument 404 /cgi/env\nErrorDocument 417 /cgi/env");
    server.announce("AH00128").announce("expect: rejected \"bad\" with 417").start();
    const message missing = ask(server, request("GET /none", met));
    check_environment(missing, 404, "");
    check_environment(missing, 404, "REDIRECT_"); // as httpd renames what it was
    server.served(1);                             // a line is written behind its answer
    const message refused = ask(server, request("GET /none", {"Expect: bad"}));
    BOOST_TEST(refused.status == 417);
    BOOST_TEST(holds(refused.body, "\nEXPECT_VERDICT=rejected\n"));
    BOOST_TEST(holds(refused.body, "\nEXPECT_RULE=the built-in rule \"reject *\"\n"));
    const std::vector<access_entry> served = server.served(2);
    BOOST_REQUIRE(served.size() == 2u);
    BOOST_TEST(served[0].verdict == "met");
    BOOST_TEST(served[1].verdict == "rejected");
    BOOST_TEST(lines_with(server.error_log(), "expect: rejected").size() == 1u);
}

BOOST_AUTO_TEST_CASE(redirects_by_mod_rewrite) {
    httpd server;
    server.site().with({"rewrite", "actions"}).file("docs/rw/f", "f\n");
    server.config(policy).config(R"(<Directory "@ROOT@/docs/rw">
    RewriteEngine On
    RewriteRule "^go$" "/cgi/env"
    RewriteRule "^twice$" "/rw/go"
    RewriteRule "^to-part$" "/rw/inner.html"
</Directory>
<Location "/acted">
    SetHandler acts
    Action acts /cgi/env virtual
</Location>)");
    server.file("docs/rw/inner.html", "inner\n").start();
    check_environment(ask(server, request("GET /rw/go", met)), 200, "");
    check_environment(ask(server, request("GET /rw/twice", met)), 200, "");
    check_environment(ask(server, request("GET /acted", met)), 200, "");
    BOOST_TEST(ask(server, request("GET /rw/to-part", met)).body == "inner\n");
    // Content goes along: one 100, and the script reads it.
    wire client(server.port());
    client.send(request("POST /rw/go", {"Expect: good, 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    check_environment(client.next(), 200, "");
    // A rewrite in the server context happens before there is a section: it is judged as what it
    // became.
    httpd early("early");
    early.site()
        .with({"rewrite"})
        .config(policy)
        .config("RewriteEngine On\nRewriteRule \"^/early\" \"/cgi/env\" [PT]");
    early.announce("expect: rejected").start();
    BOOST_TEST(ask(early, request("GET /early", met)).status == 417);
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2", "dir", "rewrite"}).file("docs/two/g", "g\n");
    server.config(policy).config(R"(Protocols h2c http/1.1
DirectoryIndex /cgi/env
ErrorDocument 417 /cgi/env
<Directory "@ROOT@/docs">
    RewriteEngine On
    RewriteRule "^go$" "/cgi/env"
</Directory>)");
    server.announce("expect: rejected \"bad\"").start();
    h2_wire client(server.port());
    for (const char *path : {"/two/", "/go"}) {
        const h2_stream &answer =
            client.wait_end(client.request("GET", path, {{"expect", "good"}}, true));
        BOOST_REQUIRE(answer.statuses.size() == 1u);
        BOOST_TEST(answer.statuses[0] == 200);
        BOOST_TEST(holds(answer.body, "\nEXPECT_VERDICT=met\n"));
    }
    const h2_stream &refused = client.wait_end(
        client.request("POST", "/go", {{"expect", "bad"}, {"content-length", "9"}}, false));
    BOOST_REQUIRE(refused.statuses.size() == 1u);
    BOOST_TEST(refused.statuses[0] == 417);
    BOOST_TEST(holds(refused.body, "\nEXPECT_VERDICT=rejected\n"));
}

BOOST_AUTO_TEST_SUITE_END()
