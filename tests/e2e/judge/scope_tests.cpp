// Main server and virtual hosts: who inherits what, whose rules come first, and which host judges.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

int status_of(httpd &server, const std::string &host, const std::string &expectation,
              const std::string &port = "PORT") {
    wire client(server.port(port), port == "PORT6" ? "::1" : "127.0.0.1");
    client.send(request("GET /plain.txt", {"Host: " + host, "Expect: " + expectation}));
    return client.next().status;
}

} // namespace

BOOST_AUTO_TEST_SUITE(scope_tests)

BOOST_AUTO_TEST_CASE(virtual_host_rules_come_before_the_main_servers) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet from-main
ExpectRule reject both status=403
<VirtualHost *:@PORT@>
    ServerName inherits.test
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName overrides.test
    ExpectRule meet both
    ExpectRule reject from-main status=404
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName adds.test
    ExpectRule meet own
</VirtualHost>)");
    server.announce("expect: rejected").start();
    BOOST_TEST(status_of(server, "inherits.test", "from-main") == 200);
    BOOST_TEST(status_of(server, "inherits.test", "both") == 403);
    BOOST_TEST(status_of(server, "inherits.test", "own") == 417);
    BOOST_TEST(status_of(server, "overrides.test", "from-main") == 404);
    BOOST_TEST(status_of(server, "overrides.test", "both") == 200);
    BOOST_TEST(status_of(server, "adds.test", "own") == 200);
    BOOST_TEST(status_of(server, "adds.test", "from-main") == 200);
    BOOST_TEST(status_of(server, "adds.test", "both") == 403);
    // Built-in rules last, for everyone.
    for (const char *host : {"inherits.test", "overrides.test", "adds.test"}) {
        BOOST_TEST(status_of(server, host, "unknown") == 417);
        BOOST_TEST(status_of(server, host, "100-continue") == 200);
    }
}

BOOST_AUTO_TEST_CASE(policy_on_and_off_by_name) {
    httpd server;
    server.site().config(R"(ExpectRule meet good
<VirtualHost *:@PORT@>
    ServerName off.test
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName on.test
    ExpectPolicy On
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName said-off.test
    ExpectPolicy Off
    ExpectRule meet foo
</VirtualHost>)");
    server.announce("expect: rejected")
        .announce("client sent an unrecognized expectation value of Expect")
        .start();
    BOOST_TEST(status_of(server, "on.test", "good") == 200);
    BOOST_TEST(status_of(server, "on.test", "good, 100-continue") == 200);
    BOOST_TEST(status_of(server, "on.test", "foo") == 417);
    for (const char *host : {"off.test", "said-off.test"}) {
        BOOST_TEST(status_of(server, host, "good") == 417);
        BOOST_TEST(status_of(server, host, "foo") == 417);
        BOOST_TEST(status_of(server, host, "100-continue, 100-continue") == 417);
        BOOST_TEST(status_of(server, host, "100-continue") == 200);
    }
}

BOOST_AUTO_TEST_CASE(main_on_and_a_host_off) {
    httpd server;
    server.site().config(R"(ExpectPolicy On
ExpectRule meet good
<VirtualHost *:@PORT@>
    ServerName on.test
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName off.test
    ExpectPolicy Off
</VirtualHost>)");
    server.announce("client sent an unrecognized expectation value of Expect").start();
    BOOST_TEST(status_of(server, "on.test", "good") == 200);
    BOOST_TEST(status_of(server, "off.test", "good") == 417);
    BOOST_TEST(status_of(server, "off.test", "100-continue") == 200);
}

BOOST_AUTO_TEST_CASE(two_ports) {
    httpd server;
    server.site().config(R"(<VirtualHost 127.0.0.1:@PORT@>
    ServerName one.test
    ExpectPolicy On
    ExpectRule meet one
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT2@>
    ServerName two.test
    ExpectPolicy On
    ExpectRule meet two
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT3@>
    ServerName three.test
</VirtualHost>)");
    server.announce("expect: rejected")
        .announce("client sent an unrecognized expectation value of Expect")
        .start();
    BOOST_TEST(status_of(server, "any.test", "one") == 200);
    BOOST_TEST(status_of(server, "any.test", "two") == 417);
    BOOST_TEST(status_of(server, "any.test", "one", "PORT2") == 417);
    BOOST_TEST(status_of(server, "any.test", "two", "PORT2") == 200);
    // A name does not carry a policy to another address.
    BOOST_TEST(status_of(server, "one.test", "one", "PORT2") == 417);
    BOOST_TEST(status_of(server, "any.test", "one", "PORT3") == 417);
}

