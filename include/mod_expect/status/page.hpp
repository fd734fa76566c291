// Where the numbers can be seen: SetHandler expect-status, in three forms, and mod_status.
#ifndef MOD_EXPECT_STATUS_PAGE_HPP
#define MOD_EXPECT_STATUS_PAGE_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/status/html.hpp"
#include "mod_expect/status/json.hpp"
#include "mod_expect/status/prometheus.hpp"
#include "mod_expect/status/view.hpp"

namespace mod_expect {

inline constexpr const char *status_handler = "expect-status";

// Whether a directive of these, or one in their sections, names the page's handler.
inline bool name_status_handler(const ap_directive_t *directives) noexcept {
    for (const ap_directive_t *each = directives; each != nullptr; each = each->next) {
        if ((each->args != nullptr && std::strstr(each->args, status_handler) != nullptr) ||
            name_status_handler(each->first_child)) {
            return true;
        }
    }
    return false;
}

// A form of the page: the query that asks for it, its type, and what writes it.
struct status_form {
    const char *query;
    const char *type;
    void (*write)(request_rec *) noexcept;
};

inline constexpr std::array<status_form, 3> status_forms = {{
    {"", "text/html; charset=utf-8", write_status_html},
    {"json", "application/json", write_status_json},
    {"prometheus", "text/plain; version=0.0.4; charset=utf-8", write_status_prometheus},
}};

// Prometheus can only ask with a parameter that has a value, if an empty one: "prometheus=".
inline bool asks_for(std::string_view query, const status_form &form) noexcept {
    const std::string_view name = form.query;
    return query == name || (!name.empty() && query.size() == name.size() + 1 &&
                             query.back() == '=' && expect::slice(query, 0, name.size()) == name);
}

inline int serve_status(request_rec *r) noexcept {
    if (r->method_number != M_GET) {
        ap_allow_methods(r, REPLACE_ALLOW, "GET", nullptr);
        return HTTP_METHOD_NOT_ALLOWED;
    }
    for (const status_form &each : status_forms) {
        if (asks_for(r->args != nullptr ? r->args : "", each)) {
            ap_set_content_type(r, each.type);
            apr_table_setn(r->headers_out, "Cache-Control", "no-store");
            apr_table_setn(r->headers_out, "X-Content-Type-Options", "nosniff");
            apr_table_setn(r->headers_out, "Content-Security-Policy",
                           "default-src 'none'; style-src 'unsafe-inline'");
            if (!r->header_only) {
                each.write(r);
            }
            return request_ok;
        }
    }
    return HTTP_NOT_FOUND;
}

} // namespace mod_expect

extern "C" {

static int expect_status_handler(request_rec *r) {
    using namespace mod_expect;
    return r->handler != nullptr && std::strcmp(r->handler, status_handler) == 0 ? serve_status(r)
                                                                                 : DECLINED;
}

// The totals, on mod_status's page and in its ?auto form.
static int expect_mod_status(request_rec *r, int flags) {
    using namespace mod_expect;
    if (all_counters == nullptr) {
        return request_ok;
    }
    const bool is_short = (flags & AP_STATUS_SHORT) != 0;
    ap_rputs(is_short ? "" : "<hr>\n<h2>Expect policy</h2>\n<dl>\n", r);
    for (const metric &each : metrics) {
        ap_rprintf(r,
                   is_short ? "Expect-%s: %" APR_UINT64_T_FMT "\n"
                            : "<dt>%s: %" APR_UINT64_T_FMT "</dt>\n",
                   is_short ? each.name : each.heading, read(all_counters->total.*each.value));
    }
    ap_rputs(is_short ? "" : "</dl>\n", r);
    return request_ok;
}

} // extern "C"

#endif
