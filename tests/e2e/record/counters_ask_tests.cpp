// What questions to applications add to which counter, exactly, and that every form of the status
// page knows them.
#include "harness/application.hpp"
#include "harness/counters.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// A difference of counters without the time that was spent asking, which no test knows.
std::string without_time(numbers changed) {
    changed.erase("asking_microseconds");
    return text_of(changed);
}

struct asked_row {
    const char *name;
    std::string sent;
    int status;
    const char *counted;
};

} // namespace

BOOST_AUTO_TEST_SUITE(counters_ask_tests)

BOOST_AUTO_TEST_CASE(asked_refused_failed_and_how_long) {
    httpd server;
    add_applications(server);
    server.file("cgi/dies", "#!/bin/sh\nexit 1\n", true).config(status_location);
    server.config("ExpectPolicy On\n"
                  "ExpectRule ask 100-continue url=/cgi/dies \"expr=%{HTTP:X-Ask} == 'dies'\"\n"
                  "ExpectRule ask 100-continue url=/cgi/says?413 \"expr=%{HTTP:X-Ask} == 'no'\"\n"
                  "ExpectRule ask 100-continue url=/cgi/says?200\n"
                  "ExpectRule ask a url=/cgi/says?200\nExpectRule ask b url=/cgi/says?204\n"
                  "ExpectRule ask no url=/cgi/says?409");
    server.announce("expect: rejected").announce("expect: cannot ask");
    server.allow("script output|AH02811|Premature").start();
    const std::vector<asked_row> rows = {
        {"met", waiting("POST /cgi/count", "100-continue"), 200,
         "asked 1, members_met 1, requests 1, uploads_read 1"},
        {"met, read by nobody", waiting("POST /plain.txt", "100-continue"), 200,
         "asked 1, members_met 1, requests 1, spared_content_bytes 5, uploads_spared 1"},
        {"refused", waiting("POST /cgi/count", "100-continue", {"X-Ask: no"}), 413,
         "asked 1, refused_by_application 1, refused_content_bytes 5, requests 1"},
        {"failed", waiting("POST /cgi/count", "100-continue", {"X-Ask: dies"}), 503,
         "asked 1, asking_failed 1, requests 1"},
        {"two questions", request("GET /plain.txt", {"Expect: a, b"}), 200,
         "asked 2, members_met 2, requests 1"},
        {"the second refuses", request("GET /plain.txt", {"Expect: a, no"}), 409,
         "asked 2, refused_by_application 1, requests 1"},
        {"not asked", request("GET /plain.txt", {"Expect: a, foo"}), 417,
         "rejected 1, rejected_by_status.417 1, requests 1"},
    };
    tree before = status_of(server);
    for (const asked_row &one : rows) {
        BOOST_TEST_CONTEXT(one.name) {
            wire client(server.port());
            client.send(one.sent);
            message answer = client.next();
            if (answer.status == 100) {
                client.send("hello");
                answer = client.next();
            }
            BOOST_TEST(answer.status == one.status);
            // What became of an upload is counted when its request is over.
            tree after;
            for (int i = 0; i < 100; ++i) {
                after = status_of(server);
                if (without_time(difference(total_of(after), total_of(before))) == one.counted)
                    break;
                std::this_thread::sleep_for(milliseconds(20));
            }
            const numbers changed = difference(total_of(after), total_of(before));
            BOOST_TEST(without_time(changed) == one.counted);
            BOOST_TEST(without_time(difference(host_of(after, "localhost"),
                                               host_of(before, "localhost"))) == one.counted);
            const bool was_asked = holds(one.counted, "asked");
            BOOST_TEST((changed.count("asking_microseconds") != 0) == was_asked);
            before = after;
        }
    }
}

BOOST_AUTO_TEST_CASE(every_form_of_the_page) {
    httpd server;
    add_applications(server);
    server.config(status_location).config("ExpectPolicy On\nExpectRule ask no url=/cgi/says?409");
    server.announce("expect: rejected").start();
    BOOST_TEST(ask(server, request("GET /x", {"Expect: no"})).status == 409);
    const std::string page = ask(server, request("GET /expect-status")).body;
    for (const char *heading : {"asked", "refused", "not answered", "time"})
        BOOST_TEST(holds(page, heading), heading);
    const std::string metrics = ask(server, request("GET /expect-status?prometheus")).body;
    for (const char *line : {"expect_asked_total{", "expect_refused_by_application_total{",
                             "expect_asking_failed_total{"})
        BOOST_TEST(holds(metrics, line), line);
    // The refusal is among the last ones, with the rule that asked.
    const tree status = status_of(server);
    const std::string json = ask(server, request("GET /expect-status?json")).body;
    BOOST_TEST(holds(json, "409"));
    BOOST_TEST(total_of(status).at("refused_by_application") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
