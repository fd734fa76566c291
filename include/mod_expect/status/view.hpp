// What every form of the status page shows: the numbers with their names, the hosts, the rules, and
// the last rejections. The forms differ in how they write it.
#ifndef MOD_EXPECT_STATUS_VIEW_HPP
#define MOD_EXPECT_STATUS_VIEW_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"
#include "mod_expect/record/record.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// A number that is kept for each host: its name in JSON and in metrics, its heading, what it
// counts.
struct metric {
    const char *name;
    const char *heading;
    const char *help;
    counter host_counters::*value;
};

inline constexpr std::array<metric, 15> metrics = {{
    {"requests", "Requests", "Requests with an Expect field.", &host_counters::requests},
    {"members_met", "Met", "Expectations met, equal ones of a request once.", &host_counters::met},
    {"members_ignored", "Ignored", "Expectations ignored, equal ones of a request once.",
     &host_counters::ignored},
    {"rejected", "Rejected", "Requests rejected.", &host_counters::rejected},
    {"would_reject", "Would reject", "Requests that the policy would have rejected.",
     &host_counters::would_reject},
    {"malformed", "Malformed", "Requests of which the field does not parse.",
     &host_counters::malformed},
    {"failed", "Failed", "Requests of which a condition could not be evaluated; 500 with On.",
     &host_counters::failed},
    {"asked", "Asked", "Questions to applications.", &host_counters::asked},
    {"refused_by_application", "Refused by application",
     "Requests that an application refused when it was asked.",
     &host_counters::refused_by_application},
    {"asking_failed", "Asking failed", "Questions to applications that were not answered; 503.",
     &host_counters::asking_failed},
    {"asking_microseconds", "Asking took", "Microseconds that questions to applications took.",
     &host_counters::asking_time},
    {"uploads_read", "Uploads read",
     "Uploads with a met 100-continue of which the content was asked for or read.",
     &host_counters::uploads_read},
    {"uploads_spared", "Uploads spared",
     "Uploads with a met 100-continue that were answered without their content.",
     &host_counters::uploads_spared},
    {"spared_content_bytes", "Bytes spared", "Declared content of uploads spared.",
     &host_counters::bytes_spared},
    {"refused_content_bytes", "Bytes refused", "Declared content of rejected requests.",
     &host_counters::bytes_refused},
}};

inline apr_uint64_t read(const counter &from) noexcept {
    return from.load(std::memory_order_relaxed);
}

// A host's name with its port, as people call it.
inline const char *host_title(apr_pool_t *pool, const server_rec *host) noexcept {
    const char *name = host->server_hostname != nullptr ? host->server_hostname : "(unnamed)";
    const int port =
        host->is_virtual && host->addrs != nullptr ? host->addrs->host_port : host->port;
    return port == 0 ? name : apr_psprintf(pool, "%s:%d", name, port);
}

// Where a host is defined: FILE:LINE, or that it is the main server.
inline const char *host_place(apr_pool_t *pool, const server_rec *host) noexcept {
    return host->is_virtual ? apr_psprintf(pool, "%s:%u", host->defn_name, host->defn_line_number)
                            : "main server";
}

// Calls visit(host, its counters) for every host with a policy, as they are written.
template <class Visit>
void for_each_host(apr_pool_t *pool, Visit visit) noexcept {
    const apr_array_header_t *servers = servers_as_written(pool, ap_server_conf);
    for (int i = 0; i < servers->nelts; ++i) {
        const server_rec *host = APR_ARRAY_IDX(servers, i, const server_rec *);
        if (const host_counters *counted = settings_of(host)->counted) {
            visit(host, *counted);
        }
    }
}

// A rule with its hits, as a page names it. host is null for the built-in ones.
struct rule_view {
    const server_rec *host;
    const char *section; // or null
    const char *place;
    const char *text;
    apr_uint64_t hits;
};

// Calls visit(rule_view) for every rule, the built-in ones last.
template <class Visit>
void for_each_rule(Visit visit) noexcept {
    for (int i = 0; i < rule_books->nelts; ++i) {
        const rule_book &book = *APR_ARRAY_IDX(rule_books, i, rule_book *);
        for (std::uint32_t at = 0; at < book.list.count; ++at) {
            const rule_origin *origin = origin_of(book.list.rules[at]);
            visit(rule_view{book.server, book.section, origin->place, origin->text,
                            read(origin->counted->hits)});
        }
    }
    for (std::uint32_t i = 0; i < expect::built_in.count; ++i) {
        visit(rule_view{nullptr, nullptr, "built-in",
                        expect::built_in_text(expect::built_in.rules[i]).data(),
                        read(all_counters->built_in[i].hits)});
    }
}

// Calls visit(status, count) for the statuses with which a host rejected; what there was no room
// for is "other".
template <class Visit>
void for_each_status(apr_pool_t *pool, const host_counters &host, Visit visit) noexcept {
    for (const status_counter &each : host.by_status) {
        if (const std::uint32_t status = each.status.load(std::memory_order_relaxed)) {
            visit(apr_itoa(pool, static_cast<int>(status)), read(each.rejected));
        }
    }
    if (const apr_uint64_t others = read(host.other_statuses)) {
        visit("other", others);
    }
}

} // namespace mod_expect

#endif
