// When something fails inside, a request is refused and the log says why: it is never served
// without having been judged. Each fault is provoked.
#include "harness/ask.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/verdict_rows.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

std::string no_random_shim() {
    build_probe("no_random.cpp",
                environment_or("CXX", "g++") +
                    " -D_GNU_SOURCE -shared -fPIC -o no_random.so no_random.cpp -ldl $(" +
                    environment_or("APXS", "apxs") + " -q APR_CONFIG >/dev/null && $(" +
                    environment_or("APXS", "apxs") + " -q APR_CONFIG) --cppflags --includes)");
    return the_settings().scratch + "/probes/no_random.so";
}

std::string target(const std::string &shape, int cut, const std::string &then) {
    return "POST /cgi/env?beneath=" + shape + "," + std::to_string(cut) + "," + then;
}

// A condition that parses and that httpd cannot evaluate.
const char *const no_answer = "\"expr=file('@ROOT@/none') == 'x'\"";

// Nobody's handler may have run: only refusals, and no promise.
void check_refused(const message &answer) {
    BOOST_TEST((answer.status == 0 || answer.status >= 400));
    BOOST_TEST(answer.interims.empty());
    BOOST_TEST(!holds(answer.raw, "SCRIPT_NAME"));
}

} // namespace

BOOST_AUTO_TEST_SUITE(fail_closed_tests)

// Answers behind mod_ssl wait for its hook; where another module does TLS there is none.
BOOST_AUTO_TEST_CASE(tls_of_another_module) {
    for (const char *section : {"", "<Location /cgi/none>\nExpectRule meet foo\n</Location>"}) {
        httpd server(*section == '\0' ? "host" : "section");
        server.site().config(load_probe("other_tls") +
                             "ExpectPolicy On\nExpectRule reject foo status=400\n" + section);
        server.announce("expect: rejected").start();
        const std::vector<std::string> rejected[] = {
            {"Expect: foo"}, {"Expect: foo, 100-continue", "Content-Length: 5"}};
        for (const std::vector<std::string> &fields : rejected) {
            wire client(server.port());
            client.send(request("POST /cgi/env", fields));
            const message answer = client.next();
            BOOST_TEST(answer.status == 400, fields.front() << ", " << section);
            check_refused(answer);
        }
        wire client(server.port());
        client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}));
        BOOST_TEST(client.next().status == 100);
        client.send("hello");
        BOOST_TEST(client.next().body == "read 5 bytes\n");
    }
}

// What was judged is not served before it was answered.
BOOST_AUTO_TEST_CASE(redirected_between_judgement_and_answer) {
    httpd server;
    server.site().with({"ssl"}).config(load_probe("other_tls") + "ExpectPolicy On");
    server.announce("expect: rejected").announce("without having been answered");
    server.allow("AH01873|AH01882|AH01883|AH02568").start();
    wire client(server.port());
    client.send(request("GET /plain.txt", {"Expect: foo", "X-Redirect: /cgi/env"}));
    const message answer = client.next();
    BOOST_TEST(answer.status == 500);
    check_refused(answer);
}

