// What every form of the status page shows: the numbers with their names, the hosts, their rules,
// and the last rejections. The forms differ in how they write it.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/base/version.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"
#include "mod_expect/record/journal.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// What a number counts, and in what it is counted.
enum class counted_thing : std::uint8_t { requests, expectations, uploads, questions };
enum class unit : std::uint8_t { one, bytes, microseconds };

inline constexpr std::array<const char *, 4> counted_things = {"Requests", "Expectations",
                                                               "Uploads", "Questions"};

// A number that is kept for each host: its name in JSON and in metrics, its heading among those of
// the same thing, what it says.
struct metric {
    counted_thing of;
    const char *name;
    const char *heading;
    const char *help;
    counter host_counters::*value;
    unit in = unit::one;
};

inline constexpr std::array<metric, 15> metrics = {{
    {counted_thing::requests, "requests", "received", "Requests with an Expect field.",
     &host_counters::requests},
    {counted_thing::requests, "rejected", "rejected", "Requests rejected by a rule.",
     &host_counters::rejected},
    {counted_thing::requests, "would_reject", "would reject",
     "Requests that the policy would have rejected.", &host_counters::would_reject},
    {counted_thing::requests, "malformed", "malformed",
     "Requests of which the field does not parse.", &host_counters::malformed},
    {counted_thing::requests, "failed", "failed",
     "Requests of which a condition could not be evaluated; 500 with On.", &host_counters::failed},
    {counted_thing::requests, "refused_content_bytes", "bytes refused",
     "Declared content of rejected requests.", &host_counters::bytes_refused, unit::bytes},
    {counted_thing::expectations, "members_met", "met",
     "Expectations met, equal ones of a request once.", &host_counters::met},
    {counted_thing::expectations, "members_ignored", "ignored",
     "Expectations ignored, equal ones of a request once.", &host_counters::ignored},
    {counted_thing::uploads, "uploads_read", "read",
     "Uploads with a met 100-continue of which the content was asked for or read.",
     &host_counters::uploads_read},
    {counted_thing::uploads, "uploads_spared", "spared",
     "Uploads with a met 100-continue that were answered without their content.",
     &host_counters::uploads_spared},
    {counted_thing::uploads, "spared_content_bytes", "bytes spared",
     "Declared content of uploads spared.", &host_counters::bytes_spared, unit::bytes},
    {counted_thing::questions, "asked", "asked", "Questions to applications.",
     &host_counters::asked},
    {counted_thing::questions, "refused_by_application", "refused",
     "Requests that an application refused when it was asked.",
     &host_counters::refused_by_application},
    {counted_thing::questions, "asking_failed", "not answered",
     "Questions to applications that were not answered; 503.", &host_counters::asking_failed},
    {counted_thing::questions, "asking_microseconds", "time",
     "Time that questions to applications took.", &host_counters::asking_time, unit::microseconds},
}};

inline apr_uint64_t read(const counter &from) noexcept {
    return from.load(std::memory_order_relaxed);
}

// A host's name with its port, as people call it.
inline const char *host_title(apr_pool_t *pool, const server_rec *host) noexcept {
    const int port =
        host->is_virtual && host->addrs != nullptr ? host->addrs->host_port : host->port;
    return port == 0 ? name_of(host) : apr_psprintf(pool, "%s:%d", name_of(host), port);
}

struct host_view {
    const server_rec *server;
    const host_counters *counted;    // null where the policy is Off
    const char *title;               // NAME:PORT, not escaped
    const char *place;               // where it is defined
    const char *mode;                // of ExpectPolicy, as written
    const apr_array_header_t *books; // its rules: const rule_book *
    int number;                      // 1 for the main server

    [[nodiscard]] bool has_traffic() const noexcept {
        return counted != nullptr && read(counted->requests) != 0;
    }
};

// Whether people call the host so: by its name, with its port or without.
inline bool is_called(const host_view &host, const char *name) noexcept {
    return ap_cstr_casecmp(host.title, name) == 0 ||
           (host.server->server_hostname != nullptr &&
            ap_cstr_casecmp(host.server->server_hostname, name) == 0);
}

// The books of each server, by its address.
inline apr_hash_t *sort_books(apr_pool_t *pool) noexcept {
    apr_hash_t *sorted = apr_hash_make(pool);
    for_each_book([&](const rule_book &book) noexcept {
        auto *books = static_cast<apr_array_header_t *>(
            apr_hash_get(sorted, &book.server, sizeof(book.server)));
        if (books == nullptr) {
            books = apr_array_make(pool, 4, sizeof(const rule_book *));
            apr_hash_set(sorted, &book.server, sizeof(book.server), books);
        }
        *static_cast<const rule_book **>(apr_array_push(books)) = &book;
    });
    return sorted;
}

