// Counters are shared by all processes: exact under load, kept when children die and when the
// configuration is read anew.
#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/parallel.hpp"
#include "harness/process.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <memory>
#include <set>
#include <thread>

using namespace e2e;

namespace {

// Changes the configuration of a running server.
void reconfigure(httpd &server, const std::string &from, const std::string &to) {
    const std::string file = server.root() + "/httpd.conf";
    std::string text = read_file(file);
    const size_t at = text.find(from);
    BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
    write_file(file, text.replace(at, from.size(), to));
    server.graceful();
}

int status_of_get(std::uint16_t port, const std::string &field,
                  const std::string &address = "127.0.0.1") {
    wire client(port, address);
    client.send(request("GET /plain.txt", {field, "Connection: close"}));
    return client.answer().status;
}

// Content of rejections that tells whether it is whole: one letter, as often as the letter says.
std::string telling_value(size_t number) {
    return std::string(1 + number % 26 * 4, static_cast<char>('a' + number % 26));
}

bool is_whole(const std::string &expectation) {
    if (expectation.compare(0, 2, "x=") != 0 || expectation.size() < 3)
        return false;
    return expectation.substr(2) == telling_value(static_cast<size_t>(expectation[2] - 'a'));
}

long count_in(const numbers &all, const std::string &name) {
    const auto found = all.find(name);
    return found == all.end() ? 0 : found->second;
}

} // namespace

BOOST_AUTO_TEST_SUITE(counters_shared_tests)

BOOST_AUTO_TEST_CASE(nothing_is_lost_under_load) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule meet good\nExpectRule reject no status=403");
    server.config(status_location).announce("expect: rejected").start();
    const std::uint16_t port = server.port();
    const size_t connections = 120;
    report_faults(in_parallel(connections, [port](size_t number) {
        faults found;
        auto client = std::make_unique<wire>(port);
        for (int i = 0; i < 20; ++i) {
            const bool good = (number + static_cast<size_t>(i)) % 2 == 0;
            const std::string sent =
                request("GET /plain.txt", {good ? "Expect: good" : "Expect: no"});
            int status = client->send(sent).answer().status;
            // event ends idle connections, unread, when its threads are busy
            for (int tries = 0; status == 0 && tries < 5; ++tries) {
                client = std::make_unique<wire>(port);
                status = client->send(sent).answer().status;
            }
            if (status != (good ? 200 : 403))
                found.push_back("status " + std::to_string(status));
        }
        return found;
    }));
    const tree status = status_of(server);
    BOOST_TEST(text_of(total_of(status)) == "members_met 1200, rejected 1200, "
                                            "rejected_by_status.403 1200, requests 2400");
    BOOST_TEST(total_of(status) == host_of(status, "localhost"));
    BOOST_TEST(text_of(hits_of(status)) == "meet good 1200, reject no status=403 1200");
}

BOOST_AUTO_TEST_CASE(kept_across_restarts_with_another_policy) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server
        .config(R"(Listen 127.0.0.2:@PORT@
ExpectPolicy On
# here
ExpectRule reject no status=403
# before
<VirtualHost 127.0.0.1:@PORT@>
    ServerName a.test
    ExpectRule meet first
</VirtualHost>
# between
<VirtualHost 127.0.0.2:@PORT@>
    ServerName a.test
    ExpectRule meet second
</VirtualHost>
# behind
)")
        .config(status_location);
    server.announce("expect: rejected").start();
    const std::uint16_t port = server.port();
    BOOST_TEST(status_of_get(port, "Expect: first, no") == 403);
    BOOST_TEST(status_of_get(port, "Expect: first") == 200);
    BOOST_TEST(status_of_get(port, "Expect: second", "127.0.0.2") == 200);

    // Lines move, a rule goes, another comes, and a host is written before those that look like it.
    reconfigure(server, "# here\n", "# moved\n\n\nExpectRule meet third\n");
    reconfigure(server, "    ExpectRule meet second\n", "");
    reconfigure(server, "# before\n",
                "<VirtualHost 127.0.0.3:" + std::to_string(port) +
                    ">\n    ServerName a.test\n    ExpectRule meet first\n</VirtualHost>\n");
    BOOST_TEST(status_of_get(port, "Expect: third", "127.0.0.2") == 200);
    BOOST_TEST(status_of_get(port, "Expect: second", "127.0.0.2") == 417);
    const tree status = status_of(server);
    BOOST_TEST(text_of(total_of(status)) ==
               "members_met 3, rejected 2, rejected_by_status.403 1, rejected_by_status.417 1, "
               "requests 5");
    BOOST_TEST(text_of(hits_of(status)) ==
               "meet first 2, meet third 1, reject * 1, reject no status=403 1");
    std::vector<long> requests;
    for (const auto &[none, each] : status.get_child("hosts"))
        requests.push_back(each.get<long>("requests"));
    // The main server, the new host, and the two of before.
    BOOST_TEST(requests == (std::vector<long>{0, 0, 2, 3}), boost::test_tools::per_element());
    BOOST_TEST(status.get_child("last_rejections").size() == 2u);

    // A rule that comes back goes on where it was.
    reconfigure(server, "# behind\n", "# gone\n");
    reconfigure(server, "# between\n", "# still\n");
    reconfigure(server, "ServerName a.test\n</VirtualHost>",
                "ServerName a.test\n    ExpectRule meet second\n</VirtualHost>");
    BOOST_TEST(count_in(hits_of(status_of(server)), "meet second") == 1);

    // Off everywhere, there is nothing to show; on again, all is as before.
    reconfigure(server, "ExpectPolicy On", "ExpectPolicy Off");
    server.announce("unrecognized expectation").announce("AH00128: File does not exist");
    BOOST_TEST(ask(server, request("GET /expect-status?json")).status == 404);
    BOOST_TEST(status_of_get(port, "Expect: first") == 417);
    reconfigure(server, "ExpectPolicy Off", "ExpectPolicy On");
    BOOST_TEST(total_of(status_of(server)) == total_of(status));
}

