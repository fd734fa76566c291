// When a request is held, and how it gets its field back: under its own name, in its own place
// among the others. Over HTTP/1 the filter renames the field's lines; over HTTP/2 the table of
// fields is filled before the core looks at it, and the field is renamed there.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/hold/filter.hpp"

#include <cstring>

namespace mod_expect {

// Gives the entries of a key, in any case, another key that lives as long as the request, and
// answers the first one's value; null where there is none. APR finds no key that was changed where
// it stands, so the table is made anew; a request that died early shares it with its error
// document. Out of line, for restore() runs for requests without the field too.
[[gnu::noinline]] inline const char *rename_entry(request_rec *r, const char *from,
                                                  const char *to) noexcept {
    const apr_array_header_t *entries = apr_table_elts(r->headers_in);
    apr_table_t *renamed = apr_table_make(r->pool, entries->nelts);
    const char *value = nullptr;
    const char first = *from;
    for (int i = 0; i < entries->nelts; ++i) {
        const apr_table_entry_t &each = APR_ARRAY_IDX(entries, i, apr_table_entry_t);
        // The case of a letter is one bit: a quick look, because nearly all are others.
        const bool is_it = ((*each.key ^ first) & ~0x20) == 0 && strcasecmp(each.key, from) == 0;
        value = is_it && value == nullptr ? each.val : value;
        apr_table_addn(renamed, is_it ? to : each.key, each.val);
    }
    for (const apr_table_t *old = r->headers_in; r != nullptr && r->headers_in == old;
         r = r->prev) {
        r->headers_in = renamed;
    }
    return value;
}

// A request over HTTP/2. What the core lets through needs no hold.
[[gnu::noinline]] inline void hold_table_entry(request_rec *r) noexcept {
    const char *field = apr_table_get(r->headers_in, field_name);
    if (field != nullptr && settings_of(r->server)->holds_field &&
        !expect::equal_ignoring_case(field, expect::name_100_continue)) {
        make_state(r, field)->is_held = true;
        rename_entry(r, field_name, held_field_name);
    }
}

// Before a request is read.
inline void begin_hold(request_rec *r, const conn_rec *c) noexcept {
    if (connection_hold *hold = hold_of(c)) {
        hold->lines.start();
        hold->usual_mode = AP_MODE_GETLINE;
        hold->reading = r;
        hold->has_field = false;
    } else if (c->master != nullptr) {
        hold_table_entry(r);
    }
}

// The field's name as the first of its lines had it, nearly always as we spell it.
inline const char *spelled_name(apr_pool_t *pool, const connection_hold &hold) noexcept {
    return std::memcmp(hold.spelled, field_name, scanner::name_size) == 0
               ? field_name
               : apr_pstrdup(pool, hold.spelled);
}

// Over HTTP/1: notes what was sent, too. A request that died while its lines were read may not have
// the field in its table.
[[gnu::noinline]] inline void restore_lines(request_rec *r, connection_hold &hold) noexcept {
    const char *field = rename_entry(r, held_field_name, spelled_name(r->pool, hold));
    if (field != nullptr) {
        make_state(r, field)->is_folded = hold.lines.has_folded_field();
    }
}

// Over HTTP/2.
[[gnu::noinline]] inline void restore_table_entry(request_rec *r) noexcept {
    request_state *state = state_of(r);
    if (state != nullptr && state->is_held) {
        state->is_held = false;
        rename_entry(r, held_field_name, field_name);
    }
}

// Puts the field back, and ends the hold. Does nothing for requests without the field and for those
// that have it back.
inline void restore(request_rec *r) noexcept {
    if (connection_hold *hold = hold_of(r->connection)) {
        hold->usual_mode = connection_hold::no_mode;
        hold->reading = nullptr;
        if (hold->has_field) {
            hold->has_field = false;
            restore_lines(r, *hold);
        }
    } else {
        restore_table_entry(r);
    }
}

} // namespace mod_expect
