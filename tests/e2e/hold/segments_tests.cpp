// Requests as TCP brings them: cut at any byte, several in one segment, many on one connection,
// slowly. Sleeps only make the cuts likely; no verdict depends on them.
#include "harness/httpd.hpp"
#include "harness/parallel.hpp"
#include "harness/request.hpp"
#include "harness/scripts.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <random>

using namespace e2e;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
ExpectRule ignore other
ExpectRule reject no status=403
)";

struct exchange {
    std::string bytes;
    int status;
    std::string body; // where the status is 200
    bool head = false;
};

// Requests of every verdict that leave the connection open, each with an answer of its own.
exchange make_exchange(unsigned kind, size_t number) {
    const std::string mark = std::to_string(number);
    const std::string file = "/plain.txt?" + mark;
    const std::string data(1 + number % 17, 'x');
    const std::string length = "Content-Length: " + std::to_string(data.size());
    const std::string read = "read " + std::to_string(data.size()) + " bytes\n";
    switch (kind) {
    case 0:
        return {request("GET " + file), 200, "plain\n"};
    case 1:
        return {request("GET " + file, {"X-A: 1", "Expect: 100-continue"}), 200, "plain\n"};
    case 2:
        return {request("GET " + file, {"Expect: foo"}), 417, {}};
    case 3:
        return {request("GET " + file, {"Expect:\r\n 100-continue", "X-A: 1"}), 417, {}};
    case 4:
        return {request("POST /cgi/count?" + mark, {"expect: good, 100-continue", length}, data),
                200, read};
    case 5:
        return {request("POST /cgi/count?" + mark, {length, "EXPECT: other"}, data), 200, read};
    case 6:
        return {request("HEAD " + file, {"Expect: no"}), 403, {}, true};
    case 7:
        return {request("GET " + file, {"X-A: 1\r\n Expect: foo", "Expect: Good"}), 200, "plain\n"};
    case 8:
        return {request("POST /cgi/count?" + mark, {"Expect: good", "Transfer-Encoding: chunked"},
                        "f\r\nExpect: foo\r\n\r\n\r\n0\r\nExpect: foo\r\n\r\n"),
                200, "read 15 bytes\n"};
    default:
        return {"\r\n" + request("OPTIONS " + file, {"Expect: 100-continue, foo"}), 417, {}};
    }
}

faults check_answers(wire &client, const std::vector<exchange> &asked) {
    faults found;
    for (size_t i = 0; i < asked.size(); ++i) {
        const message got = client.answer(asked[i].head, 3 * at_once);
        if (got.status != asked[i].status || (got.status == 200 && got.body != asked[i].body))
            found.push_back("answer " + std::to_string(i) + " is " + got.status_line + " " +
                            got.raw.substr(0, 60) + " for " + asked[i].bytes.substr(0, 80));
        if (got.announces_close() && i + 1 < asked.size())
            found.push_back("answer " + std::to_string(i) + " announces a close");
    }
    return found;
}

void cut_at(wire &client, const std::string &bytes, size_t at) {
    client.send(bytes.substr(0, at));
    std::this_thread::sleep_for(milliseconds(15));
    client.send(bytes.substr(at));
}

} // namespace

BOOST_AUTO_TEST_SUITE(segments_tests)

BOOST_AUTO_TEST_CASE(three_requests_cut_anywhere) {
    httpd server;
    server.site().config(policy).config(one_child).announce("expect: rejected").start();
    const unsigned orders[][3] = {{0, 2, 1}, {3, 4, 2}, {8, 9, 7}, {6, 3, 5}};
    for (const auto &order : orders) {
        std::vector<exchange> asked;
        std::string bytes;
        for (unsigned kind : order) {
            asked.push_back(make_exchange(kind, asked.size()));
            bytes += asked.back().bytes;
        }
        report_faults(in_parallel(bytes.size(), [&](size_t cut) {
            wire client(server.port());
            cut_at(client, bytes, cut);
            faults found = check_answers(client, asked);
            if (!found.empty())
                found.push_back("... cut at byte " + std::to_string(cut));
            return found;
        }));
    }
}

BOOST_AUTO_TEST_CASE(every_byte_a_segment) {
    httpd server;
    server.site().config(policy).config(one_child).announce("expect: rejected").start();
    report_faults(in_parallel(10, [&](size_t kind) {
        const std::vector<exchange> asked = {make_exchange(static_cast<unsigned>(kind), 1),
                                             make_exchange(2, 2)};
        wire client(server.port());
        client.send_in_pieces(asked[0].bytes + asked[1].bytes, 1);
        return check_answers(client, asked);
    }));
}

