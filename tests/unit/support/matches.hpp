// A pattern and an expectation by themselves, without the index that finds rules by their names.
#ifndef UNIT_SUPPORT_MATCHES_HPP
#define UNIT_SUPPORT_MATCHES_HPP

#include "expect/pattern.hpp"

namespace unit {

// Whether a well-formed expectation matches. Linear in the member's length for a given pattern.
inline bool matches(const expect::pattern &wanted, const expect::expectation &member) {
    switch (wanted.kind) {
    case expect::pattern_kind::any:
        return true;
    case expect::pattern_kind::malformed:
        return false;
    case expect::pattern_kind::member:
        return expect::equal_ignoring_case(wanted.spelled.name, member.name) &&
               expect::matches_behind_name(wanted, member);
    }
    return false;
}

} // namespace unit

#endif
