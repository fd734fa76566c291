// What is remembered of a request that carries the field; requests without it have none.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"

namespace mod_expect {

struct judgement; // judge/judgement.hpp

// What a request waits for before its verdict is known.
enum class waiting : std::uint8_t {
    nothing,
    section,    // to be judged in header_parser
    tls,        // judged, to be answered behind mod_ssl's hook
    detection,  // to have its resource looked up, only to tell what the policy would do
    lookup,     // the subrequest that looks it up, which is under way
    application // the one that asks an application
};

struct request_state {
    const char *sent = nullptr; // the field's value as the client sent it, lines joined
    bool is_held = false;       // the field has another name in the table (HTTP/2)
    bool is_folded = false;     // a line of it was continued by obs-fold
    bool is_recorded = false;   // judged, counted and logged
    waiting waits_for = waiting::nothing;
    apr_table_t *environment = nullptr; // with waiting::detection: as it was in the core's time

    const judgement *judged = nullptr; // by the policy in force; null until then
    const char *verdict = nullptr;     // as notes and environment say it; null for none
    const char *rule = nullptr;        // where the rule that made it is written

    // Nothing is left to be decided, sent or held back: it goes on like one without the field.
    bool is_settled = false;
    int refused_with = 0;      // the status of a rejection that is answered later; 0: none
    bool is_refused = false;   // by the policy, with its content unread
    bool answers_json = false; // the body of the coming error response is JSON
    bool meets_100 = false;    // 100-continue is met, and the client may wait for a 100
    bool sends_100 = false;    // by `continue`, at the gate if not before
    bool ignores_100 = false;  // the client may wait for a 100 that is never sent
    bool passed_quick_handlers_by = false; // those of other modules have not been asked
    bool has_passed_gate = false;          // it, or what it was redirected to, came to its handlers
    bool backend_sent_100 = false;         // the backend wants the content
    bool is_shut = false;                  // whoever reads the content finds none
};

inline request_state *state_of(const request_rec *r) noexcept {
    return static_cast<request_state *>(ap_get_module_config(r->request_config, &expect_module));
}

inline request_state *make_state(const request_rec *r, const char *sent) noexcept {
    auto *state = make_in_pool<request_state>(r->pool);
    state->sent = sent;
    ap_set_module_config(r->request_config, &expect_module, state);
    return state;
}

// The request as the client sent it: httpd makes a new one of it for each internal redirect.
inline request_rec *initial_request(request_rec *r) noexcept {
    while (r->prev != nullptr) {
        r = r->prev;
    }
    return r;
}

// The state of the client's request that r serves, itself or redirected; null where r is a
// subrequest, and where there is no state.
inline request_state *state_of_client(request_rec *r) noexcept {
    return r->main == nullptr ? state_of(initial_request(r)) : nullptr;
}

// The last one to which a request was internally redirected, or itself.
inline const request_rec *last_request(const request_rec *r) noexcept {
    while (r->next != nullptr) {
        r = r->next;
    }
    return r;
}

} // namespace mod_expect
