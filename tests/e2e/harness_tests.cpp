// The harness itself, against httpd as it comes: what the other suites rely on must be able to
// fail.
#include "harness/httpd.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <set>
#include <thread>

using namespace e2e;

BOOST_AUTO_TEST_SUITE(harness_tests)

BOOST_AUTO_TEST_CASE(serves_files_and_scripts) {
    httpd server;
    server.stock().site().start();
    wire client(server.port());
    client.send("GET /plain.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    message answer = client.answer();
    BOOST_TEST(answer.status_line == "HTTP/1.1 200 OK");
    BOOST_TEST(answer.body == "plain\n");
    client.send("POST /cgi/count HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    answer = client.answer();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(answer.interims.empty());
    BOOST_TEST(client.silent());

    const std::vector<access_entry> served = server.served(2);
    BOOST_REQUIRE(served.size() == 2u);
    BOOST_TEST(served[1].request == "POST /cgi/count HTTP/1.1");
    BOOST_TEST(served[1].status == 200);
    BOOST_TEST(served[1].expect == "-");
}

BOOST_AUTO_TEST_CASE(sees_100_before_the_answer) {
    httpd server;
    server.stock().site().start();
    wire client(server.port());
    client.send(
        "POST /cgi/count HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    BOOST_TEST(client.next().status == 100);
    BOOST_TEST(client.silent());
    client.send("hello");
    BOOST_TEST(client.answer().body == "read 5 bytes\n");
}

BOOST_AUTO_TEST_CASE(reads_every_framing) {
    message found;
    size_t taken = 0;
    const std::string chunked =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP";
    BOOST_TEST((parse_message(chunked, false, false, found, taken) == framing::complete));
    BOOST_TEST(found.body == "abc");
    BOOST_TEST(taken == chunked.size() - 4);
    const std::string sized = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab";
    BOOST_TEST((parse_message(sized, false, false, found, taken) == framing::complete));
    BOOST_TEST((parse_message(sized.substr(0, sized.size() - 1), false, false, found, taken) ==
                framing::incomplete));
    BOOST_TEST((parse_message("HTTP/1.1 200 OK\r\n\r\nab", false, false, found, taken) ==
                framing::until_close));
    BOOST_TEST((parse_message("HTTP/1.1 200 OK\r\n\r\nab", false, true, found, taken) ==
                framing::complete));
    BOOST_TEST((parse_message("nonsense\r\n\r\n", false, false, found, taken) == framing::broken));
}

BOOST_AUTO_TEST_CASE(sees_a_closed_connection) {
    httpd server;
    server.stock().site().start();
    wire client(server.port());
    client.send("GET /plain.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const message answer = client.answer();
    BOOST_TEST(answer.announces_close());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(error_log_faults) {
    log_watch watch;
    watch.announce("AH00128");
    watch.allow("AH00129");
    const std::string start = "[x] AH00489: Apache/2.4 configured -- resuming normal operations\n";
    BOOST_TEST(watch.faults(start + "AH00128: File does not exist\n").empty());
    BOOST_TEST(watch.faults(start + "AH00128: a\nAH00129: b\n").empty());
    BOOST_TEST(watch.faults(start).size() == 1u);
    const std::string crash = "AH00052: child pid 7 exit signal Segmentation fault (11)\n";
    BOOST_TEST(watch.faults(start + "AH00128: a\n" + crash).size() == 1u);
    const std::string closed_twice =
        "[mpm_event:error] (9)Bad file descriptor: AH00468: error closing socket\n";
    const std::string gone = "[mpm_event:error] (9)Bad file descriptor: AH03465: process_socket\n";
    const std::string closing = "a\n" + crash + closed_twice + gone + "b\n";
    BOOST_TEST(watch.faults(start + "AH00128: a\n" + closed_twice).size() == 1u);
    BOOST_TEST(watch.faults(start + "AH00128: a\n" + gone).size() == 1u);
    BOOST_TEST(log_watch::without_shutdown_races(closing) == "a\nb\n");
}

// A child that dies before httpd is told to stop is known by itself, since the error log has the
// same line for one that dies of being told.
BOOST_AUTO_TEST_CASE(sees_a_child_die) {
    child_process parent;
    // One ends by itself, one is killed, and who takes the shell's place asks for neither.
    parent.start({"/bin/sh", "-c", "true & sleep 100 & kill -s SEGV $!; exec sleep 100"},
                 "/dev/null");
    std::vector<std::string> deaths;
    for (int i = 0; i < 2000 && deaths.empty(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        deaths = killed_children_of(parent.pid());
    }
    BOOST_REQUIRE(deaths.size() == 1u);
    BOOST_TEST(deaths[0].find("was ended by signal 11") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(configuration_that_is_refused) {
    httpd server;
    server.stock().config("NoSuchDirective On");
    const program_result result = server.configtest();
    BOOST_TEST(result.exit_code == 1);
    BOOST_TEST(result.all().find("Invalid command 'NoSuchDirective'") != std::string::npos);
    BOOST_CHECK_THROW(server.start(), std::runtime_error);
}

BOOST_AUTO_TEST_CASE(graceful_restart) {
    httpd server;
    server.stock().file("docs/plain.txt", "plain\n").start();
    server.graceful();
    wire client(server.port());
    client.send("GET /plain.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_TEST(client.answer().status == 200);
}

BOOST_AUTO_TEST_CASE(programs_are_never_skipped) {
    BOOST_TEST(run_program({"no-such-program-anywhere"}).exit_code == 127);
    BOOST_TEST(run_program({"cat"}, "abc").output == "abc");
    BOOST_TEST(run_program({"sleep", "30"}, {}, std::chrono::seconds(1)).timed_out);
}

BOOST_AUTO_TEST_CASE(no_port_is_given_twice) {
    std::set<std::uint16_t> given;
    while (given.size() < 2000 && given.insert(free_port("127.0.0.1")).second) {
    }
    BOOST_TEST(given.size() == 2000u);
}

BOOST_AUTO_TEST_SUITE_END()
