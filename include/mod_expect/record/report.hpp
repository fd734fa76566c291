// What is said about a decision: the log, and the notes and environment for other modules.
#ifndef MOD_EXPECT_RECORD_REPORT_HPP
#define MOD_EXPECT_RECORD_REPORT_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// The longest piece of what a client sent that goes to a log or a page, in bytes before escaping.
inline constexpr std::size_t longest_quote = 128;

// A piece of the field for a log line, between quotation marks: cut, and with a
// backslash before those inside and before backslashes, so that nobody can fake the end. httpd
// escapes control characters, 8-bit bytes and, once more, backslashes of every message by itself.
inline const char *quote_for_log(apr_pool_t *pool, std::string_view sent) noexcept {
    const std::string_view shown = expect::slice(sent, 0, longest_quote);
    char *quoted = static_cast<char *>(apr_palloc(pool, 2 * shown.size() + sizeof("...")));
    char *end = quoted;
    for (const char byte : shown) {
        if (byte == '"' || byte == '\\') {
            *end++ = '\\';
        }
        *end++ = byte;
    }
    apr_cpystrn(end, sent.size() > shown.size() ? "..." : "", sizeof("..."));
    return quoted;
}

// A pattern as it is written. Its text ends with NUL: it is a word of the configuration or built
// in.
inline const char *pattern_text(const expect::pattern &what) noexcept {
    switch (what.kind) {
    case expect::pattern_kind::member:
        return what.spelled.text.data();
    case expect::pattern_kind::any:
        return expect::any_keyword.data();
    case expect::pattern_kind::malformed:
        return expect::malformed_keyword.data();
    }
    return "";
}

// A rule as the log and the note expect-rule name it: FILE:LINE, or the built-in one. By null, a
// 100-continue was ignored because the request is of HTTP/1.0.
inline const char *place_of(const expect::rule *by) noexcept {
    if (by == nullptr) {
        return "HTTP/1.0";
    }
    if (const auto *origin = static_cast<const rule_origin *>(by->tag)) {
        return origin->place;
    }
    switch (by->what.kind) {
    case expect::pattern_kind::member:
        return "the built-in rule \"meet 100-continue\"";
    case expect::pattern_kind::any:
        return "the built-in rule \"reject *\"";
    case expect::pattern_kind::malformed:
        return "the built-in rule \"reject @malformed\"";
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

// The reasoning, at debug: the field, each rule considered, each member's ruling.
inline void log_field(request_rec *r, std::string_view field) noexcept {
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: judging the field \"%s\"",
                  quote_for_log(r->pool, field));
}

inline void log_rule(request_rec *r, const expect::rule &considered,
                     expect::rule_outcome outcome) noexcept {
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: %s %s", place_of(&considered),
                  text_of(outcome));
}

inline void log_member(request_rec *r, const expect::expectation &member,
                       const expect::ruling &ruled) noexcept {
    const char *action =
        ruled.failed ? "undecided"
                     : copy_text(r->pool, expect::word_for(expect::action_words, ruled.then));
    ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r, "expect: member \"%s\": %s by %s",
                  quote_for_log(r->pool, member.text), action, place_of(ruled.by));
}

// Whether a decision is carried out or only reported.
enum class report_mode : std::uint8_t { done, detected };

// The one line about a rejection.
inline void log_rejection(request_rec *r, const expect::decision &made, report_mode mode) noexcept {
    const bool only_detected = mode == report_mode::detected;
    const int level = only_detected ? APLOG_WARNING : APLOG_INFO;
    if (!APLOG_R_IS_LEVEL(r, level)) {
        return; // what follows costs more than the answer
    }
    const char *what = quote_for_log(r->pool, made.member);
    if (made.error != expect::parse_error::none) {
        what = apr_psprintf(r->pool, "malformed field \"%s\" (%s at offset %" APR_SIZE_T_FMT ")",
                            what, copy_text(r->pool, expect::text(made.error)), made.error_offset);
    } else {
        what = apr_pstrcat(r->pool, "\"", what, "\"", nullptr);
    }
    ap_log_rerror(APLOG_MARK, level, 0, r, "expect: %s %s with %d by %s",
                  only_detected ? "would reject" : "rejected", what,
                  static_cast<int>(made.status()), place_of(made.by));
}

// Gives the access log what was sent, also of a request that is not judged, or not yet.
inline void publish_field(request_rec *r, const request_state &state) noexcept {
    apr_table_setn(r->notes, "expect-field", state.sent);
}

inline void publish_environment(request_rec *r, const request_state &state) noexcept {
    apr_table_setn(r->subprocess_env, "EXPECT_VERDICT", state.verdict);
    apr_table_setn(r->subprocess_env, "EXPECT_RULE", state.rule);
}

// Gives other modules, CGI and the access log what was decided: once to each request, so that there
// is nothing to look for among the notes, where the names are ours alone.
inline void publish_verdict(request_rec *r, const request_state &state) noexcept {
    if (state.verdict != nullptr) {
        apr_table_addn(r->notes, "expect-verdict", state.verdict);
        apr_table_addn(r->notes, "expect-rule", state.rule);
        publish_environment(r, state);
    }
}

// Logs and publishes a decision, and keeps it in the request's state.
inline void report(request_rec *r, request_state &state, const expect::decision &made,
                   report_mode mode) noexcept {
    state.made = made;
    if (made.outcome != expect::verdict::none) {
        const bool rejected = made.outcome == expect::verdict::rejected;
        state.verdict = rejected && mode == report_mode::detected
                            ? "would-reject"
                            : expect::word_for(expect::verdict_words, made.outcome).data();
        state.rule = place_of(made.by);
        if (rejected) {
            log_rejection(r, made, mode);
        }
    }
    publish_field(r, state);
    publish_verdict(r, state);
}

} // namespace mod_expect

#endif
