// Early final answers of HTTP/1 backends reach the client as they are. While the client waits for a
// 100, httpd sends the content after the answer of a backend that keeps its connection, and where
// the answer is an error it makes 500 of it; after one that closes it sends none, and relays it.
// So every backend that answers early is taken for one that closes.
//
// It cannot fail open: whether a backend connection is used again is all that is decided, and only
// from yes to no. What a client then has unread, its own connection closes over (the core's flag is
// set, or it was ignored) or httpd drains.
//
// mod_proxy_http asks an optional function of mod_proxy whether a backend closes. One of ours
// stands before it. If a version of httpd asks another one, its own answers come back; they are
// tested for.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

namespace mod_expect {

using clear_connection = APR_OPTIONAL_FN_TYPE(ap_proxy_clear_connection);

// mod_proxy's own.
inline clear_connection *clear_connection_of_proxy = nullptr;

// Whether an answer of a backend is final and comes before its 100, to a request of which the
// policy lets the client wait for a 100, or that it lets go on without one. mod_proxy notes that it
// has asked the backend for a 100: it handed the client's expectation on, or has one of its own
// (ping=). Before httpd 2.4.54 it does not; but where it has not asked, it has read the content by
// now, so that the client waits no longer.
inline bool is_answered_early(request_rec *r) noexcept {
    request_state *state = state_of_client(r);
    if (state == nullptr || !(state->meets_100 || state->ignores_100)) {
        return false;
    }
    if (ap_is_HTTP_INFO(r->status)) {
        state->backend_sent_100 = state->backend_sent_100 || r->status == HTTP_CONTINUE;
        return false;
    }
    return !state->backend_sent_100 &&
           (apr_table_get(r->notes, "proxy-100-continue") != nullptr || r->expecting_100 != 0);
}

extern "C" inline int expect_clear_connection(request_rec *r, apr_table_t *headers) {
    const int closes = clear_connection_of_proxy(r, headers);
    const bool is_answer = headers == r->headers_out; // not a request's, nor trailers
    return closes == 0 && is_answer && is_answered_early(r) ? 1 : closes;
}

// Before mod_proxy_http looks the function up. False where it will look for another one.
inline bool stand_before_proxy() noexcept {
    clear_connection *of_proxy = APR_RETRIEVE_OPTIONAL_FN(ap_proxy_clear_connection);
    if (of_proxy == nullptr) {
        return ap_find_linked_module("mod_proxy_http.c") == nullptr;
    }
    if (of_proxy != expect_clear_connection) {
        clear_connection_of_proxy = of_proxy;
        // The macro registers what has the name.
        clear_connection *ap_proxy_clear_connection = expect_clear_connection;
        APR_REGISTER_OPTIONAL_FN(ap_proxy_clear_connection);
    }
    return true;
}

} // namespace mod_expect
