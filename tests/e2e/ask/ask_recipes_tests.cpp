// The recipes of conf/ask, as they are but for paths and ports: quota before upload by PHP, and a
// service that decides by target and length; as curl, Node and Python see them.
#include "harness/application.hpp"
#include "harness/php_fpm.hpp"
#include "harness/process.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;
namespace utf = boost::unit_test;

namespace {

// A file of conf/ask with texts replaced, each of which has to be there.
std::string recipe(const std::string &name,
                   const std::vector<std::pair<std::string, std::string>> &replaced) {
    std::string text = read_file("conf/ask/" + name);
    for (const auto &[from, to] : replaced) {
        const size_t at = text.find(from);
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, from << " is not in " << name);
        text.replace(at, from.size(), to);
    }
    return text;
}

// What a client program says of an upload of a megabyte: the status, then the answer.
std::string upload_with(const std::string &program, const httpd &server, const std::string &url) {
    write_file(server.root() + "/upload", std::string(1000000, 'x'));
    const std::string file = "tests/clients/programs/" + program;
    const std::string by = program.substr(program.rfind('.') + 1);
    const program_result result =
        run_program({by == "js"   ? "node"
                     : by == "py" ? "python3"
                                  : "sh",
                     file, url, "100-continue", server.root() + "/upload"});
    BOOST_TEST(result.exit_code == 0, result.all());
    return result.output;
}

// Waits for the 100 in Python, as botocore does.
const char *const waiting_client = R"py(import http.client, sys
client = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20)
client.putrequest("POST", sys.argv[2])
client.putheader("Expect", "100-continue")
client.putheader("Content-Length", "1000000")
client.endheaders()
answer, sent = client.sock.makefile("rb"), 0
line = answer.readline()
if b" 100 " in line:
    answer.readline()
    client.sock.sendall(b"x" * 1000000)
    line, sent = answer.readline(), 1000000
print(f"{line.decode().strip()}, sent {sent}")
)py";

const char *const token = "Authorization: Bearer secret-of-alice";

} // namespace

BOOST_AUTO_TEST_SUITE(ask_recipes_tests)

BOOST_AUTO_TEST_CASE(quota_before_upload, *utf::precondition(has_php_8_1{})) {
    httpd server;
    php_pool fpm(server);
    server.site().with({"env"}).file("quota.php", recipe("quota.php", {}));
    server.file("srv/alice/kept", std::string(600, 'x'));
    // The SHA-256 of "secret-of-alice".
    const program_result sum = run_program({"sha256sum"}, "secret-of-alice");
    server.file("users.json",
                "{\"" + sum.output.substr(0, 64) + "\": {\"user\": \"alice\", \"quota\": 1000}}");
    server.config("ScriptAlias /uploads \"@ROOT@/cgi/count\"\n" +
                  recipe("quota.conf",
                         {{"/usr/local/lib/expect/quota.php", "@ROOT@/quota.php"},
                          {"\"proxy:unix:/run/php/php-fpm.sock|fcgi://localhost\"", fpm.handler()},
                          {"/etc/expect/quota-users.json", "@ROOT@/users.json"},
                          {"/srv/uploads", "@ROOT@/srv"}}));
    server.announce("expect: rejected \"100-continue\" with 401");
    server.announce("expect: rejected \"100-continue\" with 411");
    server.announce("expect: rejected \"100-continue\" with 507");
    server.announce("AH01630").start();
    const auto sized = [](const char *length, const char *more) {
        return request("POST /uploads",
                       {"Expect: 100-continue", std::string("Content-Length: ") + length, more});
    };
    const message unknown = check_answered_at_once(server, sized("5", "X-None: 1"), 401);
    BOOST_TEST(unknown.field("WWW-Authenticate") == "Bearer realm=\"uploads\"");
    BOOST_TEST(unknown.field("Content-Type") == "application/problem+json");
    BOOST_TEST(unknown.body == "{\"title\":\"A token is needed.\",\"status\":401}\n");
    const message wrong =
        check_answered_at_once(server, sized("5", "Authorization: Bearer x"), 401);
    BOOST_TEST(wrong.field("WWW-Authenticate") ==
               "Bearer realm=\"uploads\", error=\"invalid_token\"");
    for (const char *length : {"401", "999999999999", "99999999999999999"}) {
        const message full = check_answered_at_once(server, sized(length, token), 507);
        BOOST_TEST(holds(full.body, "\"wanted\":\"" + std::string(length) + "\",\"left\":400"));
    }
    check_answered_at_once(
        server,
        request("POST /uploads", {"Expect: 100-continue", "Transfer-Encoding: chunked", token}),
        411);
    check_read(server, waiting_upload_to("POST /uploads", {token}));
    BOOST_TEST(ask(server, request("GET /quota", {token})).status == 403);
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/uploads";
    for (const char *program : {"curl.sh", "node_http.js"}) {
        BOOST_TEST_CONTEXT(program) {
            BOOST_TEST(upload_with(program, server, url) ==
                       "401\n{\"title\":\"A token is needed.\",\"status\":401}\n" +
                           std::string(program == std::string("curl.sh") ? "\n" : ""));
        }
    }
    fpm.stop();
}

