// What a backend behind mod_proxy gets to see, and what of its 100 reaches the client. The backend
// is played by the test itself, so its bytes are seen exactly.
#include "harness/front.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_tests)

BOOST_AUTO_TEST_CASE(met_100_continue_is_relayed_once_and_in_order) {
    front pair("ExpectPolicy On\nExpectRule meet good");
    pair.server.start();
    wire client(pair.server.port());
    client.send(request("POST /back/x", {"Expect: good, 100-continue", "Content-Length: 5"}));
    wire backend = pair.backend.accept();
    BOOST_TEST(expect_line(backend.read_until(head_end)).find("100-continue") != std::string::npos);
    BOOST_TEST(client.silent()); // nobody promised anything yet
    backend.send("HTTP/1.1 100 Continue\r\n\r\n");
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    BOOST_TEST(backend.read_until("hello") == "hello");
    backend.send(ok);
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == "ok");
}

BOOST_AUTO_TEST_CASE(ignored_100_continue_reaches_no_backend_and_no_100_the_client) {
    front pair("ExpectPolicy On\nExpectRule ignore 100-continue");
    pair.server.start();
    wire client(pair.server.port());
    client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.silent());
    client.send("hello");
    wire backend = pair.backend.accept();
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "-");
    BOOST_TEST(backend.read_until("hello") == "hello");
    backend.send("HTTP/1.1 100 Continue\r\n\r\n"); // nobody asked for it
    BOOST_TEST(client.silent());
    backend.send(ok);
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_CASE(continue_sends_its_100_whatever_the_backend_does) {
    front pair("ExpectPolicy On\nExpectRule continue 100-continue");
    pair.server.start();
    wire client(pair.server.port());
    client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hello");
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    BOOST_TEST(backend.read_until("hello") == "hello");
    backend.send(ok);
    BOOST_TEST(client.next().status == 200); // at most one 100
}

BOOST_AUTO_TEST_CASE(a_rejection_never_contacts_the_backend) {
    front pair("ExpectPolicy On");
    pair.server.announce("expect: rejected").start();
    wire client(pair.server.port());
    client.send(withheld("POST /back/x", "foo"));
    BOOST_TEST(client.next().status == 417);
    wire second(pair.server.port());
    second.send(request("GET /back/x", {"Expect: 100-continue, foo"}));
    BOOST_TEST(second.next().status == 417);
    BOOST_TEST(!pair.backend.called(a_while));
}

BOOST_AUTO_TEST_CASE(without_content_or_over_http_1_0_no_backend_sees_it) {
    const std::string rows[] = {
        request("GET /back/x", {"Expect: 100-continue"}),
        request("POST /back/x", {"Expect: 100-continue", "Content-Length: 0"}),
        request("POST /back/x HTTP/1.0", {"Expect: 100-continue", "Content-Length: 5"}, "hello"),
        request("GET /back/x HTTP/1.0", {"Expect: 100-continue"}),
    };
    for (const std::string &bytes : rows) {
        BOOST_TEST_CONTEXT("row: " << bytes) {
            front pair("ExpectPolicy On");
            pair.server.start();
            wire client(pair.server.port());
            client.send(bytes);
            wire backend = pair.backend.accept();
            BOOST_TEST(expect_line(backend.read_until(head_end)) == "-");
            backend.send(ok);
            BOOST_TEST(client.next().status == 200);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_early_answer_of_the_backend_reaches_the_client_without_the_upload) {
    front pair("ExpectPolicy On");
    pair.server.start();
    wire client(pair.server.port());
    client.send(withheld("POST /back/x", "100-continue"));
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    const message answer = client.next();
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(answer.announces_close());
    client.send("GET /back/smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(client.closes());
    BOOST_TEST(!pair.backend.called(a_while));
}

BOOST_AUTO_TEST_SUITE_END()
