// What each request adds to which counter, exactly: all counters of the total, of the host and of
// the rules are compared, so that nothing else is counted either.
#include "harness/counters.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const policy = R"(
ExpectRule meet good
ExpectRule ignore nice
ExpectRule continue 100-continue "expr=%{HTTP:X-Now} == 'yes'"
ExpectRule ignore 100-continue "expr=%{HTTP:X-No} == 'yes'"
ExpectRule reject 100-continue longer-than=1K status=413
ExpectRule reject no status=403
ExpectRule ignore @malformed "expr=%{HTTP:X-No} == 'yes'"
ExpectRule meet broken "expr=file('@ROOT@/none') == 'x'"
)";

#define NOW_RULE "continue 100-continue \"expr=%{HTTP:X-Now} == 'yes'\""
#define NO_RULE "ignore 100-continue \"expr=%{HTTP:X-No} == 'yes'\""
#define LENIENT_RULE "ignore @malformed \"expr=%{HTTP:X-No} == 'yes'\""

} // namespace

BOOST_AUTO_TEST_SUITE(counters_tests)

BOOST_AUTO_TEST_CASE(every_counter) {
    httpd server;
    server.site().config("ExpectPolicy On\nRedirect 410 /gone").config(policy);
    server.config(status_location).announce("expect: rejected");
    server.announce("Evaluation of expression").start();
    check_rows(
        server, "localhost",
        {{"no field", request("GET /plain.txt"), 200, "", ""},
         {"empty field", request("GET /plain.txt", {"Expect:"}), 200, "requests 1", ""},
         {"empty list", request("GET /plain.txt", {"Expect: , ,"}), 200, "requests 1", ""},
         {"met", request("GET /plain.txt", {"Expect: good"}), 200, "members_met 1, requests 1",
          "meet good 1"},
         {"ignored", request("GET /plain.txt", {"Expect: nice"}), 200,
          "members_ignored 1, requests 1", "ignore nice 1"},
         {"both", request("GET /plain.txt", {"Expect: nice", "Expect: good"}), 200,
          "members_ignored 1, members_met 1, requests 1", "ignore nice 1, meet good 1"},
         {"repeated", request("GET /plain.txt", {"Expect: good, GOOD,nice", "Expect: good,nice"}),
          200, "members_ignored 1, members_met 1, requests 1", "ignore nice 1, meet good 1"},
         {"100-continue repeated, and read",
          waiting("POST /cgi/count", "100-continue,100-Continue"), 200,
          "members_met 1, requests 1, uploads_read 1", "meet 100-continue 1"},
         {"read", waiting("POST /cgi/count", "100-continue"), 200,
          "members_met 1, requests 1, uploads_read 1", "meet 100-continue 1"},
         {"chunked",
          request("POST /cgi/count",
                  {"Expect: 100-continue", "Transfer-Encoding: chunked", "X-Now: yes"},
                  "5\r\nhello\r\n0\r\n\r\n"),
          200, "members_met 1, requests 1, uploads_read 1", NOW_RULE " 1"},
         {"met, but nobody reads", waiting("POST /gone", "100-continue"), 410,
          "members_met 1, requests 1, spared_content_bytes 5, uploads_spared 1",
          "meet 100-continue 1"},
         {"declared to be empty",
          request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 0"}), 200,
          "members_met 1, requests 1", "meet 100-continue 1"},
         {"no content to wait for", request("GET /plain.txt", {"Expect: 100-continue"}), 200,
          "members_met 1, requests 1", "meet 100-continue 1"},
         {"continue", waiting("POST /cgi/count", "100-continue", {"X-Now: yes"}), 200,
          "members_met 1, requests 1, uploads_read 1", NOW_RULE " 1"},
         {"ignored 100-continue, content sent all the same",
          waiting("POST /cgi/count", "100-continue", {"X-No: yes"}) + "hello", 200,
          "members_ignored 1, requests 1", NO_RULE " 1"},
         {"HTTP/1.0",
          request("POST /cgi/count HTTP/1.0", {"Expect: 100-continue", "Content-Length: 5"},
                  "hello"),
          200, "members_ignored 1, requests 1", ""},
         {"rejected", request("GET /plain.txt", {"Expect: foo"}), 417,
          "rejected 1, rejected_by_status.417 1, requests 1", "reject * 1"},
         {"rejected, with another status", request("HEAD /plain.txt", {"Expect: no"}), 403,
          "rejected 1, rejected_by_status.403 1, requests 1", "reject no status=403 1"},
         {"rejected, with content", withheld("POST /cgi/count", "foo"), 417,
          "refused_content_bytes 1000000, rejected 1, rejected_by_status.417 1, requests 1",
          "reject * 1"},
         {"too long", withheld("POST /cgi/count", "100-continue"), 413,
          "refused_content_bytes 1000000, rejected 1, rejected_by_status.413 1, requests 1",
          "reject 100-continue longer-than=1K status=413 1"},
         {"rejected, undeclared length",
          request("POST /cgi/count", {"Expect: no", "Transfer-Encoding: chunked"}), 403,
          "rejected 1, rejected_by_status.403 1, requests 1", "reject no status=403 1"},
         {"rejected behind others",
          request("GET /plain.txt", {"Expect: good, nice, no, foo, good"}), 403,
          "rejected 1, rejected_by_status.403 1, requests 1",
          "ignore nice 1, meet good 1, reject no status=403 1"},
         {"malformed", request("GET /plain.txt", {"Expect: foo bar"}), 417,
          "malformed 1, rejected 1, rejected_by_status.417 1, requests 1", "reject @malformed 1"},
         {"malformed and ignored",
          request("GET /plain.txt", {"Expect: good, foo bar", "X-No: yes"}), 200,
          "malformed 1, requests 1", LENIENT_RULE " 1"},
         {"folded", request("GET /plain.txt", {"Expect:\r\n good"}), 417,
          "malformed 1, rejected 1, rejected_by_status.417 1, requests 1", "reject @malformed 1"},
         {"no answer to a condition", request("GET /plain.txt", {"Expect: good, broken"}), 500,
          "failed 1, requests 1", "meet good 1"},
         {"died before it could be judged", "GET /plain.txt HTTP/1.1\r\nExpect: foo\r\n\r\n", 400,
          "", ""}});
}

