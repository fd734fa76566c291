// Which members of a field are different: equal ones count once (RFC 9110, 5.3, makes one list of
// several field lines), and the first of them speaks for all.
#pragma once

#include "expect/ascii.hpp"
#include "expect/field.hpp"
#include "expect/value.hpp"

#include <cstddef>
#include <cstdint>
#include <new>

namespace expect {

namespace detail {

// FNV-1a over what a member says. 100-continue, which is a member of nearly every list, is spared.
inline std::uint32_t hash_member(const expectation &member) noexcept {
    if (member.is_100_continue) {
        return 0;
    }
    std::uint32_t hash = hash_value(hash_name(member.name), member.value);
    parameter_reader parameters(member.parameters);
    parameter each;
    while (parameters.next(each)) {
        hash = hash_value(hash_value(hash, {each.name, false}), each.value);
    }
    return hash;
}

} // namespace detail

// Whether two members are the same: name, value, and parameters in the order sent. Linear in both.
inline bool same_member(const expectation &a, const expectation &b) noexcept {
    if (a.text == b.text) { // as most repetitions are
        return true;
    }
    if (!equal_ignoring_case(a.name, b.name) || a.has_value != b.has_value ||
        !same_value(a.value, b.value)) {
        return false;
    }
    parameter_reader left(a.parameters);
    parameter_reader right(b.parameters);
    parameter one;
    parameter other;
    for (bool more = true; more;) {
        more = left.next(one);
        if (more != right.next(other) || (more && !same_parameter(one, other))) {
            return false;
        }
    }
    return true;
}

// The different members of a field, in the order sent. Linear in what is added; a client that
// makes hashes collide has each member compared with most_members - 1 others at worst.
class member_set {
public:
    // Leaves the memory as it is: most fields need little of it.
    member_set() noexcept {} // not "= default", which a union of such members has not

    // Adds a member unless the same is there already. Must be called most_members times at most,
    // which member_reader sees to.
    void add(const expectation &member) noexcept {
        const std::uint32_t hash = detail::hash_member(member);
        for (std::size_t at = 0; at < count_; ++at) {
            if (hashes_[at] == hash && same_member(members_[at], member)) {
                return;
            }
        }
        hashes_[count_] = hash;
        new (&members_[count_++]) expectation(member);
    }
    [[nodiscard]] const expectation *begin() const noexcept { return members_; }
    [[nodiscard]] const expectation *end() const noexcept { return members_ + count_; }

private:
    std::size_t count_ = 0;
    std::uint32_t hashes_[most_members];
    union {
        expectation members_[most_members];
    };
};

} // namespace expect
