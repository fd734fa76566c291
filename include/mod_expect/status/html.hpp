// The status page for people: no script, one style sheet inside, readable on a phone. It is also
// well formed as XML, so that a test can tell that nothing on it breaks out of its element.
#pragma once

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

#include <algorithm>
#include <cstring>

namespace mod_expect {

// On a narrow screen a row of a table is a paragraph.
inline constexpr const char *status_head = R"(<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<style>
:root { color-scheme: light dark; --line: #8884; --soft: #8882 }
body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 76rem; padding: .75rem 1rem }
h1 { font-size: 1.4rem; margin: .25rem 0; overflow-wrap: anywhere }
h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem } p { margin: .5rem 0 }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: .5rem }
.cards div { border: 1px solid var(--line); border-radius: .4rem; padding: .4rem .7rem }
.cards h2 { margin: 0; font-size: 1rem } .cards p { margin: 0 }
.cards span { display: flex; justify-content: space-between }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .9rem }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td { vertical-align: top } thead th { background: var(--soft); vertical-align: bottom }
td span { white-space: nowrap } td span:not(:last-child)::after { content: "," }
b, .n, time { font-variant-numeric: tabular-nums } .n { text-align: right; white-space: nowrap }
.t { white-space: nowrap } code, small, td a, summary { overflow-wrap: anywhere }
small { opacity: .75 } td small { display: block; min-width: 7rem } td code { display: block; min-width: 9rem }
em { font-style: normal; white-space: nowrap; font-size: .8rem; border: 1px solid; border-radius: .3rem; padding: 0 .3rem }
details { margin: 0; padding-left: .6rem } summary { padding: .15rem 0; font-size: .9rem; cursor: pointer }
:target { background: var(--soft) }
@media (max-width: 48rem) {
thead { display: none } table, tbody, tr { display: block } .cards { gap: .3rem }
tr { border-bottom: 1px solid var(--line); padding: .2rem 0 }
td { display: inline; border: 0; padding: 0; margin-right: .5rem } td:empty { display: none }
td small, td code { display: inline; min-width: 0 } td[data-h]::before { content: attr(data-h) " "; opacity: .75 }
}
</style>
)";

// A number as people read it: bytes with a suffix, as in "8.0G", and times in milliseconds.
inline const char *shown_number(apr_pool_t *pool, unit in, apr_uint64_t value) noexcept {
    if (in == unit::bytes) {
        char *size = static_cast<char *>(apr_palloc(pool, 5));
        apr_strfsize(static_cast<apr_off_t>(std::min<apr_uint64_t>(value, INT64_MAX)), size);
        apr_collapse_spaces(size, size);
        return size;
    }
    return in == unit::one ? apr_psprintf(pool, "%" APR_UINT64_T_FMT, value)
                           : apr_psprintf(pool, "%" APR_UINT64_T_FMT "&#160;ms", value / 1000);
}

