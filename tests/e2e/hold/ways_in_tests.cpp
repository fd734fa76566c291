// The same conversations over every way into the server: IPv4 and IPv6, cleartext and TLS, HTTP/1.1
// and HTTP/2. `make e2e-mpms` runs them under each MPM.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/parallel.hpp"
#include "harness/request.hpp"
#include "harness/tls.hpp"
#include "harness/verdict_rows.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>

using namespace e2e;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
ExpectRule ignore other
ExpectRule continue 100-continue "expr=%{HTTP:X-Action} == 'continue'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-Action} == 'ignore'"
ExpectRule reject no status=403
)";

const char *const tls_notices = "AH01873|AH01882|AH01906|AH01909|AH02292";

std::string tls_host(const httpd &server) {
    return "<VirtualHost *:@PORT2@>\nServerName a.test\n" + make_tls_identity(server) +
           "</VirtualHost>\n";
}

void check_http_1(const std::function<wire()> &open) {
    for (const char *act : {"meet", "continue"}) {
        BOOST_TEST_CONTEXT("100-continue with " << act) {
            wire client = open();
            client.send(
                request("POST /cgi/env", {"Expect: good , other, 100-Continue",
                                          std::string("X-Action: ") + act, "Content-Length: 5"}));
            BOOST_TEST(client.next().status == 100);
            BOOST_TEST(client.silent());
            client.send("hello");
            const message answer = client.next();
            BOOST_TEST(answer.status == 200);
            BOOST_TEST(expect_of_cgi(answer.body) == "100-continue, good");
            client.send(request("GET /plain.txt"));
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
    BOOST_TEST_CONTEXT("ignored") {
        wire client = open();
        client.send(request("POST /cgi/count",
                            {"Expect: 100-continue", "X-Action: ignore", "Content-Length: 5"}));
        BOOST_TEST(client.silent());
        client.send("hello");
        const message answer = client.next();
        BOOST_TEST(answer.body == "read 5 bytes\n");
        BOOST_TEST(answer.announces_close());
        BOOST_TEST(client.closes());
    }
    for (const char *value : {"foo", "100-continue, foo", "y 100-continue", "no"}) {
        BOOST_TEST_CONTEXT("rejected: " << value) {
            wire client = open();
            client.send(request("GET /plain.txt", {std::string("Expect: ") + value}) +
                        request("GET /plain.txt") + withheld("POST /cgi/count", value));
            const int status = value == std::string("no") ? 403 : 417;
            const message kept = client.next();
            BOOST_TEST(kept.status == status);
            BOOST_TEST(!kept.announces_close());
            BOOST_TEST(client.next().body == "plain\n");
            const message closed = client.next();
            BOOST_TEST(closed.status == status);
            BOOST_TEST(closed.announces_close());
            BOOST_TEST(client.closes());
        }
    }
}

void check_http_2(const std::function<h2_wire()> &open) {
    h2_wire client = open();
    for (const char *act : {"meet", "continue"}) {
        BOOST_TEST_CONTEXT("100-continue with " << act) {
            const int stream = client.request("POST", "/cgi/env",
                                              {{"expect", "good , other, 100-Continue"},
                                               {"x-action", act},
                                               {"content-length", "5"}},
                                              false);
            BOOST_TEST(client.wait_statuses(stream, 1).statuses == std::vector<int>{100},
                       boost::test_tools::per_element());
            client.data(stream, "hello", true);
            const h2_stream &answer = client.wait_end(stream);
            BOOST_TEST(answer.statuses.size() == 2u);
            BOOST_TEST(answer.statuses.back() == 200);
            BOOST_TEST(expect_of_cgi(answer.body) == "100-continue, good");
        }
    }
    BOOST_TEST_CONTEXT("ignored") {
        const int stream = client.request(
            "POST", "/cgi/count",
            {{"expect", "100-continue"}, {"x-action", "ignore"}, {"content-length", "5"}}, false);
        BOOST_TEST(client.silent(stream));
        client.data(stream, "hello", true);
        const h2_stream &answer = client.wait_end(stream);
        BOOST_TEST(answer.statuses.size() == 1u);
        BOOST_TEST(answer.body == "read 5 bytes\n");
    }
    for (const char *value : {"foo", "100-continue, foo", "y 100-continue", "no"}) {
        BOOST_TEST_CONTEXT("rejected: " << value) {
            const int status = value == std::string("no") ? 403 : 417;
            const int bare = client.request("GET", "/plain.txt", {{"expect", value}}, true);
            BOOST_TEST(client.wait_end(bare).statuses.back() == status);
            const int upload = client.request(
                "POST", "/cgi/count", {{"expect", value}, {"content-length", "1000000"}}, false);
            BOOST_TEST(client.wait_statuses(upload, 1).statuses.at(0) == status);
        }
    }
    const int after = client.request("GET", "/plain.txt", {}, true);
    BOOST_TEST(client.wait_end(after).body == "plain\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(ways_in_tests)

BOOST_AUTO_TEST_CASE(http_1_over_ipv4_and_ipv6) {
    httpd server;
    server.site().config(policy).config("# [::1]:@PORT6@").announce("expect: rejected").start();
    BOOST_TEST_CONTEXT("IPv4") {
        check_http_1([&] { return wire(server.port()); });
    }
    BOOST_TEST_CONTEXT("IPv6") {
        check_http_1([&] { return wire(server.port("PORT6"), "::1"); });
    }
}

BOOST_AUTO_TEST_CASE(a_policy_of_one_address_alone) {
    // The hold is there for the address whose host has the policy, whatever its family.
    httpd server;
    server.site().config(R"(<VirtualHost [::1]:@PORT6@>
ServerName a.test
ExpectPolicy On
ExpectRule meet good
</VirtualHost>)");
    server.allow("client sent an unrecognized expectation").start();
    for (const char *address : {"127.0.0.1", "::1"}) {
        const bool six = address[0] == ':';
        wire client(server.port(six ? "PORT6" : "PORT"), address);
        client.send(request("GET /plain.txt", {"Expect: good"}));
        BOOST_TEST(client.next().status == (six ? 200 : 417));
    }
}

BOOST_AUTO_TEST_CASE(http_1_over_tls) {
    httpd server;
    server.site().with({"ssl"}).config(policy + tls_host(server)).config(one_child);
    server.announce("expect: rejected").allow(tls_notices).start();
    tls_clients clients;
    check_http_1([&] { return clients.open(server.port("PORT2")); });
    // The name cut by records, at each of its bytes.
    const std::string head = request("GET /plain.txt", {"X-A: b", "Expect: foo"});
    const size_t start = head.find("Expect");
    for (size_t cut = start; cut <= start + 8; ++cut) {
        BOOST_TEST_CONTEXT("cut " << cut - start << " bytes into the line") {
            wire client = clients.open(server.port("PORT2"));
            client.send(head.substr(0, cut));
            std::this_thread::sleep_for(milliseconds(30));
            client.send(head.substr(cut));
            BOOST_TEST(client.next().status == 417);
        }
    }
}

// Whole sections in one record are looked over before they are read; what the look finds, or cannot
// see to its end, goes line by line.
BOOST_AUTO_TEST_CASE(sections_over_tls) {
    httpd server;
    server.site().with({"ssl", "reqtimeout", "logio"}).config(policy + tls_host(server));
    server.config(one_child).announce("expect: rejected").allow(tls_notices).start();
    tls_clients clients;
    const std::string plain = request("GET /plain.txt", {"X-A: b", "Exempt: no"});
    const std::string env = "GET /cgi/env";
    const struct {
        const char *name;
        std::string bytes;
        int status;
        const char *seen;
    } rows[] = {
        {"no field", request(env, {"X-A: b"}), 200, "-"},
        {"first line", "GET /cgi/env HTTP/1.1\r\nExpect: good\r\nHost: a.test\r\n\r\n", 200,
         "good"},
        {"last line", request(env, {"X-A: b", "Expect: good"}), 200, "good"},
        {"met, without content", request(env, {"Expect: 100-continue", "X-A: b"}), 200, "-"},
        {"two lines", request(env, {"Expect: 100-continue", "Expect: good"}), 200, "good"},
        {"folded", request(env, {"Expect: good\r\n other"}), 417, ""},
        {"rejected", request(env, {"EXPECT: foo"}), 417, ""},
        {"an empty line before", "\r\n" + request(env, {"Expect: good"}), 200, "good"},
        {"a longer section than is shown",
         request(env, {"X-A: " + std::string(5000, 'a'), "X-B: " + std::string(5000, 'b'),
                       "Expect: good"}),
         200, "good"},
    };
    wire client = clients.open(server.port("PORT2"));
    for (const auto &row : rows) {
        BOOST_TEST_CONTEXT("row: " << row.name) {
            client.send(row.bytes);
            const message answer = client.next();
            BOOST_TEST(answer.status == row.status);
            if (row.status == 200)
                BOOST_TEST(expect_of_cgi(answer.body) == row.seen);
            // Together with others, before and behind it, in one record.
            client.send(plain + row.bytes + plain);
            BOOST_TEST(client.next().body == "plain\n");
            BOOST_TEST(client.next().status == row.status);
            BOOST_TEST(client.next().body == "plain\n");
        }
    }
    const std::string met = request("GET /plain.txt", {"X-A: b", "Expect: good", "X-C: d"});
    for (size_t cut = 1; cut < met.size(); ++cut) {
        client.send(met.substr(0, cut));
        std::this_thread::sleep_for(milliseconds(20));
        client.send(met.substr(cut));
        BOOST_TEST(client.next().status == 200, "cut behind " << cut << " bytes");
    }
}

BOOST_AUTO_TEST_CASE(http_2_over_cleartext, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config(policy);
    server.config("Protocols h2c http/1.1").announce("expect: rejected").start();
    check_http_2([&] { return h2_wire(server.port()); });
}

BOOST_AUTO_TEST_CASE(http_2_over_tls, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2", "ssl"}).config("Protocols h2 http/1.1");
    server.config(policy + tls_host(server))
        .announce("expect: rejected")
        .allow(tls_notices)
        .start();
    tls_clients clients;
    check_http_2([&] { return h2_wire(clients.open(server.port("PORT2"), "h2")); });
}

BOOST_AUTO_TEST_CASE(http_1_upgraded_to_http_2, *where_http_2_asks()) {
    // The request that asks for the upgrade is judged on one protocol and served on the other.
    httpd server;
    server.threaded().site().with({"http2"}).config(policy).config("Protocols h2c http/1.1");
    server.announce("expect: rejected").start();
    BOOST_TEST_CONTEXT("rejected: the protocol stays, and what follows may not be of it") {
        wire client(server.port());
        client.send(h2_upgrading("GET /plain.txt", "foo") + request("GET /plain.txt"));
        const message answer = client.next();
        BOOST_TEST(answer.status == 417);
        BOOST_TEST(answer.announces_close());
        BOOST_TEST(client.closes());
    }
    BOOST_TEST_CONTEXT("met: the answer comes as a stream") {
        h2_wire client(server.port(), h2_upgrading("GET /plain.txt", "good, 100-continue"));
        BOOST_TEST(client.wait_end(1).body == "plain\n");
    }
}

BOOST_AUTO_TEST_SUITE_END()
