// The options of a rule: longer-than, no-content, expr, and several at once.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// Clients of these tests go away without sending what they declared; httpd says so.
const char *const client_went = "Error reading request entity data";

struct option_row {
    std::string name;
    std::string bytes;
    int first; // status of the first message that comes, while content is withheld
};

void check_rows(httpd &server, const std::vector<option_row> &rows) {
    for (const option_row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            wire client(server.port());
            client.send(one.bytes);
            BOOST_TEST(client.next().status == one.first);
        }
    }
}

std::string upload(const std::string &expectation, const std::string &length_field) {
    std::vector<std::string> fields = {"Expect: " + expectation};
    if (!length_field.empty())
        fields.push_back(length_field);
    return request("POST /cgi/count", fields);
}

} // namespace

BOOST_AUTO_TEST_SUITE(option_tests)

BOOST_AUTO_TEST_CASE(longer_than) {
    httpd server;
    server.site().config(R"(LimitRequestBody 0
ExpectPolicy On
ExpectRule reject 100-continue longer-than=1024 status=413
ExpectRule reject k longer-than=1K status=413
ExpectRule reject m longer-than=2M status=413
ExpectRule reject g longer-than=3G status=413
ExpectRule reject zero longer-than=0 status=413
ExpectRule meet *)");
    server.announce("expect: rejected");
    server.allow(client_went).start();
    const std::string none;
    check_rows(
        server,
        {
            {"as long", upload("100-continue", "Content-Length: 1024"), 100},
            {"longer by one", upload("100-continue", "Content-Length: 1025"), 413},
            {"shorter", upload("100-continue", "Content-Length: 1"), 100},
            {"much longer", upload("100-continue", "Content-Length: 9000000000000000000"), 413},
            {"undeclared", upload("100-continue", "Transfer-Encoding: chunked"), 413},
            {"no content", upload("100-continue", "Content-Length: 0"), 200},
            {"no length at all", upload("100-continue", none), 200},
            {"K: as long", upload("k, 100-continue", "Content-Length: 1024"), 100},
            {"K: longer", upload("k", "Content-Length: 1025"), 413},
            {"M: as long", upload("m, 100-continue", "Content-Length: 1000"), 100},
            {"M: longer", upload("m", "Content-Length: 2097153"), 413},
            {"G: longer", upload("g", "Content-Length: 3221225473"), 413},
            {"another member's limit", upload("k, m", "Content-Length: 2000"), 413},
            {"zero: some", upload("zero", "Content-Length: 1"), 413},
            {"zero: none", upload("zero", "Content-Length: 0"), 200},
            {"zero: no length at all", upload("zero", none), 200},
        });
    // The two that are exactly at a big limit: nothing is refused, so httpd waits for the content.
    for (const char *length : {"2097152", "3221225472"}) {
        wire client(server.port());
        client.send(upload(std::string(length) == "2097152" ? "m" : "g",
                           std::string("Content-Length: ") + length));
        BOOST_TEST(client.silent());
    }
}

BOOST_AUTO_TEST_CASE(no_content) {
    httpd server;
    server.site().config(
        "ExpectPolicy On\nExpectRule reject foo no-content status=403\nExpectRule meet foo");
    server.announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"GET", request("GET /plain.txt", {"Expect: foo"}), 403},
            {"POST without a length", request("POST /cgi/count", {"Expect: foo"}), 403},
            {"length 0", request("POST /cgi/count", {"Expect: foo", "Content-Length: 0"}), 403},
            {"length 2", request("POST /cgi/count", {"Expect: foo", "Content-Length: 2"}, "hi"),
             200},
            {"chunked",
             request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"},
                     "2\r\nhi\r\n0\r\n\r\n"),
             200},
            {"chunked and empty",
             request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"}, "0\r\n\r\n"),
             200},
            {"GET with content",
             request("GET /plain.txt", {"Expect: foo", "Content-Length: 2"}, "hi"), 200},
        });
}

