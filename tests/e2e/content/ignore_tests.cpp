// `ignore 100-continue` with content: no 100, whoever reads and when; the connection always closes
// behind the answer, and nothing that was sent as content becomes a request.
#include "harness/ask.hpp"
#include "harness/checks.hpp"
#include "harness/conversation.hpp"
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/scripts.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;
namespace utf = boost::unit_test;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule continue 100-continue "expr=%{HTTP:X-Action} == 'continue'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
)";

struct has_security {
    boost::test_tools::assertion_result operator()(utf::test_unit_id) const {
        boost::test_tools::assertion_result found(!find_module("security2").empty());
        found.message() << "mod_security2 is not installed";
        return found;
    }
};

std::string waiting(const std::string &line, const std::string &act,
                    std::vector<std::string> fields = {"Content-Length: 5"}) {
    fields.insert(fields.end(), {"Expect: 100-continue", "X-Action: " + act});
    return request(line, fields);
}

} // namespace

BOOST_AUTO_TEST_SUITE(ignore_tests)

// HTTP_IN's error exits close and run the ErrorDocument inside the read. One that reads, and
// answers with a status of its own, must not make of the rest of the content a request.
BOOST_AUTO_TEST_CASE(error_documents_inside_the_read) {
    for (const char *document : {"/cgi/other", "/back/cgi/other"}) {
        httpd server(document[1] == 'c' ? "script" : "proxied");
        server.site().with({"proxy", "proxy_http", "cgi"});
        server.file("cgi/other",
                    "#!/bin/sh\nread_in=$(wc -c)\necho 'Status: 404 Not Found'\n"
                    "echo 'Content-Type: text/plain'\necho\necho \"other, read $read_in\"\n",
                    true);
        server.config(std::string("ProxyPass /back/ http://127.0.0.1:@PORT2@/\n"
                                  "<VirtualHost *:@PORT@>\nServerName a.test\nErrorDocument 413 ") +
                      document + "\nErrorDocument 400 " + document + "\nLimitRequestBody 10\n" +
                      policy +
                      "</VirtualHost>\n<VirtualHost *:@PORT2@>\nServerName b.test\n"
                      "</VirtualHost>");
        // What mod_cgid and the scripts say of content that ends early.
        server
            .allow(script_is_not_fed +
                   "|AH0158[78]|AH0159[01]|AH02900|wc: |printf: |AH01097|AH10126")
            .start();
        size_t seen_other = 0;
        const std::string smuggled = smuggled_request("one");
        const std::string length = "Content-Length: " + std::to_string(smuggled.size());
        const struct {
            const char *name;
            std::vector<std::string> fields;
            std::string content;
        } rows[] = {
            {"over the limit", {length}, smuggled},
            {"no number", {"Transfer-Encoding: chunked"}, "ZZ\r\n" + smuggled},
            {"no number later", {"Transfer-Encoding: chunked"}, "2\r\nhi\r\nZZ\r\n" + smuggled},
            {"chunks over the limit", {"Transfer-Encoding: chunked"}, "40\r\n" + smuggled},
            {"two lengths", {"Transfer-Encoding: chunked", length}, "ZZ\r\n" + smuggled},
        };
        for (const auto &one : rows) {
            for (const char *act : {"meet", "continue", "ignore"}) {
                for (const char *path : {"/cgi/count", "/plain.txt"}) {
                    BOOST_TEST_CONTEXT("POST " << path << ", " << one.name << ", " << act << ", "
                                               << document) {
                        wire client(server.port());
                        client.send(waiting(std::string("POST ") + path, act, one.fields) +
                                    one.content);
                        const message answer = client.answer();
                        BOOST_TEST(answer.status != 0);
                        seen_other += holds(answer.body, "other, read") ? 1 : 0;
                        BOOST_TEST(answer.announces_close());
                        client.send(smuggled_request("two"));
                        // Whatever comes still, a second error response of httpd's own at most, it
                        // is no served request: the access log shall tell.
                        client.rest();
                    }
                }
            }
        }
        BOOST_TEST(seen_other >= 10u); // else the error documents were not what is tested here
        check_nothing_smuggled(server);
    }
}

// Who reads before the gate is as little waited for as who reads behind it.
BOOST_AUTO_TEST_CASE(readers_before_the_gate) {
    httpd server;
    server.site().config(load_probe("handlers") + policy);
    server.config("<Location /denied>\nRequire all denied\n</Location>").announce("AH01630");
    server.announce("probe: access control read 5 bytes").start();
    const auto ask_early = [&server](const char *path, const char *act) {
        return waiting(std::string("POST ") + path, act, {"Content-Length: 5", "X-Read-Early: 1"});
    };
    for (const char *path : {"/plain.txt", "/cgi/count", "/denied"}) {
        BOOST_TEST_CONTEXT(path << ", ignored") {
            const int status = path[1] == 'd' ? 403 : 200;
            wire client(server.port());
            client.send(ask_early(path, "ignore"));
            BOOST_TEST(client.silent());
            client.send("hello" + smuggled_request("one"));
            const message answer = client.next();
            BOOST_TEST(answer.status == status);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
        }
        BOOST_TEST_CONTEXT(path << ", the control: who reads gets a 100 sent") {
            wire client(server.port());
            client.send(ask_early(path, "meet"));
            BOOST_TEST(client.next().status == 100);
            client.send("hello");
            BOOST_TEST(client.next().status != 100);
        }
    }
    check_nothing_smuggled(server);
}

