// value.hpp needs nothing to be included before it, and may be included twice.
#include "expect/value.hpp"
#include "expect/value.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
