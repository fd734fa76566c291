// What was configured: the policy of a server and the rules of a section, how they are made, and
// how a virtual host and inner sections go over what is outside of them.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace mod_expect {

struct host_counters; // record/counters.hpp
struct rule_counter;

// Where a rule is written and how: the tag of a rule.
struct rule_origin {
    const char *place;               // FILE:LINE
    const char *text;                // the directive's arguments as written
    rule_counter *counted = nullptr; // set by post_config
};

// The rules written in one place: a server, or one section of it. Grows while the configuration is
// read; its list is indexed and chained when reading is over.
struct rule_book {
    server_rec *server;
    const char *section; // the section as written, "<Location /upload>"; null for a server
    int rank = 0;        // how late the section is merged, and the one around it
    int outer_rank = 0;
    int number = 0;            // among all books, as they are written
    apr_array_header_t *rules; // of expect::rule
    expect::rule_list list;
};

// A server's policy. Trivially destructible, as all that lives in pools here.
struct server_settings {
    std::optional<expect::policy_mode> mode; // unset: as the main server, and there Off
    rule_book *own = nullptr;                // rules written in this server; may be null
    const server_settings *outer = nullptr;  // the main server's; null for the main server
    bool has_section_rules = false;   // sections of this host hold rules: decide in header_parser
    bool holds_field = false;         // connections to this host's addresses need the hold
    host_counters *counted = nullptr; // this host's; set by post_config where the policy is not Off
    const expect::rule_list *rules = &expect::built_in; // the chain in force; set by post_config
};

// The rules of the sections that apply to a resource, the innermost section first.
struct section_settings {
    rule_book *book = nullptr;
    const section_settings *outer = nullptr;
};

// How the built-in rules are named in logs and notes. Made by prepare_rules().
inline std::array<const char *, expect::built_in_count> built_in_places = {};

// Null for the built-in rules.
inline rule_origin *origin_of(const expect::rule &of) noexcept {
    return static_cast<rule_origin *>(const_cast<void *>(of.tag));
}

// Where a rule is written, as the log and the note expect-rule name it: FILE:LINE, or the built-in
// rule.
inline const char *place_of(const expect::rule &of) noexcept {
    const rule_origin *origin = origin_of(of);
    return origin != nullptr
               ? origin->place
               : built_in_places[static_cast<std::size_t>(&of - expect::built_in.rules)];
}

inline server_settings *settings_of(const server_rec *server) noexcept {
    return static_cast<server_settings *>(
        ap_get_module_config(server->module_config, &expect_module));
}

inline const section_settings *section_settings_of(const request_rec *r) noexcept {
    return static_cast<const section_settings *>(
        ap_get_module_config(r->per_dir_config, &expect_module));
}

inline expect::policy_mode mode_of(const server_settings &settings) noexcept {
    return settings.mode.value_or(expect::policy_mode::off);
}

// Whether a host has a policy, in force or on trial.
inline bool is_in_force(const server_rec *host) noexcept {
    return mode_of(*settings_of(host)) != expect::policy_mode::off;
}

// A host's name, as it was configured.
inline const char *name_of(const server_rec *host) noexcept {
    return host->server_hostname != nullptr ? host->server_hostname : "(unnamed)";
}

// All servers of a configuration, the main one first and the others as they are written; httpd
// lists those backwards. Elements: const server_rec *.
inline apr_array_header_t *servers_as_written(apr_pool_t *pool, const server_rec *main) noexcept {
    apr_array_header_t *servers = apr_array_make(pool, 8, sizeof(const server_rec *));
    for (const server_rec *each = main; each != nullptr; each = each->next) {
        *static_cast<const server_rec **>(apr_array_push(servers)) = each;
    }
    auto **first = reinterpret_cast<const server_rec **>(servers->elts);
    std::reverse(first + 1, first + servers->nelts);
    return servers;
}

// The inner section's rules before the outer one's. Both may be chains already; the inner one is
// copied, which httpd's walks make short.
inline const section_settings *merge(apr_pool_t *pool, const section_settings *base,
                                     const section_settings *over) noexcept {
    if (over == nullptr || over->book == nullptr) {
        return base;
    }
    if (base->book == nullptr) {
        return over;
    }
    auto *merged = make_in_pool<section_settings>(pool);
    merged->book = over->book;
    merged->outer = merge(pool, base, over->outer);
    return merged;
}

} // namespace mod_expect

extern "C" {

static void *expect_create_server_settings(apr_pool_t *pool, server_rec * /*server*/) {
    return mod_expect::make_in_pool<mod_expect::server_settings>(pool);
}

// The virtual host's settings over the main server's.
static void *expect_merge_server_settings(apr_pool_t *pool, void *base, void *over) {
    const auto *outer = static_cast<const mod_expect::server_settings *>(base);
    auto *merged = mod_expect::make_in_pool<mod_expect::server_settings>(
        pool, *static_cast<const mod_expect::server_settings *>(over));
    merged->mode = merged->mode ? merged->mode : outer->mode;
    merged->outer = outer;
    merged->has_section_rules = merged->has_section_rules || outer->has_section_rules;
    return merged;
}

static void *expect_create_section_settings(apr_pool_t *pool, char * /*section*/) {
    return mod_expect::make_in_pool<mod_expect::section_settings>(pool);
}

static void *expect_merge_section_settings(apr_pool_t *pool, void *base, void *over) {
    const auto *merged =
        mod_expect::merge(pool, static_cast<const mod_expect::section_settings *>(base),
                          static_cast<const mod_expect::section_settings *>(over));
    return const_cast<mod_expect::section_settings *>(merged);
}

} // extern "C"
