// A table of Expect fields with the status that each must get, and what of the field a handler then
// sees.
#ifndef EXPECT_E2E_VERDICT_ROWS_HPP
#define EXPECT_E2E_VERDICT_ROWS_HPP

#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace e2e {

struct row {
    std::string name;
    std::vector<std::string> fields; // the Expect lines, whole
    int status;
    // What a CGI finds in HTTP_EXPECT when the request has content; "-" where it must find none.
    std::string seen = "*";
};

inline std::string expect_of_cgi(const std::string &environment) {
    const std::string key = "\nHTTP_EXPECT=";
    const size_t at = ("\n" + environment).find(key);
    if (at == std::string::npos)
        return "-";
    const size_t start = at + key.size() - 1;
    return environment.substr(start, environment.find('\n', start) - start);
}

// Each row alone on a connection, its content sent with it: nothing here depends on who waits for
// whom.
inline void check_rows(httpd &server, const std::vector<row> &rows) {
    for (const row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            std::vector<std::string> fields = one.fields;
            fields.push_back("Content-Length: 2");
            wire client(server.port());
            client.send(request("POST /cgi/env", fields, "hi"));
            const message answer = client.answer();
            BOOST_TEST(answer.status == one.status);
            BOOST_TEST(answer.complete);
            if (one.seen != "*")
                BOOST_TEST(expect_of_cgi(answer.body) == one.seen);
        }
    }
}

} // namespace e2e

#endif
