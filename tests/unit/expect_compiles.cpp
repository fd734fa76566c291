// expect.hpp needs nothing to be included before it, and may be included twice.
#include "expect/expect.hpp"
#include "expect/expect.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
