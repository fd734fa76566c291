// The status page for people: no script, one style sheet inside, readable on a phone. It is also
// well formed as XML, so that a test can tell that nothing on it breaks out of its element.
#ifndef MOD_EXPECT_STATUS_HTML_HPP
#define MOD_EXPECT_STATUS_HTML_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>

namespace mod_expect {

inline constexpr const char *status_html_head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
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
td { vertical-align: top } thead th { background: var(--soft); vertical-align: bottom }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
td code, td small { display: inline-block; min-width: 8rem; overflow-wrap: anywhere }
small { opacity: .75 } .n small { min-width: 0 } .t { white-space: nowrap }
@media (max-width: 48rem) {
thead { display: none } table, tbody, tr { display: block }
tr { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .25rem 0 }
td { display: flex; gap: 1rem; justify-content: space-between; text-align: right; border: 0 }
td { overflow-wrap: anywhere } td:not(:first-child) { padding-top: 0 }
td::before { content: attr(data-h); opacity: .75; text-align: left; white-space: nowrap }
}
</style></head><body>
)";

// A number as people read it: bytes with a suffix, as in "8.0G".
inline const char *shown_number(apr_pool_t *pool, const metric &of, apr_uint64_t value) noexcept {
    if (of.value != &host_counters::bytes_refused && of.value != &host_counters::bytes_spared) {
        return apr_psprintf(pool, "%" APR_UINT64_T_FMT, value);
    }
    char *size = static_cast<char *>(apr_palloc(pool, 5));
    apr_strfsize(static_cast<apr_off_t>(std::min<apr_uint64_t>(value, INT64_MAX)), size);
    return size + std::strspn(size, " ");
}

inline void html_totals(request_rec *r) noexcept {
    ap_rputs("<h1>Expect policy</h1>\n<div class=\"cards\">\n", r);
    for (const metric &each : metrics) {
        ap_rvputs(r, "<div title=\"", each.help, "\"><b>",
                  shown_number(r->pool, each, read(all_counters->total.*each.value)), "</b>",
                  each.heading, "</div>\n", nullptr);
    }
    ap_rputs("</div>\n", r);
}

// A table's head, from its headings; ">" before one says that its column holds numbers. On a phone
// each row stands alone, so each cell has its heading again.
inline void html_table(request_rec *r, std::initializer_list<const char *> headings) noexcept {
    ap_rputs("<div class=\"scroll\"><table><thead><tr>", r);
    for (const char *each : headings) {
        const bool is_number = *each == '>';
        ap_rvputs(r, is_number ? "<th class=\"n\">" : "<th>", each + (is_number ? 1 : 0), "</th>",
                  nullptr);
    }
    ap_rputs("</tr></thead><tbody>\n", r);
}

inline void html_end_table(request_rec *r) noexcept { ap_rputs("</tbody></table></div>\n", r); }

// A cell; its content is HTML already.
inline void html_cell(request_rec *r, const char *heading, const char *content,
                      const char *attributes = "") noexcept {
    ap_rvputs(r, "<td data-h=\"", heading, "\"", attributes, "><span>", content, "</span></td>",
              nullptr);
}

inline constexpr const char *number_cell = " class=\"n\"";

inline const char *html_statuses(apr_pool_t *pool, const host_counters &counted) noexcept {
    const char *text = "";
    for_each_status(pool, counted, [&](const char *status, apr_uint64_t count) noexcept {
        text = apr_psprintf(pool, "%s%s:&#160;%" APR_UINT64_T_FMT " ", text, status, count);
    });
    return text;
}

