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

// A table's head, from its headings; ">" before one says that its column holds numbers. On a phone
// each row stands alone, and numbers have their headings again.
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

// A cell; its content is HTML already. On a phone, a line may end behind it.
inline void html_cell(request_rec *r, const char *content, const char *attributes = "") noexcept {
    ap_rvputs(r, "<td", attributes, ">", content, "</td>\n", nullptr);
}

inline const char *html_code(apr_pool_t *pool, const char *text) noexcept {
    return apr_pstrcat(pool, "<code>", escape_html(pool, text), "</code>", nullptr);
}

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
    ap_rputs("</p>\n", r);
    if (view.host != nullptr) {
        ap_rputs("<p><a href=\"?\">All hosts</a></p>\n", r);
    }
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

inline void html_host(request_rec *r, apr_pool_t *pool, const host_view &host) noexcept {
    const int rules = count_rules(host);
    ap_rprintf(r, "<tr id=\"host-%d\">", host.number);
    html_cell(r, apr_pstrcat(pool, "<a href=\"", query_for(pool, "", host.title), "\">",
                             escape_html(pool, host.title), "</a>", html_mode(pool, host), " ",
                             html_place(pool, host.place), " ",
                             rules == 0
                                 ? ""
                                 : apr_psprintf(pool, "<a href=\"#rules-%d\">%d&#160;rule%s</a>",
                                                host.number, rules, rules == 1 ? "" : "s"),
                             nullptr));
    for (std::size_t i = 0; i < counted_things.size(); ++i) {
        html_cell(r, host.counted == nullptr
                         ? ""
                         : html_numbers(pool, static_cast<counted_thing>(i), *host.counted, false));
    }
    ap_rputs("</tr>\n", r);
}

// The table of the hosts that have had requests with the field, or of the others.
inline void html_host_table(const status_view &view, bool with_traffic) noexcept {
    html_table(view.r, {"Host", counted_things[0], counted_things[1], counted_things[2],
                        counted_things[3]});
    for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
        if (host.has_traffic() == with_traffic) {
            html_host(view.r, pool, host);
        }
    });
    html_end_table(view.r);
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
        ap_rprintf(view.r, "<details%s><summary>%d %s without such requests",
                   view.hosts->nelts == 1 ? " open=\"open\"" : "", quiet,
                   quiet == 1 ? "host" : "hosts");
        ap_rprintf(view.r, off > 0 ? ", %d with the policy Off</summary>\n" : "</summary>\n", off);
        html_host_table(view, false);
        ap_rputs("</details>\n", view.r);
    }
}

inline void html_rejection(request_rec *r, const rejection_view &each) noexcept {
    apr_pool_t *pool = r->pool;
    ap_rputs("<tr>", r);
    html_cell(r, shown_time(pool, apr_time_sec(each.time)), " class=\"t\"");
    html_cell(
        r, apr_psprintf(pool, "%u%s", each.status, each.was_detected ? " <em>would be</em>" : ""));
    html_cell(r, html_code(pool, each.member.data()));
    html_cell(r, apr_pstrcat(pool, "<code>", escape_html(pool, each.method.data()), " ",
                             escape_html(pool, each.target.data()), "</code>", nullptr));
    html_cell(r, escape_html(pool, each.host.data()));
    html_cell(r, escape_html(pool, each.client.data()));
    html_cell(r, html_place(pool, each.rule.data()));
    ap_rputs("</tr>\n", r);
}