// All hosts, or those called `only` where that is not null, as they are written.
inline apr_array_header_t *list_hosts(apr_pool_t *pool, const char *only) noexcept {
    const apr_array_header_t *servers = servers_as_written(pool, ap_server_conf);
    apr_array_header_t *hosts = apr_array_make(pool, servers->nelts, sizeof(host_view));
    apr_hash_t *books = sort_books(pool);
    for (int i = 0; i < servers->nelts; ++i) {
        const server_rec *const server = APR_ARRAY_IDX(servers, i, const server_rec *);
        const server_settings &settings = *settings_of(server);
        host_view host = {};
        host.server = server;
        host.counted = settings.counted;
        host.title = host_title(pool, server);
        host.place = server->is_virtual
                         ? apr_psprintf(pool, "%s:%u", server->defn_name, server->defn_line_number)
                         : "main server";
        host.mode = expect::word_for(expect::policy_mode_words, mode_of(settings)).data();
        host.books =
            static_cast<const apr_array_header_t *>(apr_hash_get(books, &server, sizeof(server)));
        host.number = i + 1;
        if (only == nullptr || is_called(host, only)) {
            *static_cast<host_view *>(apr_array_push(hosts)) = host;
        }
    }
    return hosts;
}

// A rule with its hits, as a page names it.
struct rule_view {
    const char *section; // "" for a server's own
    const char *place;
    const char *text;
    apr_uint64_t hits;
    apr_time_t last; // of its last hit, in seconds since 1970; 0: never
};

inline rule_view view_rule(const char *section, const char *place, const char *text,
                           const rule_counter &counted) noexcept {
    return {section != nullptr ? section : "", place, text, read(counted.hits),
            static_cast<apr_time_t>(read(counted.last))};
}

// Calls visit(rule_view) for every rule of a host, or for the built-in ones where it is null.
template <class Visit>
void for_each_rule(const host_view *host, Visit visit) noexcept {
    for (std::uint32_t i = 0; host == nullptr && i < expect::built_in.count; ++i) {
        visit(view_rule(nullptr, "built-in",
                        expect::built_in_text(expect::built_in.rules[i]).data(),
                        all_counters->built_in[i]));
    }
    for (int i = 0; host != nullptr && host->books != nullptr && i < host->books->nelts; ++i) {
        const rule_book &book = *APR_ARRAY_IDX(host->books, i, const rule_book *);
        for_each_rule(book, [&](const expect::rule &, const rule_origin &origin) noexcept {
            visit(view_rule(book.section, origin.place, origin.text, *origin.counted));
        });
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

// What was asked for, and what there is to show of it.
struct status_view {
    request_rec *r;
    const char *host = nullptr; // only those called so; null: all
    int refresh = 0;            // seconds; 0: not
    const apr_array_header_t *hosts = nullptr;
};

// Calls visit(host, pool) for the hosts of a view, with a pool for each: there may be ten thousand.
template <class Visit>
void for_each_host(const status_view &view, Visit visit) noexcept {
    apr_pool_t *pool = nullptr;
    apr_pool_create(&pool, view.r->pool);
    for (int i = 0; i < view.hosts->nelts; ++i) {
        visit(APR_ARRAY_IDX(view.hosts, i, const host_view), pool);
        apr_pool_clear(pool);
    }
    apr_pool_destroy(pool);
}

// Calls visit(host, rule, pool) for every rule of a view, with null for the built-in ones, which
// are not those of one host; the pool is that of for_each_host(), or the request's.
template <class Visit>
void for_each_shown_rule(const status_view &view, Visit visit) noexcept {
    for_each_host(view, [&](const host_view &host, apr_pool_t *pool) noexcept {
        for_each_rule(&host, [&](const rule_view &rule) noexcept { visit(&host, rule, pool); });
    });
    if (view.host == nullptr) {
        for_each_rule(nullptr, [&](const rule_view &rule) noexcept {
            visit(static_cast<const host_view *>(nullptr), rule, view.r->pool);
        });
    }
}

// The last rejections of a view, the newest first: visit(rejection_view).
template <class Visit>
void for_each_shown_rejection(const status_view &view, Visit visit) noexcept {
    for_each_rejection(all_counters->journal, [&](const rejection_view &each) noexcept {
        bool is_shown = view.host == nullptr;
        for (int i = 0; !is_shown && i < view.hosts->nelts; ++i) {
            const host_view &host = APR_ARRAY_IDX(view.hosts, i, const host_view);
            is_shown = host.server->server_hostname != nullptr &&
                       std::strncmp(each.host.data(), host.server->server_hostname,
                                    each.host.size() - sizeof("...")) == 0;
        }
        if (is_shown) {
            visit(each);
        }
    });
}

} // namespace mod_expect
