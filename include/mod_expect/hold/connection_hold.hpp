// What a connection knows of the request whose header section it reads, and the name under which
// the Expect field is held meanwhile.
#ifndef MOD_EXPECT_HOLD_CONNECTION_HOLD_HPP
#define MOD_EXPECT_HOLD_CONNECTION_HOLD_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/hold/header_scanner.hpp"

#include <type_traits>

namespace mod_expect {

struct connection_hold {
    header_scanner scanner;
    bool has_field = false;                           // an Expect line was given the other name
    bool may_peek = false;                            // a look at the whole section may come yet
    bool stands_aside = false;                        // the request's lines come past the filter
    char spelled[header_scanner::name_size + 1] = {}; // the name as the first such line has it
    ap_filter_t *filter = nullptr;                    // the one that this belongs to
    request_rec *reading = nullptr;                   // the request whose lines come next
    apr_bucket_brigade *spare = nullptr;              // see spare_brigade()
};

static_assert(std::is_trivially_destructible_v<connection_hold>);

// An empty brigade for what the filter reads on its own account. The caller leaves it empty.
inline apr_bucket_brigade *spare_brigade(connection_hold &hold) noexcept {
    if (hold.spare == nullptr) {
        conn_rec *c = hold.filter->c;
        hold.spare = apr_brigade_create(c->pool, c->bucket_alloc);
    }
    return hold.spare;
}

// Null where the connection needs no hold.
inline connection_hold *hold_of(const conn_rec *c) noexcept {
    return static_cast<connection_hold *>(ap_get_module_config(c->conn_config, &expect_module));
}

// The name that stands in for the field's: as long, so that httpd's limits mean the same, and not
// to be guessed. It is made anew by every process that reads the configuration.
struct held_name {
    char text[header_scanner::name_size + 1];
};

inline held_name held_field_name = {};

// Makes the name from random bytes: token characters, with a mark that no field's name has, so that
// it never is the name of another field.
inline apr_status_t make_held_name() noexcept {
    static constexpr char marks[] = "!#$%&*+~";
    static constexpr char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz!#$%&*+~";
    unsigned char random[header_scanner::name_size];
    const apr_status_t status = apr_generate_random_bytes(random, sizeof(random));
    if (status == APR_SUCCESS) {
        held_field_name.text[0] = marks[random[0] % (sizeof(marks) - 1)];
        for (std::size_t i = 1; i < header_scanner::name_size; ++i) {
            held_field_name.text[i] = letters[random[i] % (sizeof(letters) - 1)];
        }
    }
    return status;
}

} // namespace mod_expect

#endif