BOOST_AUTO_TEST_CASE(every_shape_of_the_bytes_beneath_is_judged_alike) {
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet good");
    server.announce("expect: rejected \"foo\"").announce("expect: rejected malformed").start();
    const row rows[] = {
        {"met", {"Expect: good"}, 200, "good"},
        {"met, capitals", {"EXPECT:good"}, 200, "good"},
        {"100-continue", {"Expect: 100-continue"}, 200, "100-continue"},
        {"two lines", {"Expect: good", "X: y", "expect: 100-continue"}, 200, "100-continue, good"},
        {"unknown", {"Expect: foo"}, 417},
        {"second line unknown", {"Expect: good", "Expect: foo"}, 417},
        {"folded", {"Expect: good,\r\n good"}, 417},
        {"another field", {"Expected: foo"}, 200, "-"},
    };
    for (const char *shape : {"whole", "bytes", "immortal", "transient", "pool", "mmap", "file",
                              "empties", "readonly", "kept", "mixed"}) {
        for (const int cut : {0, 1, 3, 6, 7, 8, 11}) {
            BOOST_TEST_CONTEXT("shape " << shape << ", cut after " << cut) {
                for (const row &one : rows) {
                    BOOST_TEST_CONTEXT("row: " << one.name) {
                        std::vector<std::string> fields = one.fields;
                        fields.push_back("Content-Length: 2");
                        const message answer =
                            ask(server, request(target(shape, cut, "more"), fields, "hi"));
                        BOOST_TEST(answer.status == one.status);
                        if (one.seen != "*")
                            BOOST_TEST(expect_of_cgi(answer.body) == one.seen);
                    }
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fault_within_the_line_refuses_the_request) {
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet *");
    server.allow("AH[0-9]+: .*(request|header|Request)").allow("expect: rejected").start();
    size_t asked = 0;
    for (const char *then : {"nothing", "reset", "timeout", "eof", "fault", "again"}) {
        for (const char *shape : {"whole", "bytes", "mmap"}) {
            for (const int cut : {1, 5, 6, 7, 9}) {
                BOOST_TEST_CONTEXT("shape " << shape << ", cut after " << cut << ", then "
                                            << then) {
                    wire client(server.port());
                    client.send(request(target(shape, cut, then),
                                        {"Expect: 100-continue", "Content-Length: 2"}, "hi"));
                    check_refused(client.answer());
                    BOOST_TEST(client.closes());
                    ++asked;
                }
            }
        }
    }
    for (const access_entry &entry : server.served(asked))
        BOOST_TEST(entry.status >= 400);
    BOOST_TEST(server.served(asked).size() == asked);
    // The control: the same bytes without a fault are served.
    BOOST_TEST(ask(server, request(target("whole", 5, "more"),
                                   {"Expect: 100-continue", "Content-Length: 2"}, "hi"))
                   .status == 200);
}

BOOST_AUTO_TEST_CASE(an_end_within_the_line_is_judged_as_what_came) {
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet 100-continue\n"
                                                 "ExpectRule meet x");
    server.allow("AH[0-9]+: .*(request|header|Request)").allow("expect: rejected").start();
    for (const int cut : {1, 3, 6, 7, 9, 12}) {
        BOOST_TEST_CONTEXT("cut after " << cut) {
            const message answer =
                ask(server, request(target("whole", cut, "end"), {"Expect: 100-continue, foo"}));
            // "Expect:" and then the end is an empty field, which asks for nothing.
            if (cut != 7)
                check_refused(answer);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_line_that_cannot_be_read_refuses_the_request) {
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet *");
    server.allow("AH[0-9]+: .*(request|header|Request)").start();
    wire client(server.port());
    client.send(request(target("broken", 0, "more"), {"Expect: good", "Content-Length: 2"}, "hi"));
    check_refused(client.answer());
    BOOST_TEST(client.closes());
}

BOOST_AUTO_TEST_CASE(without_the_hold_the_policy_still_decides) {
    httpd server;
    server.site().config(load_probe("beneath") + "Define UNHELD\nExpectPolicy On\n"
                                                 "ExpectRule reject 100-continue longer-than=5\n"
                                                 "ExpectRule ignore 100-continue");
    server.announce("expect: rejected \"100-continue\"");
    server.announce("unrecognized expectation value"); // the core's own refusal
    server.start();
    wire refused(server.port());
    refused.send(withheld("POST /cgi/env", "100-continue"));
    const message answer = refused.next();
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(answer.announces_close());
    wire ignored(server.port());
    ignored.send(request("POST /cgi/env", {"Expect: 100-continue", "Content-Length: 2"}));
    BOOST_TEST(ignored.silent());
    ignored.send("hi");
    BOOST_TEST(ignored.next().status == 200);
    check_refused(
        ask(server, request("POST /cgi/env", {"Expect: foo", "Content-Length: 2"}, "hi")));
}

BOOST_AUTO_TEST_CASE(a_condition_without_an_answer_refuses_with_500) {
    for (const char *action : {"meet", "continue", "ignore", "reject"}) {
        BOOST_TEST_CONTEXT("action: " << action) {
            httpd server(action);
            server.site().config("ExpectPolicy On\nExpectRule " + std::string(action) +
                                 " 100-continue " + no_answer);
            server.announce("Evaluation of expression");
            server.announce("expect: rejected \"foo\"");
            server.start();
            wire client(server.port());
            client.send(withheld("POST /cgi/env", "100-continue"));
            const message answer = client.next();
            BOOST_TEST(answer.status == 500);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
            check_refused(ask(server, request("GET /cgi/env", {"Expect: 100-continue"})));
            check_refused(ask(server, request("GET /cgi/env", {"Expect: foo, 100-continue"})));
            BOOST_TEST(ask(server, request("GET /plain.txt")).status == 200);
            for (const access_entry &entry : server.served(4))
                BOOST_TEST((entry.status >= 400 || entry.request == "GET /plain.txt HTTP/1.1"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_condition_without_an_answer_in_a_section_and_over_http_2,
                     *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"});
    server.config("Protocols h2c http/1.1\nExpectPolicy On\n<Location /cgi>\nExpectRule meet foo " +
                  std::string(no_answer) + "\n</Location>\nExpectRule meet foo");
    server.announce("Evaluation of expression");
    server.start();
    wire client(server.port());
    client.send(withheld("POST /cgi/env", "foo"));
    BOOST_TEST(client.next().status == 500);
    BOOST_TEST(client.closes());
    h2_wire second(server.port());
    const int stream =
        second.request("POST", "/cgi/env", {{"expect", "foo"}, {"content-length", "5"}}, false);
    const h2_stream &answer = second.wait_statuses(stream, 1);
    BOOST_TEST(!answer.statuses.empty());
    for (const int status : answer.statuses)
        BOOST_TEST(status == 500);
    // The control: elsewhere the host's rule meets it.
    BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: foo"})).status == 200);
}

BOOST_AUTO_TEST_CASE(detection_with_a_condition_without_an_answer_changes_nothing) {
    httpd server;
    server.site().config("ExpectPolicy DetectionOnly\nExpectRule meet 100-continue " +
                         std::string(no_answer));
    server.announce("Evaluation of expression");
    server.start();
    wire client(server.port());
    client.send(request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 2"}));
    BOOST_TEST(client.next().status == 100);
    client.send("hi");
    BOOST_TEST(client.next().status == 200);
}

BOOST_AUTO_TEST_CASE(without_memory_the_process_ends_and_nothing_is_served) {
    // A sanitizer's runtime keeps memory of its own.
    if (!the_settings().preload.empty())
        return;
    httpd server;
    server.site().config(load_probe("beneath") + "ExpectPolicy On\nExpectRule meet *");
    server.announce("beneath: no memory from here on")
        .announce("exit signal Abort|Memory allocation failed");
    // Of a thread that httpd has told to end meanwhile: glibc wants memory for that as well.
    server.allow("libgcc_s.so.1 must be installed for pthread_exit to work").start();
    // As many members as may be, and the list of what is met as long as the field: both need
    // memory.
    std::string list = "Expect: good";
    for (int i = 1; i < 64; ++i)
        list += ", " + std::string(100, 'm') + std::to_string(i);
    wire client(server.port());
    client.send(request("GET /cgi/env?starve", {list}));
    BOOST_TEST(client.rest(milliseconds(10000)).empty());
    // A new child serves and judges.
    BOOST_TEST(ask(server, request("GET /cgi/env?fed", {list})).status == 200);
    const auto entries = server.served(1);
    BOOST_TEST(entries.size() == 1u);
    for (const access_entry &entry : entries)
        BOOST_TEST(entry.request == "GET /cgi/env?fed HTTP/1.1");
}

// A rejection without content waits for the quick handlers; if another module passes those by, no
// handler runs either.
BOOST_AUTO_TEST_CASE(a_rejected_request_comes_to_no_handler) {
    for (const char *more : {"", "<Location \"/\">\nExpectRule reject unlikely\n</Location>\n"}) {
        BOOST_TEST_CONTEXT("section rules: " << more) {
            httpd server(*more == '\0' ? "host" : "section");
            server.site().config(load_probe("handlers") + "ExpectPolicy On\n" + more);
            server.config("<Location /ok>\nSetHandler probe-ok\n</Location>\n"
                          "<Location /declined>\nSetHandler probe-declined\n</Location>");
            server.announce("probe: past all")
                .announce("expect: rejected")
                .announce("probe-ok ran");
            server.allow("AH00128: File does not exist").start();
            wire client(server.port());
            for (const char *path : {"/ok", "/declined", "/plain.txt", "/none", "/cgi/env"}) {
                BOOST_TEST_CONTEXT(path) {
                    client.send(
                        request(std::string("GET ") + path, {"Expect: foo", "X-Past: yes"}));
                    const message answer = client.next();
                    BOOST_TEST(answer.status == 417);
                    BOOST_TEST(holds(answer.body, "What would be accepted"));
                    check_refused(answer);
                }
            }
            BOOST_TEST(lines_with(server.error_log(), " ran").empty());
            // The control: what is met is served on this way.
            client.send(request("GET /ok", {"Expect: 100-continue", "X-Past: yes"}));
            BOOST_TEST(client.next().status == 200);
            BOOST_TEST(lines_with(server.error_log(), "probe: past all").size() == 6u);
        }
    }
}

BOOST_AUTO_TEST_CASE(without_random_bytes_there_is_no_start) {
    httpd server;
    server.site().config("ExpectPolicy On");
    BOOST_REQUIRE(server.configtest().exit_code == 0);
    const std::string &preload = the_settings().preload;
    const program_result result =
        run_program({the_settings().httpd, "-d", server.root(), "-f", server.root() + "/httpd.conf",
                     "-DFOREGROUND"},
                    {}, std::chrono::seconds(20),
                    {"LD_PRELOAD=" + preload + (preload.empty() ? "" : ":") + no_random_shim()});
    BOOST_TEST(!result.timed_out);
    BOOST_TEST(result.exit_code != 0);
    BOOST_TEST(holds(result.all() + server.error_log(), "expect: no random bytes"));
    BOOST_TEST(!accepts("127.0.0.1", server.port()));
}

BOOST_AUTO_TEST_SUITE_END()
