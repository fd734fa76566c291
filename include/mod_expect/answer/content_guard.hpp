// Two input filters about content that may stay unread. What is unread on a connection must never
// be taken for the next request (httpd PR 47087), and nobody may wait for it.
#ifndef MOD_EXPECT_ANSWER_CONTENT_GUARD_HPP
#define MOD_EXPECT_ANSWER_CONTENT_GUARD_HPP

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

namespace mod_expect {

inline ap_filter_rec_t *no_content_filter_record = nullptr;
inline ap_filter_rec_t *content_end_filter_record = nullptr;

// Just before HTTP_IN, as seen by those who read.
inline constexpr auto content_guard_type = static_cast<ap_filter_type>(AP_FTYPE_PROTOCOL - 1);

// Puts the request's guard into the chain of r: the request itself, or one that httpd redirected it
// to internally, which starts with a chain of its own.
inline void insert_guard(request_rec *r, request_state &state) noexcept {
    if (state.guard != nullptr) {
        ap_add_input_filter_handle(state.guard, &state, r, r->connection);
    }
}

// From now on whoever reads the content finds none, at once: not the drain before a response, not a
// script that serves the error document.
inline void forbid_content(request_rec *r, request_state &state) noexcept {
    state.guard = no_content_filter_record;
    insert_guard(r, state);
    if (r->connection->master == nullptr) {
        // Announces the close, and makes the core's drain a no-op (ap_discard_request_body()).
        r->connection->keepalive = AP_CONN_CLOSE;
    }
}

// Closes the connection behind the response, unless the content was read to its end before.
inline void close_unless_read(request_rec *r, request_state &state) noexcept {
    conn_rec *c = r->connection;
    if (c->master != nullptr || c->keepalive == AP_CONN_CLOSE) {
        return; // a stream of HTTP/2 ends by itself
    }
    state.guard = content_end_filter_record;
    insert_guard(r, state);
    c->keepalive = AP_CONN_CLOSE;
}

// Whether the response's header section, with the close in it, is made already.
inline bool announced_close(request_rec *r) noexcept {
    return ap_find_token(r->pool, apr_table_get(r->headers_out, "Connection"), "close") != 0;
}

// All of the content was read. Before the response began, that makes the connection as good as
// before; ap_set_keepalive() decides about it then, so this must happen once.
inline void end_content(request_rec *r, request_state &state) noexcept {
    if (!state.content_ended && !announced_close(r)) {
        r->connection->keepalive = AP_CONN_UNKNOWN;
    }
    state.content_ended = true;
}

} // namespace mod_expect

extern "C" {

static apr_status_t expect_no_content_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                             ap_input_mode_t /*mode*/, apr_read_type_e /*block*/,
                                             apr_off_t /*readbytes*/) {
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(f->c->bucket_alloc));
    return APR_SUCCESS;
}

static apr_status_t expect_content_end_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                              ap_input_mode_t mode, apr_read_type_e block,
                                              apr_off_t readbytes) {
    const apr_status_t status = ap_get_brigade(f->next, brigade, mode, block, readbytes);
    if (status == APR_SUCCESS && !APR_BRIGADE_EMPTY(brigade) &&
        APR_BUCKET_IS_EOS(APR_BRIGADE_LAST(brigade))) {
        mod_expect::end_content(f->r, *static_cast<mod_expect::request_state *>(f->ctx));
    }
    return status;
}

} // extern "C"

#endif
