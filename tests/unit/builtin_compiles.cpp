// builtin.hpp needs nothing to be included before it, and may be included twice.
#include "expect/builtin.hpp"
#include "expect/builtin.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
