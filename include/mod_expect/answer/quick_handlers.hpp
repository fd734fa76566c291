// Quick handlers of other modules, of which mod_cache is one: none of them answers a request that
// was rejected, or that waits to be judged or to be asked about; they get their turn afterwards.
//
// It cannot fail open: a request that waits goes past them, and is judged on its way or stopped at
// the gate.
#ifndef MOD_EXPECT_ANSWER_QUICK_HANDLERS_HPP
#define MOD_EXPECT_ANSWER_QUICK_HANDLERS_HPP

#include "mod_expect/answer/ask.hpp"
#include "mod_expect/answer/content.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/judge/sections.hpp"

namespace mod_expect {

// Processes a request past the quick handlers of other modules: a cache must not answer what waits
// to be judged. This is what ap_process_async_request() does when they decline; they get their turn
// when it is judged, or at the gate, when it has been asked about.
inline int process_past_quick_handlers(request_rec *r, request_state &state) noexcept {
    state.passed_quick_handlers_by = true;
    const int status = ap_process_request_internal(r);
    return status == request_ok ? ap_invoke_handler(r) : status;
}

// Subrequests of ours get something other than OK, so that no other quick handler is asked and they
// go on; that of a detection gets its target. Out of line for the same reason as the next one.
[[gnu::noinline]] inline int handle_lookup(request_rec *r) noexcept {
    if (state_of_lookup(r) != nullptr) {
        set_lookup_target(r);
    }
    return is_own_subrequest(r) ? DONE : DECLINED;
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

// Whether a method changes something (RFC 9110, 9.2.1); a cache has to know when it succeeds.
inline bool is_unsafe(const request_rec *r) noexcept {
    return r->method_number != M_GET && r->method_number != M_OPTIONS &&
           r->method_number != M_TRACE;
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
    r->method_number = is_unsafe(r) ? method : M_INVALID;
    const int status = ap_run_quick_handler(r, 0);
    r->method_number = method;
    if (status == request_ok && awaits_100(r, state)) {
        close_behind_answer(r); // nothing has read the content
    }
    return status;
}

} // namespace mod_expect

#endif
