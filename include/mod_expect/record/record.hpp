// Records a judgement: the log, the notes and the environment, the counters, the list of the last
// rejections; questions to applications, and uploads.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/record/counters.hpp"
#include "mod_expect/record/log.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Notes are for the access log and other modules, variables for scripts and conditions. Each is
// published once to each request, and the names are ours alone, so that there is nothing to look
// for among the others.

// What was sent, also of a request that is not judged, or not yet.
inline void publish_field(request_rec *r, const request_state &state) noexcept {
    apr_table_addn(r->notes, "expect-field", state.sent);
}

inline void publish_environment(request_rec *r, const request_state &state) noexcept {
    if (state.verdict != nullptr) {
        apr_table_addn(r->subprocess_env, "EXPECT_VERDICT", state.verdict);
        apr_table_addn(r->subprocess_env, "EXPECT_RULE", state.rule);
    }
}

// What was decided, where something was.
inline void publish_verdict(request_rec *r, const request_state &state) noexcept {
    if (state.verdict != nullptr) {
        apr_table_addn(r->notes, "expect-verdict", state.verdict);
        apr_table_addn(r->notes, "expect-rule", state.rule);
        publish_environment(r, state);
    }
}

// How a verdict is told from outside; null for none. Where the policy is only detected, nothing is
// done that the verdict says.
inline const char *verdict_text(const judgement &judged) noexcept {
    const expect::verdict outcome = judged.made.outcome;
    if (outcome == expect::verdict::none) {
        return nullptr;
    }
    if (outcome == expect::verdict::asked) {
        return judged.only_detected ? "would-ask" : nullptr; // until the application has answered
    }
    return outcome == expect::verdict::rejected && judged.only_detected
               ? "would-reject"
               : expect::word_for(expect::verdict_words, outcome).data();
}

// Counts that a rule, which may be null, decided, at a time in seconds since 1970.
inline void count_hit(const expect::rule *by, bool failed, std::uint64_t now) noexcept {
    if (!failed && by != nullptr) {
        const rule_origin *origin = origin_of(*by);
        add_hit(origin != nullptr
                    ? *origin->counted
                    : all_counters->built_in[static_cast<std::size_t>(by - expect::built_in.rules)],
                now);
    }
}

// Counts the rules that decided. A malformed field has no members.
inline void count_rules(const judgement &judged, std::uint64_t now) noexcept {
    for (const judged_member *each = judged.members; each != nullptr; each = each->next) {
        count_hit(each->ruled.by, each->ruled.failed, now);
    }
    if (judged.made.error != expect::parse_error::none) {
        count_hit(judged.made.by, judged.made.outcome == expect::verdict::failed, now);
    }
}

// Puts a rejection on the list of the last ones.
inline void list_rejection(request_rec *r, const request_state &state, std::string_view member,
                           int status, bool only_detected) noexcept {
    const char *host = r->server->server_hostname;
    list_rejection(all_counters->journal,
                   {r->request_time, status, only_detected, r->useragent_ip,
                    host != nullptr ? host : "", r->method, target_of(r), member, state.rule});
}

// Calls count(host_counters) for the host of a request and for all hosts together; not at all where
// nothing is counted.
template <class Count>
void count_for_host_and_all(const request_rec *r, Count count) noexcept {
    if (all_counters == nullptr) {
        return;
    }
    count(all_counters->total);
    if (host_counters *host = settings_of(r->server)->counted) {
        count(*host);
    }
}

// Adds what became of a request to one host's numbers, or to the total.
inline void add_judgement(host_counters &host, const judgement &judged) noexcept {
    add(host.requests);
    if (judged.made.error != expect::parse_error::none) {
        add(host.malformed);
    }
    if (judged.made.outcome == expect::verdict::failed) {
        add(host.failed);
    } else if (judged.made.outcome == expect::verdict::rejected && judged.only_detected) {
        add(host.would_reject);
    } else if (judged.made.outcome == expect::verdict::rejected) {
        add(host.rejected);
        add_status(host, judged.made.status());
        add(host.bytes_refused, judged.facts.content_length);
    } else {
        for (const judged_member *each = judged.members; each != nullptr; each = each->next) {
            const expect::action then = each->ruled.then;
            if (then != expect::action::ask) {
                add(then == expect::action::ignore ? host.ignored : host.met);
            }
        }
    }
}

// Counts a judged request for its host and for all.
inline void count_request(request_rec *r, const request_state &state,
                          const judgement &judged) noexcept {
    if (all_counters == nullptr) {
        return;
    }
    count_rules(judged, static_cast<std::uint64_t>(apr_time_sec(r->request_time)));
    count_for_host_and_all(r, [&](host_counters &host) noexcept { add_judgement(host, judged); });
    if (judged.made.outcome == expect::verdict::rejected) {
        list_rejection(r, state, judged.made.member, judged.made.status(), judged.only_detected);
    }
}

