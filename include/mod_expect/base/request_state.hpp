// What is remembered of a request that carries the field; requests without it have none.
#ifndef MOD_EXPECT_BASE_REQUEST_STATE_HPP
#define MOD_EXPECT_BASE_REQUEST_STATE_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// What a request of a host with section rules waits for, before its verdict is known.
enum class waiting : std::uint8_t {
    nothing,
    section,   // to be judged in header_parser
    detection, // to have its resource looked up, only to tell what the policy would do
    lookup     // the subrequest that looks it up, which is under way
};

struct request_state {
    const char *sent = nullptr; // the field's value as the client sent it, lines joined
    bool is_held = false;       // the field is not in the table yet (HTTP/2)
    bool is_folded = false;     // a line of it was continued by obs-fold
    waiting waits_for = waiting::nothing;
    apr_table_t *environment = nullptr; // with waiting::detection: as it was in the core's time
    bool answers_json = false;          // the body of the coming error response is JSON
    int refused_with = 0;               // the status of a rejection that is answered later; 0: none
    bool meets_100 = false;             // 100-continue is met, and the client may wait for a 100
    bool sends_100_at_gate = false;     // by `continue`
    bool ignores_100 = false;           // the client may wait for a 100 that is never sent
    bool has_passed_gate = false;       // it, or what it was redirected to, came to its handlers
    bool is_shut = false;               // whoever reads the content finds none
    bool is_refused = false;            // by the policy, with its content unread
    std::uint64_t declared_content = 0; // bytes
    const char *verdict = nullptr;      // as the note says it
    const char *rule = nullptr;         // where the rule is written
    expect::decision made;
};

static_assert(std::is_trivially_destructible_v<request_state>);

inline request_state *state_of(const request_rec *r) noexcept {
    return static_cast<request_state *>(ap_get_module_config(r->request_config, &expect_module));
}

inline request_state *make_state(const request_rec *r, const char *sent) noexcept {
    auto *state = make_in_pool<request_state>(r->pool);
    state->sent = sent;
    ap_set_module_config(r->request_config, &expect_module, state);
    return state;
}

} // namespace mod_expect

#endif
