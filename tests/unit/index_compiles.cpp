// index.hpp needs nothing to be included before it, and may be included twice.
#include "expect/index.hpp"
#include "expect/index.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
