// The same verdicts over HTTP/2, cleartext and TLS: frames in their order, and real clients.
#include "harness/gate.hpp"
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/settings.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const char *const h2c = "Protocols h2c http/1.1\n";

void make_certificate(const httpd &server) {
    const program_result made =
        run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=a.test",
                     "-keyout", server.root() + "/key.pem", "-out", server.root() + "/cert.pem"});
    BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.all());
}

program_result run_curl(const std::vector<std::string> &arguments) {
    std::vector<std::string> command = {"curl", "-s", "-k", "--max-time", "20", "-o", "/dev/null"};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return run_program(command);
}

// curl's own summary of one exchange: "<status> <version>".
std::string curl(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-w", "%{http_code} %{http_version}"});
    const program_result result = run_curl(arguments);
    return result.exit_code == 0
               ? result.output
               : "curl failed: " + std::to_string(result.exit_code) + result.all();
}

} // namespace

BOOST_AUTO_TEST_SUITE(h2_tests)

BOOST_AUTO_TEST_CASE(verdicts, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"});
    server.config(std::string(h2c) + "ExpectPolicy On\nExpectRule meet certain-expectation\n"
                                     "ExpectRule reject no status=403\nExpectRule ignore other");
    server.announce("expect: rejected").start();
    const struct {
        const char *name;
        h2_fields fields;
        int status;
    } rows[] = {
        {"none", {}, 200},
        {"100-continue", {{"expect", "100-continue"}}, 200},
        {"met", {{"expect", "certain-expectation"}}, 200},
        {"list", {{"expect", "100-continue, certain-expectation"}}, 200},
        {"two lines", {{"expect", "100-continue"}, {"expect", "certain-expectation"}}, 200},
        {"any case", {{"expect", ",,CERTAIN-expectation"}}, 200},
        {"ignored", {{"expect", "other"}}, 200},
        {"unknown", {{"expect", "foo"}}, 417},
        {"list with an unknown one", {{"expect", "100-continue, foo"}}, 417},
        {"second line unknown", {{"expect", "100-continue"}, {"expect", "foo"}}, 417},
        {"malformed", {{"expect", "y 100-continue"}}, 417},
        {"status", {{"expect", "no"}}, 403},
    };
    h2_wire client(server.port());
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            const int stream = client.request("GET", "/plain.txt", one.fields, true);
            const h2_stream &answer = client.wait_end(stream);
            BOOST_REQUIRE(!answer.statuses.empty());
            BOOST_TEST(answer.statuses.size() == 1u); // no 100 without content
            BOOST_TEST(answer.statuses.back() == one.status);
            BOOST_TEST(answer.ended);
            if (one.status == 200)
                BOOST_TEST(answer.body == "plain\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_comes_at_once_and_other_streams_go_on, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config(std::string(h2c) + "ExpectPolicy On");
    server.announce("expect: rejected").start();
    h2_wire client(server.port());
    for (const char *value : {"foo", "100-continue, foo", "y 100-continue"}) {
        BOOST_TEST_CONTEXT("expect: " << value) {
            const int refused = client.request(
                "POST", "/cgi/count", {{"expect", value}, {"content-length", "1000000"}}, false);
            const h2_stream &answer = client.wait_statuses(refused, 1);
            BOOST_REQUIRE(answer.statuses.size() == 1u);
            BOOST_TEST(answer.statuses[0] == 417);
            const int served = client.request("GET", "/plain.txt", {}, true);
            BOOST_TEST(client.wait_end(served).body == "plain\n");
        }
    }
}

BOOST_AUTO_TEST_CASE(met_100_continue_gets_one_100_before_the_content, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2"}).config(std::string(h2c) +
                                                    "ExpectPolicy On\nExpectRule meet good");
    server.start();
    h2_wire client(server.port());
    for (const char *value : {"100-continue", "good, 100-Continue"}) {
        const int stream = client.request("POST", "/cgi/count",
                                          {{"expect", value}, {"content-length", "5"}}, false);
        const h2_stream &answer = client.wait_statuses(stream, 1);
        BOOST_REQUIRE(answer.statuses.size() == 1u);
        BOOST_TEST(answer.statuses[0] == 100);
        client.data(stream, "hello", true);
        client.wait_end(stream);
        BOOST_REQUIRE(answer.statuses.size() == 2u);
        BOOST_TEST(answer.statuses[1] == 200);
        BOOST_TEST(answer.body == "read 5 bytes\n");
    }
}

