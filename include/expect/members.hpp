// Which members of a field are different: equal ones count once (RFC 9110, 5.3, makes one list of
// several field lines), and the first of them speaks for all.
#ifndef EXPECT_MEMBERS_HPP
#define EXPECT_MEMBERS_HPP

#include "expect/ascii.hpp"
#include "expect/field.hpp"

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

namespace expect {

namespace detail {

// Hands out what an accepted member says: its bytes as value_bytes does, without quotes, white
// space and empty parameters, and "=" and ";" that separate as marks that no byte is.
class member_bytes {
public:
    explicit member_bytes(std::string_view text) noexcept
        : at_(text.data()), end_(text.data() + text.size()) {}

    // The next byte as 0 to 255, a mark above, or -1 at the end.
    int next() noexcept {
        while (at_ != end_ && (*at_ == '"' || (!in_quotes_ && is(ows, *at_)))) {
            in_quotes_ = in_quotes_ != (*at_ == '"');
            ++at_;
        }
        if (in_quotes_ && at_ != end_ && *at_ == '\\' && at_ + 1 != end_) {
            ++at_;
        } else if (!in_quotes_ && at_ != end_ && *at_ == ';') {
            skip_empty_parameters();
            return at_ == end_ ? -1 : mark + ';';
        }
        if (at_ == end_) {
            return -1;
        }
        const bool separates = !in_quotes_ && *at_ == '=';
        const int byte = static_cast<unsigned char>(fold(*at_++));
        return separates ? mark + byte : byte;
    }

private:
    static constexpr int mark = 256;

    void skip_empty_parameters() noexcept {
        while (at_ != end_ && (*at_ == ';' || is(ows, *at_))) {
            ++at_;
        }
    }

    const char *at_;
    const char *end_;
    bool in_quotes_ = false;
};

// FNV-1a over what a member says. 100-continue, which is a member of nearly every list, is spared.
inline std::uint32_t hash_member(const expectation &member) noexcept {
    if (member.is_100_continue()) {
        return 0;
    }
    std::uint32_t hash = hash_name(member.name);
    member_bytes behind_name(slice(member.text, member.name.size()));
    for (int byte = behind_name.next(); byte >= 0; byte = behind_name.next()) {
        hash = add_to_hash(hash, static_cast<std::uint32_t>(byte));
    }
    return hash;
}

} // namespace detail

// Whether two members are the same: name, value, and parameters in the order sent. Linear in the
// shorter text, but for the longer one's white space and empty parameters.
inline bool same_member(const expectation &a, const expectation &b) noexcept {
    if (a.text == b.text) { // as most repetitions are
        return true;
    }
    detail::member_bytes left(a.text);
    detail::member_bytes right(b.text);
    for (;;) {
        const int byte = left.next();
        if (byte != right.next()) {
            return false;
        }
        if (byte < 0) {
            return true;
        }
    }
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

#endif
