// coverage.hpp needs nothing to be included before it, and may be included twice.
#include "expect/coverage.hpp"
#include "expect/coverage.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
