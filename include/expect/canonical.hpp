// What handlers and backends are told: the list of the members that are met, 100-continue first,
// without the white space and empty parameters of the field that was sent.
#pragma once

#include "expect/field.hpp"
#include "expect/value.hpp"

#include <cstddef>
#include <string_view>

namespace expect {

// Writes the list into memory of the caller's. Linear in what is added.
class canonical_list {
public:
    // How many bytes the list made of a field of so many bytes takes at most.
    static constexpr std::size_t capacity_for(std::size_t field_size) noexcept {
        // Between members there is at least one byte in the field, and two are in the list.
        return field_size + most_members + head.size();
    }

    // memory: capacity_for(the field's size) bytes; the views of view() point into it.
    explicit canonical_list(char *memory) noexcept
        : begin_(memory + head.size()), end_(memory + head.size()) {
        for (std::size_t i = 0; i < head.size(); ++i) {
            memory[i] = head.data()[i];
        }
    }

    // Puts 100-continue before everything else, spelled so.
    void add_100_continue() noexcept { has_100_continue_ = true; }

    // Adds a member of the field that is none of those added before; decide() hands out such ones.
    void add(const expectation &member) noexcept {
        if (member.is_100_continue) {
            add_100_continue();
            return;
        }
        if (begin_ != end_) {
            put(", ");
        }
        put(member.name);
        if (member.has_value) {
            put_value(member.value);
        }
        parameter_reader reader(member.parameters);
        parameter each;
        while (reader.next(each)) {
            put(";");
            put(each.name);
            put_value(each.value);
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

    void put(std::string_view text) noexcept {
        for (const char byte : text) {
            *end_++ = byte;
        }
    }
    void put_value(value_text value) noexcept {
        const std::string_view quote = value.quoted ? "\"" : "";
        put("=");
        put(quote);
        put(value.raw);
        put(quote);
    }

    char *begin_;
    char *end_;
    bool has_100_continue_ = false;
};

} // namespace expect
