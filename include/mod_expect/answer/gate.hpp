// The gate: where a request comes to its handlers, behind access control. Here `continue` sends its
// 100 and `ignore` takes the client's wait away; and where nothing has read the content when the
// handlers return, it is never asked for: the connection closes behind the answer.
//
// It cannot fail open: a request that passes it by is served as httpd serves it, with the core's
// flag still set, at which ap_set_keepalive() closes.
#pragma once

#include "mod_expect/answer/ask.hpp"
#include "mod_expect/answer/content.hpp"
#include "mod_expect/answer/quick_handlers.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/record/record.hpp"

#include <cstring>

namespace mod_expect {

// Whether a request serves the answer to an error, its own or that of one before it.
inline bool is_error_document(const request_rec *r) noexcept {
    for (; r != nullptr; r = r->prev) {
        if (r->status != HTTP_OK) {
            return true;
        }
    }
    return false;
}

// Whether a handler does nothing but redirect internally, to a resource of which the access control
// is still to come: per-directory mod_rewrite.
inline bool only_redirects(const request_rec *r) noexcept {
    return r->handler != nullptr && std::strcmp(r->handler, "redirect-handler") == 0;
}

// Runs the handlers, and closes behind the answer where nothing has read the content: the flag is
// still set in the last request then. What is answered later is left to httpd.
inline int run_handlers(request_rec *r) noexcept {
    const int status = ap_run_handler(r);
    if (status != SUSPENDED && last_request(r)->expecting_100) {
        close_behind_answer(r);
    }
    // What no handler takes, ap_invoke_handler() answers so; the others must not be asked twice.
    return status == DECLINED ? HTTP_INTERNAL_SERVER_ERROR : status;
}

// No request comes to its handlers that was rejected, or that nobody has judged. Answers DECLINED
// or a status.
inline int stop_at_gate(request_rec *r, const request_state &state) noexcept {
    if (r->prev == nullptr && state.refused_with != 0) {
        return state.refused_with;
    }
    if (state.waits_for == waiting::section || state.waits_for == waiting::tls) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "expect: the request came to its handler without having been %s",
                      state.waits_for == waiting::tls ? "answered" : "judged");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return DECLINED;
}

// Lets a request through, once, be it the initial one or what that was redirected to. Answers for
// the handler hook.
[[gnu::noinline]] inline int pass_gate(request_rec *r) noexcept {
    request_state *state = state_of_client(r);
    if (state == nullptr || state->has_passed_gate || only_redirects(r) || is_error_document(r)) {
        return DECLINED;
    }
    state->has_passed_gate = true;
    int status = stop_at_gate(r, *state);
    if (status == DECLINED && is_asked(*state)) {
        status = ask_applications(r, *state);
    }
    if (status == DECLINED && r->prev == nullptr) { // httpd asked them about what was redirected to
        status = ask_quick_handlers(r, *state);
    }
    if (status != DECLINED) {
        return status;
    }
    if (state->ignores_100) {
        forget_100(r);
    }
    if (!awaits_100(r, *state) || is_over_limit(r, state->judged->facts)) {
        return DECLINED; // content over the limit gets its 413 at the first read, unasked
    }
    if (state->sends_100) {
        send_100(r);
        return DECLINED;
    }
    return r->connection->master == nullptr ? run_handlers(r) : DECLINED;
}

// Shuts the content of a request that comes to a handler which would discard it before it answers,
// or of the initial one that was redirected to it. Filters of other modules may want to see what is
// discarded, and HTTP_IN has a 413 of its own; that is httpd's, but where the connection closes
// already, and nothing is discarded any more. Answers for the handler hook.
[[gnu::noinline]] inline int shut_before_discard(request_rec *r) noexcept {
    request_state *state = state_of_client(r);
    if (state == nullptr || !may_hold_content_back(r, *state) || r->connection->master != nullptr) {
        return DECLINED;
    }
    if (is_over_limit(r, state->judged->facts)) {
        return state->ignores_100 ? HTTP_REQUEST_ENTITY_TOO_LARGE : DECLINED;
    }
    if (r->input_filters == r->proto_input_filters) {
        shut_content(r, *state);
    }
    return DECLINED;
}

// Handlers that discard before they answer: directory listings, and DELETE, COPY and MOVE of DAV.
// Other methods on a directory come to the core's handler, if no Script or Action wants them.
inline bool is_discarded_by_handler(const request_rec *r) noexcept {
    switch (r->method_number) {
    case M_GET:
        return std::strcmp(r->handler, DIR_MAGIC_TYPE) == 0;
    case M_DELETE:
    case M_COPY:
    case M_MOVE:
        return std::strcmp(r->handler, "dav-handler") == 0;
    default:
        return false;
    }
}

// What is shut has no content any more: a backend that serves an error document must not be
// promised any, nor asked for a 100, which would reach the client; nor does a request that was
// refused change the protocol behind its answer. The connection closes already, so the flag is not
// needed for that.
inline void withdraw_content(request_rec *r) noexcept {
    r->expecting_100 = 0;
    stay_with_http(r);
    apr_table_unset(r->headers_in, "Content-Length");
    apr_table_unset(r->headers_in, "Transfer-Encoding");
}

// Gives an internally redirected request what its initial one has: a new request has notes, an
// environment and a filter chain of its own, for an error document, an index or a rewritten path.
// It is not judged again.
inline void inherit(request_rec *r) noexcept {
    request_state *state = state_of(initial_request(r));
    if (state == nullptr) {
        return;
    }
    publish_field(r, *state);
    publish_verdict(r, *state);
    const bool serves_error = is_error_document(r);
    const bool is_shut = state->is_shut || (serves_error && may_hold_content_back(r, *state));
    if (state->judged != nullptr && (serves_error || is_shut)) {
        // Nothing is expected of it. The table is the initial request's, which goes on to the log.
        r->headers_in = apr_table_copy(r->pool, r->headers_in);
        apr_table_unset(r->headers_in, field_name);
    }
    if (is_shut) {
        shut_content(r, *state);
        withdraw_content(r);
    } else if (state->ignores_100 && !state->has_passed_gate) {
        withhold_100(r, *state);
    }
}

// Hides the content of the request around it from a subrequest that is about to be served: an
// included script reads what the main request's handler left unread.
inline void hide_from_subrequest(request_rec *sub) noexcept {
    request_rec *main = sub->main;
    while (main->main != nullptr) {
        main = main->main;
    }
    const request_state *state = state_of(initial_request(main));
    if (state != nullptr &&
        (state->is_shut || state->ignores_100 || state->sends_100 || is_asked(*state))) {
        hide_content(sub);
    }
}

// Whether a request that comes to its handlers may want something of what stands before them; one
// that was redirected is as its initial one. Nearly all do not.
inline bool may_be_unsettled(const request_rec *r) noexcept {
    if (r->prev != nullptr) {
        return true;
    }
    const request_state *state = state_of(r);
    return state != nullptr && !state->is_settled;
}

} // namespace mod_expect
