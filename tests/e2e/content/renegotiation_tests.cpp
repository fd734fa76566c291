// Uploads to a section that wants a client's certificate: mod_ssl asks for it within the request,
// and takes the core's flag for the promise that no content is on its way yet.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/tls.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <chrono>
#include <thread>

using namespace e2e;

namespace {

const size_t upload_size = 3000000; // more than SSLRenegBufferSize lets through

void configure(httpd &server) {
    server.site().with({"ssl"}).config(
        "<VirtualHost *:@PORT2@>\nServerName a.test\n" + make_tls_identity(server) +
        "SSLVerifyDepth 1\nSSLCACertificateFile \"@ROOT@/cert.pem\"\n"
        "<Location /cgi>\nSSLVerifyClient require\n</Location>\n"
        "</VirtualHost>\nLogLevel ssl:debug");
    server.allow("ssl:(debug|info|warn)|socache_shmcb");
}

// Waits until the server has that many client's certificates in hand.
void wait_for_certificates(const httpd &server, size_t count) {
    const auto verified = [&server] {
        return lines_with(server.error_log(), "Certificate Verification, depth 0").size();
    };
    const auto end = std::chrono::steady_clock::now() + at_once;
    while (verified() < count && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(milliseconds(20));
    BOOST_TEST(verified() == count);
}

} // namespace

BOOST_AUTO_TEST_SUITE(renegotiation_tests)

BOOST_AUTO_TEST_CASE(uploads_of_three_megabytes) {
    const struct {
        const char *name;
        const char *rule; // null for stock httpd
        bool gets_100;
        int status;
    } rows[] = {{"stock", nullptr, true, 200},
                {"meet", "meet 100-continue", true, 200},
                {"continue", "continue 100-continue", true, 200},
                {"ignore", "ignore 100-continue", false, 200},
                {"early", "continue 100-continue early", true, 413}};
    for (const auto &one : rows) {
        httpd server(one.name);
        configure(server);
        if (one.rule == nullptr)
            server.stock();
        else
            server.config(std::string("ExpectPolicy On\nExpectRule ") + one.rule);
        if (one.status == 413) // it buffers what it was promised not to get
            server.announce("AH02018").announce("AH02257").announce("AH10228");
        server.start();
        tls_clients clients;
        size_t asked = 0;
        for (const char *version : {"-tls1_2", "-tls1_3"}) {
            BOOST_TEST_CONTEXT(one.name << " " << version) {
                wire client =
                    clients.open(server.port("PORT2"), {},
                                 {version, "-enable_pha", "-cert", server.root() + "/cert.pem",
                                  "-key", server.root() + "/key.pem"});
                client.send(
                    request("POST /cgi/count", {"Expect: 100-continue",
                                                "Content-Length: " + std::to_string(upload_size)}));
                if (one.gets_100)
                    BOOST_TEST(client.next().status == 100);
                else
                    wait_for_certificates(server, ++asked);
                client.send(std::string(upload_size, 'x'));
                const message answer = client.next(false, 3 * at_once);
                BOOST_TEST(answer.status == one.status);
                if (one.status == 200)
                    BOOST_TEST(answer.body == "read " + std::to_string(upload_size) + " bytes\n");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