inline const char *shown_time(apr_pool_t *pool, apr_time_t seconds) noexcept {
    apr_time_exp_t at;
    apr_time_exp_gmt(&at, apr_time_from_sec(seconds));
    return apr_psprintf(pool, "%04d-%02d-%02d %02d:%02d:%02d", at.tm_year + 1900, at.tm_mon + 1,
                        at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
}

// The numbers about one kind of thing, with their names; with `all`, zeros too.
inline const char *html_numbers(apr_pool_t *pool, counted_thing of, const host_counters &counted,
                                bool all) noexcept {
    const char *text = "";
    for (const metric &each : metrics) {
        const apr_uint64_t value = read(counted.*each.value);
        if (each.of == of && (all || value != 0)) {
            text = apr_pstrcat(pool, text, "<span title=\"", each.help, "\">", each.heading, " <b>",
                               shown_number(pool, each.in, value), "</b></span> ", nullptr);
        }
    }
    if (of == counted_thing::requests) {
        for_each_status(pool, counted, [&](const char *status, apr_uint64_t count) noexcept {
            text = apr_psprintf(pool, "%s<span>with %s <b>%" APR_UINT64_T_FMT "</b></span> ", text,
                                status, count);
        });
    }
    return text;
}

inline constexpr const char *table_begin = "<div class=\"scroll\"><table><thead><tr>";
inline constexpr const char *table_body = "</tr></thead><tbody>\n";
inline constexpr const char *table_end = "</tbody></table></div>\n";

// FILE:LINE as small text, without the directory, which is there when one points at it.
inline const char *html_place(apr_pool_t *pool, const char *place) noexcept {
    const char *name = *place == '/' ? std::strrchr(place, '/') + 1 : place;
    return apr_pstrcat(pool, "<small title=\"", escape_html(pool, place), "\">",
                       escape_html(pool, name), "</small>", nullptr);
}

// A policy's mode, where it is not what one expects on a page that tells of policies in force.
inline const char *html_mode(apr_pool_t *pool, const host_view &host) noexcept {
    return std::strcmp(host.mode, "On") == 0
               ? ""
               : apr_pstrcat(pool, " <em>", host.mode, "</em>", nullptr);
}

inline const char *query_for(apr_pool_t *pool, const char *form, const char *host) noexcept {
    return host == nullptr ? apr_pstrcat(pool, "?", form, nullptr)
                           : apr_pstrcat(pool, "?", form, *form != '\0' ? "&amp;" : "",
                                         "host=", ap_escape_urlencoded(pool, host), nullptr);
}

// The head, and when counting began.
inline void html_begin(const status_view &view) noexcept {
    request_rec *r = view.r;
    apr_pool_t *pool = r->pool;
    const char *name = escape_html(pool, view.host != nullptr ? view.host : ap_get_server_name(r));
    ap_rvputs(r, DOCTYPE_XHTML_1_0S, "<html lang=\"en\"><head><title>Expect policy of ", name,
              "</title>\n", status_head, "</head><body>\n<h1>Expect policy of ", name,
              "</h1>\n<p>mod_expect ", version, ". Counting since <time>",
              shown_time(pool, static_cast<apr_time_t>(read(all_counters->since))),
              "</time>, now it is <time>", shown_time(pool, apr_time_sec(r->request_time)),
              "</time> (UTC).", nullptr);
    if (view.refresh != 0) {
        ap_rprintf(r, " This page is loaded anew every %d s.", view.refresh);
    }
    ap_rputs(view.host != nullptr ? "</p>\n<p><a href=\"?\">All hosts</a></p>\n" : "</p>\n", r);
}

inline void html_totals(request_rec *r) noexcept {
    ap_rputs("<div class=\"cards\">\n", r);
    for (std::size_t i = 0; i < counted_things.size(); ++i) {
        ap_rvputs(r, "<div><h2>", counted_things[i], "</h2><p>",
                  html_numbers(r->pool, static_cast<counted_thing>(i), all_counters->total, true),
                  "</p></div>\n", nullptr);
    }
    ap_rputs("</div>\n", r);
}

inline int count_rules(const host_view &host) noexcept {
    int count = 0;
    for_each_rule(&host, [&](const rule_view &) noexcept { ++count; });
    return count;
}

// On a phone, a line may end behind each cell.
inline void html_host(request_rec *r, apr_pool_t *pool, const host_view &host) noexcept {
    ap_rprintf(r, "<tr id=\"host-%d\"><td><a href=\"%s\">%s</a>%s %s", host.number,
               query_for(pool, "", host.title), escape_html(pool, host.title),
               html_mode(pool, host), html_place(pool, host.place));
    if (const int rules = count_rules(host)) {
        ap_rprintf(r, " <a href=\"#rules-%d\">%d&#160;rule%s</a>", host.number, rules,
                   rules == 1 ? "" : "s");
    }
    for (std::size_t i = 0; i < counted_things.size(); ++i) {
        ap_rvputs(r, "</td>\n<td>",
                  host.counted == nullptr
                      ? ""
                      : html_numbers(pool, static_cast<counted_thing>(i), *host.counted, false),
                  nullptr);
    }
    ap_rputs("</td></tr>\n", r);
}

// The table of the hosts that have had requests with the field, or of the others.
inline void html_host_table(const status_view &view, bool with_traffic) noexcept {
    ap_rvputs(view.r, table_begin, "<th>Host</th>", nullptr);
    for (const char *each : counted_things) {
        ap_rvputs(view.r, "<th>", each, "</th>", nullptr);
    }
    ap_rputs(table_body, view.r);
    for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
        if (host.has_traffic() == with_traffic) {
            html_host(view.r, pool, host);
        }
    });
    ap_rputs(table_end, view.r);
}

