// ascii.hpp needs nothing to be included before it, and may be included twice.
#include "expect/ascii.hpp"
#include "expect/ascii.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
