// What handlers and backends are told: the list of the members that are met, 100-continue first,
// without the white space, empty elements and repetitions of the field that was sent.
#ifndef EXPECT_CANONICAL_HPP
#define EXPECT_CANONICAL_HPP

#include "expect/field.hpp"
#include "expect/index.hpp"
#include "expect/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// Whether two members are the same: name, value, and parameters in the order sent.
inline bool same_member(const expectation &a, const expectation &b) noexcept {
    if (a.has_value != b.has_value || !equal_ignoring_case(a.name, b.name) ||
        !same_value(a.value, b.value)) {
        return false;
    }
    parameter_reader left(a.parameters);
    parameter_reader right(b.parameters);
    parameter x;
    parameter y;
    while (left.next(x)) {
        if (!right.next(y) || !same_parameter(x, y)) {
            return false;
        }
    }
    return !right.next(y);
}

// Writes the list into memory of the caller's. Linear in what is added: repetitions are found by a
// hash table of fixed size, so in a list of hundreds of different members one may stand twice,
// which means the same.
class canonical_list {
public:
    // How many bytes the list made of a field of so many bytes takes at most.
    static constexpr std::size_t capacity_for(std::size_t field_size) noexcept {
        // Each member is followed by at least one byte in the field, and by two in the list.
        return 2 * field_size + head.size();
    }

    // memory: capacity_for(the field's size) bytes; the views of view() point into it.
    explicit canonical_list(char *memory) noexcept
        : begin_(memory + head.size()), end_(memory + head.size()) {
        for (std::size_t i = 0; i < head.size(); ++i) {
            memory[i] = head.data()[i];
        }
    }

    // Puts 100-continue before everything else.
    void add_100_continue() noexcept { has_100_continue_ = true; }

    // Adds a member, unless the same is there already. Its text must last as long as this.
    void add(const expectation &member) noexcept {
        if (is_new(member)) {
            put_separator();
            put(slice(member.text, 0, size_without_parameters(member)));
            put_parameters(member.parameters);
        }
    }

    // The list; empty where nothing was added.
    [[nodiscard]] std::string_view view() const noexcept {
        const bool alone = begin_ == end_;
        if (!has_100_continue_) {
            return {begin_, static_cast<std::size_t>(end_ - begin_)};
        }
        const char *start = begin_ - head.size();
        return {start, alone ? name_100_continue.size() : static_cast<std::size_t>(end_ - start)};
    }

private:
    static constexpr std::string_view head = "100-continue, ";
    static constexpr std::uint32_t slots = 256;
    static constexpr std::uint32_t probes = 8;

    static std::size_t size_without_parameters(const expectation &member) noexcept {
        return member.parameters.empty()
                   ? member.text.size()
                   : trimmed_size(member.text, static_cast<std::size_t>(member.parameters.data() -
                                                                        member.text.data()));
    }
    static std::size_t trimmed_size(std::string_view text, std::size_t size) noexcept {
        while (size > 0 && is(ows, text.data()[size - 1])) {
            --size;
        }
        return size;
    }
    void put(char byte) noexcept { *end_++ = byte; }
    void put(std::string_view text) noexcept {
        for (const char byte : text) {
            put(byte);
        }
    }
    void put_separator() noexcept {
        if (begin_ != end_) {
            put(", ");
        }
    }
    void put_parameters(std::string_view parameters) noexcept {
        parameter_reader reader(parameters);
        parameter each;
        while (reader.next(each)) {
            put(';');
            put(each.name);
            put('=');
            if (each.value.quoted) {
                put('"');
            }
            put(each.value.raw);
            if (each.value.quoted) {
                put('"');
            }
        }
    }

    static std::uint32_t hash(const expectation &member) noexcept {
        std::uint32_t hash = hash_name(member.name);
        value_bytes bytes(member.value);
        for (int byte = bytes.next(); byte >= 0; byte = bytes.next()) {
            hash = hash * 31u + static_cast<std::uint32_t>(byte);
        }
        return hash;
    }

    bool is_new(const expectation &member) noexcept {
        std::uint32_t slot = hash(member);
        for (std::uint32_t probe = 0; probe < probes; ++probe, ++slot) {
            std::string_view &text = seen_[slot % slots];
            if (text.empty()) {
                text = member.text;
                return true;
            }
            expectation seen;
            member_reader reader(text);
            if (reader.next(seen) && same_member(seen, member)) {
                return false;
            }
        }
        return true;
    }

    char *begin_;
    char *end_;
    bool has_100_continue_ = false;
    std::array<std::string_view, slots> seen_{};
};

} // namespace expect

#endif
