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

// Linear in the shorter text, but for the longer one's white space and empty parameters.
inline bool same_member_text(std::string_view a, std::string_view b) noexcept {
    member_bytes left(a);
    member_bytes right(b);
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

} // namespace detail

// Whether two members are the same: name, value, and parameters in the order sent.
inline bool same_member(const expectation &a, const expectation &b) noexcept {
    return detail::same_member_text(a.text, b.text);
}

// Writes the list into memory of the caller's. Linear in what is added: repetitions are found by a
// hash table of fixed size. Of up to eight different members none stands twice; of more, one may if
// the others crowd around its place, which means the same.
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

    // Adds a member, unless the same is there already. Tells whether it did.
    bool add(const expectation &member) noexcept {
        std::string_view *free_slot = nullptr;
        if (is_listed(member.text, free_slot)) {
            return false;
        }
        put_separator();
        const char *start = end_;
        put(slice(member.text, 0, size_without_parameters(member)));
        put_parameters(member.parameters);
        if (free_slot != nullptr) {
            *free_slot = {start, static_cast<std::size_t>(end_ - start)};
        }
        return true;
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
    static constexpr std::uint32_t probes = 8; // as many members are told apart wherever they fall

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

    static std::uint32_t hash(std::string_view member) noexcept {
        std::uint32_t hash = 2166136261u;
        detail::member_bytes bytes(member);
        for (int byte = bytes.next(); byte >= 0; byte = bytes.next()) {
            hash = (hash ^ static_cast<std::uint32_t>(byte)) * 16777619u;
        }
        return hash ^ hash >> 16; // the low bits alone know little of the others
    }

    // Looks a member up. Where it is not found, free_slot is the place to remember it, or null.
    bool is_listed(std::string_view member, std::string_view *&free_slot) noexcept {
        std::uint32_t slot = hash(member);
        for (std::uint32_t probe = 0; probe < probes; ++probe, ++slot) {
            std::string_view &listed = listed_[slot % slots];
            if (listed.empty()) {
                free_slot = &listed;
                return false;
            }
            if (detail::same_member_text(listed, member)) {
                return true;
            }
        }
        return false;
    }

    char *begin_;
    char *end_;
    bool has_100_continue_ = false;
    // Members as they stand in the list: without the white space and the empty parameters with
    // which a client could make each comparison as long as its field.
    std::array<std::string_view, slots> listed_{};
};

} // namespace expect

#endif
