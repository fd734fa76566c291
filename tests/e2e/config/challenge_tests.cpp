// Rules with status=401 and 407, which owe the client a challenge: the warning where no Header line
// names one, and the line that makes them right, with a client that answers challenges. Beside
// them, retry-after.
#include "harness/application.hpp"
#include "harness/process.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(challenge_tests)

BOOST_AUTO_TEST_CASE(warned_of_unless_a_line_names_the_field) {
    const struct {
        const char *lines;
        int status; // of which challenge is missing; 0: none
        const char *field;
    } rows[] = {
        {"ExpectRule reject foo status=401", 401, "WWW-Authenticate"},
        {"ExpectRule reject foo status=407", 407, "Proxy-Authenticate"},
        {"<Location /a>\nExpectRule reject foo status=401\n</Location>", 401, "WWW-Authenticate"},
        {"<VirtualHost *:80>\nExpectRule reject foo status=401\n</VirtualHost>", 401,
         "WWW-Authenticate"},
        {"ExpectRule reject foo status=401\nHeader set Proxy-Authenticate x", 401,
         "WWW-Authenticate"},
        {"ExpectRule reject foo status=401\nRequestHeader set WWW-Authenticate x", 401,
         "WWW-Authenticate"},
        {"ExpectRule reject foo status=401\nHeader always set WWW-Authenticate Bearer", 0, ""},
        {"ExpectRule reject foo status=407\nheader ALWAYS SET proxy-authenticate Basic", 0, ""},
        {"ExpectRule reject foo status=401\n<IfModule headers_module>\n<Location /a>\n"
         "Header always set WWW-Authenticate Bearer\n</Location>\n</IfModule>",
         0, ""},
        {"ExpectRule reject foo status=403", 0, ""},
        {"ExpectRule ask foo url=/a", 0, ""},
    };
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.lines) {
            httpd server;
            server.with({"headers"}).config("ExpectPolicy On\n" + std::string(one.lines));
            const program_result result = server.configtest();
            BOOST_TEST(result.exit_code == 0);
            const std::vector<std::string> said = lines_with(result.all(), "expect: the rule");
            BOOST_TEST(said.size() == (one.status != 0 ? 1u : 0u), result.all());
            if (said.size() != 1 || one.status == 0)
                continue;
            const std::string status = std::to_string(one.status);
            const std::string field = one.field;
            BOOST_TEST(holds(said[0], "answers " + status +
                                          " without a challenge: no Header line "
                                          "names " +
                                          field + "; for example: Header always set " + field +
                                          " 'Basic realm=\"name\"' "
                                          "\"expr=%{REQUEST_STATUS} == " +
                                          status + "\""),
                       said[0]);
        }
    }
}

// The line of the warning, tried: the refused client sends its password, and nothing else twice.
BOOST_AUTO_TEST_CASE(a_challenge_before_the_upload) {
    httpd server;
    server.site().with({"headers", "auth_basic", "authn_core", "authn_file", "authz_user"});
    server.file("users", "known:{SHA}qUqP5cyxm6YcTAhz05Hph5gvu9M=\n"); // test
    server.config(R"conf(ExpectPolicy On
ExpectRule reject 100-continue status=401 "expr=-z req('Authorization')"
Header always set WWW-Authenticate 'Basic realm="e2e"' "expr=%{REQUEST_STATUS} == 401"
<Location /cgi/count>
    AuthType Basic
    AuthName e2e
    AuthUserFile "@ROOT@/users"
    Require valid-user
</Location>)conf");
    server.announce("expect: rejected \"100-continue\" with 401").start();
    const message answer =
        check_answered_at_once(server, waiting_upload_to("POST /cgi/count"), 401);
    BOOST_TEST(answer.field("WWW-Authenticate") == "Basic realm=\"e2e\"");
    server.file("upload", std::string(2000000, 'x'));
    const program_result curl =
        run_program({"curl", "-sS", "--anyauth", "-u", "known:test", "-H", "Expect: 100-continue",
                     "--expect100-timeout", "20", "-T", server.root() + "/upload", "-X", "POST",
                     "-w", "%{http_code} %{size_upload}",
                     "http://127.0.0.1:" + std::to_string(server.port()) + "/cgi/count"});
    BOOST_TEST(holds(curl.output, "read 2000000 bytes"), curl.all());
    BOOST_TEST(holds(curl.output, "200 2000000"), curl.all());
    // On other statuses the line says nothing.
    BOOST_TEST(!ask(server, request("GET /plain.txt")).has("WWW-Authenticate"));
}

BOOST_AUTO_TEST_CASE(when_to_come_again) {
    httpd server;
    server.site().config("ExpectPolicy On\nExpectRule reject busy status=503 retry-after=120\n"
                         "ExpectRule reject often status=429 retry-after=0\n"
                         "ExpectRule reject 100-continue status=413 retry-after=86400\n"
                         "ExpectRule reject plain status=503\nErrorDocument 503 /plain.txt");
    server.announce("expect: rejected").start();
    const struct {
        const char *field;
        int status;
        const char *after;
    } rows[] = {{"busy", 503, "120"},
                {"often", 429, "0"},
                {"100-continue", 413, "86400"},
                {"plain", 503, ""}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.field) {
            const message answer =
                check_answered_at_once(server, withheld("PUT /x", one.field), one.status);
            BOOST_TEST(answer.field("Retry-After") == one.after);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