BOOST_AUTO_TEST_CASE(a_service_that_decides_by_target_and_length) {
    const std::string port = std::to_string(free_port("127.0.0.1"));
    httpd server;
    server.site().with({"proxy", "proxy_http"}).file("service.py", recipe("service.py", {}));
    server.config(recipe("service.conf", {{"8010/", port + "/"}}) +
                  "ScriptAlias /films/ \"@ROOT@/cgi/\"\nScriptAlias /pictures/ \"@ROOT@/cgi/\"");
    for (const char *status : {"403", "411", "413", "503"})
        server.announce(std::string("expect: .* with ") + status);
    server.announce("AH01630").announce("AH00026").allow("proxy").start();
    check_answered_at_once(server, waiting_upload_to("PUT /films/count"),
                           503); // nobody is there yet
    child_process service;
    service.start({"python3", server.root() + "/service.py", port}, server.root() + "/service.log");
    for (int i = 0; i < 1000 && !accepts("127.0.0.1", server.port()); ++i)
        std::this_thread::sleep_for(milliseconds(10));
    for (int i = 0; i < 1000 && !accepts("127.0.0.1", static_cast<std::uint16_t>(std::stoi(port)));
         ++i)
        std::this_thread::sleep_for(milliseconds(10));
    const auto sized = [](const char *line, const char *length) {
        return request(line, {"Expect: 100-continue", std::string("Content-Length: ") + length});
    };
    check_read(server, waiting_upload_to("POST /films/count"));
    const struct {
        const char *line;
        const char *length;
        int status;
    } rows[] = {{"PUT /films/count", "8589934593", 413},
                {"PUT /pictures/a", "20971521", 413},
                {"PUT /pictures/../films/a", "8589934593", 413},
                {"PUT /films/../other", "5", 403},
                {"PUT /%66ilms%2f..%2fother", "5", 404},
                {"PUT http://a.test/films/a", "8589934593", 413},
                {"PUT /other", "5", 403},
                {"DELETE /films/a", "5", 403}};
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT(one.line) {
            const message answer =
                check_answered_at_once(server, sized(one.line, one.length), one.status);
            if (one.status != 404)
                BOOST_TEST(answer.field("Content-Type") == "application/problem+json");
        }
    }
    check_answered_at_once(
        server, request("PUT /films/a", {"Expect: 100-continue", "Transfer-Encoding: chunked"}),
        411);
    BOOST_TEST(ask(server, request("GET /may-upload")).status == 403);
    const std::string url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    for (const char *program : {"curl.sh", "node_http.js"}) {
        BOOST_TEST_CONTEXT(program) {
            BOOST_TEST(holds(upload_with(program, server, url + "other"), "403\n{\"status\": 403"));
            BOOST_TEST(holds(upload_with(program, server, url + "films/count"),
                             "200\nread 1000000 bytes"));
        }
    }
    server.file("waits.py", waiting_client);
    const std::string own = std::to_string(server.port());
    BOOST_TEST(run_program({"python3", server.root() + "/waits.py", own, "/other"}).output ==
               "HTTP/1.1 403 Forbidden, sent 0\n");
    BOOST_TEST(run_program({"python3", server.root() + "/waits.py", own, "/films/count"}).output ==
               "HTTP/1.1 200 OK, sent 1000000\n");
    service.stop();
}

BOOST_AUTO_TEST_SUITE_END()
