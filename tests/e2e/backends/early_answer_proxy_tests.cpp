// Early answers of backends together with what mod_proxy makes of answers: balancers, failonstatus,
// ping=, ProxyErrorOverride.
#include "harness/ask.hpp"
#include "harness/early.hpp"
#include "harness/front.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const early_answer &forbidden = early_answers()[1];
const early_answer &busy = early_answers()[4];
const std::string withheld_upload = waiting_uploads()[0].bytes();

// The backend answers early; the answer arrives, and no content travels on either side.
message answer_early(wire &client, listener &member, const early_answer &early) {
    wire backend = member.accept();
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
    backend.send(early.bytes);
    message answer = client.next();
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(backend.closes());
    BOOST_TEST(client.closes());
    return answer;
}

void expect_relayed(wire &client, listener &member, const early_answer &early) {
    const message answer = answer_early(client, member, early);
    BOOST_TEST(answer.status == early.status);
    BOOST_TEST(answer.field(early.field) == early.value);
    BOOST_TEST(answer.body == early.body);
}

std::string url_of(std::uint16_t port) { return "http://127.0.0.1:" + std::to_string(port); }

// A balancer with these members and options of its own.
void balance(httpd &server, const std::string &members, const std::string &options = {}) {
    server.site().with(
        {"proxy", "proxy_http", "proxy_balancer", "lbmethod_byrequests", "slotmem_shm"});
    server.config("ExpectPolicy On\nProxyTimeout 30\n<Proxy balancer://pool>\n" + members +
                  "</Proxy>\nProxyPass /back/ balancer://pool/ " + options);
}