BOOST_AUTO_TEST_CASE(detection) {
    httpd server;
    server.site().config("ExpectPolicy DetectionOnly").config(policy).config(status_location);
    server.announce("expect: would reject").announce("unrecognized expectation").start();
    check_rows(
        server, "localhost",
        {{"met by the policy alone", request("GET /plain.txt", {"Expect: good"}), 417,
          "members_met 1, requests 1", "meet good 1"},
         {"rejected by both", request("GET /plain.txt", {"Expect: no, no"}), 417,
          "requests 1, would_reject 1", "reject no status=403 1"},
         {"rejected by the policy alone",
          request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 2000"},
                  std::string(2000, 'x')),
          200, "requests 1, would_reject 1", "reject 100-continue longer-than=1K status=413 1"},
         {"met by both", waiting("POST /cgi/count", "100-continue"), 200,
          "members_met 1, requests 1", "meet 100-continue 1"},
         {"malformed", request("GET /plain.txt", {"Expect: ="}), 417,
          "malformed 1, requests 1, would_reject 1", "reject @malformed 1"}});
}

// A host has room for eight statuses of its own.
BOOST_AUTO_TEST_CASE(more_statuses_than_there_is_room_for) {
    httpd server;
    std::string rules;
    for (int status = 450; status < 460; ++status)
        rules += "ExpectRule reject s" + std::to_string(status) +
                 " status=" + std::to_string(status) + "\n";
    server.site().config("ExpectPolicy On").config(rules).config(status_location);
    server.announce("expect: rejected").start();
    for (int round = 0; round < 2; ++round) {
        for (int status = 450; status < 460; ++status)
            BOOST_TEST(
                ask(server, request("GET /plain.txt", {"Expect: s" + std::to_string(status)}))
                    .status == status);
    }
    const numbers counted = total_of(status_of(server));
    long sum = 0;
    for (const auto &[name, value] : counted)
        sum += name.compare(0, 19, "rejected_by_status.") == 0 ? value : 0;
    BOOST_TEST(counted.at("rejected") == 20);
    BOOST_TEST(sum == 20);
    BOOST_TEST(counted.at("rejected_by_status.457") == 2);
    BOOST_TEST(counted.at("rejected_by_status.other") == 4);
    BOOST_TEST(counted.count("rejected_by_status.458") == 0u);
}

BOOST_AUTO_TEST_CASE(hosts_sections_and_addresses) {
    httpd server;
    server.site().config(R"(Listen 127.0.0.2:@PORT@
ExpectPolicy On
ExpectRule meet main
<VirtualHost 127.0.0.1:@PORT@>
    ServerName a.test
    ExpectRule meet own
    <Location "/cgi">
        ExpectRule meet own
    </Location>
</VirtualHost>
<VirtualHost 127.0.0.2:@PORT@>
    ServerName a.test
    ExpectRule meet own
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT@>
    ServerName off.test
    ExpectPolicy Off
</VirtualHost>
<VirtualHost 127.0.0.1:@PORT@>
    ServerName inherits.test
</VirtualHost>
)");
    server.config(status_location).announce("unrecognized expectation").start();
    const auto send = [&server](const std::string &line, const std::string &host,
                                const std::string &address = "127.0.0.1") {
        wire client(server.port(), address);
        client.send(request(line, {"Host: " + host, "Expect: main, own"}));
        return client.answer().status;
    };
    server.announce("expect: rejected");
    BOOST_TEST(send("GET /plain.txt", "a.test") == 200);
    BOOST_TEST(send("GET /cgi/env", "a.test") == 200);
    BOOST_TEST(send("GET /plain.txt", "a.test", "127.0.0.2") == 200);
    BOOST_TEST(send("GET /plain.txt", "off.test") == 417);
    BOOST_TEST(send("GET /plain.txt", "inherits.test") == 417);
    const tree status = status_of(server);
    const std::string rejected = "rejected 1, rejected_by_status.417 1, requests 1";
    BOOST_TEST(text_of(total_of(status)) ==
               "members_met 6, rejected 1, rejected_by_status.417 1, requests 4");
    BOOST_TEST(text_of(host_of(status, "a.test:")) == "members_met 6, requests 3");
    BOOST_TEST(text_of(host_of(status, "inherits.test:")) == rejected);
    BOOST_TEST(text_of(host_of(status, "off.test:")) == "");
    BOOST_TEST(text_of(host_of(status, "localhost")) == ""); // the main server has its own
    std::vector<long> of_a_test;
    for (const auto &[none, each] : status.get_child("hosts")) {
        if (each.get<std::string>("host").compare(0, 7, "a.test:") == 0)
            of_a_test.push_back(each.get<long>("requests"));
        if (each.get<std::string>("host").compare(0, 8, "off.test") == 0)
            BOOST_TEST(each.get<std::string>("mode") == "Off"); // shown, with nothing counted
    }
    BOOST_TEST(of_a_test == (std::vector<long>{2, 1}), boost::test_tools::per_element());
    BOOST_TEST(text_of(hits_of(status)) ==
               "<Location \"/cgi\"> meet own 1, meet main 4, meet own 2, reject * 1");
}

