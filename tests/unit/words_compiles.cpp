// words.hpp needs nothing to be included before it, and may be included twice.
#include "expect/words.hpp"
#include "expect/words.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
