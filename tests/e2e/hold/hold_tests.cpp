// The hold keeps the field from the core and gives it back, and changes nothing else: whatever lies
// before it, however its bytes come, and whoever they belong to.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/parallel.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <thread>

using namespace e2e;

namespace {

std::string repeat(const std::string &text, size_t times) {
    std::string all;
    while (times-- > 0)
        all += text;
    return all;
}

std::string trace(const std::vector<std::string> &fields) {
    return request("TRACE /plain.txt", fields);
}

// Three servers that must answer alike: httpd as it comes, a host that is Off beside one that is
// On, and one that only detects.
class three_servers {
public:
    explicit three_servers(const std::string &configuration) {
        for (httpd *each : {&stock_, &off_, &detection_})
            each->site()
                .config(one_child)
                .config(configuration)
                .allow("AH0|expect: would|unrecognized expectation");
        off_.config("<VirtualHost *:@PORT@>\nServerName a.test\n</VirtualHost>\n"
                    "<VirtualHost *:@PORT@>\nServerName b.test\nExpectPolicy On\n</VirtualHost>");
        detection_.config("ExpectPolicy DetectionOnly");
        stock_.stock().start();
        off_.start();
        detection_.start();
    }

    void check(const std::string &bytes) {
        const std::string wanted = conversation(stock_, bytes);
        BOOST_TEST(!wanted.empty());
        BOOST_TEST(conversation(off_, bytes) == wanted);
        BOOST_TEST(conversation(detection_, bytes) == wanted);
    }

private:
    static std::string conversation(httpd &server, const std::string &bytes) {
        wire client(server.port());
        client.send(bytes);
        client.end_of_sending();
        std::string all;
        for (message got = client.next(); got.status != 0; got = client.next())
            all += got.without_date();
        return all;
    }

    httpd stock_{"stock"};
    httpd off_{"quiet"};
    httpd detection_{"trial"};
};

} // namespace

BOOST_AUTO_TEST_SUITE(hold_tests)

// httpd skips them, up to ten; three of them once hid the field from the policy.
BOOST_AUTO_TEST_CASE(empty_lines_do_not_hide_the_field) {
    httpd server;
    server.site().config(one_child).config("ExpectPolicy On\nExpectRule meet good\n"
                                           "ExpectRule reject @malformed status=422");
    server.announce("expect: rejected").allow("AH00566|AH10").start();
    const std::string folded =
        request("POST /cgi/count", {"Content-Length: 3", "Expect:\r\n 100-continue"}, "abc");
    const std::string good =
        request("POST /cgi/count", {"Expect: good", "Content-Length: 3"}, "abc");
    const std::string plain = request("GET /plain.txt");
    for (const std::string end : {"\r\n", "\n"}) {
        const bool is_strict = end == "\r\n"; // httpd refuses a bare LF unless it is told not to
        report_faults(in_parallel(13, [&](size_t lines) {
            faults found;
            const std::string empty = repeat(end, lines);
            const auto check = [&](const std::string &what, wire &client, bool is_second,
                                   int wanted) {
                if (is_second && client.answer().body != "plain\n")
                    found.push_back(what + ": the first request");
                // What httpd does with more than ten, or with a bare LF, is its own.
                const int status = client.answer().status;
                if (status != wanted &&
                    !((lines > 10 || !is_strict) && (status == 400 || status == 0)))
                    found.push_back(what + ", " + std::to_string(lines) +
                                    " lines: " + std::to_string(status));
            };
            for (const bool is_second : {false, true}) {
                const std::string first = is_second ? plain : "";
                for (const auto &[bytes, wanted] : {std::pair(folded, 422), std::pair(good, 200)}) {
                    for (const std::string how : {"in one segment", "apart", "byte by byte"}) {
                        wire client(server.port());
                        if (how == "byte by byte") {
                            client.send_in_pieces(first + empty + bytes, 1);
                        } else if (how == "in one segment") {
                            client.send(first + empty + bytes);
                        } else {
                            client.send(first);
                            client.send(empty);
                            std::this_thread::sleep_for(milliseconds(5));
                            client.send(bytes);
                        }
                        check(how, client, is_second, wanted);
                    }
                }
            }
            return found;
        }));
    }
}

