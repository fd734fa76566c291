// The name that stands in for the field's while the core reads a header section: as long, so that
// httpd's limits mean the same, and not to be guessed by a client.
#ifndef MOD_EXPECT_HOLD_HELD_NAME_HPP
#define MOD_EXPECT_HOLD_HELD_NAME_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/hold/scanner.hpp"

namespace mod_expect {

struct held_name {
    char text[scanner::name_size + 1];
};

// Made anew whenever the configuration is read, before any connection is served.
inline held_name held_field_name = {};

// Makes the name from random bytes: token characters, with a mark in front that no field's name
// has, so that it never is the name of another field.
inline apr_status_t make_held_name() noexcept {
    static constexpr char marks[] = "!#$%&*+~";
    static constexpr char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz!#$%&*+~";
    unsigned char random[scanner::name_size];
    const apr_status_t status = apr_generate_random_bytes(random, sizeof(random));
    if (status == APR_SUCCESS) {
        held_field_name.text[0] = marks[random[0] % (sizeof(marks) - 1)];
        for (std::size_t i = 1; i < scanner::name_size; ++i) {
            held_field_name.text[i] = letters[random[i] % (sizeof(letters) - 1)];
        }
    }
    return status;
}

} // namespace mod_expect

#endif