BOOST_AUTO_TEST_CASE(ignored_100_continue_gets_none) {
    httpd server;
    server.threaded().site().with({"http2"}).config(
        std::string(h2c) + "ExpectPolicy On\nExpectRule ignore 100-continue");
    server.start();
    h2_wire client(server.port());
    const int stream = client.request("POST", "/cgi/count",
                                      {{"expect", "100-continue"}, {"content-length", "5"}}, false);
    BOOST_TEST(client.silent(stream));
    client.data(stream, "hello", true);
    const h2_stream &answer = client.wait_end(stream);
    BOOST_REQUIRE(answer.statuses.size() == 1u);
    BOOST_TEST(answer.statuses[0] == 200);
    BOOST_TEST(answer.body == "read 5 bytes\n");
}

// Held up before access control: there only `continue early` sends its 100.
BOOST_AUTO_TEST_CASE(continue_early_sends_100_as_soon_as_it_is_judged) {
    const std::string early = "continue early";
    for (const std::string action : {"continue early", "continue", "meet"}) {
        BOOST_TEST_CONTEXT("action " << action) {
            const std::string rule =
                action == early ? "continue 100-continue early" : action + " 100-continue";
            httpd server(action == early ? "early" : action);
            hold_up_requests(server);
            server.threaded().with({"http2"});
            server.config(std::string(h2c) + "ExpectPolicy On\nExpectRule " + rule).start();
            h2_wire client(server.port());
            const int stream = client.request(
                "POST", "/cgi/count", {{"expect", "100-continue"}, {"content-length", "5"}}, false);
            if (action == early) {
                BOOST_TEST(client.wait_statuses(stream, 1).statuses.size() == 1u);
            } else {
                BOOST_TEST(client.silent(stream));
            }
            open_gate(server);
            BOOST_REQUIRE(client.wait_statuses(stream, 1).statuses.size() == 1u);
            client.data(stream, "hello", true);
            const h2_stream &answer = client.wait_end(stream);
            BOOST_REQUIRE(answer.statuses.size() == 2u);
            BOOST_TEST(answer.statuses[0] == 100);
            BOOST_TEST(answer.statuses[1] == 200);
            BOOST_TEST(answer.body == "read 5 bytes\n");
        }
    }
}

// Nothing is served that the policy would reject: what the core lets through, it judges.
BOOST_AUTO_TEST_CASE(where_the_core_answers_first, *where_the_core_answers_http_2()) {
    httpd server;
    server.threaded().site().with({"http2"});
    server.config(std::string(h2c) + "ExpectPolicy On\nExpectRule meet good\n"
                                     "ExpectRule reject 100-continue status=413 longer-than=5");
    server.announce("expect: over HTTP/2 the core of httpd 2\\.4\\.").announce("AH00570");
    server.announce("expect: rejected \"100-continue\" with 413").start();
    const struct {
        const char *expect, *content_length;
        int status;
    } rows[] = {
        {"100-continue", "2", 200},
        {"100-continue", "6", 413},
        {"good", "2", 417},
        {"foo", "2", 417},
    };
    h2_wire client(server.port());
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("expect: " << one.expect << ", length " << one.content_length) {
            const int stream = client.request(
                "POST", "/cgi/count",
                {{"expect", one.expect}, {"content-length", one.content_length}}, false);
            if (one.status == 200) {
                client.wait_statuses(stream, 1); // the 100
                client.data(stream, "hi", true);
                client.wait_end(stream);
            }
            BOOST_TEST(client.wait_statuses(stream, 1).statuses.back() == one.status);
        }
    }
}

