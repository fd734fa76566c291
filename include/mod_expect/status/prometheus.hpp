// The status page in Prometheus' text exposition format 0.0.4. Sums are left to who reads it.
#ifndef MOD_EXPECT_STATUS_PROMETHEUS_HPP
#define MOD_EXPECT_STATUS_PROMETHEUS_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

// Numbers by their labels, in the order in which they came. Labels must not repeat in an
// exposition, but hosts and rules may look the same in all of them: two hosts of one name that
// include the same file, say. Those are one series, the sum.
class metric_series {
public:
    explicit metric_series(apr_pool_t *pool) noexcept
        : lines_(apr_array_make(pool, 16, sizeof(line *))), by_labels_(apr_hash_make(pool)) {}

    void add(const char *labels, apr_uint64_t value) noexcept {
        auto *there = static_cast<line *>(apr_hash_get(by_labels_, labels, APR_HASH_KEY_STRING));
        if (there != nullptr) {
            there->value += value;
            return;
        }
        auto *added = make_in_pool<line>(lines_->pool);
        *added = {labels, value};
        apr_hash_set(by_labels_, labels, APR_HASH_KEY_STRING, added);
        *static_cast<line **>(apr_array_push(lines_)) = added;
    }
    void write(request_rec *r, const char *name, const char *help) const noexcept {
        ap_rprintf(r, "# HELP expect_%s_total %s\n# TYPE expect_%s_total counter\n", name, help,
                   name);
        for (int i = 0; i < lines_->nelts; ++i) {
            const line &each = *APR_ARRAY_IDX(lines_, i, line *);
            ap_rprintf(r, "expect_%s_total{%s} %" APR_UINT64_T_FMT "\n", name, each.labels,
                       each.value);
        }
    }

private:
    struct line {
        const char *labels;
        apr_uint64_t value;
    };
    apr_array_header_t *lines_;
    apr_hash_t *by_labels_;
};

inline const char *host_labels(apr_pool_t *pool, const server_rec *host) noexcept {
    return apr_psprintf(pool, "host=\"%s\",defined=\"%s\"",
                        escape_label(pool, host_title(pool, host)),
                        escape_label(pool, host_place(pool, host)));
}

inline void prometheus_metric(request_rec *r, apr_pool_t *pool, const metric &shown) noexcept {
    metric_series series(pool);
    for_each_host(pool, [&](const server_rec *host, const host_counters &counted) noexcept {
        series.add(host_labels(pool, host), read(counted.*shown.value));
    });
    series.write(r, shown.name, shown.help);
}

inline void prometheus_statuses(request_rec *r, apr_pool_t *pool) noexcept {
    metric_series series(pool);
    for_each_host(pool, [&](const server_rec *host, const host_counters &counted) noexcept {
        const char *labels = host_labels(pool, host);
        for_each_status(pool, counted, [&](const char *status, apr_uint64_t count) noexcept {
            series.add(apr_pstrcat(pool, labels, ",status=\"", status, "\"", nullptr), count);
        });
    });
    series.write(r, "rejected_by_status", "Requests rejected, by status.");
}

inline void prometheus_rules(request_rec *r, apr_pool_t *pool) noexcept {
    metric_series series(pool);
    for_each_rule([&](const rule_view &rule) noexcept {
        series.add(apr_psprintf(
                       pool, "place=\"%s\",rule=\"%s\",section=\"%s\",host=\"%s\"",
                       escape_label(pool, rule.place), escape_label(pool, rule.text),
                       escape_label(pool, rule.section != nullptr ? rule.section : ""),
                       escape_label(pool, rule.host != nullptr ? host_title(pool, rule.host) : "")),
                   rule.hits);
    });
    series.write(r, "rule_hits", "Expectations and malformed fields that a rule decided.");
}

inline void write_status_prometheus(request_rec *r) noexcept {
    // For one metric at a time: there may be ten thousand hosts.
    apr_pool_t *pool = nullptr;
    apr_pool_create(&pool, r->pool);
    for (const metric &each : metrics) {
        prometheus_metric(r, pool, each);
        apr_pool_clear(pool);
    }
    prometheus_statuses(r, pool);
    apr_pool_clear(pool);
    prometheus_rules(r, pool);
    apr_pool_destroy(pool);
}

} // namespace mod_expect

#endif
