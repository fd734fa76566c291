// Hosts with section rules over HTTP/2 while content is withheld: what comes before the section is
// known, what the section says, and that the other streams of the connection go on.
#include "harness/h2_wire.hpp"
#include "harness/httpd.hpp"
#include "harness/versions.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

const h2_fields with_length(const char *expectation) {
    return {{"expect", expectation}, {"content-length", "5"}};
}

// The statuses of a request whose content does not come.
std::vector<int> statuses_of(h2_wire &client, const char *path, const char *expectation) {
    const int stream = client.request("POST", path, with_length(expectation), false);
    return client.wait_statuses(stream, 1).statuses;
}

void check_other_streams(h2_wire &client) {
    const h2_stream &other = client.wait_end(client.request("GET", "/plain.txt", {}, true));
    BOOST_TEST(other.body == "plain\n");
}

} // namespace

BOOST_AUTO_TEST_SUITE(section_http2_tests)

BOOST_AUTO_TEST_CASE(answers_before_the_section_is_known, *where_http_2_asks()) {
    httpd server;
    server.threaded().site().with({"http2", "rewrite"}).config(R"(Protocols h2c http/1.1
Redirect "/moved" "http://b.test/moved"
RewriteEngine On
RewriteRule "^/forbidden" "-" [F]
ExpectPolicy On
<Location "/">
    ExpectRule reject foo status=423
</Location>)");
    server.allow("AH00026").start();
    const struct {
        const char *path;
        int status;
    } rows[] = {{"/moved", 302}, {"/forbidden", 403}, {"/a%2fb", 404}};
    h2_wire client(server.port());
    for (const auto &one : rows) {
        for (const char *expectation : {"foo", "100-continue", "foo="}) {
            BOOST_TEST_CONTEXT(one.path << ", expect: " << expectation) {
                const std::vector<int> expected = {one.status};
                BOOST_TEST(statuses_of(client, one.path, expectation) == expected,
                           boost::test_tools::per_element());
                check_other_streams(client);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(each_action_in_a_section) {
    httpd server;
    server.threaded().site().with({"http2", "alias"}).config(R"(Protocols h2c http/1.1
ExpectPolicy On
ScriptAlias "/eager/" "@ROOT@/cgi/"
ScriptAlias "/quiet/" "@ROOT@/cgi/"
ScriptAlias "/closed/" "@ROOT@/cgi/"
<Location "/eager">
    ExpectRule continue 100-continue
</Location>
<Location "/quiet">
    ExpectRule ignore 100-continue
</Location>
<Location "/closed">
    ExpectRule reject 100-continue status=413
</Location>)");
    server.announce("expect: rejected \"100-continue\" with 413").start();
    const struct {
        const char *path;
        std::vector<int> statuses; // all of them, content sent after the first or after a while
    } rows[] = {{"/cgi/count", {100, 200}},
                {"/eager/count", {100, 200}},
                {"/quiet/count", {200}},
                {"/closed/count", {413}}};
    h2_wire client(server.port());
    for (const auto &one : rows) {
        BOOST_TEST_CONTEXT("path: " << one.path) {
            const int stream = client.request("POST", one.path, with_length("100-continue"), false);
            if (one.statuses[0] == 200)
                BOOST_TEST(client.silent(stream));
            else
                client.wait_statuses(stream, 1);
            if (one.statuses[0] != 413)
                client.data(stream, "hello", true);
            const h2_stream &answer = client.wait_end(stream);
            BOOST_TEST(answer.statuses == one.statuses, boost::test_tools::per_element());
            if (one.statuses[0] != 413)
                BOOST_TEST(answer.body == "read 5 bytes\n");
            check_other_streams(client);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