BOOST_AUTO_TEST_CASE(expressions) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet post "expr=%{REQUEST_METHOD} == 'POST'"
ExpectRule meet key "expr=%{HTTP:X-Key} == 'open'"
ExpectRule meet path "expr=%{REQUEST_URI} =~ m#^/plain#"
ExpectRule meet net "expr=-R '127.0.0.0/8'"
ExpectRule meet far "expr=-R '192.0.2.0/24'"
ExpectRule meet itself "expr=%{HTTP:Expect} == 'itself'"
ExpectRule meet blank "expr=%{HTTP_USER_AGENT} =~ /Old Client/"
ExpectRule reject host status=403 "expr=%{HTTP_HOST} == 'a.test'")");
    server.announce("expect: rejected").start();
    check_rows(
        server,
        {
            {"method", request("POST /cgi/count", {"Expect: post", "Content-Length: 0"}), 200},
            {"another method", request("GET /plain.txt", {"Expect: post"}), 417},
            {"field", request("GET /plain.txt", {"Expect: key", "X-Key: open"}), 200},
            {"another value", request("GET /plain.txt", {"Expect: key", "X-Key: opens"}), 417},
            {"field absent", request("GET /plain.txt", {"Expect: key"}), 417},
            {"path", request("GET /plain.txt", {"Expect: path"}), 200},
            {"another path", request("GET /cgi/count", {"Expect: path"}), 417},
            {"client address", request("GET /plain.txt", {"Expect: net"}), 200},
            {"another address", request("GET /plain.txt", {"Expect: far"}), 417},
            {"the Expect field under its own name", request("GET /plain.txt", {"Expect: itself"}),
             200},
            {"a blank", request("GET /plain.txt", {"Expect: blank", "User-Agent: Old Client 1"}),
             200},
            {"status and expression", request("GET /plain.txt", {"Expect: host"}), 403},
            {"status and expression, no match",
             request("GET /plain.txt", {"Host: b.test", "Expect: host"}), 417},
        });
}

// Rules are judged before authentication, those of sections too.
BOOST_AUTO_TEST_CASE(expressions_know_no_user) {
    const std::string rule = R"(ExpectRule reject foo status=409 "expr=-z %{REMOTE_USER}")";
    for (const bool is_section : {false, true}) {
        BOOST_TEST_CONTEXT("rule of a section: " << is_section) {
            httpd server(is_section ? "section" : "host");
            server.site().with({"auth_basic", "authn_core", "authn_file", "authz_user"});
            server.file("users", "known:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"); // test
            server.config("ExpectPolicy On").config(is_section ? "" : rule);
            server.config(R"(<Location "/plain.txt">
    AuthType Basic
    AuthName e2e
    AuthUserFile "@ROOT@/users"
    Require valid-user)");
            server.config(is_section ? rule : "").config("</Location>");
            server.announce("is always empty").announce("expect: rejected").start();
            const std::string known = "Authorization: Basic a25vd246dGVzdA==";
            check_rows(server, {{"known", request("GET /plain.txt", {known}), 200},
                                {"nobody", request("GET /plain.txt"), 401},
                                {"with the field",
                                 request("GET /plain.txt", {known, "Expect: foo"}), 409}});
        }
    }
}

BOOST_AUTO_TEST_CASE(all_options_must_hold) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet foo no-content "expr=%{HTTP:X-Key} == 'open'"
ExpectRule reject 100-continue status=403 longer-than=10 "expr=%{HTTP:X-Key} != 'open'")");
    server.announce("expect: rejected").allow(client_went).start();
    check_rows(
        server,
        {
            {"both", request("GET /plain.txt", {"Expect: foo", "X-Key: open"}), 200},
            {"only the first", request("GET /plain.txt", {"Expect: foo"}), 417},
            {"only the second",
             request("POST /cgi/count", {"Expect: foo", "X-Key: open", "Content-Length: 1"}), 417},
            {"long, no key",
             request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 11"}), 403},
            {"long, key",
             request("POST /cgi/count",
                     {"Expect: 100-continue", "X-Key: open", "Content-Length: 11"}),
             100},
            {"short, no key",
             request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 10"}), 100},
        });
}

BOOST_AUTO_TEST_SUITE_END()