BOOST_AUTO_TEST_CASE(an_address_of_its_own_kind) {
    httpd server;
    server.site().config(R"(<VirtualHost *:@PORT@>
    ServerName four.test
</VirtualHost>
<VirtualHost [::1]:@PORT6@>
    ServerName six.test
    ExpectPolicy On
    ExpectRule meet six
</VirtualHost>)");
    server.announce("client sent an unrecognized expectation value of Expect").start();
    BOOST_TEST(status_of(server, "six.test", "six", "PORT6") == 200);
    BOOST_TEST(status_of(server, "six.test", "six") == 417);
}

BOOST_AUTO_TEST_CASE(server_alias_absolute_form_and_default_host) {
    httpd server;
    server.site().config(R"(<VirtualHost *:@PORT@>
    ServerName first.test
    ExpectPolicy On
    ExpectRule meet first
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName second.test
    ServerAlias *.second.test
    ExpectPolicy On
    ExpectRule meet second
</VirtualHost>)");
    server.announce("expect: rejected").start();
    BOOST_TEST(status_of(server, "x.second.test", "second") == 200);
    BOOST_TEST(status_of(server, "SECOND.test", "second") == 200);
    BOOST_TEST(status_of(server, "nobody.test", "first") == 200);
    BOOST_TEST(status_of(server, "nobody.test", "second") == 417);
    // The target names the host, not the Host field.
    wire client(server.port());
    client.send(
        request("GET http://second.test/plain.txt", {"Host: first.test", "Expect: second"}));
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_CASE(each_request_of_a_connection_has_its_own_host) {
    httpd server;
    server.site().config(R"(<VirtualHost *:@PORT@>
    ServerName off.test
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName on.test
    ExpectPolicy On
    ExpectRule meet good
</VirtualHost>)");
    server.announce("client sent an unrecognized expectation value of Expect").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Host: on.test", "Expect: good"}) +
                request("GET /plain.txt", {"Host: off.test"}) +
                request("GET /plain.txt", {"Expect: good", "Host: on.test"}) +
                request("GET /plain.txt", {"Expect: good", "Host: off.test"}));
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(client.next().status == 200);
    BOOST_TEST(client.next().status == 417);
}

BOOST_AUTO_TEST_CASE(an_off_host_on_a_held_address_answers_as_stock) {
    // The hold is armed for this address, so the answers of the host that is off are put together
    // again.
    const std::string hosts = "<VirtualHost *:@PORT@>\n    ServerName off.test\n</VirtualHost>\n";
    httpd with("expect");
    httpd without("stock");
    with.site().config(
        hosts + "<VirtualHost *:@PORT@>\nServerName on.test\nExpectPolicy On\n</VirtualHost>");
    without.stock().site().config(hosts);
    for (httpd *server : {&with, &without})
        server->timeout(1)
            .announce("client sent an unrecognized expectation value of Expect")
            .start();
    const std::string rows[] = {
        request("GET /plain.txt", {"Host: off.test"}),
        request("GET /plain.txt", {"Host: off.test", "Expect: 100-continue"}),
        request("GET /plain.txt", {"Host: off.test", "Expect: foo"}),
        request("GET /plain.txt", {"Host: off.test", "Expect:"}),
        request("GET /plain.txt", {"Host: off.test", "Expect:\r\n 100-continue"}),
        request("POST /cgi/count", {"Host: off.test", "Expect: 100-continue", "Content-Length: 2"},
                "hi"),
        request("POST /cgi/count", {"Host: off.test", "Expect: foo", "Content-Length: 2"}, "hi"),
        request("POST /cgi/count",
                {"Host: off.test", "Expect: foo", "Content-Length: 2"}), // withheld: 408
        request("POST /cgi/count", {"Host: off.test", "Expect: 100-continue", "Content-Length: 0"}),
        request("GET /plain.txt HTTP/1.0",
                {"Host: off.test", "Expect: 100-continue", "Connection: keep-alive"}),
    };
    for (const std::string &bytes : rows) {
        BOOST_TEST_CONTEXT("row: " << bytes) {
            wire ours(with.port());
            wire stocks(without.port());
            ours.send(bytes);
            stocks.send(bytes);
            const message answer = ours.answer();
            const message stock_answer = stocks.answer();
            BOOST_TEST(answer.status != 0);
            BOOST_TEST(answer.without_date() == stock_answer.without_date());
            BOOST_TEST(answer.interims == stock_answer.interims, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
