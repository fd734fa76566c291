// When a request is judged, by which policy, and what follows: as soon as its host is known, behind
// mod_ssl, or when its section is known; in force, or on trial.
#pragma once

#include "mod_expect/answer/gate.hpp"
#include "mod_expect/answer/policy.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/hold/filter.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/judge/sections.hpp"
#include "mod_expect/record/record.hpp"

#include "expect/expect.hpp"

#include <cstring>

namespace mod_expect {

// Judges a request, and records it; for a policy on trial that is all. Arguments and answer are
// those of judge().
inline const judgement *judge_and_record(request_rec *r, request_state &state, request_rec *asked,
                                         const section_settings *section) noexcept {
    const judgement *judged = judge(r, state, asked, section);
    if (judged != nullptr) {
        record(r, state, *judged);
    }
    return judged;
}

// Judges a request by the policy in force, and leaves of its field what goes on.
inline void judge_in_force(request_rec *r, request_state &state,
                           const section_settings *section) noexcept {
    state.waits_for = waiting::nothing;
    state.judged = judge_and_record(r, state, r, section);
    if (state.judged == nullptr) {
        return;
    }
    if (!is_refusal(*state.judged)) {
        hand_on_field(r, *state.judged);
    }
    if (state.judged->facts.has_content()) {
        stay_with_http(r);
    }
}

// Whether mod_ssl may still refuse the request, because it names another host than its connection.
// Where another module does TLS there is no hook to wait for.
inline bool is_behind_tls(const request_rec *r) noexcept {
    conn_rec *c = r->connection;
    return request_hooks.behind_tls &&
           ap_ssl_conn_is_ssl(c->master != nullptr ? c->master : c) != 0;
}

// What the request's host asks for, once it is known. Inlined, because it is called at one place.
[[gnu::always_inline]] inline int judge_by_host(request_rec *r, request_state &state) noexcept {
    const server_settings &settings = *settings_of(r->server);
    const expect::policy_mode mode = mode_of(settings);
    if (mode == expect::policy_mode::off) {
        return answer_as_core(r, state.sent);
    }
    publish_field(r, state); // for the log of a request that comes no further
    const bool is_trial = mode == expect::policy_mode::detection_only;
    if (settings.has_section_rules && !has_no_section(r)) {
        is_trial ? wait_for_detection(r, state) : wait_for_section(r, state);
        return DECLINED;
    }
    if (is_trial) {
        judge_and_record(r, state, r, nullptr);
        return answer_as_core(r, state.sent);
    }
    r->expecting_100 = 0;
    judge_in_force(r, state, nullptr);
    if (state.judged == nullptr) {
        return DECLINED;
    }
    if (is_behind_tls(r)) {
        state.waits_for = waiting::tls;
        await_content(r, state.judged->facts);
        return DECLINED;
    }
    return follow_policy_early(r, state);
}

// Whether a request is the one with which an upgrade to HTTP/2 began, which comes once more as the
// first stream (RFC 7540, 3.2): it was judged before the upgrade was granted. Gives it its verdict.
inline bool was_judged_before_upgrade(request_rec *r) noexcept {
    const conn_rec *master = r->connection->master;
    const connection_hold *hold = master != nullptr ? hold_of(master) : nullptr;
    if (hold == nullptr || hold->upgrading == nullptr) {
        return false;
    }
    const auto look_up = APR_RETRIEVE_OPTIONAL_FN(http2_var_lookup);
    char variable[] = "H2_STREAM_ID";
    const char *stream =
        look_up != nullptr ? look_up(r->pool, r->server, r->connection, r, variable) : nullptr;
    if (stream == nullptr || std::strcmp(stream, "1") != 0) {
        return false;
    }
    // What of the field goes on came with the stream; a state is what is remembered of its log.
    request_state *state = make_state(r, hold->upgrading->sent);
    state->verdict = hold->upgrading->verdict;
    state->rule = hold->upgrading->rule;
    publish_field(r, *state);
    publish_verdict(r, *state);
    return true;
}

// Judges a client's request; a redirected one inherits. Apart from its hook, as all that few
// requests need: the others would pay for its registers.
[[gnu::noinline]] inline int judge_once(request_rec *r, request_state *state) noexcept {
    if (r->prev != nullptr) {
        inherit(r);
        return DECLINED;
    }
    if (was_judged_before_upgrade(r)) {
        return DECLINED;
    }
    if (state == nullptr) { // not held: a bare 100-continue, which the core lets through
        const char *field = apr_table_get(r->headers_in, field_name);
        if (field == nullptr || !is_in_force(r->server)) {
            return DECLINED;
        }
        state = make_state(r, field);
    }
    return judge_by_host(r, *state);
}

// Answers a request that was judged in front of mod_ssl. Apart from its hook, as judge_once() is.
[[gnu::noinline]] inline int answer_behind_tls(request_rec *r, request_state &state) noexcept {
    if (state.waits_for != waiting::tls) {
        return DECLINED;
    }
    state.waits_for = waiting::nothing;
    r->expecting_100 = 0;
    return follow_policy_early(r, state);
}

} // namespace mod_expect
