// rule_reader.hpp needs nothing to be included before it, and may be included twice.
#include "expect/rule_reader.hpp"
#include "expect/rule_reader.hpp" // NOLINT(readability-duplicate-include): the include guard is under test
