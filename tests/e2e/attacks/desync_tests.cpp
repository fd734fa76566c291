// The desynchronisation matrix: for each action, version, framing, way of sending the content,
// method and handler, a second request on the same connection, and the access log as the proof that
// exactly the requests that were sent as requests were served (httpd PR 47087 and DESIGN section
// 8).
#include "harness/desync_matrix.hpp"
#include "harness/parallel.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

void check_matrix(const policy_row &policy, const std::vector<handler_row> &of) {
    BOOST_TEST_CONTEXT(policy.name) {
        const std::vector<piece> matrix = make_matrix(policy, of);
        httpd server(policy.name);
        make_site(server);
        server.timeout(20).config(policy.config).start();
        const std::vector<outcome> seen = converse_all(server, matrix);
        report_faults(faults_of(matrix, seen, server.served(0)));
        BOOST_TEST_MESSAGE(policy.name << ": " << matrix.size() << " conversations");
    }
}

// A client that left may have met any state of the answer.
std::string summary(const outcome &seen) {
    if (seen.gave_up)
        return "silence";
    std::string text =
        std::to_string(seen.interims.size()) + " interim, " + seen.answer.raw.substr(0, 12);
    text += seen.answer.announces_close() ? ", close" : ", no close";
    for (const message &another : seen.more)
        text += ", then " + std::to_string(another.status);
    return text + (seen.junk ? ", junk" : "") + (seen.closed ? "" : ", not closed");
}

} // namespace

BOOST_AUTO_TEST_SUITE(desync_tests)

BOOST_AUTO_TEST_CASE(meet) {
    check_matrix({"meet", action::meet, "ExpectPolicy On", "100-continue"}, all_handlers);
}

BOOST_AUTO_TEST_CASE(continue_at_gate) {
    check_matrix({"continue", action::continue_at_gate,
                  "ExpectPolicy On\nExpectRule continue 100-continue", "100-continue"},
                 all_handlers);
}

BOOST_AUTO_TEST_CASE(ignore) {
    check_matrix({"ignore", action::ignore, "ExpectPolicy On\nExpectRule ignore 100-continue",
                  "100-continue"},
                 all_handlers);
}

BOOST_AUTO_TEST_CASE(reject) {
    check_matrix({"reject", action::reject, "ExpectPolicy On\nExpectRule reject 100-continue",
                  "100-continue"},
                 all_handlers);
    check_matrix({"reject-other", action::reject, "ExpectPolicy On", "100-continue, foo"},
                 two_handlers);
}

BOOST_AUTO_TEST_CASE(error_documents_of_a_rejection) {
    const char *const forms[][2] = {{"text", "\"no\""},
                                    {"file", "/gone.html"},
                                    {"script", "/cgi/error"},
                                    {"url", "http://b.test/"}};
    for (const auto &form : forms) {
        const std::string config = std::string("ExpectPolicy On\nErrorDocument 417 ") + form[1];
        const std::string name = std::string("rejected-with-") + form[0];
        check_matrix({name.c_str(), action::reject, config.c_str(), "foo",
                      form[0] == std::string("url") ? 302 : 417},
                     {all_handlers[0]});
    }
}

BOOST_AUTO_TEST_CASE(rules_in_sections) {
    const struct {
        const char *name;
        action does;
        const char *rule;
        const char *field;
    } rows[] = {
        {"section-meet", action::meet, "meet 100-continue", "100-continue"},
        {"section-continue", action::continue_at_gate, "continue 100-continue", "100-continue"},
        {"section-ignore", action::ignore, "ignore 100-continue", "100-continue"},
        {"section-reject", action::reject, "reject 100-continue", "100-continue"},
        {"section-reject-other", action::reject, "reject foo", "foo"},
    };
    for (const auto &one : rows) {
        const std::string config =
            std::string("ExpectPolicy On\n<LocationMatch \"^/(plain|cgi)\">\nExpectRule ") +
            one.rule + "\n</LocationMatch>";
        check_matrix({one.name, one.does, config.c_str(), one.field}, two_handlers);
    }
}

// Off beside a host with the policy on, whose hold sees the field; and detection: all as in stock.
BOOST_AUTO_TEST_CASE(off_and_detection) {
    const char *const off = "<VirtualHost *:@PORT@>\nServerName a.test\nExpectPolicy Off\n"
                            "RewriteEngine On\nRewriteOptions Inherit\n</VirtualHost>\n"
                            "<VirtualHost *:@PORT@>\nServerName b.test\nExpectPolicy On\n"
                            "</VirtualHost>";
    const char *const detection = "ExpectPolicy DetectionOnly\nExpectRule ignore 100-continue";
    for (const char *field : {"100-continue", "foo"}) {
        const policy_row bare = {"stock", action::as_stock, "", field};
        const std::vector<piece> matrix = make_matrix(bare, all_handlers);
        httpd stock("stock");
        make_site(stock.stock());
        stock.timeout(20).start();
        const std::vector<outcome> stocks = converse_all(stock, matrix);
        for (const char *config : {off, detection}) {
            BOOST_TEST_CONTEXT("Expect: " << field << " with " << config) {
                httpd server("httpd");
                make_site(server);
                server.timeout(20).config(config).start();
                const std::vector<outcome> ours = converse_all(server, matrix);
                faults all;
                for (size_t i = 0; i < matrix.size(); ++i) {
                    if (summary(ours[i]) != summary(stocks[i]))
                        all.push_back(matrix[i].script.name + "\n    " + summary(ours[i]) +
                                      "; stock: " + summary(stocks[i]));
                }
                report_faults(all);
                const bool same_served =
                    count_targets(server.served(0)) == count_targets(stock.served(0));
                BOOST_TEST(same_served);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