inline void html_hosts(const status_view &view) noexcept {
    int quiet = 0;
    int off = 0;
    for_each_host(view, [&](const host_view &host, apr_pool_t *) noexcept {
        quiet += host.has_traffic() ? 0 : 1;
        off += host.counted == nullptr ? 1 : 0;
    });
    ap_rputs("<h2 id=\"hosts\">Hosts</h2>\n", view.r);
    if (quiet < view.hosts->nelts) {
        html_host_table(view, true);
    }
    if (quiet > 0) {
        ap_rprintf(view.r, "<details%s><summary>%d host%s without such requests",
                   view.hosts->nelts == 1 ? " open=\"open\"" : "", quiet, quiet == 1 ? "" : "s");
        ap_rprintf(view.r, off > 0 ? ", %d with the policy Off</summary>\n" : "</summary>\n", off);
        html_host_table(view, false);
        ap_rputs("</details>\n", view.r);
    }
}

// The newest ones at once, the rest folded.
inline void html_rejections(const status_view &view) noexcept {
    static constexpr int at_once = 5;
    request_rec *r = view.r;
    const auto escape = [r](const auto &text) noexcept {
        return escape_html(r->pool, text.data());
    };
    int shown = 0;
    ap_rputs("<h2 id=\"rejections\">Last rejections</h2>\n", r);
    for_each_shown_rejection(view, [&](const rejection_view &each) noexcept {
        if (shown == at_once) {
            ap_rvputs(r, table_end, "<details><summary>Earlier ones</summary>\n", nullptr);
        }
        if (shown == 0 || shown == at_once) {
            ap_rvputs(r, table_begin,
                      "<th>Time (UTC)</th><th>Status</th><th>Expectation</th><th>Request</th>"
                      "<th>Host</th><th>Client</th><th>Rule</th>",
                      table_body, nullptr);
        }
        ap_rprintf(r,
                   "<tr><td class=\"t\">%s</td>\n<td>%u%s</td>\n<td><code>%s</code></td>\n"
                   "<td><code>%s %s</code></td>\n<td>%s</td>\n<td>%s</td>\n<td>%s</td></tr>\n",
                   shown_time(r->pool, apr_time_sec(each.time)), each.status,
                   each.was_detected ? " <em>would be</em>" : "", escape(each.member),
                   escape(each.method), escape(each.target), escape(each.host), escape(each.client),
                   html_place(r->pool, each.rule.data()));
        ++shown;
    });
    ap_rputs(shown == 0 ? "<p>None yet.</p>\n" : table_end, r);
    ap_rputs(shown > at_once ? "</details>\n" : "", r);
}

// Hits as a share of those of all rules of the page.
inline const char *shown_share(apr_pool_t *pool, apr_uint64_t hits, apr_uint64_t all) noexcept {
    if (hits == 0) {
        return "";
    }
    const double percent = 100.0 * static_cast<double>(hits) / static_cast<double>(all);
    return percent < 0.1 ? "&lt;&#160;0.1&#160;%" : apr_psprintf(pool, "%.1f&#160;%%", percent);
}

// On a phone, where each row stands alone, numbers have their headings (data-h) before them.
inline void html_rule(request_rec *r, apr_pool_t *pool, const rule_view &rule,
                      apr_uint64_t all) noexcept {
    ap_rprintf(r,
               "<tr><td><code>%s</code></td>\n<td>%s %s</td>\n"
               "<td class=\"n\" data-h=\"Hits\">%" APR_UINT64_T_FMT "</td>\n"
               "<td class=\"n\">%s</td>\n<td class=\"t\" data-h=\"Last\">%s</td></tr>\n",
               escape_html(pool, rule.text), escape_html(pool, rule.section),
               html_place(pool, rule.place), rule.hits, shown_share(pool, rule.hits, all),
               rule.last == 0 ? "never" : shown_time(pool, rule.last));
}

