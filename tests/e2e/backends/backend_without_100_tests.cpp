// Backends that never send a 100, which is what makes uploads end in 503 after ProxyTimeout, and
// the remedies of the README for them. Such a backend reads the whole request before it says
// anything.
#include "harness/ask.hpp"
#include "harness/front.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const std::string content(5000, 'a');

// A client that waits for a 100, and sends its content without one when its patience ends.
void begin_upload(wire &client, bool is_patient) {
    client.send(request("POST /back/x", {"Expect: 100-continue", "Content-Length: 5000"}));
    if (!is_patient)
        client.send(content);
}

} // namespace

BOOST_AUTO_TEST_SUITE(backend_without_100_tests)

// The symptom, with the module and without: whoever forwards the expectation waits for the backend.
BOOST_AUTO_TEST_CASE(meet_waits_until_proxy_timeout) {
    for (const char *policy : {"", "ExpectPolicy On"}) {
        for (const bool is_patient : {true, false}) {
            BOOST_TEST_CONTEXT("policy: " << policy << ", patient: " << is_patient) {
                front pair(std::string("ProxyTimeout 1\n") + policy, {},
                           std::string(*policy ? "on" : "stock") + (is_patient ? "-patient" : ""));
                if (!*policy)
                    pair.server.stock();
                pair.server.announce("AH01102").allow("AH00898").start();
                wire client(pair.server.port());
                begin_upload(client, is_patient);
                wire backend = pair.backend.accept();
                BOOST_TEST(expect_line(backend.read_until(head_end)) == "expect: 100-continue");
                const message answer = client.next();
                BOOST_TEST((answer.status == 503 || answer.status == 502));
                BOOST_TEST(answer.announces_close());
                BOOST_TEST(backend.closes()); // it never saw the content
                BOOST_TEST(client.closes());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_remedies_upload, *where_proxies_decide()) {
    const char *const remedies[] = {"ExpectRule continue 100-continue",
                                    "ExpectRule continue 100-continue early",
                                    "Proxy100Continue Off",
                                    "<Location /back/>\nExpectRule continue 100-continue\n"
                                    "</Location>"};
    int number = 0;
    for (const char *remedy : remedies) {
        for (const bool is_patient : {true, false}) {
            BOOST_TEST_CONTEXT(remedy << ", patient: " << is_patient) {
                front pair(std::string("ExpectPolicy On\n") + remedy, {}, std::to_string(number++));
                pair.server.start();
                wire client(pair.server.port());
                begin_upload(client, is_patient);
                if (is_patient) {
                    BOOST_TEST(client.next().status == 100);
                    client.send(content);
                }
                wire backend = pair.backend.accept();
                BOOST_TEST(expect_line(backend.read_until(head_end)) == "-");
                BOOST_TEST(backend.read_bytes(content.size()) == content);
                backend.send("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
                const message answer = client.answer();
                BOOST_TEST(answer.status == 201);
                BOOST_TEST(!answer.announces_close());
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
