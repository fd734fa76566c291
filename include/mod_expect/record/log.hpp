// What is said about a judgement in the error log: one line for a rejection, and at debug the whole
// reasoning.
#ifndef MOD_EXPECT_RECORD_LOG_HPP
#define MOD_EXPECT_RECORD_LOG_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// What decided: a rule, or what HTTP itself demands.
inline const char *place_of(expect::ruling_cause cause, const expect::rule *by) noexcept {
    switch (cause) {
    case expect::ruling_cause::rule:
        return place_of(*by);
    case expect::ruling_cause::http_1_0:
        return "HTTP/1.0";
    case expect::ruling_cause::no_rule:
        break;
    }
    return "";
}

inline const char *text_of(expect::rule_outcome outcome) noexcept {
    switch (outcome) {
    case expect::rule_outcome::decided:
        return "matches and decides";
    case expect::rule_outcome::other_member:
        return "does not match: it asks for another value or other parameters";
    case expect::rule_outcome::has_content:
        return "does not match: no-content, but the request has content";
    case expect::rule_outcome::not_longer:
        return "does not match: longer-than, but the content is not longer";
    case expect::rule_outcome::not_shorter:
        return "does not match: shorter-than, but the content is not declared to be shorter";
    case expect::rule_outcome::expression_false:
        return "does not match: its expression is false";
    case expect::rule_outcome::expression_error:
        return "cannot be applied: its expression cannot be evaluated";
    }
    return "";
}

// Reasons aloud: each rule considered, each member's ruling.
class reasoning_log {
public:
    explicit reasoning_log(request_rec *r) noexcept : r_(r) {}

    static constexpr bool hears_every_member() noexcept { return true; }
    void on_rule(const expect::rule &considered, expect::rule_outcome outcome) noexcept {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r_, "expect: %s %s", place_of(considered),
                      text_of(outcome));
    }
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        const char *action =
            ruled.failed ? "undecided" : expect::word_for(expect::action_words, ruled.then).data();
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r_, "expect: member \"%s\": %s by %s",
                      quote_for_log(r_->pool, member.text), action,
                      place_of(ruled.cause, ruled.by));
    }

private:
    request_rec *r_;
};

// Goes through the judgement once more. Out of line, for few log levels ask for it.
[[gnu::noinline, gnu::cold]] inline void log_reasoning(request_rec *r,
                                                       const judgement &judged) noexcept {
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: judging the field \"%s\"",
                  quote_for_log(r->pool, judged.field));
    reasoning_log log(r);
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

#endif
