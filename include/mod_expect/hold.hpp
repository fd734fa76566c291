// Keeps the Expect field from the core, which would answer 417 before any module is asked: over
// HTTP/1 an input filter of the connection gives the field another name while the core reads the
// header section; over HTTP/2 the field waits outside of the table. restore() puts it back.
#ifndef MOD_EXPECT_HOLD_HPP
#define MOD_EXPECT_HOLD_HPP

#include "mod_expect/connection_hold.hpp"
#include "mod_expect/header_scanner.hpp"
#include "mod_expect/look_ahead.hpp"
#include "mod_expect/request_state.hpp"
#include "mod_expect/server.hpp"
#include "mod_expect/settings.hpp"
#include "mod_expect/unread.hpp"

#include <cstring>

namespace mod_expect {

inline ap_filter_rec_t *hold_filter_record = nullptr;

// Notes how a line that is given the other name spells its own.
inline void note_field(connection_hold &hold, const char *name) noexcept {
    if (!hold.has_field) {
        hold.has_field = true;
        std::memcpy(hold.spelled, name, header_scanner::name_size);
    }
}

// Gives a line the other name in the place of its own.
inline void rename_field(connection_hold &hold, char *name) noexcept {
    note_field(hold, name);
    std::memcpy(name, held_field_name.text, header_scanner::name_size);
}

// The bytes of a bucket whose memory may be written to; empty for every other bucket.
inline char *writable_bytes(const apr_bucket *bucket, std::size_t &size) noexcept {
    size = 0;
    if (bucket->type == &apr_bucket_type_heap) {
        size = bucket->length;
        return heap_bytes(bucket);
    }
    return nullptr;
}

// The last byte of a brigade; '\0' for one without bytes.
inline char last_byte(const apr_bucket_brigade *brigade) noexcept {
    for (apr_bucket *at = APR_BRIGADE_LAST(brigade); at != APR_BRIGADE_SENTINEL(brigade);
         at = APR_BUCKET_PREV(at)) {
        std::size_t size = 0;
        if (const char *writable = writable_bytes(at, size); size > 0) {
            return writable[size - 1];
        }
        const char *bytes = nullptr;
        if (!APR_BUCKET_IS_METADATA(at) &&
            apr_bucket_read(at, &bytes, &size, APR_BLOCK_READ) == APR_SUCCESS && size > 0) {
            return bytes[size - 1];
        }
    }
    return '\0';
}

// Puts the held name in the place of a line's first bytes, wherever their buckets keep them.
inline apr_status_t replace_name(apr_bucket_brigade *line) noexcept {
    apr_bucket *behind = nullptr;
    const apr_status_t status = apr_brigade_partition(line, header_scanner::name_size, &behind);
    if (status != APR_SUCCESS) {
        return status;
    }
    while (APR_BRIGADE_FIRST(line) != behind) {
        apr_bucket_delete(APR_BRIGADE_FIRST(line));
    }
    apr_bucket *name = apr_bucket_heap_create(held_field_name.text, header_scanner::name_size,
                                              nullptr, line->bucket_alloc);
    APR_BRIGADE_INSERT_HEAD(line, name);
    return APR_SUCCESS;
}

// Looks at a line whose first bytes do not lie in one writable bucket; reads on until they are
// there. Bytes that were handed on cannot be changed any more, so nothing is handed on before.
inline apr_status_t hold_scattered_line(connection_hold &hold, apr_bucket_brigade *line) noexcept {
    const ap_filter_t *f = hold.filter;
    for (;;) {
        char head[header_scanner::head_size];
        apr_size_t size = sizeof(head);
        apr_status_t status = apr_brigade_flatten(line, head, &size);
        if (status != APR_SUCCESS) {
            return status;
        }
        const line_kind kind = hold.scanner.begin_line({head, size});
        if (kind == line_kind::expect_field) {
            note_field(hold, head);
            return replace_name(line);
        }
        if (kind == line_kind::other) {
            return APR_SUCCESS;
        }
        if (hold.more == nullptr) {
            hold.more = apr_brigade_create(f->c->pool, f->c->bucket_alloc);
        }
        status = ap_get_brigade(f->next, hold.more, AP_MODE_GETLINE, APR_BLOCK_READ, 0);
        if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(hold.more)) {
            status = APR_EGENERAL; // a name that cannot be told must not pass
        }
        if (status != APR_SUCCESS) {
            apr_brigade_cleanup(hold.more);
            return status;
        }
        APR_BRIGADE_CONCAT(line, hold.more);
    }
}

