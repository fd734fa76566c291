// The status page for people: no script, one style sheet inside, readable on a phone. It is also
// well formed as XML, so that a test can tell that nothing on it breaks out of its element.
#ifndef MOD_EXPECT_STATUS_HTML_HPP
#define MOD_EXPECT_STATUS_HTML_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/markup.hpp"
#include "mod_expect/status/style.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

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
