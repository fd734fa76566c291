// The status page in Prometheus' text exposition format 0.0.4. Sums are left to who reads it.
#ifndef MOD_EXPECT_STATUS_PROMETHEUS_HPP
#define MOD_EXPECT_STATUS_PROMETHEUS_HPP

#include "mod_expect/escape.hpp"
#include "mod_expect/server.hpp"
#include "mod_expect/status_view.hpp"

namespace mod_expect {

inline void prometheus_head(request_rec *r, const char *name, const char *help) noexcept {
    ap_rprintf(r, "# HELP expect_%s_total %s\n# TYPE expect_%s_total counter\n", name, help, name);
}

// The labels that tell one host from every other.
inline const char *host_labels(apr_pool_t *pool, const server_rec *host) noexcept {
    return apr_psprintf(pool, "host=\"%s\",defined=\"%s\"",
                        escape_label(pool, host_title(pool, host)),
                        escape_label(pool, host_place(pool, host)));
}

inline void prometheus_statuses(request_rec *r) noexcept {
    prometheus_head(r, "rejected_by_status", "Requests rejected, by status.");
    for_each_host(r->pool, [r](const server_rec *host, const host_counters &counted) noexcept {
        for_each_status(counted, [r, host](std::uint32_t status, apr_uint64_t count) noexcept {
            ap_rprintf(r,
                       "expect_rejected_by_status_total{%s,status=\"%u\"} %" APR_UINT64_T_FMT "\n",
                       host_labels(r->pool, host), status, count);
        });
    });
}

inline void prometheus_rules(request_rec *r) noexcept {
    prometheus_head(r, "rule_hits", "Expectations and malformed fields that a rule decided.");
    for_each_rule([r](const rule_view &rule) noexcept {
        ap_rprintf(r,
                   "expect_rule_hits_total{place=\"%s\",rule=\"%s\",section=\"%s\",host=\"%s\"} "
                   "%" APR_UINT64_T_FMT "\n",
                   escape_label(r->pool, rule.place), escape_label(r->pool, rule.text),
                   escape_label(r->pool, rule.section != nullptr ? rule.section : ""),
                   rule.host != nullptr ? escape_label(r->pool, host_title(r->pool, rule.host))
                                        : "",
                   rule.hits);
    });
}

inline void write_status_prometheus(request_rec *r) noexcept {
    for (const metric &each : metrics) {
        prometheus_head(r, each.name, each.help);
        for_each_host(r->pool,
                      [r, &each](const server_rec *host, const host_counters &counted) noexcept {
                          ap_rprintf(r, "expect_%s_total{%s} %" APR_UINT64_T_FMT "\n", each.name,
                                     host_labels(r->pool, host), read(counted.*each.value));
                      });
    }
    prometheus_statuses(r);
    prometheus_rules(r);
}

} // namespace mod_expect

#endif
