// The module loaded and its policy off: httpd must behave as if it were not there.
#include "harness/httpd.hpp"
#include "harness/probe.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

// What stock httpd says about the requests of the corpus.
const char *const corpus_log = "AH00570|AH00128|AH00561|AH10244";

// Requests of every kind, with all their content, so that neither server waits for the other side.
std::vector<std::string> corpus() {
    std::vector<std::string> all = {
        "GET /plain.txt HTTP/1.1\r\nExpect: foo\r\n\r\n",
        "GET /plain.txt\r\n",
        "nonsense\r\n\r\n",
        request("GET /none"),
        request("GET /plain.txt", {"Expect\r\n"}),
        request("GET /plain.txt", {"Expect : 100-continue"}),
        request("GET /plain.txt", {"Expect:\r\n 100-continue"}),
        request("GET /plain.txt", {"Expect: foo", "Expect: bar"}),
        request("GET /plain.txt", {"Expect: 100-continue", "X: " + std::string(9000, 'x')}),
        request("GET /plain.txt", {"Expect: " + std::string(9000, 'x')}),
        request("POST /cgi/count", {"Expect: 100-continue", "Transfer-Encoding: chunked"},
                "2\r\nhi\r\n0\r\n\r\n"),
        request("POST /cgi/count", {"Expect: foo", "Transfer-Encoding: chunked"},
                "2\r\nhi\r\n0\r\n\r\n"),
        request("POST /cgi/count", {"Expect: 100-continue", "Content-Length: x"}),
    };
    const char *const values[] = {"100-continue",     "100-Continue",  "foo", "100-continue, foo",
                                  "100-continue,",    "foo=\"<b>\"",   "",    " ",
                                  "100-continue;a=b", "y 100-continue"};
    const char *const lines[] = {"GET /plain.txt", "HEAD /plain.txt",         "OPTIONS /plain.txt",
                                 "GET /cgi/env",   "GET /plain.txt HTTP/1.0", "DELETE /plain.txt",
                                 "GET /%zz"};
    for (const char *value : values) {
        for (const char *line : lines) {
            all.push_back(request(line, {std::string("Expect: ") + value}));
            all.push_back(
                request(line, {std::string("Expect: ") + value, "Connection: keep-alive"}));
        }
        all.push_back(request("POST /cgi/count",
                              {std::string("Expect: ") + value, "Content-Length: 2"}, "hi"));
        all.push_back(request("POST /cgi/count HTTP/1.0",
                              {std::string("Expect: ") + value, "Content-Length: 2"}, "hi"));
    }
    return all;
}

// Everything that comes back for a request, with what a second request on the connection gets.
std::string conversation(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes + request("GET /plain.txt?second", {"Connection: close"}));
    std::string all = client.rest();
    const auto blank = [&all](const std::string &from, const std::string &to) {
        for (size_t at = 0; (at = all.find(from, at)) != std::string::npos; ++at)
            all.erase(at + from.size(), all.find(to, at + from.size()) - at - from.size());
    };
    blank("\nDate: ", "\r\n");
    // httpd lists these in an order that differs from one process to the next.
    blank("\nAllow: ", "\r\n");
    // The environment of a script names its own connection and folder.
    for (const char *own : {"\nREMOTE_PORT=", "\nUNIQUE_ID=", "\nSERVER_PORT=",
                            "\nCONTEXT_DOCUMENT_ROOT=", "\nDOCUMENT_ROOT=", "\nSCRIPT_FILENAME="})
        blank(own, "\n");
    for (size_t at = 0; (at = all.find(server.root(), at)) != std::string::npos;)
        all.erase(at, server.root().size());
    return all;
}

void check_same(httpd &ours, httpd &stocks) {
    size_t answered = 0;
    for (const std::string &bytes : corpus()) {
        BOOST_TEST_CONTEXT("request: " << bytes.substr(0, 300)) {
            const std::string answer = conversation(ours, bytes);
            BOOST_TEST(answer == conversation(stocks, bytes));
            answered += answer.empty() ? 0 : 1;
        }
    }
    BOOST_TEST(answered > 150u);
}

std::string input_filters(httpd &server, const std::string &more) {
    server.site().config(load_probe("probe") + more).start();
    wire client(server.port());
    client.send(request("GET /plain.txt"));
    const message answer = client.next();
    BOOST_TEST(answer.status == 200);
    return answer.field("X-Input-Filters");
}

} // namespace

BOOST_AUTO_TEST_SUITE(off_tests)

BOOST_AUTO_TEST_CASE(loaded_without_a_word_in_the_configuration) {
    httpd ours("with"); // both labels are equally long, as lengths are compared too
    httpd stocks("bare");
    ours.site().announce(corpus_log).start();
    stocks.stock().site().announce(corpus_log).start();
    check_same(ours, stocks);
}

BOOST_AUTO_TEST_CASE(rules_without_the_policy) {
    httpd ours("with"); // both labels are equally long, as lengths are compared too
    httpd stocks("bare");
    ours.site().config("ExpectPolicy Off\nExpectRule meet *\nExpectRule ignore @malformed");
    ours.announce(corpus_log).start();
    stocks.stock().site().announce(corpus_log).start();
    check_same(ours, stocks);
}

BOOST_AUTO_TEST_CASE(no_filter_where_the_policy_is_off_everywhere) {
    httpd stock("stock");
    httpd silent("silent");
    httpd off("off");
    httpd on("on");
    httpd other_address("other-address");
    const std::string without = input_filters(stock.stock(), "");
    BOOST_TEST(!without.empty());
    BOOST_TEST(input_filters(silent, "") == without);
    BOOST_TEST(
        input_filters(
            off,
            "ExpectPolicy Off\nExpectRule meet foo\n<VirtualHost *:@PORT@>\nServerName b.test\n"
            "ExpectPolicy Off\n</VirtualHost>") == without);
    // The control: where a host of the address has it on, there is one more.
    BOOST_TEST(input_filters(
                   on,
                   "<VirtualHost *:@PORT@>\nServerName a.test\n</VirtualHost>\n"
                   "<VirtualHost *:@PORT@>\nServerName b.test\nExpectPolicy On\n</VirtualHost>") !=
               without);
    BOOST_TEST(input_filters(other_address,
                             "<VirtualHost 127.0.0.1:@PORT2@>\nServerName b.test\nExpectPolicy On\n"
                             "</VirtualHost>\n<VirtualHost 127.0.0.1:@PORT@>\nServerName a.test\n"
                             "</VirtualHost>") == without);
}

BOOST_AUTO_TEST_SUITE_END()