BOOST_AUTO_TEST_CASE(without_the_module) {
    httpd server;
    server.stock().threaded().site().with({"http2"}).config(h2c).allow("AH00570").start();
    h2_wire client(server.port());
    const int listed =
        client.request("GET", "/plain.txt", {{"expect", "100-continue, good"}}, true);
    const h2_stream &refused = client.wait_end(listed);
    BOOST_REQUIRE(refused.statuses.size() == 1u);
    BOOST_TEST(refused.statuses[0] == 417);
    const int met = client.request("POST", "/cgi/count",
                                   {{"expect", "100-continue"}, {"content-length", "5"}}, false);
    BOOST_TEST(client.wait_statuses(met, 1).statuses.at(0) == 100);
    client.data(met, "hello", true);
    BOOST_TEST(client.wait_end(met).statuses.back() == 200);
}

BOOST_AUTO_TEST_CASE(a_host_with_the_policy_off) {
    httpd server;
    server.threaded().site().with({"http2"}).config(std::string(h2c) + R"(<VirtualHost *:@PORT@>
    ServerName a.test
</VirtualHost>
<VirtualHost *:@PORT@>
    ServerName on.test
    ExpectPolicy On
</VirtualHost>)");
    server.allow("client sent an unrecognized expectation value of Expect").start();
    h2_wire client(server.port());
    for (const char *value : {"foo", "100-continue, 100-continue"}) {
        const int stream = client.request("GET", "/plain.txt", {{"expect", value}}, true);
        BOOST_TEST(client.wait_end(stream).statuses.at(0) == 417);
    }
    const int met = client.request("GET", "/plain.txt", {{"expect", "100-continue"}}, true);
    BOOST_TEST(client.wait_end(met).statuses.at(0) == 200);
}

// The error document finds the content as httpd alone leaves it: where it has no length, bytes that
// look like a chunk are none.
BOOST_AUTO_TEST_CASE(refused_as_httpd_alone_with_content, *where_http_2_asks()) {
    const std::string detects = "ExpectPolicy DetectionOnly\n";
    const std::string off_beside_on =
        "<VirtualHost *:@PORT@>\n    ServerName off.test\n</VirtualHost>\n"
        "<VirtualHost *:@PORT@>\n    ServerName on.test\n    ExpectPolicy On\n</VirtualHost>\n";
    const std::string section = "<Location /plain.txt>\n    ExpectRule meet bar\n</Location>\n";
    const std::string configurations[] = {"", detects, detects + section, off_beside_on};
    const std::string contents[] = {"3\r\nabc\r\n0\r\n\r\n", std::string(1050, 'x')};
    std::vector<std::string> expected;
    for (const std::string &each : configurations) {
        httpd server;
        if (each.empty())
            server.stock();
        server.threaded().site().with({"http2"}).config(h2c + each);
        server.config("ErrorDocument 417 /cgi/count");
        server.allow("AH00570|client sent an unrecognized expectation value|expect: would reject");
        server.start();
        std::vector<std::string> bodies;
        for (const std::string &content : contents) {
            h2_wire client(server.port());
            const int stream = client.request("POST", "/plain.txt", {{"expect", "foo"}}, false);
            client.data(stream, content, true);
            const h2_stream &answer = client.wait_end(stream);
            BOOST_TEST(answer.statuses.back() == 417);
            bodies.push_back(answer.body);
        }
        if (each.empty())
            expected = bodies;
        BOOST_TEST_CONTEXT(each)
        BOOST_TEST(bodies == expected, boost::test_tools::per_element());
    }
    BOOST_TEST(expected.back().find("read 1050 bytes") != std::string::npos, expected.back());
}

