// Notes for the access log and other modules, and environment variables for scripts and conditions.
#ifndef MOD_EXPECT_RECORD_PUBLISH_HPP
#define MOD_EXPECT_RECORD_PUBLISH_HPP

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

namespace mod_expect {

inline constexpr const char *field_note = "expect-field";
inline constexpr const char *verdict_note = "expect-verdict";
inline constexpr const char *rule_note = "expect-rule";
inline constexpr const char *verdict_variable = "EXPECT_VERDICT";
inline constexpr const char *rule_variable = "EXPECT_RULE";

// Each is published once to each request, and the names are ours alone, so that there is nothing to
// look for among the others.

// What was sent, also of a request that is not judged, or not yet.
inline void publish_field(request_rec *r, const request_state &state) noexcept {
    apr_table_addn(r->notes, field_note, state.sent);
}

inline void publish_environment(request_rec *r, const request_state &state) noexcept {
    if (state.verdict != nullptr) {
        apr_table_addn(r->subprocess_env, verdict_variable, state.verdict);
        apr_table_addn(r->subprocess_env, rule_variable, state.rule);
    }
}

// What was decided, where something was.
inline void publish_verdict(request_rec *r, const request_state &state) noexcept {
    if (state.verdict != nullptr) {
        apr_table_addn(r->notes, verdict_note, state.verdict);
        apr_table_addn(r->notes, rule_note, state.rule);
        publish_environment(r, state);
    }
}

} // namespace mod_expect

#endif