// Takes the filter back into the chain of the request, behind HTTP_IN, which the core has put
// before what it left when the header section was read.
inline void step_back(connection_hold &hold, request_rec *r) noexcept {
    hold.stands_aside = false;
    if (r->proto_input_filters->next == hold.filter->next) {
        r->proto_input_filters->next = hold.filter;
    }
}

// Whether a line is none of those that matter. This runs for every line of many requests, so it
// looks at the bucket in place.
inline bool is_ordinary_line(connection_hold &hold, const apr_bucket_brigade *line) noexcept {
    const apr_bucket *only = APR_BRIGADE_FIRST(line);
    if (only != APR_BRIGADE_LAST(line) || only == APR_BRIGADE_SENTINEL(line) ||
        only->type != &apr_bucket_type_heap || only->length == 0) {
        return false;
    }
    const char *bytes = heap_bytes(only);
    return hold.scanner.pass_ordinary_line(bytes[0], bytes[only->length - 1]) ||
           hold.scanner.pass_last_line({bytes, only->length});
}

// The same for a line in several buckets. httpd's look for a pipelined request cuts off a byte.
inline bool is_ordinary_cut_line(connection_hold &hold, const apr_bucket_brigade *line) noexcept {
    std::size_t size = 0;
    const char *bytes = writable_bytes(APR_BRIGADE_FIRST(line), size);
    return size > 0 && hold.scanner.pass_ordinary_line(bytes[0], last_byte(line));
}

// Looks at a line and renames the field in it. A first bucket with all that decides is the rule.
[[gnu::noinline]] inline apr_status_t hold_line(connection_hold &hold,
                                                apr_bucket_brigade *line) noexcept {
    if (APR_BRIGADE_EMPTY(line) || is_ordinary_cut_line(hold, line)) {
        return APR_SUCCESS;
    }
    if (hold.scanner.is_at_line_start()) {
        std::size_t size = 0;
        char *bytes = writable_bytes(APR_BRIGADE_FIRST(line), size);
        switch (hold.scanner.begin_line({bytes, size})) {
        case line_kind::expect_field:
            rename_field(hold, bytes);
            break;
        case line_kind::other:
            break;
        case line_kind::undecided:
            if (const apr_status_t status = hold_scattered_line(hold, line)) {
                return status;
            }
        }
    }
    hold.scanner.end_bytes(last_byte(line));
    return APR_SUCCESS;
}

// Renames the field in a section of which all lines are there. False where what was read before it
// may be no request line: those may follow an empty line.
[[gnu::noinline]] inline bool hold_section(connection_hold &hold, const apr_bucket_brigade *before,
                                           unread_bytes section) noexcept {
    std::size_t size = 0;
    const char *bytes =
        APR_BRIGADE_EMPTY(before) ? nullptr : writable_bytes(APR_BRIGADE_FIRST(before), size);
    if (size == 0 || *bytes <= ' ') {
        return false;
    }
    hold.scanner.pass_request_line();
    scan_section(hold.scanner, section.begin, section.size,
                 [&hold](char *name) noexcept { rename_field(hold, name); });
    return true;
}

// Behind the request line: deals with all lines of the section at once, if they are there already,
// and lets the core read them past the filter. Answers whether it does. What the core reads them
// from may be changed as long as the chains of the connection and of the request are one and the
// filter is the first in it: HTTP_IN is put before what is there (ap_add_input_filter_handle()).
inline bool step_aside(connection_hold &hold, const apr_bucket_brigade *request_line) noexcept {
    request_rec *r = hold.reading;
    ap_filter_t *filter = hold.filter;
    if (r->proto_input_filters != filter || r->input_filters != filter ||
        filter->c->input_filters != filter) {
        return false;
    }
    const unread_bytes section = find_unread_behind_line(filter->next);
    if (!holds_whole_section(section.view()) ||
        (!needs_no_hold(section.view()) && !hold_section(hold, request_line, section))) {
        return false;
    }
    hold.scanner.stop();
    hold.stands_aside = true;
    r->proto_input_filters = filter->next;
    return true;
}

