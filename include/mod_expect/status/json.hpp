// The status page as JSON (RFC 8259). Times are seconds since 1970.
#pragma once

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

inline void json_numbers(request_rec *r, apr_pool_t *pool, const host_counters &counted) noexcept {
    for (const metric &each : metrics) {
        ap_rprintf(r, "\"%s\": %" APR_UINT64_T_FMT ", ", each.name, read(counted.*each.value));
    }
    ap_rputs("\"rejected_by_status\": {", r);
    const char *separator = "";
    for_each_status(pool, counted, [&](const char *status, apr_uint64_t count) noexcept {
        ap_rprintf(r, "%s\"%s\": %" APR_UINT64_T_FMT, separator, status, count);
        separator = ", ";
    });
    ap_rputs("}", r);
}

// A host whose policy is Off has no numbers.
inline void json_hosts(const status_view &view) noexcept {
    const char *separator = "";
    for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
        ap_rprintf(view.r, "%s\n    {\"host\": %s, \"defined\": %s, \"mode\": \"%s\"%s", separator,
                   quote_json(pool, host.title), quote_json(pool, host.place), host.mode,
                   host.counted != nullptr ? ", " : "");
        separator = ",";
        if (host.counted != nullptr) {
            json_numbers(view.r, pool, *host.counted);
        }
        ap_rputs("}", view.r);
    });
}

inline void json_rules(const status_view &view) noexcept {
    const char *separator = "";
    for_each_shown_rule(
        view, [&](const host_view *host, const rule_view &rule, apr_pool_t *pool) noexcept {
            ap_rprintf(view.r,
                       "%s\n    {\"rule\": %s, \"place\": %s, \"host\": %s, \"section\": %s, "
                       "\"hits\": %" APR_UINT64_T_FMT ", \"last_hit\": %s}",
                       separator, quote_json(pool, rule.text), quote_json(pool, rule.place),
                       host != nullptr ? quote_json(pool, host->title) : "null",
                       *rule.section != '\0' ? quote_json(pool, rule.section) : "null", rule.hits,
                       rule.last != 0 ? apr_psprintf(pool, "%" APR_TIME_T_FMT, rule.last) : "null");
            separator = ",";
        });
}

inline void json_rejections(const status_view &view) noexcept {
    request_rec *r = view.r;
    const char *separator = "";
    for_each_shown_rejection(view, [&](const rejection_view &each) noexcept {
        const auto quoted = [r](const auto &text) noexcept {
            return quote_json(r->pool, text.data());
        };
        ap_rprintf(r,
                   "%s\n    {\"time\": %" APR_TIME_T_FMT ", \"client\": %s, \"host\": %s, "
                   "\"method\": %s, \"target\": %s, \"expectation\": %s, \"status\": %u, "
                   "\"detected_only\": %s, \"rule\": %s}",
                   separator, apr_time_sec(each.time), quoted(each.client), quoted(each.host),
                   quoted(each.method), quoted(each.target), quoted(each.member), each.status,
                   each.was_detected ? "true" : "false", quoted(each.rule));
        separator = ",";
    });
}

// The total is that of all hosts, so it is left out where only one is asked for.
inline void write_status_json(const status_view &view) noexcept {
    request_rec *r = view.r;
    ap_rprintf(r,
               "{\n  \"version\": \"%s\",\n  \"since\": %" APR_UINT64_T_FMT
               ",\n  \"now\": %" APR_TIME_T_FMT,
               version, read(all_counters->since), apr_time_sec(r->request_time));
    if (view.host == nullptr) {
        ap_rputs(",\n  \"total\": {", r);
        json_numbers(r, r->pool, all_counters->total);
        ap_rputs("}", r);
    }
    ap_rputs(",\n  \"hosts\": [", r);
    json_hosts(view);
    ap_rputs("\n  ],\n  \"rules\": [", r);
    json_rules(view);
    ap_rputs("\n  ],\n  \"last_rejections\": [", r);
    json_rejections(view);
    ap_rputs("\n  ]\n}\n", r);
}

} // namespace mod_expect
