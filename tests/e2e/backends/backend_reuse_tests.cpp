// Where a backend sends its 100, everything is as in httpd: the content travels once, the answer
// comes, and both connections are kept and used again. Nothing of the module's is in the way of the
// content.
#include "harness/ask.hpp"
#include "harness/front.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";

// One upload on both connections, of which the client waits for its 100.
void upload(wire &client, wire &backend, const std::string &content, const std::string &interims,
            const std::vector<int> &seen) {
    client.send(request("POST /back/x", {"Expect: 100-continue",
                                         "Content-Length: " + std::to_string(content.size())}));
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
    backend.send(interims + go_on);
    for (const int status : seen)
        BOOST_TEST(client.next().status == status);
    client.send(content);
    BOOST_TEST(backend.read_bytes(content.size()) == content);
    backend.send(ok);
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(!answer.announces_close());
}

// A connection of the backend's that was used before, so that the test has its wire.
wire used_connection(front &pair, wire &client) {
    client.send(request("GET /back/first"));
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send(ok);
    BOOST_TEST(client.next().status == 200);
    return backend;
}

const char *const ways[] = {"ExpectPolicy On", "ExpectPolicy Off", "ExpectPolicy DetectionOnly"};

} // namespace

BOOST_AUTO_TEST_SUITE(backend_reuse_tests)

BOOST_AUTO_TEST_CASE(both_connections_are_kept) {
    for (const char *policy : ways) {
        for (const char *options : {"", "ping=20"}) {
            BOOST_TEST_CONTEXT(policy << ", " << options) {
                front pair(policy, options, std::string(policy).substr(13) + options);
                pair.server.start();
                wire client(pair.server.port());
                wire backend = used_connection(pair, client);
                upload(client, backend, "hello", "", {100});
                upload(client, backend, std::string(300000, 'a'), "", {100});
                upload(client, backend, "again", "HTTP/1.1 102 Processing\r\n\r\n", {102, 100});
                upload(
                    client, backend, "again",
                    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n",
                    {103, 102, 100});
                client.send(request("GET /back/last"));
                backend.read_until(head_end);
                backend.send(ok);
                BOOST_TEST(client.next().status == 200);
                BOOST_TEST(!pair.backend.called(milliseconds(0)));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(chunked_uploads_keep_them_too) {
    front pair("ExpectPolicy On");
    pair.server.start();
    wire client(pair.server.port());
    wire backend = used_connection(pair, client);
    for (int i = 0; i < 3; ++i) {
        client.send(
            request("POST /back/x", {"Expect: 100-continue", "Transfer-Encoding: chunked"}));
        backend.read_until(head_end);
        backend.send(go_on);
        BOOST_TEST(client.next().status == 100);
        client.send("5\r\nhello\r\n0\r\n\r\n");
        BOOST_TEST(backend.read_until("0\r\n\r\n") == "5\r\nhello\r\n0\r\n\r\n");
        backend.send(ok);
        const message answer = client.next();
        BOOST_TEST(answer.status == 200);
        BOOST_TEST(!answer.announces_close());
    }
}

// Content that came unasked is read and forwarded once the backend wants it.
BOOST_AUTO_TEST_CASE(content_that_came_unasked) {
    for (const size_t size : {5u, 5000u, 100000u}) {
        BOOST_TEST_CONTEXT(size << " bytes") {
            front pair("ExpectPolicy On", "", std::to_string(size));
            pair.server.start();
            wire client(pair.server.port());
            wire backend = used_connection(pair, client);
            const std::string content(size, 'a');
            client.send(request("POST /back/x",
                                {"Expect: 100-continue", "Content-Length: " + std::to_string(size)},
                                content));
            backend.read_until(head_end);
            backend.send(go_on);
            BOOST_TEST(backend.read_bytes(size) == content);
            backend.send(ok);
            BOOST_TEST(client.answer().status == 200);
            client.send(request("GET /back/last"));
            BOOST_TEST(holds(backend.read_until(head_end), "GET /last"));
            backend.send(ok);
            BOOST_TEST(client.next().status == 200);
        }
    }
}

// No action leaves a filter in the way that makes mod_proxy_http spool what has a length to a file:
// the backend has the first bytes before the client has sent the last.
BOOST_AUTO_TEST_CASE(uploads_are_streamed, *where_proxies_decide()) {
    for (const char *action : {"meet", "ignore", "continue"}) {
        for (const char *forward : {"On", "Off"}) {
            for (const char *section : {"", "<Location /back/>\n"}) {
                BOOST_TEST_CONTEXT(action << ", Proxy100Continue " << forward << " " << section) {
                    const std::string rule = std::string("ExpectRule ") + action + " 100-continue";
                    front pair("ExpectPolicy On\nProxy100Continue " + std::string(forward) + "\n" +
                                   section + rule + (*section ? "\n</Location>" : ""),
                               {}, std::string(action) + forward + (*section ? "-section" : ""));
                    pair.server.start();
                    wire client(pair.server.port());
                    const std::string part(100000, 'a');
                    client.send(request("POST /back/x",
                                        {"Expect: 100-continue", "Content-Length: 200000"}, part));
                    wire backend = pair.backend.accept();
                    const bool asks = expect_line(backend.read_until(head_end)) != "-";
                    BOOST_TEST(asks == (std::string(action) + forward == "meetOn"));
                    if (asks)
                        backend.send(go_on);
                    BOOST_TEST(backend.read_bytes(90000).size() == 90000u); // of the first half
                    client.send(part);
                    BOOST_TEST(backend.read_bytes(110000).size() == 110000u);
                    backend.send(ok);
                    BOOST_TEST(client.answer().status == 200);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