// HTTP_IN answers who reads of what is refused already without waiting, while the flag stands.
BOOST_AUTO_TEST_CASE(readers_of_what_is_refused) {
    httpd server;
    server.site().config(load_probe("handlers") + policy);
    server.announce("probe: refused, read 0 bytes").start();
    for (const char *act : {"meet", "continue", "ignore"}) {
        for (const char *length : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
            BOOST_TEST_CONTEXT(act << ", " << length) {
                wire client(server.port());
                client.send(waiting("POST /plain.txt", act, {length, "X-Read-Refused: 1"}));
                const message answer = client.next();
                BOOST_TEST(answer.status == 403);
                BOOST_TEST(answer.announces_close());
                BOOST_TEST(client.closes());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(security2_reads_before_the_gate, *utf::precondition(has_security())) {
    httpd server;
    server.site().with({"unique_id", "security2"}).config(policy);
    server.config("SecRuleEngine On\nSecRequestBodyAccess On\nSecDataDir \"@ROOT@/run\"\n"
                  "SecTmpDir \"@ROOT@/run\"\n"
                  "SecRule REQUEST_BODY \"@contains evil\" \"phase:2,deny,status:406,id:1\"");
    server.allow("ModSecurity").start();
    const std::string form = "Content-Type: application/x-www-form-urlencoded";
    for (const char *content : {"a=b=c", "evil!"}) {
        for (const char *act : {"meet", "continue", "ignore"}) {
            BOOST_TEST_CONTEXT(content << ", " << act) {
                wire client(server.port());
                client.send(waiting("POST /cgi/count", act, {"Content-Length: 5", form}));
                if (act == std::string("ignore"))
                    BOOST_TEST(client.silent());
                else
                    BOOST_TEST(client.next().status == 100);
                client.send(content + smuggled_request("one"));
                const message answer = client.next(); // no second 100
                const bool is_denied = content[0] == 'e';
                BOOST_TEST(answer.status == (is_denied ? 406 : 200));
                if (!is_denied)
                    BOOST_TEST(answer.body == "read 5 bytes\n");
                if (act == std::string("ignore")) {
                    BOOST_TEST(answer.announces_close());
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
}

// A backend gets the content as it comes, not when all of it is there: no filter of ours stands
// between the client and mod_proxy_http.
BOOST_AUTO_TEST_CASE(content_streams_to_a_backend) {
    for (const char *act : {"ignore", "meet", "continue"}) {
        BOOST_TEST_CONTEXT("action " << act) {
            listener backend;
            httpd server(act);
            server.site().with({"proxy", "proxy_http"}).config(policy);
            server.config("ProxyPass /back/ http://127.0.0.1:" + std::to_string(backend.port()) +
                          "/\nProxy100Continue Off");
            server.start();
            const size_t half = 100000;
            wire client(server.port());
            client.send(
                waiting("POST /back/x", act, {"Content-Length: " + std::to_string(2 * half)}));
            if (act != std::string("ignore"))
                BOOST_TEST(client.next().status == 100);
            client.send(std::string(half, 'a'));
            BOOST_REQUIRE(backend.called());
            wire behind = backend.accept();
            const std::string head = behind.read_until("\r\n\r\n");
            BOOST_TEST(holds(head, "\r\nContent-Length: 200000\r\n"));
            BOOST_TEST(behind.read_bytes(half).size() == half);
            client.send(std::string(half, 'b'));
            BOOST_TEST(behind.read_bytes(half) == std::string(half, 'b'));
            behind.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            const message answer = client.next();
            BOOST_TEST(answer.body == "ok");
            const bool is_ignored = act == std::string("ignore");
            BOOST_TEST(answer.announces_close() == is_ignored);
            if (is_ignored) {
                BOOST_TEST(client.closes());
            } else {
                client.send(request("GET /plain.txt"));
                BOOST_TEST(client.next().body == "plain\n");
            }
        }
    }
}

// With a 100 of the backend the connection of the client is kept, and the backend's, too.
BOOST_AUTO_TEST_CASE(connections_are_kept_behind_a_proxy) {
    listener backend;
    httpd server;
    server.site().with({"proxy", "proxy_http"}).config(policy);
    server.config("ProxyPass /back/ http://127.0.0.1:" + std::to_string(backend.port()) + "/");
    server.start();
    wire client(server.port());
    client.send(waiting("POST /back/1", "meet"));
    wire behind = backend.accept();
    for (const char *round : {"1", "2"}) {
        BOOST_TEST_CONTEXT("upload " << round) {
            behind.read_until("\r\n\r\n");
            behind.send("HTTP/1.1 100 Continue\r\n\r\n");
            BOOST_TEST(client.next().status == 100);
            client.send("hello");
            BOOST_TEST(behind.read_until("hello") == "hello");
            behind.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            const message answer = client.next();
            BOOST_TEST(answer.body == "ok");
            BOOST_TEST(!answer.announces_close());
            if (*round == '1')
                client.send(waiting("POST /back/2", "meet"));
        }
    }
    client.send(request("GET /plain.txt"));
    BOOST_TEST(client.next().body == "plain\n");
}

BOOST_AUTO_TEST_SUITE_END()