inline apr_uint64_t count_hits(const host_view *host) noexcept {
    apr_uint64_t hits = 0;
    for_each_rule(host, [&](const rule_view &rule) noexcept { hits += rule.hits; });
    return hits;
}

// The rules of a host, or the built-in ones where it is null.
inline void html_rules_of(request_rec *r, apr_pool_t *pool, const host_view *host, bool is_open,
                          apr_uint64_t all) noexcept {
    ap_rputs(is_open ? "<details open=\"open\"" : "<details", r);
    if (host == nullptr) {
        ap_rputs("><summary>Built in, behind those of every host", r);
    } else {
        ap_rprintf(r, " id=\"rules-%d\"><summary><a href=\"#host-%d\">%s</a>%s%s", host->number,
                   host->number, escape_html(pool, host->title), html_mode(pool, *host),
                   host->server->is_virtual ? "" : ", main server");
    }
    ap_rprintf(r, ": %" APR_UINT64_T_FMT " hits</summary>\n", count_hits(host));
    ap_rvputs(r, table_begin,
              "<th>Rule</th><th>Where</th><th class=\"n\">Hits</th><th class=\"n\">Share</th>"
              "<th>Last hit (UTC)</th>",
              table_body, nullptr);
    for_each_rule(host, [&](const rule_view &rule) noexcept { html_rule(r, pool, rule, all); });
    ap_rvputs(r, table_end, "</details>\n", nullptr);
}

// Those of the hosts where a rule was hit come first. Where there are many rules, each host's are
// folded, and those that were not hit once more.
inline void html_rules(const status_view &view) noexcept {
    apr_uint64_t all = view.host == nullptr ? count_hits(nullptr) : 0;
    int rules = 0;
    int unused = 0;
    for_each_host(view, [&](const host_view &host, apr_pool_t *) noexcept {
        const apr_uint64_t hits = count_hits(&host);
        all += hits;
        rules += count_rules(host);
        unused += host.books != nullptr && hits == 0 ? 1 : 0;
    });
    const bool is_open = rules <= 30;
    const auto show_hosts = [&](bool with_hits) noexcept {
        for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
            if (host.books != nullptr && (count_hits(&host) != 0) == with_hits) {
                html_rules_of(view.r, pool, &host, is_open, all);
            }
        });
    };
    ap_rputs("<h2 id=\"rules\">Rules</h2>\n", view.r);
    show_hosts(true);
    if (view.host == nullptr) {
        html_rules_of(view.r, view.r->pool, nullptr, true, all);
    }
    if (!is_open && unused > 0) {
        ap_rprintf(view.r, "<details><summary>%d host%s of which no rule was hit</summary>\n",
                   unused, unused == 1 ? "" : "s");
    }
    show_hosts(false);
    ap_rputs(!is_open && unused > 0 ? "</details>\n" : "", view.r);
}

// httpd's signature, in which the name may stand that the client asked for. The page is UTF-8,
// which that need not be.
inline const char *plain_signature(request_rec *r) noexcept {
    char *text = apr_pstrdup(r->pool, ap_psignature("<hr/>\n", r));
    for (char *at = text; *at != '\0'; ++at) {
        *at = static_cast<unsigned char>(*at) < 0x80 ? *at : '?';
    }
    return text;
}

inline void write_status_html(const status_view &view) noexcept {
    request_rec *r = view.r;
    html_begin(view);
    if (view.host == nullptr) {
        html_totals(r);
    }
    html_hosts(view);
    html_rejections(view);
    html_rules(view);
    ap_rvputs(r, "<p><small>Also as <a href=\"", query_for(r->pool, "json", view.host),
              "\">JSON</a> and for <a href=\"", query_for(r->pool, "prometheus", view.host),
              "\">Prometheus</a>; <a href=\"", query_for(r->pool, "refresh=10", view.host),
              "\">loaded anew every 10 s</a>.</small></p>\n", plain_signature(r),
              "</body></html>\n", nullptr);
}

} // namespace mod_expect
