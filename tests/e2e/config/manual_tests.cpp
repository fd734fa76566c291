// What README.md and conf/PROXIES.md tell people to write, word for word, and what they say comes
// of it.
#include "harness/ask.hpp"
#include "harness/front.hpp"
#include "harness/manual.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const readme = "README.md";
const char *const proxies = "conf/PROXIES.md";

// What httpd says where a script is not given the content that it reads.
const char *const script_without_content = "Error reading request entity data";

// What a client that waits is told about content of some length; what it may send, it does.
message announce(httpd &server, const std::string &line, size_t length,
                 std::vector<std::string> fields = {}) {
    fields.push_back("Expect: 100-continue");
    fields.push_back("Content-Length: " + std::to_string(length));
    wire client(server.port());
    const message first = client.send(request(line, fields)).next();
    if (first.status == 100)
        BOOST_TEST(client.send(std::string(length, 'a')).next().status == 200);
    return first;
}

void expect_refusal(const message &answer, int status) {
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.announces_close());
}

} // namespace

BOOST_AUTO_TEST_SUITE(manual_tests)

BOOST_AUTO_TEST_CASE(the_first_screen) {
    httpd server;
    std::string host = manual_block(readme, "mod_expect");
    host = with_instead(host, "*:80", "*:@PORT@");
    server.site().config(with_instead(host, "/var/www/html", "@ROOT@/docs"));
    server.announce("expect: rejected").start();
    const std::string there = "Host: example.com";
    expect_refusal(announce(server, "PUT /upload", 2147483648, {there}), 413);
    BOOST_TEST(announce(server, "POST /cgi/count", 1000, {there}).status == 100);
    BOOST_TEST(
        ask(server, request("GET /plain.txt", {there, "Expect: certain-expectation"})).status ==
        200);
    wire client(server.port());
    client.send(request("GET /plain.txt", {there, "Expect: foo", "Content-Length: 1000",
                                           "Accept: application/json"}));
    const message answer = client.next();
    expect_refusal(answer, 417);
    BOOST_TEST(answer.field("Content-Type") == "application/problem+json");
    BOOST_TEST(holds(answer.body, "\"detail\": \"This server does not support it"));
    BOOST_TEST(holds(answer.body, "\"accepted\": [\"certain-expectation\", \"100-continue\"]"));
}

BOOST_AUTO_TEST_CASE(a_file_for_the_trial) {
    httpd server;
    server.site().config("ExpectPolicy DetectionOnly");
    server.config(with_instead(manual_block(readme, "From trial to enforcement"),
                               "${APACHE_LOG_DIR}", "@ROOT@/logs"));
    server.config("<VirtualHost *:@PORT@>\nServerName a.test\n"
                  "CustomLog \"@ROOT@/logs/own.log\" common\n</VirtualHost>");
    server.announce("expect: would reject \"foo\"").allow("unrecognized expectation").start();
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: foo"})).status == 417);
    BOOST_TEST(ask(server, request("GET /plain.txt")).status == 200);
    server.stop();
    std::ifstream file(server.root() + "/logs/expect.log");
    const std::string log(std::istreambuf_iterator<char>(file), {});
    BOOST_TEST(log == "127.0.0.1 \"GET /plain.txt HTTP/1.1\" 417 \"foo\" would-reject by the "
                      "built-in rule \\\"reject *\\\"\n");
}

BOOST_AUTO_TEST_CASE(ask_the_application) {
    httpd server;
    std::string block = manual_block(readme, "Ask the application");
    server.site().config("ExpectPolicy On");
    server.config(with_instead(block, "/cgi-bin/quota", "/cgi/quota"));
    server.file("cgi/quota",
                "#!/bin/sh\n[ \"$HTTP_X_ORIGINAL_CONTENT_LENGTH\" -le 1000 ] || "
                "printf 'Status: 507 Insufficient Storage\\n'\n"
                "printf 'Content-Type: text/plain\\n\\nno\\n'\n",
                true);
    server.announce("expect: rejected .* with 507 by \"/cgi/quota\"")
        .announce("AH01630: client denied by server configuration");
    server.start();
    BOOST_TEST(announce(server, "POST /cgi/count", 1000).status == 100);
    const message refused = announce(server, "POST /cgi/count", 1001);
    expect_refusal(refused, 507);
    BOOST_TEST(refused.body == "no\n");
    BOOST_TEST(ask(server, request("GET /cgi/quota")).status == 403);
}

