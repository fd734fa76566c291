// What is said about a judgement in the error log: one line for a rejection, and at debug the whole
// reasoning.
#pragma once

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

#include <array>

namespace mod_expect {

// What decided: a rule, or what HTTP itself demands.
inline const char *place_of(expect::ruling_cause cause, const expect::rule *by) noexcept {
    return cause == expect::ruling_cause::rule       ? place_of(*by)
           : cause == expect::ruling_cause::http_1_0 ? "HTTP/1.0"
                                                     : "";
}

inline constexpr std::array<expect::word<expect::rule_outcome>, 7> rule_outcome_words = {{
    {"matches and decides", expect::rule_outcome::decided},
    {"does not match: it asks for another value or other parameters",
     expect::rule_outcome::other_member},
    {"does not match: no-content, but the request has content", expect::rule_outcome::has_content},
    {"does not match: longer-than, but the content is not longer",
     expect::rule_outcome::not_longer},
    {"does not match: shorter-than, but the content is not declared to be shorter",
     expect::rule_outcome::not_shorter},
    {"does not match: its expression is false", expect::rule_outcome::expression_false},
    {"cannot be applied: its expression cannot be evaluated",
     expect::rule_outcome::expression_error},
}};

// Reasons aloud: each rule considered, each member's ruling.
struct reasoning_log {
    request_rec *r;

    static constexpr bool hears_every_member() noexcept { return true; }
    void on_rule(const expect::rule &considered, expect::rule_outcome outcome) noexcept {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: %s %s", place_of(considered),
                      expect::word_for(rule_outcome_words, outcome).data());
    }
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        const char *action =
            ruled.failed ? "undecided" : expect::word_for(expect::action_words, ruled.then).data();
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: member \"%s\": %s by %s",
                      quote_for_log(r->pool, member.text), action, place_of(ruled.cause, ruled.by));
    }
};

// Goes through the judgement once more. Out of line, for few log levels ask for it.
[[gnu::noinline, gnu::cold]] inline void log_reasoning(request_rec *r,
                                                       const judgement &judged) noexcept {
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: judging the field \"%s\"",
                  quote_for_log(r->pool, judged.field));
    reasoning_log log{r};
    decide(judged, log);
}

// What a request is for, as its client wrote it; a password in it is masked, as in the access log.
inline const char *target_of(const request_rec *r) noexcept {
    if (r->parsed_uri.password != nullptr) {
        return apr_uri_unparse(r->pool, &r->parsed_uri, 0);
    }
    return r->unparsed_uri != nullptr ? r->unparsed_uri : "";
}

// The request that was rejected, for the log: its method and target, cut.
inline const char *target_for_log(const request_rec *r) noexcept {
    return apr_psprintf(r->pool, "%s \"%s\"", quote_for_log(r->pool, r->method),
                        quote_for_log(r->pool, target_of(r)));
}

// The one line about a rejection.
inline void log_rejection(request_rec *r, const judgement &judged) noexcept {
    const int level = judged.only_detected ? APLOG_WARNING : APLOG_INFO;
    if (!APLOG_R_IS_LEVEL(r, level)) {
        return; // what follows costs more than the answer
    }
    const expect::decision &made = judged.made;
    const char *what =
        apr_pstrcat(r->pool, "\"", quote_for_log(r->pool, made.member), "\"", nullptr);
    if (made.error != expect::parse_error::none) {
        what = apr_psprintf(r->pool, "malformed field %s (%s at offset %" APR_SIZE_T_FMT ")", what,
                            copy_text(r->pool, expect::text(made.error)), made.error_offset);
    }
    const char *too_long = limit_clause(r->pool, judged);
    ap_log_rerror(APLOG_MARK, level, 0, r, "expect: %s %s with %d by %s%s for %s",
                  judged.only_detected ? "would reject" : "rejected", what,
                  static_cast<int>(made.status()), place_of(made.cause, made.by),
                  *too_long == '\0' ? "" : apr_pstrcat(r->pool, ", ", too_long, nullptr),
                  target_for_log(r));
}

} // namespace mod_expect