BOOST_AUTO_TEST_CASE(real_clients_over_cleartext_and_tls, *where_http_2_asks()) {
    httpd server;
    make_certificate(server);
    server.threaded().site().with({"http2", "ssl"});
    server.config(R"(Protocols h2 h2c http/1.1
ExpectPolicy On
ExpectRule meet certain-expectation
<VirtualHost *:@PORT@>
    ServerName a.test
</VirtualHost>
<VirtualHost *:@PORT2@>
    ServerName a.test
    SSLEngine On
    SSLCertificateFile "@ROOT@/cert.pem"
    SSLCertificateKeyFile "@ROOT@/key.pem"
</VirtualHost>)");
    server.announce("expect: rejected").allow("AH01873|AH01882|AH01906|AH01909|AH02292").start();
    const std::string plain = "http://127.0.0.1:" + std::to_string(server.port());
    const std::string tls = "https://127.0.0.1:" + std::to_string(server.port("PORT2"));
    write_file(server.root() + "/upload", std::string(200000, 'x'));
    const std::string upload = "@" + server.root() + "/upload";

    const struct {
        const char *name;
        std::string base;
        const char *option;
        const char *version;
    } ways[] = {
        {"HTTP/1.1", plain, "--http1.1", "1.1"},
        {"h2c", plain, "--http2-prior-knowledge", "2"},
        {"HTTP/1.1 over TLS", tls, "--http1.1", "1.1"},
        {"h2 over TLS", tls, "--http2", "2"},
    };
    for (const auto &way : ways) {
        BOOST_TEST_CONTEXT("curl over " << way.name) {
            const std::string version = std::string(" ") + way.version;
            BOOST_TEST(curl({way.option, "-H", "Expect: foo", way.base + "/plain.txt"}) ==
                       "417" + version);
            const program_result head =
                run_curl({"-D", "-", way.option, "-H", "Expect: foo", way.base + "/plain.txt"});
            BOOST_TEST(head.output.find(": no-store\r\n") != std::string::npos, head.all());
            BOOST_TEST(curl({way.option, "-H", "Expect: certain-expectation",
                             way.base + "/plain.txt"}) == "200" + version);
            BOOST_TEST(curl({way.option, "-H", "Expect: 100-continue, Certain-Expectation",
                             "--data-binary", upload, way.base + "/cgi/count"}) == "200" + version);
            BOOST_TEST(curl({way.option, "-H", "Expect: 100-continue", "--data-binary", upload,
                             way.base + "/cgi/count"}) == "200" + version);
            // Over HTTP/2 curl 7.88 fails on any answer that comes before its upload ended, stock
            // httpd's too (it takes the RST_STREAM behind it for an error): nghttp does that below.
            if (version == " 1.1")
                BOOST_TEST(curl({way.option, "-H", "Expect: 100-continue, foo", "--data-binary",
                                 upload, way.base + "/cgi/count"}) == "417 1.1");
        }
    }

    for (const std::string &base : {plain, tls}) {
        BOOST_TEST_CONTEXT("nghttp " << base) {
            const program_result met =
                run_program({"nghttp", "-v", "--no-verify-peer", "--expect-continue", "-d",
                             server.root() + "/upload", base + "/cgi/count"});
            const size_t interim = met.output.find(":status: 100");
            const size_t content = met.output.find("send DATA frame");
            const size_t final_status = met.output.find(":status: 200");
            BOOST_REQUIRE_MESSAGE(interim != std::string::npos, met.all());
            BOOST_TEST((interim < content && content < final_status));
            BOOST_TEST(met.output.find("read 200000 bytes") != std::string::npos);
            const program_result refused =
                run_program({"nghttp", "-v", "--no-verify-peer", "-H", "expect: foo", "-d",
                             server.root() + "/upload", base + "/cgi/count"});
            BOOST_TEST(refused.output.find(":status: 417") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
