// error.hpp needs nothing to be included before it, and may be included twice.
#include "expect/error.hpp"
#include "expect/error.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