// Reads a line of the request line and the header section for the core.
[[gnu::noinline]] inline apr_status_t read_line(connection_hold &hold, apr_bucket_brigade *line,
                                                apr_read_type_e block,
                                                apr_off_t readbytes) noexcept {
    const apr_status_t status =
        ap_get_brigade(hold.filter->next, line, AP_MODE_GETLINE, block, readbytes);
    if (status != APR_SUCCESS || (hold.scanner.is_at_request_line() && step_aside(hold, line)) ||
        is_ordinary_line(hold, line)) {
        return status;
    }
    return hold_line(hold, line);
}

// Takes the field out of the table of a request over HTTP/2, unless the core would have it.
[[gnu::noinline]] inline void hold_table_entry(request_rec *r) noexcept {
    const char *field = apr_table_get(r->headers_in, field_name);
    if (field != nullptr && settings_of(r->server)->holds_field &&
        !expect::equal_ignoring_case(field, expect::name_100_continue)) {
        make_state(r, field)->is_held = true;
        apr_table_unset(r->headers_in, field_name);
    }
}

// Before a request is read: its header section is to be looked at, or, over HTTP/2, where the table
// is filled already, the field is taken out of it.
inline void begin_hold(request_rec *r, const conn_rec *c) noexcept {
    if (connection_hold *hold = hold_of(c)) {
        hold->scanner.start();
        hold->reading = r;
        hold->has_field = false;
        hold->stands_aside = false;
    } else if (c->master != nullptr) {
        hold_table_entry(r);
    }
}

// The field's name as the first of its lines had it, nearly always as we spell it.
inline const char *spelled_name(apr_pool_t *pool, const connection_hold &hold) noexcept {
    return std::memcmp(hold.spelled, field_name, header_scanner::name_size) == 0
               ? field_name
               : apr_pstrdup(pool, hold.spelled);
}

// Puts the field back from the name that held it, and notes what was sent.
[[gnu::noinline]] inline void restore_renamed(request_rec *r, connection_hold &hold) noexcept {
    const char *field = apr_table_get(r->headers_in, held_field_name.text);
    if (field != nullptr) {
        hold.has_field = false;
        request_state *state = make_state(r, field);
        state->is_folded = hold.scanner.has_folded_field();
        apr_table_unset(r->headers_in, held_field_name.text);
        // No line has kept the name, so there is nothing to look for.
        apr_table_addn(r->headers_in, spelled_name(r->pool, hold), field);
    }
}

// Puts the field back under its own name. Does nothing for requests without it and for those that
// have it back.
inline void restore(request_rec *r) noexcept {
    if (connection_hold *hold = hold_of(r->connection)) {
        hold->scanner.stop(); // a request line of HTTP/0.9 has no header section behind it
        if (hold->stands_aside) {
            step_back(*hold, r);
        }
        if (hold->has_field) {
            restore_renamed(r, *hold);
        }
        return;
    }
    request_state *state = state_of(r);
    if (state != nullptr && state->is_held) {
        state->is_held = false;
        apr_table_setn(r->headers_in, field_name, state->sent);
    }
}

} // namespace mod_expect

extern "C" {

static apr_status_t expect_hold_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                       ap_input_mode_t mode, apr_read_type_e block,
                                       apr_off_t readbytes) {
    auto &hold = *static_cast<mod_expect::connection_hold *>(f->ctx);
    return hold.scanner.is_active() && mode == AP_MODE_GETLINE
               ? mod_expect::read_line(hold, brigade, block, readbytes)
               : ap_get_brigade(f->next, brigade, mode, block, readbytes);
}

} // extern "C"

#endif