inline void html_hosts(request_rec *r) noexcept {
    ap_rputs("<h2>Hosts</h2>\n<div class=\"scroll\"><table><thead><tr><th>Host</th>", r);
    for (const metric &each : metrics) {
        ap_rvputs(r, "<th class=\"n\">", each.heading, "</th>", nullptr);
    }
    ap_rputs("<th>By status</th></tr></thead><tbody>\n", r);
    apr_pool_t *pool = nullptr; // for one row at a time: there may be ten thousand hosts
    apr_pool_create(&pool, r->pool);
    for_each_host(
        r->pool, [r, pool](const server_rec *host, const host_counters &counted) noexcept {
            ap_rputs("<tr>", r);
            html_cell(
                r, "Host",
                apr_pstrcat(
                    pool, escape_html(pool, host_title(pool, host)), "<br/><small>",
                    expect::word_for(expect::policy_mode_words, mode_of(*settings_of(host))).data(),
                    ", ", escape_html(pool, host_place(pool, host)), "</small>", nullptr));
            for (const metric &each : metrics) {
                html_cell(r, each.heading, shown_number(pool, each, read(counted.*each.value)),
                          number_cell);
            }
            html_cell(r, "By status", html_statuses(pool, counted));
            ap_rputs("</tr>\n", r);
            apr_pool_clear(pool);
        });
    apr_pool_destroy(pool);
    html_end_table(r);
}

inline void html_rules(request_rec *r) noexcept {
    ap_rputs("<h2>Rules</h2>\n", r);
    html_table(r, {"Rule", "Where", ">Hits"});
    for_each_rule([r](const rule_view &rule) noexcept {
        apr_pool_t *pool = r->pool;
        ap_rputs("<tr>", r);
        html_cell(r, "Rule",
                  apr_pstrcat(pool, "<code>", escape_html(pool, rule.text), "</code>", nullptr));
        html_cell(
            r, "Where",
            apr_pstrcat(pool,
                        rule.host != nullptr ? escape_html(pool, host_title(pool, rule.host)) : "",
                        " <small>", escape_html(pool, rule.section != nullptr ? rule.section : ""),
                        " ", escape_html(pool, rule.place), "</small>", nullptr));
        html_cell(r, "Hits", apr_psprintf(pool, "%" APR_UINT64_T_FMT, rule.hits), number_cell);
        ap_rputs("</tr>\n", r);
    });
    html_end_table(r);
}

inline void html_rejection(request_rec *r, const rejection_view &each) noexcept {
    apr_pool_t *pool = r->pool;
    apr_time_exp_t at;
    apr_time_exp_gmt(&at, each.time);
    ap_rputs("<tr>", r);
    html_cell(r, "Time (UTC)",
              apr_psprintf(pool, "%04d-%02d-%02d %02d:%02d:%02d", at.tm_year + 1900, at.tm_mon + 1,
                           at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec),
              " class=\"t\"");
    html_cell(r, "Client", escape_html(pool, each.client.data()));
    html_cell(r, "Host", escape_html(pool, each.host.data()));
    html_cell(
        r, "Expectation",
        apr_pstrcat(pool, "<code>", escape_html(pool, each.member.data()), "</code>", nullptr));
    html_cell(r, "Status",
              apr_psprintf(pool, "%u%s", each.status,
                           each.was_detected ? "<br/><small>would be</small>" : ""),
              number_cell);
    html_cell(
        r, "Rule",
        apr_pstrcat(pool, "<small>", escape_html(pool, each.rule.data()), "</small>", nullptr));
    ap_rputs("</tr>\n", r);
}

inline void html_rejections(request_rec *r) noexcept {
    ap_rputs("<h2>Last rejections</h2>\n", r);
    if (read(all_counters->journal.next) == 0) {
        ap_rputs("<p>None yet.</p>\n", r);
        return;
    }
    html_table(r, {"Time (UTC)", "Client", "Host", "Expectation", ">Status", "Rule"});
    for_each_rejection(all_counters->journal,
                       [r](const rejection_view &each) noexcept { html_rejection(r, each); });
    html_end_table(r);
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
    ap_rputs(ap_psignature("<hr/>\n", r), r);
    ap_rputs("</body></html>\n", r);
}

} // namespace mod_expect

#endif
