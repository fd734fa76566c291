// What a decision does to a request: served with a canonical field, refused at once, or treated as
// httpd would without the module. RFC 9110, 10.1.1.
#ifndef MOD_EXPECT_ANSWER_ANSWER_HPP
#define MOD_EXPECT_ANSWER_ANSWER_HPP

#include "mod_expect/answer/content.hpp"
#include "mod_expect/answer/page.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/judge.hpp"
#include "mod_expect/record/count.hpp"
#include "mod_expect/record/report.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// When a request is judged.
enum class judged_at : std::uint8_t {
    post_read_request, // a status returned here ends the connection, announced or not
    header_parser      // a status returned here is answered like any other
};

// What ap_check_request_header() does about the field. For hosts without a policy, and where it is
// only to be detected what the policy would do.
inline int do_as_core(request_rec *r, const char *sent) noexcept {
    if (*sent == '\0') {
        return DECLINED;
    }
    if (expect::equal_ignoring_case(sent, expect::name_100_continue)) {
        r->expecting_100 = 1;
        return DECLINED;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                  "client sent an unrecognized expectation value of Expect: %s", sent);
    return HTTP_EXPECTATION_FAILED;
}

// Whether what follows a request may not be HTTP, if it is not refused: bytes for a tunnel.
inline bool may_leave_http(request_rec *r) noexcept {
    return r->method_number == M_CONNECT || apr_table_get(r->headers_in, "Upgrade") != nullptr;
}

// Refuses the request: at once and for good where content is unread, so that it is never taken for
// a request; with the connection kept where there is none.
inline int refuse(request_rec *r, request_state &state, int status,
                  const expect::request_facts &facts, judged_at phase) noexcept {
    // Caches do not choose by the field: whatever the status, this is for nobody else.
    apr_table_setn(r->err_headers_out, "Cache-Control", "no-store");
    if (facts.content != expect::content_kind::none || may_leave_http(r)) {
        state.is_refused = true;
        shut_content(r, state);
        return status;
    }
    if (phase == judged_at::header_parser) {
        return status;
    }
    state.refused_with = status; // answered by the quick handler
    return DECLINED;
}

// Whether a 100 means anything to the client (RFC 9110, 10.1.1).
inline bool may_await_100(const expect::request_facts &facts) noexcept {
    return facts.http_1_1 && facts.content != expect::content_kind::none;
}

// Some clients wait for a 100 even before content that they declare to be empty, and take the
// answer to their next request for this one's (botocore 3755).
inline bool may_await_100_in_vain(const request_rec *r,
                                  const expect::request_facts &facts) noexcept {
    return facts.http_1_1 && facts.content == expect::content_kind::none &&
           apr_table_get(r->headers_in, "Content-Length") != nullptr;
}

// Lets the request go on with what is left of the field: the members that are met.
inline int serve(request_rec *r, request_state &state, const expect::decision &made,
                 const expect::request_facts &facts, std::string_view field,
                 std::string_view met) noexcept {
    if (met.empty()) {
        apr_table_unset(r->headers_in, field_name);
    } else if (met != field) {
        apr_table_setn(r->headers_in, field_name, copy_text(r->pool, met));
    }
    if (!may_await_100(facts)) {
        if ((made.meets_100_continue || made.ignored_100) && may_await_100_in_vain(r, facts)) {
            close_behind_answer(r);
        }
    } else if (made.ignored_100) {
        withhold_100(r, state);
    } else if (made.meets_100_continue) {
        r->expecting_100 = 1;
        state.meets_100 = true;
        state.declared_content = facts.content_length;
        state.sends_100_at_gate = made.sends_100_at_gate;
        if (made.sends_100_early && !is_over_limit(r)) {
            send_100(r);
        }
    }
    return DECLINED;
}

// Only finds out and reports what the policy would do. resource: the request itself, or a
// subrequest that knows the section and all else that expressions may ask for.
inline void detect(request_rec *r, request_state &state, const server_settings &settings,
                   request_rec *resource) noexcept {
    const char *field = apr_table_get(r->headers_in, field_name);
    if (field == nullptr) { // an administrator's RequestHeader ... early took it away
        publish_field(r, state);
        return;
    }
    expect::request_facts facts = facts_of(r);
    facts.context = resource;
    decision_follower follower(r, field);
    const expect::rule_list *rules = rules_for(r, settings, section_settings_of(resource));
    report(r, state, decide(state, rules, facts, field, follower), report_mode::detected);
    count_request(r, state, follower.counts(), facts, report_mode::detected);
}

// Judges the request by the policy in force and carries the decision out. field: what is in the
// table now. Answers DECLINED or a status, for the hook to return.
inline int judge_and_answer(request_rec *r, request_state &state, const server_settings &settings,
                            const char *field, judged_at phase) noexcept {
    state.waits_for = waiting::nothing;
    r->expecting_100 = 0;
    if (field == nullptr) { // as above
        publish_field(r, state);
        return DECLINED;
    }
    const expect::request_facts facts = facts_of(r);
    const expect::rule_list *rules = rules_for(
        r, settings, phase == judged_at::header_parser ? section_settings_of(r) : nullptr);
    decision_follower follower(r, field);
    const expect::decision made = decide(state, rules, facts, field, follower);
    report(r, state, made, report_mode::done);
    count_request(r, state, follower.counts(), facts, report_mode::done);
    switch (made.outcome) {
    case expect::verdict::asked: // nobody asks yet, and nothing passes unasked
    case expect::verdict::failed:
        return refuse(r, state, HTTP_INTERNAL_SERVER_ERROR, facts, phase);
    case expect::verdict::rejected:
        set_body(r, state, made, rules, facts);
        return refuse(r, state, made.status(), facts, phase);
    case expect::verdict::none:
    case expect::verdict::met:
    case expect::verdict::ignored:
        break;
    }
    if (made.meets_100_continue && may_await_100(facts)) {
        follower.add_100_continue();
    }
    return serve(r, state, made, facts, field, follower.met());
}

} // namespace mod_expect

#endif
