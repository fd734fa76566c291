// The status page in Prometheus' text exposition format 0.0.4. Labels say what stays the same when
// a configuration file is edited; line numbers would make new series of old ones, so they are in
// metrics of their own, of which the value is always 1. Sums are left to who reads it.
#pragma once

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

    void add(const char *labels, apr_uint64_t value) noexcept { find(labels).value += value; }
    void name(const char *labels) noexcept { find(labels).value = 1; }

    void write(request_rec *r, const char *name, const char *type, const char *help,
               unit in = unit::one) const noexcept {
        ap_rprintf(r, "# HELP expect_%s %s\n# TYPE expect_%s %s\n", name, help, name, type);
        for (int i = 0; i < lines_->nelts; ++i) {
            const line &each = *APR_ARRAY_IDX(lines_, i, line *);
            ap_rvputs(r, "expect_", name, "{", each.labels, "} ", nullptr);
            if (in == unit::microseconds) {
                ap_rprintf(r, "%" APR_UINT64_T_FMT ".%06u\n", each.value / 1000000,
                           static_cast<unsigned>(each.value % 1000000));
            } else {
                ap_rprintf(r, "%" APR_UINT64_T_FMT "\n", each.value);
            }
        }
    }

private:
    struct line {
        const char *labels;
        apr_uint64_t value;
    };

    line &find(const char *labels) noexcept {
        auto *there = static_cast<line *>(apr_hash_get(by_labels_, labels, APR_HASH_KEY_STRING));
        if (there == nullptr) {
            there = make_in_pool<line>(lines_->pool);
            there->labels = apr_pstrdup(lines_->pool, labels);
            apr_hash_set(by_labels_, there->labels, APR_HASH_KEY_STRING, there);
            *static_cast<line **>(apr_array_push(lines_)) = there;
        }
        return *there;
    }

    apr_array_header_t *lines_;
    apr_hash_t *by_labels_;
};

inline const char *host_label(apr_pool_t *pool, const host_view *host) noexcept {
    return apr_pstrcat(pool, "host=\"", host != nullptr ? escape_label(pool, host->title) : "",
                       "\"", nullptr);
}

inline void write_host_metrics(const status_view &view, apr_pool_t *pool) noexcept {
    for (const metric &shown : metrics) {
        apr_pool_clear(pool); // one metric at a time: there may be ten thousand hosts
        metric_series series(pool);
        for_each_host(view, [&](const host_view &host, apr_pool_t *row) noexcept {
            if (host.counted != nullptr) {
                series.add(host_label(row, &host), read(host.counted->*shown.value));
            }
        });
        // Prometheus' base unit of time is the second.
        const char *name = shown.in == unit::microseconds
                               ? "asking_seconds_total"
                               : apr_pstrcat(pool, shown.name, "_total", nullptr);
        series.write(view.r, name, "counter", shown.help, shown.in);
    }
    apr_pool_clear(pool);
    metric_series statuses(pool);
    metric_series places(pool);
    for_each_host(view, [&](const host_view &host, apr_pool_t *row) noexcept {
        const char *label = host_label(row, &host);
        places.name(apr_pstrcat(row, label, ",mode=\"", host.mode, "\",place=\"",
                                escape_label(row, host.place), "\"", nullptr));
        if (host.counted == nullptr) {
            return;
        }
        for_each_status(row, *host.counted, [&](const char *status, apr_uint64_t count) noexcept {
            statuses.add(apr_pstrcat(row, label, ",status=\"", status, "\"", nullptr), count);
        });
    });
    statuses.write(view.r, "rejected_by_status_total", "counter", "Requests rejected, by status.");
    places.write(view.r, "host_info", "gauge", "The mode of each host, and where it is defined.");
}

inline void write_rule_metrics(const status_view &view, apr_pool_t *pool) noexcept {
    apr_pool_clear(pool);
    metric_series hits(pool);
    metric_series places(pool);
    for_each_shown_rule(view, [&](const host_view *host, const rule_view &rule,
                                  apr_pool_t *row) noexcept {
        const char *labels =
            apr_pstrcat(row, host_label(row, host), ",section=\"", escape_label(row, rule.section),
                        "\",rule=\"", escape_label(row, rule.text), "\"", nullptr);
        hits.add(labels, rule.hits);
        places.name(
            apr_pstrcat(row, labels, ",place=\"", escape_label(row, rule.place), "\"", nullptr));
    });
    hits.write(view.r, "rule_hits_total", "counter",
               "Expectations and malformed fields that a rule decided.");
    places.write(view.r, "rule_info", "gauge", "Where each rule is written.");
}

inline void write_status_prometheus(const status_view &view) noexcept {
    ap_rprintf(view.r,
               "# HELP expect_build_info The version of mod_expect.\n"
               "# TYPE expect_build_info gauge\nexpect_build_info{version=\"%s\"} 1\n"
               "# HELP expect_since_timestamp_seconds When counting began.\n"
               "# TYPE expect_since_timestamp_seconds gauge\n"
               "expect_since_timestamp_seconds %" APR_UINT64_T_FMT "\n",
               version, read(all_counters->since));
    apr_pool_t *pool = nullptr;
    apr_pool_create(&pool, view.r->pool);
    write_host_metrics(view, pool);
    write_rule_metrics(view, pool);
    apr_pool_destroy(pool);
}

} // namespace mod_expect
