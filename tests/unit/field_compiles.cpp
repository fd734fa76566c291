// field.hpp needs nothing to be included before it, and may be included twice.
#include "expect/field.hpp"
#include "expect/field.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
