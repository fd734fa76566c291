// The status page for people: no script, one style sheet inside, readable on a phone.
#ifndef MOD_EXPECT_STATUS_HTML_HPP
#define MOD_EXPECT_STATUS_HTML_HPP

#include "mod_expect/escape.hpp"
#include "mod_expect/server.hpp"
#include "mod_expect/status_view.hpp"

namespace mod_expect {

inline constexpr const char *status_html_head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Expect policy</title>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: .5rem 0 } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: .5rem }
.cards div { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem }
.cards b { display: block; font-size: 1.4rem; font-variant-numeric: tabular-nums }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line) }
td { vertical-align: top } thead th { background: var(--soft); white-space: nowrap }
.n { text-align: right; font-variant-numeric: tabular-nums }
td code, td small { display: inline-block; min-width: 8rem; overflow-wrap: anywhere }
small { opacity: .75 } .n small { min-width: 0 } .t { white-space: nowrap }
</style></head><body>
)";

inline void html_totals(request_rec *r) noexcept {
    ap_rputs("<h1>Expect policy</h1>\n<div class=\"cards\">\n", r);
    for (const metric &each : metrics) {
        ap_rprintf(r, "<div title=\"%s\"><b>%" APR_UINT64_T_FMT "</b>%s</div>\n", each.help,
                   read(all_counters->total.*each.value), each.heading);
    }
    ap_rputs("</div>\n", r);
}

inline void html_statuses(request_rec *r, const host_counters &counted) noexcept {
    ap_rputs("<td>", r);
    for_each_status(r->pool, counted, [r](const char *status, apr_uint64_t count) noexcept {
        ap_rprintf(r, "%s:&nbsp;%" APR_UINT64_T_FMT " ", status, count);
    });
    ap_rputs("</td>", r);
}

inline void html_hosts(request_rec *r) noexcept {
    ap_rputs("<h2>Hosts</h2>\n<div class=\"scroll\"><table><thead><tr><th>Host", r);
    for (const metric &each : metrics) {
        ap_rprintf(r, "<th class=\"n\">%s", each.heading);
    }
    ap_rputs("<th>By status</thead><tbody>\n", r);
    for_each_host(r->pool, [r](const server_rec *host, const host_counters &counted) noexcept {
        ap_rprintf(r, "<tr><td>%s<br><small>%s, %s</small></td>",
                   escape_html(r->pool, host_title(r->pool, host)),
                   expect::word_for(expect::policy_mode_words, mode_of(*settings_of(host))).data(),
                   escape_html(r->pool, host_place(r->pool, host)));
        for (const metric &each : metrics) {
            ap_rprintf(r, "<td class=\"n\">%" APR_UINT64_T_FMT "</td>", read(counted.*each.value));
        }
        html_statuses(r, counted);
        ap_rputs("</tr>\n", r);
    });
    ap_rputs("</tbody></table></div>\n", r);
}

inline void html_rules(request_rec *r) noexcept {
    ap_rputs("<h2>Rules</h2>\n<div class=\"scroll\"><table><thead><tr><th>Rule<th>Where"
             "<th class=\"n\">Hits</thead><tbody>\n",
             r);
    for_each_rule([r](const rule_view &rule) noexcept {
        const char *section = rule.section != nullptr ? rule.section : "";
        ap_rprintf(r,
                   "<tr><td><code>%s</code></td><td>%s <small>%s %s</small></td>"
                   "<td class=\"n\">%" APR_UINT64_T_FMT "</td></tr>\n",
                   escape_html(r->pool, rule.text),
                   rule.host != nullptr ? escape_html(r->pool, host_title(r->pool, rule.host)) : "",
                   escape_html(r->pool, section), escape_html(r->pool, rule.place), rule.hits);
    });
    ap_rputs("</tbody></table></div>\n", r);
}

inline void html_rejections(request_rec *r) noexcept {
    ap_rputs("<h2>Last rejections</h2>\n<div class=\"scroll\"><table><thead><tr><th>Time (UTC)"
             "<th>Client<th>Host<th>Expectation<th class=\"n\">Status<th>Rule</thead><tbody>\n",
             r);
    for_each_rejection(all_counters->journal, [r](const rejection_view &each) noexcept {
        apr_time_exp_t at;
        apr_time_exp_gmt(&at, each.time);
        ap_rprintf(r,
                   "<tr><td class=\"t\">%04d-%02d-%02d %02d:%02d:%02d</td><td>%s</td><td>%s</td>"
                   "<td><code>%s</code></td><td class=\"n\">%u%s</td><td><small>%s</small></td>"
                   "</tr>\n",
                   at.tm_year + 1900, at.tm_mon + 1, at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec,
                   escape_html(r->pool, each.client.data()), escape_html(r->pool, each.host.data()),
                   escape_html(r->pool, each.member.data()), each.status,
                   each.was_detected ? "<br><small>would&nbsp;be</small>" : "",
                   escape_html(r->pool, each.rule.data()));
    });
    ap_rputs("</tbody></table></div>\n", r);
}

inline void write_status_html(request_rec *r) noexcept {
    ap_rputs(status_html_head, r);
    html_totals(r);
    html_hosts(r);
    html_rejections(r);
    html_rules(r);
    ap_rputs("<p><small>Also as <a href=\"?json\">JSON</a> and for "
             "<a href=\"?prometheus\">Prometheus</a>.</small></p>\n",
             r);
    ap_rputs(ap_psignature("<hr>\n", r), r);
    ap_rputs("</body></html>\n", r);
}

} // namespace mod_expect

#endif