BOOST_AUTO_TEST_CASE(empty_lines_where_bare_lf_is_accepted) {
    httpd server;
    server.site().config("HttpProtocolOptions Unsafe\nExpectPolicy On\nExpectRule meet good\n"
                         "ExpectRule reject @malformed status=422");
    server.announce("expect: rejected").start();
    for (size_t lines = 0; lines <= 10; ++lines) {
        BOOST_TEST_CONTEXT(lines << " empty lines") {
            wire client(server.port());
            client.send(repeat("\n", lines) + "GET /plain.txt HTTP/1.1\nHost: a\nExpect: good\n\n" +
                        repeat("\n", lines) +
                        "GET /plain.txt HTTP/1.1\nHost: a\nExpect:\n good\n\n");
            BOOST_TEST(client.answer().status == 200);
            BOOST_TEST(client.answer().status == 422);
        }
    }
}

// A lower filter may hand out memory that cannot be written to, or that it still needs.
BOOST_AUTO_TEST_CASE(memory_of_others_stays_as_it_is) {
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected").start();
    for (const char *shape : {"readonly", "kept", "immortal", "transient", "pool", "mixed"}) {
        BOOST_TEST_CONTEXT("buckets: " << shape) {
            wire client(server.port());
            const std::string line = std::string("GET /plain.txt?beneath=") + shape + ",0,more";
            for (int round = 0; round < 2; ++round) {
                client.send(request(line, {"X-A: 1", "Expect: good", "X-B: 2", "EXPECT: good"}));
                BOOST_TEST(client.answer().status == 200);
                client.send(request(line, {"Expect: foo"}));
                BOOST_TEST(client.answer().status == 417);
            }
        }
    }
    // What a filter finds changed it says in the error log, which fails the test.
}

// httpd's core reads lines in blocking mode; others may not, and get nothing before a name is told.
BOOST_AUTO_TEST_CASE(a_reader_that_does_not_wait) {
    httpd server;
    server.site().config(one_child).config(
        load_probe("beneath") + "Define IMPATIENT\nExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected").start();
    for (const char *then : {"more", "nothing", "later"}) {
        for (int cut = 0; cut < 9; ++cut) {
            BOOST_TEST_CONTEXT("cut after " << cut << ", then " << then) {
                const std::string line =
                    "GET /plain.txt?beneath=transient," + std::to_string(cut) + "," + then;
                BOOST_TEST(ask(server, request(line, {"Expect: good"})).status == 200);
                BOOST_TEST(ask(server, request(line, {"A: b", "Expect: foo"})).status == 417);
            }
        }
    }
    const std::string text = request("GET /plain.txt", {"E: 1", "Expect: good", "X-A: 2"}) +
                             request("GET /plain.txt", {"Expect:\r\n good", "X-A: 2"});
    report_faults(in_parallel(text.size(), [&](size_t cut) {
        wire client(server.port());
        client.send(text.substr(0, cut));
        std::this_thread::sleep_for(milliseconds(10));
        client.send(text.substr(cut));
        const int first = client.answer().status;
        const int second = client.answer().status;
        return first == 200 && second == 417
                   ? faults{}
                   : faults{"cut at " + std::to_string(cut) + ": " + std::to_string(first) + ", " +
                            std::to_string(second)};
    }));
}

// TRACE shows the fields in their order. The field once came back behind all others.
BOOST_AUTO_TEST_CASE(off_and_detection_show_trace_what_httpd_shows) {
    three_servers all("TraceEnable extended");
    const std::vector<std::vector<std::string>> rows = {
        {"X-A: 1", "Expect: 100-continue", "X-B: 2"},
        {"Expect: 100-continue", "X-A: 1", "X-B: 2"},
        {"X-A: 1", "X-A: 2", "eXPECT:100-Continue", "X-A: 3", "Accept: */*", "accept: a"},
        {"Expect:", "X-A: 1"},
        {"Expect:\r\n\t100-continue", "X-A: 1"},
        {"Expect: ", "X-A: 1", "EXPECT:", "X-B: 2"},
        {"Exempt: 1", "Expects: 2", "Expect: 100-continue", "ETag: 3"},
        {"X-A: 1\r\n Expect: foo", "Expect: 100-continue"},
        {"X-A: 1", "Expect: foo", "X-B: 2"},
        {"Expect: 100-continue", "X-A: 1", "Expect: 100-continue"},
    };
    for (const auto &fields : rows)
        BOOST_TEST_CONTEXT("fields: " << trace(fields)) { all.check(trace(fields)); }
}

