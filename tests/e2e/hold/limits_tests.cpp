// httpd's limits and its two readings of a request mean the same with the module: the same bytes go
// to stock httpd, and both statuses are compared.
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct pair_of_servers {
    httpd ours{"with"};
    httpd stocks{"bare"};

    explicit pair_of_servers(const std::string &config) {
        for (httpd *server : {&ours, &stocks})
            server->site().config(config).allow(
                "AH0056[0-9]|AH00570|AH10244|AH00135|AH02430|AH00126|expect: rejected|AH10156");
        ours.config("ExpectPolicy On\nExpectRule meet good\nExpectRule meet long=*").start();
        stocks.stock().start();
    }

    // The statuses of all the answers to these bytes, the connection's end behind them.
    static std::string statuses(httpd &server, const std::string &bytes) {
        wire client(server.port());
        client.send(bytes + request("GET /plain.txt", {"Connection: close"}));
        std::string all;
        for (message one = client.next(); one.status != 0; one = client.next())
            all += std::to_string(one.status) + " ";
        return all + (client.closes() ? "closed" : "open");
    }
};

// GET with 100-continue alone: both servers serve it, but stock httpd then closes (DESIGN F15).
std::string first(const std::string &statuses) { return statuses.substr(0, 3); }

void check_same(pair_of_servers &both, const std::string &name, const std::string &bytes,
                const std::string &expected) {
    BOOST_TEST_CONTEXT("row: " << name) {
        const std::string ours = pair_of_servers::statuses(both.ours, bytes);
        const std::string stocks = pair_of_servers::statuses(both.stocks, bytes);
        BOOST_TEST(first(ours) == first(stocks));
        BOOST_TEST(first(ours) == expected);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits_tests)

BOOST_AUTO_TEST_CASE(limit_request_line) {
    pair_of_servers both("LimitRequestLine 200");
    // "GET /plain.txt?xxx HTTP/1.1" of the size named; httpd lets one byte more pass.
    for (size_t size : {198, 199, 200, 201, 202, 203, 300}) {
        const std::string line = "GET /plain.txt?" + std::string(size - 24, 'x');
        check_same(both, std::to_string(size), request(line, {"Expect: 100-continue"}),
                   size <= 201 ? "200" : "414");
    }
}

BOOST_AUTO_TEST_CASE(limit_request_field_size) {
    pair_of_servers both("LimitRequestFieldSize 100");
    // A value of blanks around a member, so that both servers meet it and only the size decides.
    size_t served = 0;
    for (size_t size = 90; size <= 110; ++size) {
        const std::string padding(size - 21, '\t');
        const std::string line = "Expect:" + padding + "100-continue\t\t";
        BOOST_REQUIRE(line.size() == size);
        const std::string bytes = request("GET /plain.txt", {line});
        BOOST_TEST_CONTEXT("a line of " << size << " bytes") {
            const std::string stocks = first(pair_of_servers::statuses(both.stocks, bytes));
            BOOST_TEST(first(pair_of_servers::statuses(both.ours, bytes)) == stocks);
            served += stocks == "200" ? 1 : 0;
        }
        // The same size in another field, the short one before and behind it.
        const std::string other = "X-Abcd:" + std::string(size - 7, 'x');
        for (const auto &fields : {std::vector<std::string>{other, "Expect: 100-continue"},
                                   std::vector<std::string>{"Expect: 100-continue", other}}) {
            const std::string more = request("GET /plain.txt", fields);
            BOOST_TEST(first(pair_of_servers::statuses(both.ours, more)) ==
                       first(pair_of_servers::statuses(both.stocks, more)));
        }
    }
    // The control: the limit lies within.
    BOOST_TEST(served > 5u);
    BOOST_TEST(served < 16u);
    // What only the module serves has the same limit: long=xxx is met, and too long is too long.
    size_t last_met = 0;
    for (size_t size = 90; size <= 110; ++size) {
        const std::string line = "Expect: long=" + std::string(size - 13, 'x');
        const std::string status =
            first(pair_of_servers::statuses(both.ours, request("GET /plain.txt", {line})));
        BOOST_TEST((status == "200" || status == "400"));
        last_met = status == "200" ? size : last_met;
        BOOST_TEST(
            first(pair_of_servers::statuses(both.stocks, request("GET /plain.txt", {line}))) ==
            (status == "200" ? "417" : "400"));
    }
    BOOST_TEST(last_met > 95u);
    BOOST_TEST(last_met < 108u);
}

BOOST_AUTO_TEST_CASE(limit_of_merged_and_folded_lines) {
    pair_of_servers both("LimitRequestFieldSize 100");
    size_t refused = 0;
    size_t asked = 0;
    for (size_t size : {1, 10, 20, 25, 30, 35, 40, 44, 45, 46, 47, 48, 49, 50, 51, 60, 80}) {
        const std::string half(size, 'x');
        for (const auto &fields :
             {std::vector<std::string>{"Expect: long=" + half, "Expect: long=" + half},
              std::vector<std::string>{"Expect: long=" + half + ",\r\n long=" + half}}) {
            const std::string bytes = request("GET /plain.txt", fields);
            const std::string ours = first(pair_of_servers::statuses(both.ours, bytes));
            const std::string stocks = first(pair_of_servers::statuses(both.stocks, bytes));
            BOOST_TEST_CONTEXT(fields.size() << " lines of " << size << " bytes and a name") {
                // 400 exactly where stock says so.
                BOOST_TEST((ours == "400") == (stocks == "400"));
                refused += ours == "400" ? 1 : 0;
                ++asked;
            }
        }
    }
    // The control: the limit lies within.
    BOOST_TEST(refused > 4u);
    BOOST_TEST(refused + 4 < asked);
}

BOOST_AUTO_TEST_CASE(limit_request_fields) {
    pair_of_servers both("LimitRequestFields 6");
    for (size_t others : {3, 4, 5, 6, 7}) {
        std::vector<std::string> fields; // Host comes with them
        for (size_t i = 0; i < others; ++i)
            fields.push_back("X-" + std::to_string(i) + ": 1");
        for (size_t place : {size_t{0}, others / 2, others}) {
            std::vector<std::string> with = fields;
            with.insert(with.begin() + static_cast<std::ptrdiff_t>(place), "Expect: 100-continue");
            check_same(both, std::to_string(others) + " others, place " + std::to_string(place),
                       request("GET /plain.txt", with), others + 2 <= 6 ? "200" : "400");
        }
        // Each line counts, before they are merged.
        std::vector<std::string> twice = fields;
        twice.insert(twice.end(), {"Expect: good", "Expect: good"});
        const bool fits = others + 3 <= 6;
        const std::string bytes = request("GET /plain.txt", twice);
        BOOST_TEST(first(pair_of_servers::statuses(both.ours, bytes)) == (fits ? "200" : "400"));
        BOOST_TEST(first(pair_of_servers::statuses(both.stocks, bytes)) == (fits ? "417" : "400"));
    }
}

BOOST_AUTO_TEST_CASE(obs_fold_anywhere) {
    pair_of_servers both("");
    check_same(both, "first line folded",
               "GET /plain.txt HTTP/1.1\r\n Expect: foo\r\nHost: a.test\r\n\r\n", "400");
    check_same(both, "the only line", "GET /plain.txt HTTP/1.1\r\n Expect: foo\r\n\r\n", "400");
    check_same(both, "Expect as a continuation",
               request("GET /plain.txt", {"X-A: 1\r\n\tExpect: foo", "X-B: 2"}), "200");
    check_same(both, "the line after Expect folded",
               request("GET /plain.txt", {"Expect: 100-continue", "X-A: 1\r\n 2\r\n 3"}), "200");
    check_same(both, "the line before Expect folded",
               request("GET /plain.txt", {"X-A: 1\r\n 2", "Expect: 100-continue"}), "200");
    check_same(both, "the section's end folded",
               "GET /plain.txt HTTP/1.1\r\nHost: a.test\r\nExpect: 100-continue\r\n \r\n\r\n",
               "400");
    const std::string folded = request("GET /plain.txt", {"Expect: 100-\r\n continue"});
    BOOST_TEST(first(pair_of_servers::statuses(both.ours, folded)) == "417");
}

BOOST_AUTO_TEST_CASE(protocol_options_unsafe) {
    pair_of_servers both("HttpProtocolOptions Unsafe LenientMethods Allow0.9");
    const auto bare_lines = [](const std::string &expectation) {
        return "GET /plain.txt HTTP/1.1\nHost: a.test\n" + expectation + "\n\n";
    };
    const struct {
        const char *name;
        std::string bytes;
        const char *status;
    } rows[] = {
        {"LF alone, 100-continue", bare_lines("Expect: 100-continue"), "200"},
        {"LF alone, foo", bare_lines("Expect: foo"), "417"},
        {"LF alone, folded elsewhere", bare_lines("X: 1\n 2\nExpect: foo"), "417"},
        {"both line ends", request("GET /plain.txt", {"X: 1\nExpect: foo"}), "417"},
        {"blank before the colon", request("GET /plain.txt", {"Expect : foo"}), "400"},
        {"tab before the colon", request("GET /plain.txt", {"Expect\t: 100-continue"}), "400"},
        {"control character in the value", request("GET /plain.txt", {"Expect: a\x01"}), "417"},
        {"CR in the value", request("GET /plain.txt", {"Expect: 100-\rcontinue"}), "400"},
        {"delimiters in another name", request("GET /plain.txt", {"X(1): 1", "Expect: foo"}),
         "417"},
        {"LF before the request", "\n\n" + bare_lines("Expect: foo"), "417"},
        {"a method that is none", "BREW /plain.txt HTTP/1.1\nHost: a.test\nExpect: foo\n\n", "417"},
        {"folded first line", "GET /plain.txt HTTP/1.1\n Expect: foo\nHost: a.test\n\n", "400"},
    };
    for (const auto &one : rows)
        check_same(both, one.name, one.bytes, one.status);
    BOOST_TEST(first(pair_of_servers::statuses(both.ours, bare_lines("Expect: good"))) == "200");
    BOOST_TEST(first(pair_of_servers::statuses(both.ours, bare_lines("Expect:\n 100-continue"))) ==
               "417");
    // A NUL ends the value for every reader of it; the rest is not seen, by stock httpd either.
    const std::string with_nul = "Expect: 100-continue" + std::string(1, '\0') + ", foo";
    BOOST_TEST(
        first(pair_of_servers::statuses(both.ours, request("GET /plain.txt", {with_nul}))) ==
        first(pair_of_servers::statuses(both.stocks, request("GET /plain.txt", {with_nul}))));
}

BOOST_AUTO_TEST_SUITE_END()