// A child of before counts where the new ones do, by the policy of before.
BOOST_AUTO_TEST_CASE(old_children_go_on_counting) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule reject no status=403\nExpectRule meet old");
    server.config(status_location).announce("expect: rejected").start();
    wire slow(server.port());
    const std::string late = request("GET /plain.txt", {"Expect: old, no"});
    slow.send(late.substr(0, late.size() - 10));
    BOOST_TEST(slow.silent());
    reconfigure(server, "ExpectRule meet old", "ExpectRule meet new");
    BOOST_TEST(status_of_get(server.port(), "Expect: no") == 403);
    slow.send(late.substr(late.size() - 10));
    BOOST_TEST(slow.answer().status == 403);
    const tree status = status_of(server);
    BOOST_TEST(text_of(total_of(status)) == "rejected 2, rejected_by_status.403 2, requests 2");
    BOOST_TEST(text_of(hits_of(status)) == "reject no status=403 2");
    BOOST_TEST(status.get_child("last_rejections").size() == 2u);
}

// Children are killed while they count and while they write down rejections. Every answer has been
// counted, nothing is counted that was not sent, and no entry of the list is lost for good or
// mixed.
BOOST_AUTO_TEST_CASE(killed_children) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule reject x=* status=403").config(status_location);
    server.announce("expect: rejected");
    server.allow("AH00052: child pid [0-9]+ exit signal Killed");
    server.allow("AH00162: server seems busy").start();
    const std::uint16_t port = server.port();
    std::atomic<bool> stop{false};
    std::atomic<long> sent{0};
    std::atomic<long> answered{0};
    std::atomic<long> mixed{0};
    std::vector<std::thread> clients;
    for (size_t i = 0; i < 6; ++i) {
        clients.emplace_back([&, i] {
            for (size_t number = i; !stop; number += 7) {
                try {
                    wire client(port);
                    const std::string each =
                        request("GET /plain.txt", {"Expect: x=" + telling_value(number)});
                    for (int repeat = 0; repeat < 20 && !stop; ++repeat) {
                        ++sent;
                        client.send(each);
                        if (client.answer().status != 403)
                            break;
                        ++answered;
                    }
                } catch (const std::exception &) { // nobody listens for a moment
                }
            }
        });
    }
    for (int round = 0; round < 12; ++round) {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        try {
            const tree status = status_of(server);
            for (const auto &[none, each] : status.get_child("last_rejections"))
                mixed += is_whole(each.get<std::string>("expectation")) ? 0 : 1;
        } catch (const std::exception &) { // killed as it answered
        }
        for (const pid_t child : children_of(server.pid()))
            kill(child, SIGKILL);
    }
    stop = true;
    for (std::thread &each : clients)
        each.join();
    BOOST_TEST(mixed == 0);
    BOOST_TEST(answered > 0);
    const long counted = count_in(total_of(status_of(server)), "rejected");
    BOOST_TEST(counted >= answered);
    BOOST_TEST(counted <= sent);
    for (size_t number = 0; number < 32; ++number)
        BOOST_TEST(status_of_get(port, "Expect: x=" + telling_value(number)) == 403);
    size_t at = 32;
    const tree status = status_of(server);
    for (const auto &[none, each] : status.get_child("last_rejections"))
        BOOST_TEST(each.get<std::string>("expectation") == "x=" + telling_value(--at));
    BOOST_TEST(at == 0u);
    BOOST_TEST(count_in(total_of(status_of(server)), "rejected") == counted + 32);
}

