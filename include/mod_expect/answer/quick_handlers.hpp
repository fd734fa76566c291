// Quick handlers of other modules, of which mod_cache is one: none of them answers a request that
// was rejected, or that waits to be judged or to be asked about; they get their turn afterwards.
//
// It cannot fail open: a request that waits goes past them, and is judged on its way or stopped at
// the gate.
#pragma once

#include "mod_expect/answer/ask.hpp"
#include "mod_expect/answer/content.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/judge/sections.hpp"

namespace mod_expect {

// Processes a request past the quick handlers of other modules, as ap_process_async_request() does
// when they decline.
inline int process_past_quick_handlers(request_rec *r, request_state &state) noexcept {
    state.passed_quick_handlers_by = true;
    const int status = ap_process_request_internal(r);
    return status == request_ok ? ap_invoke_handler(r) : status;
}

// Subrequests of ours get something other than OK, so that no other quick handler is asked and they
// go on; that of a detection gets its target. Out of line, as handle_quickly() is.
[[gnu::noinline]] inline int handle_lookup(request_rec *r) noexcept {
    const request_state *state = state_of_waiting(r);
    if (state != nullptr && state->waits_for == waiting::lookup) {
        set_lookup_target(r);
    }
    return state != nullptr ? DONE : DECLINED;
}

// Answers a rejected request, or has a waiting one judged before it is answered. Does nothing when
// the gate asks the quick handlers for one that has been. Out of line, so that requests without the
// field, for which the hook runs too, save no registers for it.
[[gnu::noinline]] inline int handle_quickly(request_rec *r, request_state &state) noexcept {
    const int status = ask_before_core(r, state);
    if (status != DECLINED) {
        return status;
    }
    if (state.has_passed_gate) {
        return DECLINED;
    }
    if (state.waits_for == waiting::detection) {
        look_up_section(r, state);
    }
    if (state.refused_with != 0) {
        return state.refused_with;
    }
    if (state.passed_quick_handlers_by) {
        return DECLINED; // now is the turn of the others
    }
    const bool comes_to_gate = !has_no_section(r);
    return state.waits_for == waiting::section || (is_asked(state) && comes_to_gate)
               ? process_past_quick_handlers(r, state)
               : DECLINED;
}

// Asks the quick handlers of other modules, which a request passed by, once: a cache must learn of
// what changes a resource, and what another refuses must not pass because it has the field. By now
// the path is decoded, and a cache would take it for the one that was sent: it is not told that
// this is a GET, so that it neither answers nor keeps anything. Answers DECLINED or a status; OK
// where one of them has answered.
inline int ask_quick_handlers(request_rec *r, request_state &state) noexcept {
    if (!state.passed_quick_handlers_by) {
        return DECLINED;
    }
    state.passed_quick_handlers_by = false;
    const int method = r->method_number;
    const bool is_safe = method == M_GET || method == M_OPTIONS || method == M_TRACE; // RFC 9110
    r->method_number = is_safe ? M_INVALID : method;
    const int status = ap_run_quick_handler(r, 0);
    r->method_number = method;
    if (status == request_ok && awaits_100(r, state)) {
        close_behind_answer(r); // nothing has read the content
    }
    return status;
}

} // namespace mod_expect