// The newest ones at once, the rest folded.
inline void html_rejections(const status_view &view) noexcept {
    static constexpr int at_once = 5;
    request_rec *r = view.r;
    const auto begin = [r]() noexcept {
        html_table(r, {"Time (UTC)", "Status", "Expectation", "Request", "Host", "Client", "Rule"});
    };
    int shown = 0;
    ap_rputs("<h2 id=\"rejections\">Last rejections</h2>\n", r);
    for_each_shown_rejection(view, [&](const rejection_view &each) noexcept {
        if (shown == at_once) {
            html_end_table(r);
            ap_rputs("<details><summary>Earlier ones</summary>\n", r);
        }
        if (shown == 0 || shown == at_once) {
            begin();
        }
        html_rejection(r, each);
        ++shown;
    });
    if (shown == 0) {
        ap_rputs("<p>None yet.</p>\n", r);
        return;
    }
    html_end_table(r);
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

inline void html_rule(request_rec *r, apr_pool_t *pool, const rule_view &rule,
                      apr_uint64_t all) noexcept {
    ap_rputs("<tr>", r);
    html_cell(r, html_code(pool, rule.text));
    html_cell(r, apr_pstrcat(pool, escape_html(pool, rule.section), " ",
                             html_place(pool, rule.place), nullptr));
    html_cell(r, apr_psprintf(pool, "%" APR_UINT64_T_FMT, rule.hits),
              " class=\"n\" data-h=\"Hits\"");
    html_cell(r, shown_share(pool, rule.hits, all), " class=\"n\"");
    html_cell(r, rule.last == 0 ? "never" : shown_time(pool, rule.last),
              " class=\"t\" data-h=\"Last\"");
    ap_rputs("</tr>\n", r);
}

inline apr_uint64_t count_hits(const host_view *host) noexcept {
    apr_uint64_t hits = 0;
    for_each_rule(host, [&](const rule_view &rule) noexcept { hits += rule.hits; });
    return hits;
}

// The rules of a host, or the built-in ones where it is null, folded where `is_open` does not hold.
inline void html_rules_of(request_rec *r, apr_pool_t *pool, const host_view *host, bool is_open,
                          apr_uint64_t all) noexcept {
    ap_rputs(is_open ? "<details open=\"open\"" : "<details", r);
    if (host == nullptr) {
        ap_rputs("><summary>Built in, behind those of every host", r);
    } else {
        ap_rprintf(r, " id=\"rules-%d\"><summary><a href=\"#host-%d\">", host->number,
                   host->number);
        ap_rvputs(r, escape_html(pool, host->title), "</a>", html_mode(pool, *host),
                  host->server->is_virtual ? "" : ", main server", nullptr);
    }
    ap_rprintf(r, ": %" APR_UINT64_T_FMT " hits</summary>\n", count_hits(host));
    html_table(r, {"Rule", "Where", ">Hits", ">Share", "Last hit (UTC)"});
    for_each_rule(host, [&](const rule_view &rule) noexcept { html_rule(r, pool, rule, all); });
    html_end_table(r);
    ap_rputs("</details>\n", r);
}

// Those of the hosts where a rule has been hit, or of the others; unfolded where there are few.
inline void html_rules_with(const status_view &view, bool hits, bool is_open,
                            apr_uint64_t all) noexcept {
    for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
        if (host.books != nullptr && (count_hits(&host) != 0) == hits) {
            html_rules_of(view.r, pool, &host, is_open, all);
        }
    });
}

inline void html_rules(const status_view &view) noexcept {
    static constexpr int few = 30;
    apr_uint64_t all = view.host == nullptr ? count_hits(nullptr) : 0;
    int rules = 0;
    int unused = 0;
    for_each_host(view, [&](const host_view &host, apr_pool_t *) noexcept {
        const apr_uint64_t hits = count_hits(&host);
        all += hits;
        rules += count_rules(host);
        unused += host.books != nullptr && hits == 0 ? 1 : 0;
    });
    ap_rputs("<h2 id=\"rules\">Rules</h2>\n", view.r);
    html_rules_with(view, true, rules <= few, all);
    if (view.host == nullptr) {
        html_rules_of(view.r, view.r->pool, nullptr, true, all);
    }
    if (rules > few && unused > 0) {
        ap_rprintf(view.r, "<details><summary>%d hosts of which no rule was hit</summary>\n",
                   unused);
    }
    html_rules_with(view, false, rules <= few, all);
    ap_rputs(rules > few && unused > 0 ? "</details>\n" : "", view.r);
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

#endif
