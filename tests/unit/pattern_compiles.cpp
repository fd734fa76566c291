// pattern.hpp needs nothing to be included before it, and may be included twice.
#include "expect/pattern.hpp"
#include "expect/pattern.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
