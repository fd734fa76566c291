// Where counters live: graceful restarts with changed rules leave one mapping of shared memory, in
// which a number stays with its rule through all of them, whichever child counts.
#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// The mappings of anonymous shared memory that a process has. httpd's own are among them.
size_t shared_mappings(pid_t pid) {
    return lines_with(read_file("/proc/" + std::to_string(pid) + "/maps"), "/dev/zero").size();
}

// So many rules, of which none is in another generation, but the first one and the last.
std::string generation(int number, int rules) {
    std::string text = "ExpectRule reject first status=403\n";
    for (int i = 0; i < rules; ++i)
        text += "ExpectRule meet rule-" + std::to_string(number) + "-" + std::to_string(i) + "\n";
    return text + "ExpectRule reject last status=422\n";
}

int status_of_get(httpd &server, const std::string &expectation) {
    return ask(server, request("GET /harness-up", {"Expect: " + expectation})).status;
}

long hits(httpd &server, const std::string &rule) { return hits_of(status_of(server))[rule]; }

} // namespace

BOOST_AUTO_TEST_SUITE(counter_memory_tests)

// `make restarts` goes through a thousand.
BOOST_AUTO_TEST_CASE(one_mapping_after_many_restarts) {
    const int restarts = std::stoi(environment_or("RESTARTS", "12"));
    const int rules = 400;
    httpd server;
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.conf\"").config(status_location);
    server.file("rules.conf", generation(0, rules)).announce("expect: rejected").start();
    const size_t at_first = shared_mappings(server.pid());
    size_t most = at_first;
    for (int number = 1; number <= restarts; ++number) {
        BOOST_TEST_CONTEXT("generation " << number) {
            BOOST_TEST(status_of_get(server, "first") == 403);
            server.file("rules.conf", generation(number, rules));
            server.graceful();
            most = std::max(most, shared_mappings(server.pid()));
            BOOST_TEST(hits(server, "reject first status=403") == number);
        }
    }
    BOOST_TEST(at_first >= 1u); // the control: they are seen
    BOOST_TEST(most == at_first);
}

// However many rules come and go: those that stay have their numbers, those that were gone for
// long begin anew, and so do those that get a place that others had.
BOOST_AUTO_TEST_CASE(numbers_stay_where_they_are) {
    httpd server;
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.conf\"").config(status_location);
    server.file("rules.conf", generation(0, 2)).announce("expect: rejected").start();
    BOOST_TEST(status_of_get(server, "first") == 403);
    BOOST_TEST(status_of_get(server, "rule-0-1") == 200);
    BOOST_TEST(status_of_get(server, "last") == 422);
    const numbers total = total_of(status_of(server));
    const numbers host = host_of(status_of(server), "localhost");
    for (const int rules : {1500, 4000, 10}) {
        BOOST_TEST_CONTEXT(rules << " rules") {
            server.file("rules.conf", generation(rules, rules));
            server.graceful();
            const tree status = status_of(server);
            BOOST_TEST(text_of(hits_of(status)) ==
                       "reject first status=403 1, reject last status=422 1");
            BOOST_TEST(total_of(status) == total);
            BOOST_TEST(host_of(status, "localhost") == host);
            BOOST_TEST(status.get_child("last_rejections").size() == 2u);
        }
    }
    server.file("rules.conf", generation(0, 2));
    server.graceful();
    BOOST_TEST(hits(server, "meet rule-0-1") == 0);
    BOOST_TEST(status_of_get(server, "last") == 422);
    BOOST_TEST(hits(server, "reject last status=422") == 2);
}

// They counted where nobody looks any more.
BOOST_AUTO_TEST_CASE(old_children_count_beside_thousands_of_new_rules) {
    httpd server;
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.conf\"").config(status_location);
    server.file("rules.conf", generation(0, 2)).announce("expect: rejected").start();
    const std::string late = request("GET /harness-up", {"Expect: first"});
    wire slow(server.port());
    slow.send(late.substr(0, late.size() - 10));
    BOOST_TEST(slow.silent());
    server.file("rules.conf", generation(1, 3000));
    server.graceful();
    slow.send(late.substr(late.size() - 10));
    BOOST_TEST(slow.answer().status == 403);
    const tree status = status_of(server);
    BOOST_TEST(text_of(hits_of(status)) == "reject first status=403 1");
    BOOST_TEST(text_of(total_of(status)) == "rejected 1, rejected_by_status.403 1, requests 1");
}

// Nor does anybody get the place of a rule for which a child of before may still count.
BOOST_AUTO_TEST_CASE(what_old_children_count_is_nobody_elses) {
    httpd server;
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.conf\"").config(status_location);
    server.file("rules.conf", generation(0, 3000)).announce("expect: rejected").start();
    const std::string late =
        request("GET /harness-up", {"Expect: rule-0-0, rule-0-1, rule-0-2, rule-0-3, first"});
    wire slow(server.port());
    slow.send(late.substr(0, late.size() - 10));
    BOOST_TEST(slow.silent());
    server.file("rules.conf", generation(1, 10)); // so few that those of long before are forgotten
    server.graceful();
    slow.send(late.substr(late.size() - 10));
    BOOST_TEST(slow.answer().status == 403);
    BOOST_TEST(text_of(hits_of(status_of(server))) == "reject first status=403 1");
}

// A reload that wants more than there is room for begins to count anew.
BOOST_AUTO_TEST_CASE(more_than_there_is_room_for) {
    httpd server;
    server.config("ExpectPolicy On\nInclude \"@ROOT@/rules.conf\"").config(status_location);
    server.file("rules.conf", generation(0, 2)).announce("expect: rejected").start();
    BOOST_TEST(status_of_get(server, "first") == 403);
    server.file("rules.conf", generation(1, 70000));
    server.graceful();
    BOOST_TEST(hits(server, "reject first status=403") == 0);
    BOOST_TEST(status_of_get(server, "first") == 403);
    BOOST_TEST(status_of_get(server, "rule-1-69999") == 200);
    const tree status = status_of(server);
    BOOST_TEST(text_of(hits_of(status)) == "meet rule-1-69999 1, reject first status=403 1");
    BOOST_TEST(total_of(status)["requests"] == 2);
}

BOOST_AUTO_TEST_SUITE_END()
