// What hosts with section rules put on the wire: refusals at once, answers that come before the
// section is known, and no handler, cache or access control before the verdict.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;

namespace {

const char *const smuggled = "GET /plain.txt?smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";

// A request whose content is withheld gets `status` at once on a connection that is announced
// closed and closes; what is sent behind it is nobody's request.
void check_refused_at_once(httpd &server, const std::string &bytes, int status) {
    wire client(server.port());
    client.send(bytes);
    const message answer = client.answer(bytes.compare(0, 5, "HEAD ") == 0);
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.interims.empty());
    BOOST_TEST(answer.announces_close());
    client.send(smuggled);
    BOOST_TEST(client.closes());
}

// The access log holds exactly `count` requests, and none of them is what looked like content.
void check_none_smuggled(httpd &server, size_t count) {
    server.stop();
    const std::vector<access_entry> served = server.served(count);
    BOOST_TEST(served.size() == count);
    for (const access_entry &entry : served)
        BOOST_TEST(!holds(entry.request, "smuggled"));
}

std::vector<std::string> without_content(const std::string &line, const std::string &expectation) {
    std::vector<std::string> withheld_ones;
    for (const char *framing : {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
        withheld_ones.push_back(request(line, {"Expect: " + expectation, framing}));
    return withheld_ones;
}

} // namespace

BOOST_AUTO_TEST_SUITE(section_wire_tests)

// Section rules alone are no policy: this host answers as httpd does.
BOOST_AUTO_TEST_CASE(section_rules_of_a_host_that_is_off) {
    httpd server;
    server.site().config(R"(<VirtualHost *:@PORT@>
    ServerName a.test
    <Location "/">
        ExpectRule reject 100-continue
        ExpectRule meet foo
    </Location>
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName on.test
    ExpectPolicy On
</VirtualHost>)");
    server.announce("expect: no rule of the virtual host a.test .* is in force");
    server.announce("client sent an unrecognized expectation value").start();
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: 100-continue"})).status == 200);
    server.served(1); // a line is written behind its answer
    const message answer = ask(server, request("GET /plain.txt", {"Expect: foo"}));
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(holds(answer.body, "Only the 100-continue expectation is supported"));
    BOOST_TEST(server.served(2)[1].verdict == "-");
}

BOOST_AUTO_TEST_CASE(a_refusal_in_a_section_comes_at_once) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet foo
<Location "/cgi/">
    ExpectRule reject foo status=422
    ExpectRule reject 100-continue longer-than=10 status=413
    ExpectRule reject @malformed status=400
</Location>)");
    server.announce("expect: rejected").start();
    const struct {
        const char *expectation;
        int status;
    } rows[] = {
        {"foo", 422}, {"100-continue, foo", 413}, {"foo, 100-continue", 422}, {"100-continue", 413},
        {"bar", 417}, {"y 100-continue", 400},    {"\r\n 100-continue", 400}};
    size_t count = 0;
    for (const auto &one : rows) {
        for (const char *method : {"POST", "PUT", "GET", "HEAD", "OPTIONS", "DELETE"}) {
            for (const std::string &bytes :
                 without_content(std::string(method) + " /cgi/count", one.expectation)) {
                BOOST_TEST_CONTEXT("request: " << bytes) {
                    check_refused_at_once(server, bytes, one.status);
                    ++count;
                }
            }
        }
    }
    check_none_smuggled(server, count);
}