// Records a judgement, once, and keeps of it what redirected requests publish again.
inline void record(request_rec *r, request_state &state, const judgement &judged) noexcept {
    state.is_recorded = true;
    state.verdict = verdict_text(judged);
    if (state.verdict != nullptr) {
        state.rule = place_of(judged.made.cause, judged.made.by);
    }
    if (APLOGrdebug(r)) {
        log_reasoning(r, judged);
    }
    if (judged.made.outcome == expect::verdict::rejected) {
        log_rejection(r, judged);
    }
    publish_verdict(r, state);
    count_request(r, state, judged);
}

// A question that was put to an application.
struct asked_question {
    const judged_member *first; // of those that it was about
    const char *url;
    const char *members;
    const char *failure; // why there is no answer; null where there is one
    int status;          // that the client gets if it is not 2xx
    apr_time_t took;     // microseconds
};

inline void add_question(host_counters &host, const asked_question &asked,
                         std::uint64_t declared) noexcept {
    add(host.asked);
    add(host.asking_time, static_cast<std::uint64_t>(asked.took));
    if (asked.failure != nullptr) {
        add(host.asking_failed);
    } else if (!ap_is_HTTP_SUCCESS(asked.status)) {
        add(host.refused_by_application);
        add(host.bytes_refused, declared);
    }
}

inline void log_question(request_rec *r, const request_state &state,
                         const asked_question &asked) noexcept {
    const char *members = quote_for_log(r->pool, asked.members);
    if (asked.failure != nullptr) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "expect: cannot ask \"%s\" about \"%s\" by %s: %s; answered with %d for %s",
                      asked.url, members, state.rule, asked.failure, asked.status,
                      target_for_log(r));
    } else if (!ap_is_HTTP_SUCCESS(asked.status)) {
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                      "expect: rejected \"%s\" with %d by \"%s\", which %s asked, for %s", members,
                      asked.status, asked.url, state.rule, target_for_log(r));
    } else {
        ap_log_rerror(APLOG_MARK, APLOG_DEBUG, 0, r,
                      "expect: \"%s\" answered %d to \"%s\" within %" APR_TIME_T_FMT
                      " microseconds",
                      asked.url, asked.status, members, asked.took);
    }
}

// Records a question and its answer, also for redirected requests.
inline void record_question(request_rec *r, request_state &state,
                            const asked_question &asked) noexcept {
    const bool is_met = asked.failure == nullptr && ap_is_HTTP_SUCCESS(asked.status);
    const expect::ruling &ruled = asked.first->ruled;
    state.rule = place_of(ruled.cause, ruled.by);
    log_question(r, state, asked);
    if (!is_met) {
        state.verdict = expect::word_for(expect::verdict_words, asked.failure != nullptr
                                                                    ? expect::verdict::failed
                                                                    : expect::verdict::rejected)
                            .data();
        publish_verdict(r, state);
    }
    if (all_counters == nullptr) {
        return;
    }
    count_for_host_and_all(r, [&](host_counters &host) noexcept {
        add_question(host, asked, state.judged->facts.content_length);
    });
    if (!is_met && asked.failure == nullptr) {
        list_rejection(r, state, asked.members, asked.status, false);
    }
}

// Records that every application has met what it was asked about.
inline void record_met_by_asking(request_rec *r, request_state &state,
                                 const judgement &judged) noexcept {
    state.verdict = expect::word_for(expect::verdict_words, expect::verdict::met).data();
    state.rule = place_of(judged.made.cause, judged.made.by);
    publish_verdict(r, state);
    std::uint64_t met = 0;
    for (const judged_member *each = judged.members; each != nullptr; each = each->next) {
        met += each->ruled.then == expect::action::ask ? 1 : 0;
    }
    count_for_host_and_all(r, [met](host_counters &host) noexcept { add(host.met, met); });
}

// Records an upload of which 100-continue was met, at the end of its request: the core's flag tells
// whether anything has asked for the content or read it. A cleanup of the request's pool costs
// other requests nothing, as a hook would.
extern "C" inline apr_status_t expect_end_upload(void *request) {
    const auto *r = static_cast<const request_rec *>(request);
    const request_state &state = *state_of(r);
    if (!state.is_refused) {
        const bool was_spared = state.is_shut || last_request(r)->expecting_100 != 0;
        count_for_host_and_all(r, [&](host_counters &host) noexcept {
            add(was_spared ? host.uploads_spared : host.uploads_read);
            add(host.bytes_spared, was_spared ? state.judged->facts.content_length : 0);
        });
    }
    return APR_SUCCESS;
}

inline void record_upload_at_end(request_rec *r) noexcept {
    apr_pool_cleanup_register(r->pool, r, expect_end_upload, apr_pool_cleanup_null);
}

} // namespace mod_expect
