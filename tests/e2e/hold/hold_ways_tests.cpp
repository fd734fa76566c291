// The hold on every way that a request's bytes take to it: cleartext and TLS, behind the PROXY
// protocol, under modules that watch connections; in one segment, in many, and byte by byte.
#include "harness/httpd.hpp"
#include "harness/parallel.hpp"
#include "harness/request.hpp"
#include "harness/tls.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <mutex>

using namespace e2e;

namespace {

const char *const policy = R"(ExpectPolicy On
ExpectRule meet good
ExpectRule reject no status=403
)";

struct exchange {
    std::string bytes;
    int status;
    std::string body; // where the status is 200
};

// Content and trailers that look like the field, with every framing, and the field itself in all
// its forms.
std::vector<exchange> make_exchanges() {
    const std::string lure =
        "\nExpect: x\r\nExpect: no\r\n\r\nGET / HTTP/1.1\r\nExpect: no\r\n\r\n";
    const std::string length = "Content-Length: " + std::to_string(lure.size());
    const auto chunk = [](const std::string &data) {
        char size[16];
        std::snprintf(size, sizeof(size), "%zx", data.size());
        return size + std::string(";Expect: no\r\n") + data + "\r\n";
    };
    const std::string chunks = chunk(lure.substr(0, 1)) + chunk(lure.substr(1));
    const std::string chunked = "Transfer-Encoding: chunked";
    return {
        {"\r\n\r\n\r\n" + request("POST /cgi/echo", {length, "Expect: good"}, lure), 200, lure},
        {request("POST /cgi/echo", {length}, lure), 200, lure},
        {request("POST /cgi/echo", {"EXPECT:good", chunked}, chunks + "0\r\n\r\n"), 200, lure},
        {request("POST /cgi/echo", {chunked}, chunks + "0\r\nX: y\r\nExpect: no\r\n\r\n"), 200,
         lure},
        {"\r\n" + request("GET /plain.txt", {"Expect: no"}), 403, {}},
        {request("GET /plain.txt", {"Expect:\r\n good", "X-A: 1"}), 417, {}},
        {request("GET /plain.txt", {"X-A: 1\r\n Expect: no", "Exempt: no"}), 200, "plain\n"},
        {request("GET /plain.txt", {"ETag: 1", "expect: foo"}), 417, {}},
        {request("GET /plain.txt", {"Expect: good", "Expect: good, no"}), 403, {}},
    };
}

httpd &make_site(httpd &server) {
    server.site().config(one_child);
    server.file("cgi/echo", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\ncat\n", true);
    return server.announce("expect: rejected");
}

// All exchanges on one connection, in each of several cuts; `open` gives a connection.
void check_ways(const std::function<wire()> &open) {
    const std::vector<exchange> asked = make_exchanges();
    std::string all;
    for (const exchange &one : asked)
        all += one.bytes;
    report_faults(in_parallel(8, [&](size_t cut) {
        wire client = open();
        if (cut == 0)
            client.send(all);
        else
            client.send_in_pieces(all, cut < 4 ? cut : 16 * cut + 1);
        faults found;
        for (size_t i = 0; i < asked.size(); ++i) {
            const message got = client.answer(false, 3 * at_once);
            if (got.status != asked[i].status || (got.status == 200 && got.body != asked[i].body))
                found.push_back("cut " + std::to_string(cut) + ", answer " + std::to_string(i) +
                                ": " + got.status_line + " " + got.body.substr(0, 80));
        }
        return found;
    }));
}

void check_cleartext(httpd &server) {
    server.start();
    check_ways([&] { return wire(server.port()); });
}

void check_tls(const std::string &protocol) {
    httpd server;
    make_site(server).with({"ssl"});
    server.config(std::string(policy) + "<VirtualHost *:@PORT2@>\nServerName a.test\n" +
                  make_tls_identity(server) + "SSLProtocol " + protocol + "\n</VirtualHost>");
    server.allow("AH01873|AH01882|AH01906|AH01909|AH02292|AH02008").start();
    tls_clients clients;
    std::mutex guard;
    check_ways([&] {
        const std::lock_guard<std::mutex> lock(guard);
        return clients.open(server.port("PORT2"));
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(hold_ways_tests)

BOOST_AUTO_TEST_CASE(cleartext) {
    httpd server;
    make_site(server).config(policy);
    check_cleartext(server);
}

BOOST_AUTO_TEST_CASE(tls_1_2) { check_tls("TLSv1.2"); }

BOOST_AUTO_TEST_CASE(tls_1_3) { check_tls("TLSv1.3"); }

BOOST_AUTO_TEST_CASE(the_proxy_protocol) {
    httpd server;
    make_site(server).with({"remoteip"}).config(policy);
    server.config(
        "<VirtualHost *:@PORT2@>\nServerName a.test\nRemoteIPProxyProtocol On\n</VirtualHost>");
    server.allow("AH0349").start();
    check_ways([&] {
        wire client(server.port("PORT2"));
        client.send("PROXY TCP4 192.0.2.1 127.0.0.1 4711 80\r\n");
        return client;
    });
}

BOOST_AUTO_TEST_CASE(under_mod_dumpio) {
    httpd server;
    make_site(server).with({"dumpio"}).config(policy).config("DumpIOInput On");
    server.log_level("info dumpio:trace7").allow("mod_dumpio");
    check_cleartext(server);
}

BOOST_AUTO_TEST_CASE(under_mod_reqtimeout_and_mod_logio) {
    httpd server;
    make_site(server).with({"reqtimeout", "logio"}).config(policy);
    server.config("RequestReadTimeout header=60 body=60");
    check_cleartext(server);
}

BOOST_AUTO_TEST_SUITE_END()