BOOST_AUTO_TEST_CASE(without_content_the_connection_stays) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule meet foo\n<Location \"/plain.txt\">\n"
                         "ExpectRule reject foo status=422\n</Location>");
    server.announce("expect: rejected").start();
    for (const char *method : {"GET", "HEAD", "POST"}) {
        BOOST_TEST_CONTEXT("method: " << method) {
            wire client(server.port());
            client.send(request(std::string(method) + " /plain.txt", {"Expect: foo"}) +
                        request("GET /plain.txt") +
                        request("GET /plain.txt", {"Expect: foo, 100-continue"}) +
                        request("GET /plain.txt"));
            const message answer = client.next(std::string(method) == "HEAD");
            BOOST_TEST(answer.status == 422);
            BOOST_TEST(!answer.announces_close());
            BOOST_TEST(client.next().body == "plain\n");
            BOOST_TEST(client.next().status == 422);
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
}

// Answers that httpd has before it knows the section: they win, for they are no handler's, but
// nobody waits for content, and the unread content closes the connection. Not judged, they are in
// the log that the README shows for all requests with the field.
BOOST_AUTO_TEST_CASE(answers_before_the_section_is_known) {
    httpd server;
    const std::string condition = "\"expr=-n %{note:expect-field}\"";
    BOOST_TEST(holds(read_file("README.md"), condition));
    server.config("GlobalLog \"@ROOT@/logs/field.log\" \"%>s %{expect-verdict}n\" " + condition);
    server.site().with({"rewrite"}).config(R"(ErrorDocument 403 /cgi/error
Redirect "/moved" "http://b.test/moved"
RedirectMatch 410 "^/gone"
RewriteEngine On
RewriteRule "^/elsewhere" "http://b.test/x" [R=302,L]
RewriteRule "^/forbidden" "-" [F]
RewriteRule "^/not-found" "-" [R=404]
RewriteRule "^/teapot" "-" [R=422]
ExpectPolicy On
<Location "/">
    ExpectRule reject foo status=423
</Location>)");
    server.allow("AH00026|AH00128|AH00037|AH01276").start();
    const struct {
        const char *path;
        int status;
    } rows[] = {{"/moved", 302},          {"/gone", 410},      {"/elsewhere", 302},
                {"/forbidden", 403},      {"/not-found", 404}, {"/teapot", 422},
                {"/encoded%2fslash", 404}};
    size_t count = 0;
    for (const auto &one : rows) {
        for (const char *expectation : {"foo", "100-continue", "100-continue, foo", "foo="}) {
            for (const char *method : {"POST", "GET"}) {
                for (const std::string &bytes :
                     without_content(std::string(method) + " " + one.path, expectation)) {
                    BOOST_TEST_CONTEXT("request: " << bytes) {
                        check_refused_at_once(server, bytes, one.status);
                        ++count;
                    }
                }
            }
        }
        // Without content nothing is unread, so the connection goes on.
        BOOST_TEST_CONTEXT("path: " << one.path) {
            wire client(server.port());
            client.send(request(std::string("GET ") + one.path, {"Expect: foo"}) +
                        request("GET /plain.txt"));
            BOOST_TEST(client.next().status == one.status);
            BOOST_TEST(client.next().body == "plain\n");
            count += 2;
        }
    }
    check_none_smuggled(server, count);
    const size_t without_field = std::size(rows);
    const std::string log = read_file(server.root() + "/logs/field.log");
    BOOST_TEST(lines_with(log, "").size() == count - without_field);
    BOOST_TEST(lines_with(log, " -").size() == count - without_field);
}

// Handlers and the file system have no say before the verdict.
BOOST_AUTO_TEST_CASE(the_verdict_comes_before_access_control) {
    httpd server;
    server.site().file("docs/closed/f", "f\n").with({"access_compat", "authz_host", "rewrite"});
    server.config(R"(ExpectPolicy On
ExpectRule meet good
<Location "/closed">
    Require all denied
    ExpectRule reject foo status=422
</Location>
<Location "/small">
    LimitRequestBody 10
</Location>
<Directory "@ROOT@/docs">
    RewriteEngine On
    RewriteRule "^ruled$" "-" [F]
</Directory>)");
    server.announce("expect: rejected").announce("AH01630|AH01797").allow("AH00128").start();
    const struct {
        const char *name;
        std::string bytes;
        int status;
    } rows[] = {
        {"rejected by the section", request("GET /closed/f", {"Expect: foo"}), 422},
        {"rejected by the built-in rule", request("GET /closed/f", {"Expect: bar"}), 417},
        {"met: access control follows", request("GET /closed/f", {"Expect: good"}), 403},
        {"no field: access control", request("GET /closed/f"), 403},
        {"withheld", withheld("POST /closed/f", "bar"), 417},
        {"a file that is not there", request("GET /none", {"Expect: bar"}), 417},
        {"a file that is not there, met", request("GET /none", {"Expect: good"}), 404},
        {"too much content", withheld("POST /small", "bar"), 417},
        {"a method that is not allowed", request("PUT /plain.txt", {"Expect: bar"}), 417},
        {"a rewrite rule of a directory", request("GET /ruled", {"Expect: bar"}), 417},
        {"a rewrite rule of a directory, met", request("GET /ruled", {"Expect: good"}), 403},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            BOOST_TEST(ask(server, one.bytes).status == one.status);
        }
    }
}

