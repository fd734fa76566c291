// The one test module of the unit tests; the suites are in *_tests.cpp beside it.
#define BOOST_TEST_MODULE unit
#include <boost/test/unit_test.hpp>
