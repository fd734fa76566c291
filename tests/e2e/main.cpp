// The one test module of the end-to-end tests; the suites are in *_tests.cpp beside it.
#define BOOST_TEST_MODULE e2e
#include <boost/test/unit_test.hpp>