std::string member(std::uint16_t port, const std::string &options = {}) {
    return "BalancerMember " + url_of(port) + " " + options + "\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(early_answer_proxy_tests)

BOOST_AUTO_TEST_CASE(by_a_member_of_a_balancer) {
    listener backend;
    httpd server;
    balance(server, member(backend.port()));
    server.start();
    for (const early_answer &early : early_answers()) {
        for (const waiting_upload &upload : waiting_uploads()) {
            BOOST_TEST_CONTEXT(early.name << " to an upload " << upload.name) {
                wire client(server.port());
                client.send(upload.bytes());
                expect_relayed(client, backend, early);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(by_a_member_that_fails_on_that_status) {
    listener backend;
    httpd server;
    balance(server, member(backend.port(), "retry=0"), "failonstatus=403,503");
    server.announce("AH01174: .*failonstatus").start();
    for (const early_answer *early : {&forbidden, &busy}) {
        wire client(server.port());
        client.send(withheld_upload);
        expect_relayed(client, backend, *early);
    }
}

// Nobody listens at the first member, the second answers: at once, and to the same request.
BOOST_AUTO_TEST_CASE(behind_a_member_that_is_dead) {
    const std::uint16_t nobody = free_port("127.0.0.1");
    listener backend;
    httpd server;
    balance(server, member(nobody, "loadfactor=100") + member(backend.port()));
    server.allow("AH00957|AH00959|AH01114").start();
    for (const waiting_upload &upload : waiting_uploads()) {
        BOOST_TEST_CONTEXT("upload " << upload.name) {
            wire client(server.port());
            client.send(upload.bytes());
            expect_relayed(client, backend, forbidden);
        }
    }
}

// A member that takes the request and says nothing is asked again and given up; what was read of
// the content meanwhile waits for the next one.
BOOST_AUTO_TEST_CASE(behind_a_member_that_keeps_silent) {
    listener silent;
    listener backend;
    httpd server;
    balance(server, member(silent.port(), "ping=1 loadfactor=100") +
                        member(backend.port(), "ping=20 status=+H"));
    server.announce("AH01102").allow("AH01115|AH00898|AH0[0-9]+: .*balancer").start();
    for (const waiting_upload &upload : waiting_uploads()) {
        BOOST_TEST_CONTEXT("upload " << upload.name) {
            wire client(server.port());
            client.send(upload.bytes());
            expect_relayed(client, backend, forbidden);
        }
    }
}

BOOST_AUTO_TEST_CASE(with_ping) {
    front pair("ExpectPolicy On", "ping=20");
    pair.server.start();
    for (const early_answer &early : early_answers()) {
        for (const waiting_upload &upload : waiting_uploads()) {
            BOOST_TEST_CONTEXT(early.name << " to an upload " << upload.name) {
                wire client(pair.server.port());
                client.send(upload.bytes());
                expect_relayed(client, pair.backend, early);
            }
        }
    }
}

// ping= asks on its own behalf, whatever the policy has made of the client's expectation.
BOOST_AUTO_TEST_CASE(with_ping_where_no_backend_sends_the_100, *where_proxies_decide()) {
    for (const bool ignored : {true, false}) {
        const std::string action = ignored ? "ignore" : "continue";
        for (const early_answer &early : early_answers()) {
            BOOST_TEST_CONTEXT(action << ": " << early.name) {
                front pair("ExpectPolicy On\nExpectRule " + action + " 100-continue", "ping=20",
                           action + "-" + std::to_string(&early - early_answers().data()));
                pair.server.start();
                wire client(pair.server.port());
                const waiting_upload upload = {"", {"Content-Length: 5000"}, ""};
                client.send(upload.bytes());
                if (!ignored)
                    BOOST_TEST(client.next().status == 100);
                wire backend = pair.backend.accept();
                BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
                client.send(requests_of(5000));
                backend.send(early.bytes);
                const message answer = client.next();
                BOOST_TEST(answer.status == early.status);
                BOOST_TEST(answer.body == early.body);
                BOOST_TEST(backend.closes());
                // httpd closes behind these two in any case.
                const bool closes = ignored || early.status == 413 || early.status == 503;
                BOOST_TEST(answer.announces_close() == closes);
                if (!closes) {
                    client.send(request("GET /harness-up"));
                    BOOST_TEST(client.next().body == "up\n");
                }
            }
        }
    }
}

// And where the backend sends the 100 that ping= asks for, its connection is used again.
BOOST_AUTO_TEST_CASE(a_100_for_ping_keeps_the_connection) {
    for (const char *action : {"ignore", "continue"}) {
        BOOST_TEST_CONTEXT(action) {
            front pair(std::string("ExpectPolicy On\nExpectRule ") + action + " 100-continue",
                       "ping=20", action);
            // One child, whose connection it is.
            pair.server.config("<IfModule mpm_prefork_module>\nStartServers 1\nServerLimit 1\n"
                               "MaxRequestWorkers 1\n</IfModule>");
            pair.server.allow("AH00161: server reached MaxRequestWorkers");
            pair.server.start();
            std::vector<wire> used;
            for (int i = 0; i < 3; ++i) {
                wire client(pair.server.port());
                client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5"},
                                    "hello"));
                if (used.empty())
                    used.push_back(pair.backend.accept());
                wire &backend = used[0];
                BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
                backend.send("HTTP/1.1 100 Continue\r\n\r\n");
                BOOST_TEST(backend.read_bytes(5) == "hello");
                backend.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                BOOST_TEST(client.answer().status == 200);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(overridden_by_each_form_of_an_error_document) {
    const struct {
        const char *name;
        const char *document;
        const char *body;
        int status = 403;
    } rows[] = {
        {"none", "default", "You don't have permission to access this resource"},
        {"text", "\"Ask for more room\"", "Ask for more room"},
        {"static file", "/sorry.html", "<p>sorry</p>"},
        {"script that reads its input", "/cgi/error", "error page for 403, read 0 bytes"},
        {"another server", "http://b.test/sorry", "http://b.test/sorry", 302},
    };
    int number = 0;
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("ErrorDocument 403: " << one.name) {
            front pair("ExpectPolicy On\nProxyErrorOverride On\nErrorDocument 403 " +
                           std::string(one.document),
                       {}, std::to_string(number++));
            pair.server.file("docs/sorry.html", "<p>sorry</p>\n").start();
            for (const waiting_upload &upload : waiting_uploads()) {
                BOOST_TEST_CONTEXT("upload " << upload.name) {
                    wire client(pair.server.port());
                    client.send(upload.bytes());
                    const message answer = answer_early(client, pair.backend, forbidden);
                    BOOST_TEST(answer.status == one.status);
                    BOOST_TEST(holds(answer.body, one.body));
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(overridden_401_keeps_its_challenge) {
    front pair("ExpectPolicy On\nProxyErrorOverride On");
    pair.server.start();
    wire client(pair.server.port());
    client.send(withheld_upload);
    const message answer = answer_early(client, pair.backend, early_answers()[0]);
    BOOST_TEST(answer.status == 401);
    BOOST_TEST(answer.field("WWW-Authenticate") == "Basic realm=\"backend\"");
}

// The page comes from a backend too, which would ask for the content: of the page's request there
// is none.
BOOST_AUTO_TEST_CASE(overridden_by_a_page_of_a_backend) {
    front pair("ExpectPolicy On\nProxyErrorOverride On\nErrorDocument 403 /back/page");
    pair.server.start();
    for (const waiting_upload &upload : waiting_uploads()) {
        BOOST_TEST_CONTEXT("upload " << upload.name) {
            wire client(pair.server.port());
            client.send(upload.bytes());
            wire backend = pair.backend.accept();
            backend.read_until(head_end);
            backend.send(forbidden.bytes);
            wire pages = pair.backend.accept();
            const std::string head = pages.read_until(head_end);
            BOOST_TEST(holds(head, "GET /page HTTP/1.1"));
            BOOST_TEST(expect_line(head) == "-");
            pages.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe page");
            const message answer = client.next();
            BOOST_TEST(answer.status == 403);
            BOOST_TEST(answer.body == "the page");
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(backend.closes());
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
