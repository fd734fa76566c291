// `ask`: applications decide about members, each rule's in one question, before any content is
// asked for. 2xx meets them; any other final answer is the client's, at once. Where asking fails
// the answer is 503: nothing passes unasked.
#pragma once

#include "mod_expect/answer/policy.hpp"
#include "mod_expect/answer/question.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/judge/sections.hpp"
#include "mod_expect/record/record.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Whether a member is one about which a rule asks.
inline bool is_asked_by(const judged_member &member, const expect::rule *by) noexcept {
    return member.ruled.then == expect::action::ask && member.ruled.by == by;
}

// Whether a member is the first about which its rule asks.
inline bool begins_question(const judgement &judged, const judged_member &member) noexcept {
    const judged_member *each = judged.members;
    while (each != &member && !is_asked_by(*each, member.ruled.by)) {
        each = each->next;
    }
    return each == &member && is_asked_by(member, member.ruled.by);
}

// Gives the client what an application answered, or 503. Answers for the handler hook.
inline int give_answer(request_rec *r, request_state &state, const app_answer &answer) noexcept {
    if (answer.failure != nullptr) {
        return refuse(r, state, HTTP_SERVICE_UNAVAILABLE);
    }
    refuse(r, state, answer.status);
    r->err_headers_out = apr_table_overlay(r->pool, answer.fields, r->err_headers_out);
    r->status_line = answer.status_line;
    if (answer.body_size == 0) {
        return answer.status; // an ErrorDocument may stand for it
    }
    r->status = answer.status;
    r->content_languages = nullptr; // those of the resource
    r->content_encoding = answer.content_coding;
    ap_set_content_type(r, answer.content_type);
    ap_set_content_length(r, static_cast<apr_off_t>(answer.body_size));
    ap_rwrite(answer.body, static_cast<int>(answer.body_size), r);
    return request_ok;
}

// Asks every question of a request that its judgement has, until one is not answered with 2xx.
// Answers DECLINED where all are met, or for the handler hook.
inline int ask_applications(request_rec *r, request_state &state) noexcept {
    const judgement &judged = *state.judged;
    const char *declared =
        judged.facts.content == expect::content_kind::declared
            ? apr_psprintf(r->pool, "%" APR_UINT64_T_FMT,
                           static_cast<apr_uint64_t>(judged.facts.content_length))
            : nullptr;
    for (const judged_member *each = judged.members; each != nullptr; each = each->next) {
        if (!begins_question(judged, *each)) {
            continue;
        }
        const expect::rule &by = *each->ruled.by;
        const char *url = copy_text(r->pool, by.url);
        const char *members =
            list_members(r->pool, judged, [&by](const judged_member &member) noexcept {
                return is_asked_by(member, &by);
            });
        const apr_time_t begun = apr_time_now();
        const app_answer answer = ask_application(r, state, url, members, declared);
        record_question(r, state,
                        {each, url, members, answer.failure,
                         answer.failure != nullptr ? HTTP_SERVICE_UNAVAILABLE : answer.status,
                         apr_time_now() - begun});
        if (!answer.meets()) {
            return give_answer(r, state, answer);
        }
    }
    record_met_by_asking(r, state, judged);
    return DECLINED;
}

// Asks about TRACE and OPTIONS for *, which the core answers before they come to the gate. Answers
// as ask_applications() does.
inline int ask_before_core(request_rec *r, request_state &state) noexcept {
    if (!is_asked(state) || !has_no_section(r) || state.has_passed_gate) {
        return DECLINED;
    }
    state.has_passed_gate = true;
    return ask_applications(r, state);
}

} // namespace mod_expect
