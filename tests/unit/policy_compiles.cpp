// policy.hpp needs nothing to be included before it, and may be included twice.
#include "expect/policy.hpp"
#include "expect/policy.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
