// A precondition for tests of what httpd does only since some version.
#ifndef EXPECT_E2E_SINCE_HPP
#define EXPECT_E2E_SINCE_HPP

#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

namespace e2e {

// Usage: BOOST_AUTO_TEST_CASE(name, *since(55)) for httpd 2.4.55 and later.
inline boost::unit_test::precondition since(unsigned patch) {
    return boost::unit_test::precondition([patch](boost::unit_test::test_unit_id) {
        boost::test_tools::assertion_result is_there(httpd_patch() >= patch);
        is_there.message() << "httpd is 2.4." << httpd_patch() << ", older than 2.4." << patch;
        return is_there;
    });
}

// mod_http2 before this version lets the core answer before a module sees the field.
inline boost::unit_test::precondition since_http_2_asks() { return since(55); }

// mod_proxy_http before this version hands on the field that handlers see.
inline boost::unit_test::precondition since_proxies_decide() { return since(54); }

} // namespace e2e

#endif
