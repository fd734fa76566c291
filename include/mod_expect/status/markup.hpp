// What the status page is made of: numbers, times, places and tables as HTML.
#ifndef MOD_EXPECT_STATUS_MARKUP_HPP
#define MOD_EXPECT_STATUS_MARKUP_HPP

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/status/view.hpp"

#include <algorithm>
#include <cstring>
#include <initializer_list>

namespace mod_expect {

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

} // namespace mod_expect

#endif
