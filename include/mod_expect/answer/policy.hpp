// What a judgement does to a request: it is refused at once, or goes on with what is left of the
// field. RFC 9110, 10.1.1.
#pragma once

#include "mod_expect/answer/content.hpp"
#include "mod_expect/answer/page.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/record/record.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// What ap_check_request_header() does about the field. For hosts without a policy, and where it is
// only to be detected what the policy would do.
inline int answer_as_core(request_rec *r, const char *sent) noexcept {
    if (*sent == '\0') {
        return DECLINED;
    }
    if (expect::equal_ignoring_case(sent, expect::name_100_continue)) {
        r->expecting_100 = 1;
        return DECLINED;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "client sent an unrecognized expectation value of Expect: %s", sent);
    if (r->connection->master != nullptr) {
        // Over HTTP/2 the core refuses before HTTP_IN is there. mod_http2 says how the content is
        // framed when the request has been read: until then HTTP_IN takes bare bytes for chunks.
        ap_remove_input_filter_byhandle(r->input_filters, "HTTP_IN");
    }
    return HTTP_EXPECTATION_FAILED;
}

// Whether what follows a request may not be HTTP: bytes for a tunnel.
inline bool may_leave_http(const request_rec *r) noexcept {
    return r->method_number == M_CONNECT || apr_table_get(r->headers_in, "Upgrade") != nullptr;
}

// Refuses the request: at once and for good where content is unread, so that it is never taken for
// a request; with the connection kept where there is none.
inline int refuse(request_rec *r, request_state &state, int status) noexcept {
    // Caches do not choose by the field: whatever the status, this is for nobody else.
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    if (state.judged->facts.has_content() || may_leave_http(r)) {
        state.is_refused = true;
        shut_content(r, state);
    }
    return status;
}

// Leaves of the field what goes on to handlers and backends.
inline void hand_on_field(request_rec *r, const judgement &judged) noexcept {
    const char *rest = list_what_goes_on(r->pool, judged);
    if (rest == nullptr) {
        apr_table_unset(r->headers_in, field_name);
    } else if (rest != judged.field.data()) {
        apr_table_setn(r->headers_in, field_name, rest);
    }
}

// Some clients wait for a 100 even before content that they declare to be empty, and take the
// answer to their next request for this one's (botocore 3755).
inline bool may_await_100_in_vain(const expect::request_facts &facts) noexcept {
    return facts.http_1_1 && facts.content == expect::content_kind::declared &&
           !facts.has_content();
}

// Lets a request go on: what is promised to a client that waits for a 100.
inline void let_pass(request_rec *r, request_state &state, const judgement &judged) noexcept {
    const expect::decision &made = judged.made;
    if (!judged.facts.allows_100()) {
        state.is_settled = made.outcome != expect::verdict::asked;
        if ((made.meets_100_continue || made.ignored_100) && may_await_100_in_vain(judged.facts)) {
            close_behind_answer(r);
        }
    } else if (made.ignored_100) {
        withhold_100(r, state);
    } else if (made.meets_100_continue || made.asks_about_100) {
        r->expecting_100 = 1;
        record_upload_at_end(r);
        state.meets_100 = true; // or will be, or not, when the application has been asked
        state.sends_100 = made.sends_100_at_gate || made.sends_100_early;
        if (made.sends_100_early && !is_over_limit(r, judged.facts)) {
            send_100(r);
        }
    }
}

// Carries the judgement of a request out. Answers DECLINED or a status, for the hook to return.
inline int follow_policy(request_rec *r, request_state &state) noexcept {
    const judgement &judged = *state.judged;
    if (!is_refusal(judged)) { // what is asked is refused at the gate, if at all
        let_pass(r, state, judged);
        return DECLINED;
    }
    if (judged.made.outcome == expect::verdict::failed) {
        return refuse(r, state, HTTP_INTERNAL_SERVER_ERROR);
    }
    set_body(r, state, judged);
    if (const expect::rule &by = *judged.made.by; by.has_retry_after) { // RFC 9110, 10.2.3
        apr_table_setn(r->err_headers_out, "Retry-After",
                       apr_psprintf(r->pool, "%u", static_cast<unsigned>(by.retry_after)));
    }
    return refuse(r, state, judged.made.status());
}

// The same in post_read_request, where a status ends the connection, announced or not: a refusal
// that need not close is left to the quick handler.
inline int follow_policy_early(request_rec *r, request_state &state) noexcept {
    const int status = follow_policy(r, state);
    if (status == DECLINED || state.is_refused) {
        return status;
    }
    state.refused_with = status;
    return DECLINED;
}

} // namespace mod_expect
