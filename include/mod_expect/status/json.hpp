// The status page as JSON (RFC 8259).
#ifndef MOD_EXPECT_STATUS_JSON_HPP
#define MOD_EXPECT_STATUS_JSON_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

// Writes commas between the elements of a list.
class json_separator {
public:
    explicit json_separator(request_rec *r) noexcept : r_(r) {}
    void next() noexcept {
        ap_rputs(is_first_ ? "\n" : ",\n", r_);
        is_first_ = false;
    }

private:
    request_rec *r_;
    bool is_first_ = true;
};

inline void json_numbers(request_rec *r, const host_counters &counted) noexcept {
    for (const metric &each : metrics) {
        ap_rprintf(r, "\"%s\": %" APR_UINT64_T_FMT ", ", each.name, read(counted.*each.value));
    }
    ap_rputs("\"rejected_by_status\": {", r);
    bool is_first = true;
    for_each_status(
        r->pool, counted, [r, &is_first](const char *status, apr_uint64_t count) noexcept {
            ap_rprintf(r, "%s\"%s\": %" APR_UINT64_T_FMT, is_first ? "" : ", ", status, count);
            is_first = false;
        });
    ap_rputs("}", r);
}

inline void json_hosts(request_rec *r) noexcept {
    json_separator separator(r);
    for_each_host(r->pool, [r, &separator](const server_rec *host,
                                           const host_counters &counted) noexcept {
        separator.next();
        ap_rprintf(r, "    {\"host\": %s, \"defined\": %s, \"mode\": \"%s\", ",
                   quote_json(r->pool, host_title(r->pool, host)),
                   quote_json(r->pool, host_place(r->pool, host)),
                   expect::word_for(expect::policy_mode_words, mode_of(*settings_of(host))).data());
        json_numbers(r, counted);
        ap_rputs("}", r);
    });
}

inline void json_rules(request_rec *r) noexcept {
    json_separator separator(r);
    for_each_rule([r, &separator](const rule_view &rule) noexcept {
        separator.next();
        ap_rprintf(r,
                   "    {\"rule\": %s, \"place\": %s, \"host\": %s, \"section\": %s, "
                   "\"hits\": %" APR_UINT64_T_FMT "}",
                   quote_json(r->pool, rule.text), quote_json(r->pool, rule.place),
                   rule.host != nullptr ? quote_json(r->pool, host_title(r->pool, rule.host))
                                        : "null",
                   rule.section != nullptr ? quote_json(r->pool, rule.section) : "null", rule.hits);
    });
}

inline void json_rejections(request_rec *r) noexcept {
    json_separator separator(r);
    for_each_rejection(all_counters->journal, [r, &separator](const rejection_view &each) noexcept {
        separator.next();
        ap_rprintf(r,
                   "    {\"time\": %" APR_TIME_T_FMT ", \"client\": %s, \"host\": %s, "
                   "\"expectation\": %s, \"status\": %u, \"detected_only\": %s, \"rule\": %s}",
                   apr_time_sec(each.time), quote_json(r->pool, each.client.data()),
                   quote_json(r->pool, each.host.data()), quote_json(r->pool, each.member.data()),
                   each.status, each.was_detected ? "true" : "false",
                   quote_json(r->pool, each.rule.data()));
    });
}

// Times are seconds since 1970.
inline void write_status_json(request_rec *r) noexcept {
    ap_rputs("{\n  \"total\": {", r);
    json_numbers(r, all_counters->total);
    ap_rputs("},\n  \"hosts\": [", r);
    json_hosts(r);
    ap_rputs("\n  ],\n  \"rules\": [", r);
    json_rules(r);
    ap_rputs("\n  ],\n  \"last_rejections\": [", r);
    json_rejections(r);
    ap_rputs("\n  ]\n}\n", r);
}

} // namespace mod_expect

#endif