BOOST_AUTO_TEST_CASE(continue_and_ignore_in_sections) {
    httpd server;
    server.site().with({"rewrite"}).config(R"(ExpectPolicy On
<Location "/early">
    ExpectRule continue 100-continue early
</Location>
<LocationMatch "^/(continue|cgi/env)$">
    ExpectRule continue 100-continue
</LocationMatch>
<LocationMatch "^/(ignore|cgi/count)$">
    ExpectRule ignore 100-continue
</LocationMatch>
<Directory "@ROOT@/docs">
    RewriteEngine On
    RewriteRule "^(early|continue|ignore|meet)$" "-" [F]
</Directory>)");
    server.allow("AH01276|AH00670").start();
    const std::vector<std::string> fields = {"Expect: 100-continue", "Content-Length: 5"};
    // Answered 403 in fixups, and no handler asks for the content: only `early` sends a 100.
    wire eager(server.port());
    eager.send(request("POST /early", fields));
    BOOST_TEST(eager.next().status == 100);
    eager.send("hello");
    BOOST_TEST(eager.next().status == 403);
    for (const char *path : {"/continue", "/ignore", "/meet"}) {
        BOOST_TEST_CONTEXT("no 100: " << path) {
            check_refused_at_once(server, request(std::string("POST ") + path, fields), 403);
        }
    }
    wire ignored(server.port());
    ignored.send(request("POST /cgi/count", fields));
    BOOST_TEST(ignored.silent());
    ignored.send("hello");
    const message answer = ignored.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(ignored.closes());
    wire kept(server.port());
    for (int round = 0; round < 2; ++round) { // the content is read: the connection is kept
        kept.send(request("POST /cgi/env", fields));
        BOOST_TEST(kept.next().status == 100);
        kept.send("hello");
        BOOST_TEST(kept.next().status == 200);
    }
}

// A cache's quick handler answers before there are sections; it must not answer for them.
BOOST_AUTO_TEST_CASE(a_cache_does_not_answer_what_is_rejected) {
    httpd server;
    server.site().with({"cache", "cache_disk"}).file("docs/cached/f", "cached\n");
    server.file("docs/host/f", "host\n");
    std::filesystem::create_directories(server.root() + "/cache");
    std::filesystem::permissions(server.root() + "/cache", std::filesystem::perms::all);
    server.config(R"(CacheQuickHandler On
CacheRoot "@ROOT@/cache"
CacheEnable disk "/"
CacheHeader On
CacheDefaultExpire 3600
CacheIgnoreCacheControl On
<VirtualHost *:@PORT@>
    ServerName a.test
    ExpectPolicy On
    ExpectRule meet good
    <Location "/cached">
        ExpectRule reject foo status=422
    </Location>
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName b.test
    ExpectPolicy On
    ExpectRule meet good
</VirtualHost>)");
    server.announce("expect: rejected").allow("cache").start();
    const struct {
        const char *host;
        const char *path;
        int rejected;
    } rows[] = {{"Host: a.test", "/cached/f", 422}, {"Host: b.test", "/host/f", 417}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.host) {
            const std::string line = std::string("GET ") + one.path;
            ask(server, request(line, {one.host}));
            const message hit = ask(server, request(line, {one.host}));
            BOOST_TEST(hit.status == 200);
            BOOST_TEST(holds(hit.field("X-Cache"), "HIT"), "X-Cache: " << hit.field("X-Cache"));
            const message refused = ask(server, request(line, {one.host, "Expect: foo"}));
            BOOST_TEST(refused.status == one.rejected);
            BOOST_TEST(!holds(refused.body, "cached"));
            BOOST_TEST(ask(server, request(line, {one.host, "Expect: good"})).status == 200);
            check_refused_at_once(server,
                                  request("POST " + std::string(one.path),
                                          {one.host, "Expect: foo", "Content-Length: 9"}),
                                  one.rejected);
            BOOST_TEST(holds(ask(server, request(line, {one.host})).field("X-Cache"), "HIT"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