// Only what the client sent is counted: not what httpd makes of it by itself.
BOOST_AUTO_TEST_CASE(requests_inside_httpd) {
    httpd server;
    server.site().with({"dir", "include", "rewrite"});
    server.file("docs/index.shtml", "<!--#include virtual=\"/plain.txt\" -->");
    server
        .config(R"(ExpectPolicy On
ExpectRule meet good
DirectoryIndex index.shtml
ErrorDocument 417 /cgi/error
ErrorDocument 404 /plain.txt
<Directory "@ROOT@/docs">
    Options +Includes
    <Files *.shtml>
        SetOutputFilter INCLUDES
    </Files>
    RewriteEngine On
    RewriteRule ^again/(.*) /cgi/count [PT]
    RewriteRule ^over/(.*) /plain.txt [PT]
</Directory>
)")
        .config(status_location);
    server.announce("expect: rejected").announce("AH00128: File does not exist").start();
    check_rows(server, "localhost",
               {{"index and include", request("GET /", {"Expect: good"}), 200,
                 "members_met 1, requests 1", "meet good 1"},
                {"page of a rejection", withheld("POST /", "foo"), 417,
                 "refused_content_bytes 1000000, rejected 1, rejected_by_status.417 1, requests 1",
                 "reject * 1"},
                {"page of something else", request("GET /none", {"Expect: good"}), 404,
                 "members_met 1, requests 1", "meet good 1"},
                {"rewritten, then read", waiting("POST /again/x", "100-continue, good"), 200,
                 "members_met 2, requests 1, uploads_read 1", "meet 100-continue 1, meet good 1"},
                {"rewritten, and not read", waiting("POST /over/x", "100-continue"), 200,
                 "members_met 1, requests 1, spared_content_bytes 5, uploads_spared 1",
                 "meet 100-continue 1"}});
}

BOOST_AUTO_TEST_CASE(several_100s_on_one_connection) {
    httpd server;
    server.site().config("ExpectPolicy On").config(status_location).start();
    const std::string upload =
        request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: 5"}, "hello");
    wire client(server.port());
    client.send(upload + upload + request("GET /plain.txt") + upload);
    for (const int status : {100, 200, 100, 200, 200, 100, 200})
        BOOST_TEST(client.next().status == status);
    const std::string expected = "members_met 3, requests 3, uploads_read 3";
    BOOST_TEST(text_of(total_of(status_with(server, expected))) == expected);
}

BOOST_AUTO_TEST_CASE(over_http_2, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config(status_location);
    server.config("Protocols h2c http/1.1\nExpectPolicy On\nExpectRule meet good\n"
                  "Redirect 410 /gone\nErrorDocument 410 \"HTTP/1.1 100 Continue\"");
    server.announce("expect: rejected").start();
    h2_wire client(server.port());
    const int upload = client.request(
        "POST", "/cgi/count",
        {{"expect", "100-continue"}, {"expect", "good, good"}, {"content-length", "5"}}, false);
    BOOST_TEST(client.wait_statuses(upload, 1).statuses.at(0) == 100);
    client.data(upload, "hello", true);
    client.wait_end(upload);
    client.wait_end(client.request("GET", "/plain.txt", {{"expect", "foo"}}, true));
    // Content that looks like an interim response is none.
    const int gone = client.request("POST", "/gone",
                                    {{"expect", "100-continue"}, {"content-length", "5"}}, false);
    BOOST_TEST(client.wait_statuses(gone, 1).statuses.at(0) == 410);
    const std::string expected = "members_met 3, rejected 1, rejected_by_status.417 1, "
                                 "requests 3, spared_content_bytes 5, uploads_read 1, "
                                 "uploads_spared 1";
    BOOST_TEST(text_of(total_of(status_with(server, expected))) == expected);
}

BOOST_AUTO_TEST_SUITE_END()
