// Preconditions for tests of what not every version of httpd does.
#ifndef EXPECT_E2E_VERSIONS_HPP
#define EXPECT_E2E_VERSIONS_HPP

#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

namespace e2e {

inline boost::unit_test::precondition only_where(bool (*is_so)(), const char *what_is_wanted) {
    return boost::unit_test::precondition([=](boost::unit_test::test_unit_id) {
        boost::test_tools::assertion_result met(is_so());
        met.message() << "httpd is 2.4." << httpd_patch() << "; wanted is one " << what_is_wanted;
        return met;
    });
}

// Usage: BOOST_AUTO_TEST_CASE(name, *where_http_2_asks())
inline boost::unit_test::precondition where_http_2_asks() {
    return only_where([] { return !core_answers_first_over_http_2(); },
                      "that asks modules over HTTP/2");
}

inline boost::unit_test::precondition where_the_core_answers_http_2() {
    return only_where(core_answers_first_over_http_2,
                      "of which the core answers first over HTTP/2");
}

inline boost::unit_test::precondition where_proxies_decide() {
    return only_where(proxies_decide, "of which mod_proxy_http does not hand on all of the field");
}

} // namespace e2e

#endif
