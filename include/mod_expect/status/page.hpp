// Where the numbers can be seen: SetHandler expect-status, in three forms, and mod_status.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/status/html.hpp"
#include "mod_expect/status/json.hpp"
#include "mod_expect/status/prometheus.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

inline constexpr const char *status_handler = "expect-status";

// A form of the page: the parameter that asks for it, its type, and what writes it.
struct status_form {
    const char *parameter;
    const char *type;
    void (*write)(const status_view &) noexcept;
};

inline constexpr std::array<status_form, 3> status_forms = {{
    {"html", "text/html; charset=utf-8", write_status_html},
    {"json", "application/json", write_status_json},
    {"prometheus", "text/plain; version=0.0.4; charset=utf-8", write_status_prometheus},
}};

inline constexpr int longest_refresh = 3600; // seconds

// Takes one parameter of the query. False where the page does not understand it.
inline bool read_parameter(const char *name, char *value, status_view &view,
                           const status_form *&form) noexcept {
    for (const status_form &each : status_forms) {
        if (ap_cstr_casecmp(name, each.parameter) == 0) {
            // "json", "json=" and "json=1": some clients cannot ask without a value.
            const bool is_first = form == nullptr || form == &each;
            form = &each;
            return is_first && (value == nullptr || std::strcmp(value, "0") != 0);
        }
    }
    if (ap_cstr_casecmp(name, "host") == 0 && value != nullptr) {
        view.host = *value != '\0' ? value : nullptr;
        return ap_unescape_urlencoded(value) == request_ok;
    }
    if (ap_cstr_casecmp(name, "refresh") == 0 && value != nullptr) {
        char *end = nullptr;
        const apr_int64_t seconds = apr_strtoi64(value, &end, 10);
        view.refresh = static_cast<int>(seconds);
        return apr_isdigit(*value) && *end == '\0' && seconds >= 1 && seconds <= longest_refresh;
    }
    return false;
}

// The form that a query asks for, and what of it; null where the page does not understand it.
inline const status_form *read_query(const char *query, status_view &view) noexcept {
    const status_form *form = nullptr;
    char *rest = nullptr;
    char *words = apr_pstrdup(view.r->pool, query);
    for (char *word = apr_strtok(words, "&", &rest); word != nullptr;
         word = apr_strtok(nullptr, "&", &rest)) {
        char *value = std::strchr(word, '=');
        if (value != nullptr) {
            *value++ = '\0';
        }
        if (!read_parameter(word, value, view, form)) {
            return nullptr;
        }
    }
    return form != nullptr ? form : status_forms.data();
}

inline int serve_status(request_rec *r) noexcept {
    if (r->method_number != M_GET) {
        ap_allow_methods(r, REPLACE_ALLOW, "GET", nullptr);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    if (all_counters == nullptr) {
        return HTTP_SERVICE_UNAVAILABLE; // there was no memory for them
    }
    status_view view;
    view.r = r;
    const status_form *form = read_query(r->args != nullptr ? r->args : "", view);
    if (form == nullptr) {
        ap_custom_response(r, HTTP_BAD_REQUEST,
                           "This page takes json or prometheus, host=NAME, and refresh=SECONDS "
                           "(1 to 3600), with &amp; between them.\n");
        return HTTP_BAD_REQUEST;
    }
    view.hosts = list_hosts(r->pool, view.host);
    if (view.hosts->nelts == 0) {
        ap_custom_response(r, HTTP_NOT_FOUND, "This server has no host of that name.\n");
        return HTTP_NOT_FOUND;
    }
    ap_set_content_type(r, form->type);
    apr_table_setn(r->headers_out, "Cache-Control", "no-store");
    apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
    apr_table_setn(r->headers_out, "Content-Security-Policy",
                   "default-src 'none'; style-src 'unsafe-inline'");
    if (view.refresh != 0) {
        apr_table_setn(r->headers_out, "Refresh", apr_itoa(r->pool, view.refresh));
    }
    if (!r->header_only) {
        form->write(view);
    }
    return request_ok;
}

extern "C" inline int expect_status_handler(request_rec *r) {
    return r->handler != nullptr && std::strcmp(r->handler, status_handler) == 0 ? serve_status(r)
                                                                                 : DECLINED;
}

// The totals, on mod_status's page and in its ?auto form.
extern "C" inline int expect_mod_status(request_rec *r, int flags) {
    if (all_counters == nullptr) {
        return request_ok;
    }
    const host_counters &total = all_counters->total;
    if ((flags & AP_STATUS_SHORT) != 0) {
        ap_rprintf(r, "Expect-version: %s\n", version);
        for (const metric &each : metrics) {
            ap_rprintf(r, "Expect-%s: %" APR_UINT64_T_FMT "\n", each.name, read(total.*each.value));
        }
        return request_ok;
    }
    ap_rprintf(r, "<hr>\n<h2>Expect policy (mod_expect %s)</h2>\n<dl>\n", version);
    for (std::size_t i = 0; i < counted_things.size(); ++i) {
        ap_rvputs(r, "<dt>", counted_things[i], ": ",
                  html_numbers(r->pool, static_cast<counted_thing>(i), total, true), "</dt>\n",
                  nullptr);
    }
    ap_rputs("</dl>\n", r);
    return request_ok;
}

} // namespace mod_expect