BOOST_AUTO_TEST_CASE(fifty_mixed_requests_on_one_connection) {
    httpd server;
    server.site().config(policy).config(one_child).announce("expect: rejected").start();
    const size_t connections = 24;
    report_faults(in_parallel(connections, [&](size_t seed) {
        std::mt19937 random(static_cast<unsigned>(seed));
        std::vector<exchange> asked;
        std::string all;
        for (size_t i = 0; i < 50; ++i) {
            asked.push_back(make_exchange(random() % 10, seed * 100 + i));
            all += asked.back().bytes;
        }
        wire client(server.port());
        if (seed % 3 == 0) { // each awaits the one before
            faults found;
            for (const exchange &one : asked) {
                client.send(one.bytes);
                const faults some = check_answers(client, {one});
                found.insert(found.end(), some.begin(), some.end());
            }
            return found;
        }
        if (seed % 3 == 1) { // all pipelined
            client.send(all);
            return check_answers(client, asked);
        }
        for (size_t at = 0; at < all.size();) { // in segments of any size
            const size_t size = 1 + random() % 200;
            client.send(all.substr(at, size));
            std::this_thread::sleep_for(milliseconds(2));
            at += size;
        }
        return check_answers(client, asked);
    }));
    server.stop();
    size_t requests = 0;
    for (const access_entry &entry : server.served(0))
        requests += entry.request == "OPTIONS * HTTP/1.0" ? 0 : 1; // prefork calls itself
    BOOST_TEST(requests == connections * 50);
}

BOOST_AUTO_TEST_CASE(empty_lines_before_a_request) {
    httpd server;
    server.site().config(policy).config(one_child).announce("expect: rejected").start();
    for (int lines : {1, 2, 5}) {
        std::string empty;
        for (int i = 0; i < lines; ++i)
            empty += "\r\n";
        BOOST_TEST_CONTEXT(lines << " empty lines") {
            wire client(server.port());
            client.send(empty + request("GET /plain.txt", {"Expect: good"}) + empty +
                        request("GET /plain.txt", {"Expect: foo"}));
            BOOST_TEST(client.next().status == 200);
            BOOST_TEST(client.next().status == 417);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_request_line_that_looks_like_the_field) {
    // It is refused for its method, and no log shows it under another name.
    httpd server;
    server.site().config(policy).config(one_child).allow("AH0|AH10").start();
    const std::string line = "Expect: /plain.txt HTTP/1.1";
    for (const std::string &before :
         {std::string(), std::string("\r\n"),
          request("POST /cgi/count", {"Content-Length: 1"}, "x") + "\r\n"}) {
        wire client(server.port());
        client.send(before + line + "\r\nHost: a.test\r\nExpect: foo\r\n\r\n");
        if (before.size() > 2)
            BOOST_TEST(client.next().status == 200);
        BOOST_TEST(client.next().status == 400);
        BOOST_TEST(client.closes());
    }
    server.stop();
    size_t refused = 0;
    for (const access_entry &entry : server.served(0)) {
        if (entry.status == 400) {
            BOOST_TEST(entry.request == line);
            ++refused;
        }
    }
    BOOST_TEST(refused == 3u);
}

BOOST_AUTO_TEST_CASE(http_0_9) {
    // Nothing behind such a request line is a field, and the next connection starts anew.
    httpd server;
    server.site().config(policy).config(one_child).allow("expect: rejected").start();
    for (int round = 0; round < 2; ++round) {
        wire client(server.port());
        client.send("GET /plain.txt\r\nExpect: foo\r\n\r\n");
        BOOST_TEST(client.rest() == "plain\n");
        wire other(server.port());
        other.send(request("GET /plain.txt", {"Expect: foo"}));
        BOOST_TEST(other.next().status == 417);
    }
    server.stop();
    BOOST_TEST(server.served(0).size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_slow_client_under_mod_reqtimeout) {
    httpd server;
    server.site().with({"reqtimeout"}).config(policy).config(one_child);
    server.config("RequestReadTimeout header=4 body=2").timeout(60);
    server.announce("expect: rejected").announce("AH01382").allow(script_is_not_fed).start();
    const std::string head = request("GET /plain.txt", {"Expect: foo"});
    BOOST_TEST_CONTEXT("slow, and in time") {
        wire client(server.port());
        client.send_in_pieces(head, 4);
        BOOST_TEST(client.next().status == 417);
    }
    for (const char *part : {"GET /plain.txt HTTP/1.1\r\nHost: a.test\r\nExp",
                             "GET /plain.txt HTTP/1.1\r\nHost: a.test\r\nExpect: foo",
                             "GET /plain.txt HTTP/1.1\r\nHost: a.test\r\nExpect: foo\r\n"}) {
        BOOST_TEST_CONTEXT("ends in the middle: " << part) {
            wire client(server.port());
            client.send(part);
            const message answer = client.next(false, 3 * at_once);
            BOOST_TEST(answer.status == 408);
            BOOST_TEST(client.closes());
        }
    }
    BOOST_TEST_CONTEXT("content that never comes after its 100") {
        wire client(server.port());
        client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
        BOOST_TEST(client.next().status == 100);
        BOOST_TEST(client.next(false, 3 * at_once).status == 408);
        BOOST_TEST(client.closes());
    }
}

BOOST_AUTO_TEST_CASE(a_rejection_does_not_wait_for_the_time_that_content_has) {
    httpd server;
    server.site().with({"reqtimeout"}).config(policy).config("RequestReadTimeout body=30");
    server.announce("expect: rejected").timeout(60).start();
    wire client(server.port());
    client.send(withheld("POST /cgi/count", "foo"));
    BOOST_TEST(client.next().status == 417);
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_SUITE_END()
