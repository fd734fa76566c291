// A connection made for one host, a request that names another (421): nothing of the other host's
// policy is told or done before mod_ssl has refused.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/scripts.hpp"
#include "harness/tls.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// Two hosts whose TLS is not compatible, of which b.test has rules.
void configure(httpd &server, const std::string &rules) {
    const std::string identity = make_tls_identity(server);
    server.site().with({"ssl"}).config("<VirtualHost *:@PORT2@>\nServerName a.test\n" + identity +
                                       "ExpectPolicy On\n</VirtualHost>\n"
                                       "<VirtualHost *:@PORT2@>\nServerName b.test\n" +
                                       identity +
                                       "SSLProtocol TLSv1.2\nSSLVerifyClient optional\n" +
                                       "ExpectPolicy On\n" + rules + "</VirtualHost>");
    server.allow("ssl:(info|warn)|socache_shmcb");
}

const char *const rules = "ExpectRule continue 100-continue early\n"
                          "ExpectRule meet secret-expectation\n"
                          "ExpectRule reject foo status=403\n";

} // namespace

BOOST_AUTO_TEST_SUITE(misdirected_tests)

BOOST_AUTO_TEST_CASE(refused_before_the_policy_says_anything) {
    for (const bool in_section : {false, true}) {
        BOOST_TEST_CONTEXT((in_section ? "rules in a section" : "rules of the host")) {
            httpd server(in_section ? "section" : "host");
            configure(server, in_section
                                  ? std::string("<Location \"/\">\n") + rules + "</Location>\n"
                                  : rules);
            server.announce("AH02032").allow("expect: rejected").start();
            for (const char *field :
                 {"100-continue", "foo", "unknown", "=", "secret-expectation"}) {
                BOOST_TEST_CONTEXT("Expect: " << field) {
                    tls_clients tls;
                    wire client = tls.open(server.port("PORT2"), {}, {"-servername", "a.test"});
                    client.send(withheld("POST /cgi/env", field, {"Host: b.test"}));
                    const message answer = client.next();
                    BOOST_TEST(answer.status == 421);
                    BOOST_TEST(!holds(answer.raw, "secret-expectation"));
                    BOOST_TEST(!holds(answer.raw, "accepted"));
                    BOOST_TEST(client.closes());
                }
            }
        }
    }
}

// The control: the connection that was made for the host gets what its rules say.
BOOST_AUTO_TEST_CASE(the_host_that_was_meant_answers) {
    httpd server;
    configure(server, rules);
    // The script misses the content that its client never sends.
    server.allow(script_is_not_fed).announce("expect: rejected").start();
    tls_clients tls;
    wire early = tls.open(server.port("PORT2"), {}, {"-servername", "b.test"});
    early.send(withheld("POST /cgi/count", "100-continue", {"Host: b.test"}));
    BOOST_TEST(early.next().status == 100);
    wire refused = tls.open(server.port("PORT2"), {}, {"-servername", "b.test"});
    refused.send(withheld("POST /cgi/count", "unknown", {"Host: b.test"}));
    const message answer = refused.next();
    BOOST_TEST(answer.status == 417);
    BOOST_TEST(holds(answer.body, "secret-expectation"));
    BOOST_TEST(refused.closes());
    // Without content, on a connection that is kept.
    wire kept = tls.open(server.port("PORT2"), {}, {"-servername", "b.test"});
    for (const int status : {403, 403}) {
        kept.send(request("GET /plain.txt", {"Host: b.test", "Expect: foo"}));
        BOOST_TEST(kept.next().status == status);
    }
}

BOOST_AUTO_TEST_SUITE_END()
