// Keeps the Expect field from the core, which would answer 417 before any module is asked: over
// HTTP/1 an input filter of the connection gives the field another name while the core reads the
// header section; over HTTP/2 the field waits outside of the table. restore() puts it back.
#ifndef MOD_EXPECT_HOLD_HOLD_HPP
#define MOD_EXPECT_HOLD_HOLD_HPP

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/hold/connection_hold.hpp"
#include "mod_expect/hold/header_scanner.hpp"
#include "mod_expect/hold/hold_lines.hpp"
#include "mod_expect/hold/look_ahead.hpp"
#include "mod_expect/hold/unread.hpp"

#include <cstring>

namespace mod_expect {

inline ap_filter_rec_t *hold_filter_record = nullptr;

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

// Whether the core may read the rest of the section past the filter. What it reads from may be
// changed as long as the chains of the connection and of the request are one and the filter is the
// first in it: HTTP_IN is put before what is there (ap_add_input_filter_handle()).
inline bool may_step_aside(const connection_hold &hold) noexcept {
    const request_rec *r = hold.reading;
    const ap_filter_t *filter = hold.filter;
    return r->proto_input_filters == filter && r->input_filters == filter &&
           filter->c->input_filters == filter;
}

inline void step_aside(connection_hold &hold) noexcept {
    hold.scanner.stop();
    hold.stands_aside = true;
    hold.reading->proto_input_filters = hold.filter->next;
}

// Takes the filter back into the chain of the request, behind HTTP_IN, which the core has put
// before what it left when the header section was read.
inline void step_back(connection_hold &hold, request_rec *r) noexcept {
    hold.stands_aside = false;
    if (r->proto_input_filters->next == hold.filter->next) {
        r->proto_input_filters->next = hold.filter;
    }
}

// Behind the request line: deals with all lines of the section at once, if they are in memory
// already. Answers whether it does.
inline bool look_ahead(connection_hold &hold, const apr_bucket_brigade *request_line) noexcept {
    if (!may_step_aside(hold)) {
        return false;
    }
    const unread_bytes unread = find_unread_behind_line(hold.filter->next);
    const std::size_t size = whole_section_size(unread.view());
    if (size == 0) {
        // When the core has taken the request line, which a look would overwrite.
        hold.may_peek = hold.filter->next->frec == tls_filter;
        return false;
    }
    if (!needs_no_hold({unread.begin, size}) && !hold_section(hold, request_line, unread)) {
        return false;
    }
    step_aside(hold);
    return true;
}

// Before the first header line: the same behind TLS, where only a look is possible. A section with
// something to hold goes line by line.
[[gnu::noinline]] inline bool peek_ahead(connection_hold &hold) noexcept {
    if (!hold.scanner.is_at_header_line()) {
        return false;
    }
    hold.may_peek = false;
    if (!may_step_aside(hold)) {
        return false;
    }
    apr_bucket_brigade *spare = spare_brigade(hold);
    const std::string_view shown = peek(hold.filter->next, spare);
    const std::size_t size = whole_section_size(shown);
    const bool is_done = size != 0 && needs_no_hold({shown.data(), size});
    apr_brigade_cleanup(spare);
    if (is_done) {
        step_aside(hold);
    }
    return is_done;
}

// Reads a line of the request line and the header section for the core.
[[gnu::noinline]] inline apr_status_t read_line(connection_hold &hold, apr_bucket_brigade *line,
                                                apr_read_type_e block,
                                                apr_off_t readbytes) noexcept {
    const apr_status_t status =
        ap_get_brigade(hold.filter->next, line, AP_MODE_GETLINE, block, readbytes);
    if (status != APR_SUCCESS || (hold.scanner.is_at_request_line() && look_ahead(hold, line)) ||
        is_ordinary_line(hold, line)) {
        return status;
    }
    return hold_line(hold, line);
}

// The same where a look at the section may come first.
[[gnu::noinline]] inline apr_status_t peek_and_read_line(connection_hold &hold,
                                                         apr_bucket_brigade *line,
                                                         apr_read_type_e block,
                                                         apr_off_t readbytes) noexcept {
    return peek_ahead(hold)
               ? ap_get_brigade(hold.filter->next, line, AP_MODE_GETLINE, block, readbytes)
               : read_line(hold, line, block, readbytes);
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
        hold->may_peek = false;
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
    using namespace mod_expect;
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    if (!hold.scanner.is_active() || mode != AP_MODE_GETLINE) {
        return ap_get_brigade(f->next, brigade, mode, block, readbytes);
    }
    return hold.may_peek ? peek_and_read_line(hold, brigade, block, readbytes)
                         : read_line(hold, brigade, block, readbytes);
}

} // extern "C"

#endif