BOOST_AUTO_TEST_CASE(a_met_field_keeps_its_place) {
    httpd server;
    server.site().config("TraceEnable On\nExpectPolicy On\nExpectRule meet *").start();
    const std::string lines = "X-A: 1\r\nExpect: good\r\nX-B: 2\r\n";
    BOOST_TEST(holds(ask(server, trace({"X-A: 1", "Expect: good", "X-B: 2"})).body, lines));
    // Several lines: where httpd puts them, which is the place of the first.
    BOOST_TEST(holds(ask(server, trace({"X-A: 1", "Expect: good", "X-B: 2", "Expect: good"})).body,
                     lines));
}

// A request that dies before its turn is redirected to its error document; both have the field.
BOOST_AUTO_TEST_CASE(a_request_that_dies_keeps_the_field_behind_a_redirect) {
    httpd with("expect");
    httpd without("httpd0");
    for (httpd *server : {&with, &without}) {
        server->site().config(
            "ErrorDocument 400 /plain.txt\nLogFormat \"%<{Expect}i|%>{Expect}i\" both\n"
            "CustomLog \"@ROOT@/logs/both.log\" both");
        server->allow("AH0");
    }
    with.config("ExpectPolicy On").start();
    without.stock().start();
    for (httpd *server : {&with, &without}) {
        const auto fields = {"Expect: early", "Content-Length: x"};
        BOOST_TEST(ask(*server, request("GET /a", {fields.begin(), fields.end()})).status == 400);
        const auto lines = {"Expect: one", "Expect: two", "nonsense"};
        BOOST_TEST(ask(*server, request("GET /b", {lines.begin(), lines.end()})).status == 400);
        server->stop();
    }
    // A line is written behind its answer, when the next request may have been asked.
    const auto logged = [](const httpd &server) {
        auto lines = lines_with(read_file(server.root() + "/logs/both.log"), "");
        std::sort(lines.begin(), lines.end());
        return lines;
    };
    const auto lines = logged(with);
    BOOST_TEST(std::count(lines.begin(), lines.end(), "early|early") == 1);
    BOOST_TEST(lines == logged(without), boost::test_tools::per_element());
}

// Sections as long as what the core reads at once, hands out at once, and more; and the name at
// the beginning of a piece of a line, where it is none.
BOOST_AUTO_TEST_CASE(long_sections) {
    const std::string limits = "\nLimitRequestFieldSize 100000\nLimitRequestFields 0\n";
    three_servers all("TraceEnable extended" + limits);
    httpd server("force");
    server.site().config(limits + "ExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected").start();
    for (const size_t size : {8000u, 8192u, 65536u}) {
        BOOST_TEST_CONTEXT(size << " bytes") {
            const std::string lines = repeat("X-A: 0123456789\r\n", size / 17);
            for (size_t shift = 0; shift < 8; ++shift) {
                const std::string line =
                    "X-B: " + std::string(shift, '-') + repeat("Expect: ", size / 8);
                all.check(trace({line, "Expect: 100-continue"}));
            }
            for (size_t shift = 0; shift < 17; ++shift) {
                const std::string filler = lines + "X-C: " + std::string(shift, '-');
                all.check(trace({filler, "Expect: 100-continue", "X-D: 1"}));
                BOOST_TEST(
                    ask(server, request("GET /plain.txt", {filler, "Expect: good"})).status == 200);
                BOOST_TEST(ask(server, request("GET /plain.txt", {filler, "Expect: foo"})).status ==
                           417);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
