// What becomes of content that nobody has read. What is unread on a connection must never be taken
// for the next request (httpd PR 47087), and nobody may wait for it or ask for it in vain.
//
// Of c->keepalive the module sets AP_CONN_CLOSE, and never anything else. r->expecting_100 is taken
// away for `ignore`, and never while the status is an error, because HTTP_IN answers a read without
// waiting where both are set (ap_http_filter()); and of what is redirected to while the content is
// shut, which reads through a filter that answers without waiting too.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Whoever reads through this one finds no content, at once.
inline ap_filter_rec_t *no_content_filter_record = nullptr;

// Whoever reads through this one is not waited for by a client: no 100 is sent.
inline ap_filter_rec_t *no_100_filter_record = nullptr;

// Before every filter of other modules, so that none of them can bring content of its own.
inline constexpr auto no_content_type = static_cast<ap_filter_type>(AP_FTYPE_RESOURCE - 1);

// Just before HTTP_IN, which is what sends the 100.
inline constexpr auto no_100_type = static_cast<ap_filter_type>(AP_FTYPE_PROTOCOL - 1);

// Closes the connection behind the coming answer, and announces it. From now on
// ap_discard_request_body() does nothing. A stream of HTTP/2 ends by itself.
inline void close_behind_answer(request_rec *r) noexcept {
    if (r->connection->master == nullptr) {
        r->connection->keepalive = AP_CONN_CLOSE;
    }
}

// No other protocol begins behind this request: what an upgrade would take for its first bytes is
// content that nobody has read. RFC 9110, 7.8, lets a server ignore the field.
inline void stay_with_http(request_rec *r) noexcept { apr_table_unset(r->headers_in, "Upgrade"); }

// From now on whoever reads the content of r finds none. Answers the filter that sees to it.
inline ap_filter_t *hide_content(request_rec *r) noexcept {
    if (r->input_filters != nullptr && r->input_filters->frec == no_content_filter_record) {
        return r->input_filters;
    }
    const bool has_content_filters = r->input_filters != r->proto_input_filters;
    ap_filter_t *added =
        ap_add_input_filter_handle(no_content_filter_record, nullptr, r, r->connection);
    if (!has_content_filters) {
        // mod_proxy_http takes a difference between the two for a filter that changes content, and
        // spools the content before it connects. What r is redirected to inherits this one.
        r->proto_input_filters = r->input_filters;
    }
    return added;
}

// Closes behind the answer, which is made without the content: not the drain before the answer, not
// a script that serves the error document, not one that the page includes reads any of it.
inline void shut_content(request_rec *r, request_state &state) noexcept {
    state.is_shut = true;
    close_behind_answer(r);
    hide_content(r);
}

// Sends 100 now. The core does it at the first read of the content otherwise.
inline void send_100(request_rec *r) noexcept {
    const int status = r->status;
    const char *status_line = r->status_line;
    r->status = HTTP_CONTINUE;
    r->status_line = nullptr;
    ap_send_interim_response(r, 0);
    r->status = status;
    r->status_line = status_line;
}

// Whether the client waits for a 100 before it sends content that the policy lets it send.
inline bool awaits_100(const request_rec *r, const request_state &state) noexcept {
    return state.meets_100 && r->expecting_100 != 0;
}

// Whether the client may still hold content back: it waits for a 100, or for one that never comes.
inline bool may_hold_content_back(const request_rec *r, const request_state &state) noexcept {
    return state.ignores_100 || awaits_100(r, state);
}

// Whether HTTP_IN answers the first read with 413 (LimitRequestBody), and asks for nothing.
inline bool is_over_limit(const request_rec *r, const expect::request_facts &facts) noexcept {
    const apr_off_t limit = ap_get_limit_req_body(r);
    return limit > 0 && facts.content == expect::content_kind::declared &&
           facts.content_length > static_cast<std::uint64_t>(limit);
}

// Has no 100 sent to the client, whoever reads before the gate; closes behind the answer. The flag
// stays until then: mod_ssl asks it whether a renegotiation has to take in the content first.
inline void withhold_100(request_rec *r, request_state &state) noexcept {
    state.ignores_100 = true;
    close_behind_answer(r);
    const bool is_http_2 = r->connection->master != nullptr;
    r->expecting_100 = is_http_2 ? 0 : 1;
    if (!is_http_2) {
        ap_add_input_filter_handle(no_100_filter_record, nullptr, r, r->connection);
    }
}

// Takes the flag away for good, and with it the filter that stood in for that.
inline void forget_100(request_rec *r) noexcept {
    r->expecting_100 = 0;
    for (ap_filter_t *each = r->input_filters; each != nullptr; each = each->next) {
        if (each->frec == no_100_filter_record) {
            ap_remove_input_filter(each);
            return;
        }
    }
}

extern "C" inline apr_status_t expect_no_content_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                                        ap_input_mode_t /*mode*/,
                                                        apr_read_type_e /*block*/,
                                                        apr_off_t /*readbytes*/) {
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(f->c->bucket_alloc));
    return APR_SUCCESS;
}

extern "C" inline apr_status_t expect_no_100_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                                    ap_input_mode_t mode, apr_read_type_e block,
                                                    apr_off_t readbytes) {
    ap_filter_t *next = f->next;
    if (ap_is_HTTP_SUCCESS(f->r->status)) {
        f->r->expecting_100 = 0;
        ap_remove_input_filter(f);
    }
    return ap_get_brigade(next, brigade, mode, block, readbytes);
}

} // namespace mod_expect