BOOST_AUTO_TEST_CASE(big_uploads) {
    httpd server;
    server.site().config("ExpectPolicy On");
    server.config(with_instead(manual_block(readme, "Refuse big uploads before they start"),
                               "/run/backup-is-running", "@ROOT@/busy"));
    server.announce("expect: rejected .* with 413")
        .announce("expect: rejected .* with 503")
        .announce("AH01588")
        .allow(script_without_content)
        .start();
    expect_refusal(announce(server, "POST /cgi/count", 1048577), 413);
    BOOST_TEST(announce(server, "POST /cgi/count", 1048576).status == 100);
    wire chunked(server.port());
    chunked.send(
        request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"}));
    expect_refusal(chunked.next(), 413);
    wire unannounced(server.port());
    unannounced.send(request("POST /cgi/count", {"Content-Length: 1048577"}));
    BOOST_TEST(unannounced.next().status == 413);
    server.file("busy", "");
    const message later = announce(server, "POST /cgi/count", 100000);
    expect_refusal(later, 503);
    BOOST_TEST(later.field("Retry-After") == "3600");
    BOOST_TEST(announce(server, "POST /cgi/count", 1000).status == 100);
}

BOOST_AUTO_TEST_CASE(a_password_before_the_upload) {
    httpd server;
    server.site().with({"headers"}).config("ExpectPolicy On");
    server.config(manual_block(readme, "Ask for a password before the upload"));
    server.announce("expect: rejected .* with 401").start();
    const message refused = announce(server, "POST /cgi/count", 1000);
    expect_refusal(refused, 401);
    BOOST_TEST(refused.field("WWW-Authenticate") == "Basic realm=\"uploads\"");
    BOOST_TEST(announce(server, "POST /cgi/count", 1000, {"Authorization: Basic YTpi"}).status ==
               100);
}

BOOST_AUTO_TEST_CASE(authentication_of_connections) {
    httpd server;
    server.site().with({"auth_basic", "authn_core", "authn_file", "authz_user"});
    server.config("ExpectPolicy On\n<Location /cgi/>\nAuthType Basic\nAuthName a\n"
                  "AuthUserFile @ROOT@/users\nRequire valid-user\n</Location>");
    server.config(
        manual_block(readme, "Keep the connection of NTLM and Negotiate through an upload"));
    server.file("users", "").allow("AH01617|AH01618").start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    const message challenge = client.next();
    BOOST_TEST(challenge.status == 401);
    BOOST_TEST(!challenge.announces_close());
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(announce(server, "POST /cgi/count", 65536).status == 401);
}

BOOST_AUTO_TEST_CASE(harden_against_smuggling) {
    front pair("ExpectPolicy On\n" +
               manual_block(readme, "Harden against request smuggling with Expect"));
    httpd &server = pair.server;
    server.with({"headers"}).config("TraceEnable On").announce("expect: rejected").start();
    for (const char *method : {"POST", "PUT", "PATCH"})
        BOOST_TEST(announce(server, std::string(method) + " /cgi/count", 5).status == 100, method);
    for (const char *method :
         {"GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "MKCOL", "FOO", "post"}) {
        const std::string bytes = request(std::string(method) + " /cgi/env",
                                          {"Expect: 100-continue", "Content-Length: 5"});
        wire client(server.port());
        BOOST_TEST(client.send(bytes).next(std::string(method) == "HEAD").status == 417, method);
        BOOST_TEST(client.closes(), method);
    }
    for (const char *field : {"y 100-continue", "100-continue;", "\"100-continue\"", "foo="})
        BOOST_TEST(ask(server, withheld("POST /cgi/env", field)).status == 400, field);
    BOOST_TEST(ask(server, withheld("POST /cgi/env", "foo")).status == 417);

    wire client(server.port());
    client.send(request("POST /cgi/env", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    const message answer = client.send("hello").next();
    BOOST_TEST(holds(answer.body, "EXPECT_VERDICT=met"));
    BOOST_TEST(!holds(answer.body, "HTTP_EXPECT"));

    wire uploading(server.port());
    uploading.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(uploading.next().status == 100);
    uploading.send("hello");
    wire backend = pair.backend.accept();
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "-");
    BOOST_TEST(backend.read_until("hello") == "hello");
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    BOOST_TEST(uploading.next().status == 200);
}

BOOST_AUTO_TEST_CASE(all_but_ban_the_field) {
    httpd server;
    server.site().config("ExpectPolicy On\n" + manual_block(readme, "All but ban the field"));
    server.announce("expect: rejected").start();
    BOOST_TEST(ask(server, withheld("POST /cgi/env", "foo")).status == 400);
    BOOST_TEST(ask(server, withheld("POST /cgi/env", "y 100-continue")).status == 400);
    wire client(server.port());
    client.send(request("POST /cgi/env", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.silent());
    const message answer = client.send("hello").next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(!holds(answer.body, "HTTP_EXPECT"));
}

// A backend that never sends a 100: either remedy has httpd send it.
BOOST_AUTO_TEST_CASE(a_backend_that_never_sends_a_100) {
    for (const int number : {1, 2}) {
        const std::string remedy = manual_block(proxies, "A backend never sends a 100", number);
        BOOST_TEST_CONTEXT(remedy) {
            front pair("ExpectPolicy On\n" + remedy, {}, std::to_string(number));
            pair.server.start();
            wire client(pair.server.port());
            client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5"}));
            BOOST_TEST(client.next().status == 100);
            client.send("hello");
            wire backend = pair.backend.accept();
            const std::string handed_on = expect_line(backend.read_until(head_end));
            BOOST_TEST((handed_on == "-" || !proxies_decide()));
            BOOST_TEST(backend.read_until("hello") == "hello");
            backend.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            BOOST_TEST(client.next().status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(extensions_in_a_field_of_their_own) {
    listener behind;
    httpd server;
    server.site().with({"proxy", "proxy_http", "headers"});
    server.config("ExpectPolicy On\nExpectRule meet good\n" +
                  with_instead(manual_block(proxies, "What backends see of the field"),
                               "127.0.0.1:8080", "127.0.0.1:" + std::to_string(behind.port())));
    server.start();
    wire client(server.port());
    client.send(request("POST /back/x",
                        {"Expect: good, 100-continue", "X-Expect: forged", "Content-Length: 5"}));
    wire backend = behind.accept();
    const std::string head = backend.read_until(head_end);
    BOOST_TEST(expect_line(head) == "expect: 100-continue");
    BOOST_TEST(holds(head, "X-Expect: 100-continue, good\r\n"));
    BOOST_TEST(!holds(head, "forged"));
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    BOOST_TEST(client.answer().status == 200);
}

// Troubleshooting: where to look for a 417 that no rule has given.
BOOST_AUTO_TEST_CASE(a_417_of_a_host_that_is_off) {
    httpd server;
    server.site().config("ExpectPolicy On\n<VirtualHost *:@PORT@>\nServerName a.test\n"
                         "ExpectPolicy Off\n</VirtualHost>");
    server.announce("client sent an unrecognized expectation value").start();
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: foo"})).status == 417);
}

// Limits: the section, and what it limits, is not known yet.
BOOST_AUTO_TEST_CASE(early_before_a_limit_of_a_section) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule continue 100-continue early\n"
                         "<Location /cgi/>\nLimitRequestBody 3\n</Location>");
    server.announce("AH01588").allow(script_without_content).start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    BOOST_TEST(client.send("hello").next().status == 413);
}

BOOST_AUTO_TEST_SUITE_END()
