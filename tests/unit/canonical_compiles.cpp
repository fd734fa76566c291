// canonical.hpp needs nothing to be included before it, and may be included twice.
#include "expect/canonical.hpp"
#include "expect/canonical.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
