// Early answers where the policy does not change what httpd does with them: not in force, forwarded
// in another way, or nobody waiting. httpd without the module gets the same bytes.
#include "harness/ask.hpp"
#include "harness/early.hpp"
#include "harness/front.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// What httpd says of content that it does not get, and of a backend that is gone.
const char *const stock_talk = "AH01086|AH10154|AH01097";

struct seen {
    int status = 0;
    std::vector<int> interims;
    std::string body;
    bool announces_close = false;
    bool was_forwarded = false; // something came behind the request's head
};

// The client sends its content where a 100 comes; the backend answers early and keeps its
// connection.
seen converse(front &pair, const early_answer &early, const waiting_upload &upload) {
    pair.server.start();
    wire client(pair.server.port());
    client.send(upload.bytes());
    wire backend = pair.backend.accept();
    backend.read_until(head_end);
    backend.send(early.bytes);
    seen result;
    message answer = client.next();
    while (answer.status >= 100 && answer.status < 200) {
        result.interims.push_back(answer.status);
        client.send(requests_of(1000));
        answer = client.next();
    }
    result.status = answer.status;
    result.announces_close = answer.announces_close();
    if (answer.status != 500)
        result.body = answer.body;
    result.was_forwarded = !backend.silent(milliseconds(100)) && !backend.closes();
    return result;
}

// `policy` is the module's, `options` those of the worker. Labels keep the servers' folders apart.
void expect_as_stock(const std::string &label, const std::string &policy,
                     const waiting_upload &upload, int status_of_403,
                     const std::string &options = {}, const std::string &config = {}) {
    for (const early_answer *early : {&early_answers()[1], &early_answers()[6]}) {
        BOOST_TEST_CONTEXT(label << ": " << early->name << " to an upload " << upload.name) {
            const std::string folder = label + "-" + std::to_string(early->status);
            front alone(config, options, folder + "-stock");
            alone.server.stock().allow(stock_talk);
            front pair(policy + "\n" + config, options, folder);
            pair.server.allow(stock_talk).allow("expect: would reject");
            const seen stock = converse(alone, *early, upload);
            const seen ours = converse(pair, *early, upload);
            BOOST_TEST(ours.status == stock.status);
            BOOST_TEST(ours.interims == stock.interims, boost::test_tools::per_element());
            BOOST_TEST(ours.body == stock.body);
            BOOST_TEST(ours.announces_close == stock.announces_close);
            BOOST_TEST(ours.was_forwarded == stock.was_forwarded);
            if (early->status == 403)
                BOOST_TEST(ours.status == status_of_403);
        }
    }
}

const waiting_upload short_and_withheld = {"by length, withheld", {"Content-Length: 1000"}, ""};

} // namespace

BOOST_AUTO_TEST_SUITE(early_answer_off_tests)

BOOST_AUTO_TEST_CASE(off_and_detected) {
    const char *const policies[] = {"ExpectPolicy Off", "ExpectPolicy DetectionOnly",
                                    "ExpectPolicy DetectionOnly\nExpectRule reject 100-continue"};
    int number = 0;
    for (const char *policy : policies) {
        const std::string label = std::to_string(number++);
        expect_as_stock("withheld-" + label, policy, short_and_withheld, 500);
        expect_as_stock("sent-" + label, policy, waiting_uploads()[2], 403);
        expect_as_stock("ping-" + label, policy, short_and_withheld, 500, "ping=20");
    }
}

// The function of ours stands before mod_proxy's for the whole server.
BOOST_AUTO_TEST_CASE(off_beside_a_host_that_is_on) {
    expect_as_stock("off", "", short_and_withheld, 500, {},
                    "<VirtualHost *:@PORT@>\nServerName off.test\n</VirtualHost>\n"
                    "<VirtualHost *:@PORT@>\nServerName on.test\n<IfModule mod_expect.c>\n"
                    "ExpectPolicy On\n</IfModule>\n</VirtualHost>");
}

// A request that is not forwarded with the expectation is answered as ever: httpd has sent the 100
// before it asks the backend.
BOOST_AUTO_TEST_CASE(not_forwarded, *where_proxies_decide()) {
    front pair("ExpectPolicy On\nProxy100Continue Off");
    pair.server.start();
    wire client(pair.server.port());
    client.send(short_and_withheld.bytes());
    BOOST_TEST(client.next().status == 100);
    client.send(requests_of(1000));
    wire backend = pair.backend.accept();
    BOOST_TEST(expect_line(backend.read_until(head_end)) == "-");
    BOOST_TEST(backend.read_bytes(1000).size() == 1000u);
    backend.send(early_answers()[1].bytes);
    const message answer = client.next();
    BOOST_TEST(answer.status == 403);
    BOOST_TEST(!answer.announces_close());
    client.send(request("GET /back/next"));
    BOOST_TEST(holds(backend.read_until(head_end), "GET /next ")); // reused
    backend.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    BOOST_TEST(client.next().status == 200);
}

// Requests without the field are none of the module's: with ping= mod_proxy asks of its own, and
// forwards the content behind an early answer, as it does alone.
BOOST_AUTO_TEST_CASE(a_request_without_the_field_and_ping) {
    for (const bool stock : {true, false}) {
        BOOST_TEST_CONTEXT("httpd alone: " << stock) {
            front pair(stock ? "" : "ExpectPolicy On", "ping=20", stock ? "stock" : "on");
            if (stock)
                pair.server.stock();
            pair.server.start();
            wire client(pair.server.port());
            client.send(request("POST /back/x", {"Content-Length: 5"}, "hello"));
            wire backend = pair.backend.accept();
            BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
            backend.send(early_answers()[1].bytes);
            BOOST_TEST(backend.read_bytes(5) == "hello");
            const message answer = client.next();
            BOOST_TEST(answer.status == 403);
            BOOST_TEST(!answer.announces_close());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