BOOST_AUTO_TEST_CASE(the_last_rejections) {
    httpd server;
    server.file("docs/plain.txt", "plain\n");
    server.config("ExpectPolicy On\nExpectRule reject no status=403\n").config(status_location);
    server.announce("expect: rejected").start();
    BOOST_TEST(status_of(server).get_child("last_rejections").empty());
    const std::string longest(500, 'y');
    for (const std::string &member : {std::string("no"), longest, std::string("\"")})
        status_of_get(server.port(), "Expect: " + member);
    const tree status = status_of(server);
    std::vector<std::string> seen;
    for (const auto &[none, each] : status.get_child("last_rejections")) {
        seen.push_back(each.get<std::string>("expectation") + " " +
                       each.get<std::string>("status"));
        BOOST_TEST(each.get<std::string>("client") == "127.0.0.1");
        BOOST_TEST(each.get<std::string>("host") == "localhost");
        BOOST_TEST(std::abs(each.get<long>("time") - long(std::time(nullptr))) < 60);
        BOOST_TEST(each.get<std::string>("detected_only") == "false");
    }
    // The newest first, and cut to what fits.
    BOOST_TEST(
        seen == (std::vector<std::string>{"\" 417", std::string(132, 'y') + "... 417", "no 403"}),
        boost::test_tools::per_element());
    const std::string line =
        std::to_string(line_of(read_file(server.root() + "/httpd.conf"), "reject no"));
    BOOST_TEST(status.get_child("last_rejections").back().second.get<std::string>("rule") ==
               server.root() + "/httpd.conf:" + line);
}

// The list is a ring: what a place holds of the rejection before is not part of the next one.
BOOST_AUTO_TEST_CASE(a_short_rejection_in_the_place_of_a_long_one) {
    httpd server;
    server.config("ExpectPolicy On").config(status_location);
    server.announce("expect: rejected").start();
    for (int number = 0; number < 32; ++number)
        status_of_get(server.port(), "Expect: " + std::string(100, 'y'));
    // Words of eight bytes: less than one, a whole one, more than one.
    for (const std::string member : {"a", "eight-by", "more-than-8"})
        status_of_get(server.port(), "Expect: " + member);
    std::vector<std::string> seen;
    const tree status = status_of(server);
    for (const auto &[none, each] : status.get_child("last_rejections"))
        seen.push_back(each.get<std::string>("expectation"));
    BOOST_TEST(seen.size() == 32u);
    seen.resize(4);
    BOOST_TEST(
        seen == (std::vector<std::string>{"more-than-8", "eight-by", "a", std::string(100, 'y')}),
        boost::test_tools::per_element());
}

// The budget of 10,000 hosts that inherit one policy: less than 1 KiB each, counters included.
BOOST_AUTO_TEST_CASE(ten_thousand_hosts) {
    if (!the_settings().preload.empty()) {
        BOOST_TEST_MESSAGE("skipped: a sanitizer's memory would be measured");
        return;
    }
    const auto kilobytes_of = [](const char *label, const char *policy) {
        httpd server(label);
        std::string hosts;
        for (int number = 0; number < 10000; ++number)
            hosts += "<VirtualHost 127.0.0.1:@PORT@>\nServerName host-" + std::to_string(number) +
                     ".example\n</VirtualHost>\n";
        server.log_level("warn").config(policy).config(hosts).start();
        const std::string process = read_file("/proc/" + std::to_string(server.pid()) + "/status");
        return std::atol(process.c_str() + process.find("VmRSS:") + 6);
    };
    const long off = kilobytes_of("off", "ExpectPolicy Off");
    const long on = kilobytes_of("on", "ExpectPolicy On\nExpectRule meet good");
    BOOST_TEST(off > 0);
    BOOST_TEST(on - off < 10000, "from " << off << " to " << on << " KiB");
    BOOST_TEST_MESSAGE("from " << off << " to " << on << " KiB");
}

BOOST_AUTO_TEST_SUITE_END()
