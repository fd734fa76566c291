// decision.hpp needs nothing to be included before it, and may be included twice.
#include "expect/decision.hpp"
#include "expect/decision.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
