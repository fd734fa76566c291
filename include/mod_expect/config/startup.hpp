// What happens between reading the configuration and serving: indexes, chains, and which
// connections need the hold.
#ifndef MOD_EXPECT_CONFIG_STARTUP_HPP
#define MOD_EXPECT_CONFIG_STARTUP_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/dump.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/hold/held_name.hpp"
#include "mod_expect/record/counter_memory.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Indexes the rules of a book. They do not move any more.
inline void index_book(apr_pool_t *pool, rule_book &book) noexcept {
    book.list.rules = reinterpret_cast<const expect::rule *>(book.rules->elts);
    book.list.count = static_cast<std::uint32_t>(book.rules->nelts);
    auto *memory = static_cast<std::uint32_t *>(
        apr_palloc(pool, expect::index_words(book.list.count) * sizeof(std::uint32_t)));
    expect::build_index(book.list, memory);
}

// Puts a server's own rules before the main server's, and those before the built-in ones.
inline void chain_rules(server_settings &settings) noexcept {
    const expect::rule_list *outer =
        settings.outer != nullptr ? settings.outer->rules : &expect::built_in;
    settings.rules = outer;
    if (settings.own != nullptr) {
        settings.own->list.next = outer;
        settings.rules = &settings.own->list;
    }
}

// Warns of rules that no request can come to, because one before them in their book takes all.
inline void warn_of_unreachable(apr_pool_t *temporary, const rule_book &book) noexcept {
    const std::uint32_t count = book.list.count;
    auto *before = static_cast<const expect::rule **>(
        apr_palloc(temporary, count * sizeof(const expect::rule *)));
    auto *memory = static_cast<std::uint32_t *>(
        apr_palloc(temporary, expect::coverage_words(count) * sizeof(std::uint32_t)));
    expect::find_covering(&book.list, book.list.next, before, memory);
    for (std::uint32_t at = 0; at < count; ++at) {
        if (before[at] != nullptr) {
            const auto *mine = static_cast<const rule_origin *>(book.list.rules[at].tag);
            const auto *other = static_cast<const rule_origin *>(before[at]->tag);
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: the rule \"%s\" at %s can never be reached: "
                         "\"%s\" at %s comes first and matches all that it would match",
                         mine->text, mine->place, other->text, other->place);
        }
    }
}

// Warns of a mod_http2 that runs pre_read_request before it fills the table of header fields, so
// that nothing can be held (h2_request_create_rec(), h2_create_request_rec() since 2.4.55).
inline void warn_of_early_core(const server_rec *main) noexcept {
    ap_version_t version;
    ap_get_server_revision(&version);
    const bool runs_it_before =
        version.major == 2 && version.minor == 4 && version.patch >= 49 && version.patch <= 54;
    if (runs_it_before && request_hooks.requests && ap_find_linked_module("mod_http2.c")) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main,
                     "expect: over HTTP/2 the core of httpd %d.%d.%d answers 417 to every Expect "
                     "field but a bare 100-continue before the policy is asked; httpd 2.4.55 and "
                     "later ask it",
                     version.major, version.minor, version.patch);
    }
}

inline void warn_of_all(apr_pool_t *temporary, const server_rec *main) noexcept {
    for (int i = 0; i < rule_books->nelts; ++i) {
        warn_of_unreachable(temporary, *APR_ARRAY_IDX(rule_books, i, rule_book *));
    }
    warn_of_early_core(main);
}

// An address that virtual hosts share, as a key. All wildcard addresses are one to httpd.
inline const char *address_key(apr_pool_t *pool, const server_addr_rec *address) noexcept {
    static constexpr char any[16] = {};
    char *text = nullptr;
    const apr_sockaddr_t *host = address->host_addr;
    if (std::memcmp(host->ipaddr_ptr, any, static_cast<std::size_t>(host->ipaddr_len)) == 0 ||
        apr_sockaddr_ip_get(&text, address->host_addr) != APR_SUCCESS) {
        text = const_cast<char *>("*");
    }
    return apr_psprintf(pool, "%s %d", text, static_cast<int>(address->host_port));
}

// Marks every server of which a connection may turn out to belong to a host with a policy: which
// host it is, is known only when the field has been read (ap_update_vhost_from_headers()).
inline void mark_holds(apr_pool_t *pool, apr_pool_t *temporary, server_rec *main) noexcept {
    apr_hash_t *addresses = apr_hash_make(temporary);
    for (server_rec *s = main; s != nullptr; s = s->next) {
        if (mode_of(*settings_of(s)) != expect::policy_mode::off) {
            for (const server_addr_rec *each = s->addrs; each != nullptr; each = each->next) {
                apr_hash_set(addresses, address_key(temporary, each), APR_HASH_KEY_STRING, "");
            }
        }
    }
    for (server_rec *s = main; s != nullptr; s = s->next) {
        server_settings *settings = settings_of(s);
        bool holds = mode_of(*settings) != expect::policy_mode::off;
        for (const server_addr_rec *each = s->addrs; each != nullptr && !holds; each = each->next) {
            holds = apr_hash_get(addresses, address_key(temporary, each), APR_HASH_KEY_STRING) !=
                    nullptr;
        }
        const bool has_policy = mode_of(*settings) != expect::policy_mode::off;
        if (s != main && settings == settings_of(main) &&
            (has_policy || holds != settings->holds_field)) {
            // A host without a directive of ours shares the main server's settings, but not its
            // counters, and not always its addresses.
            auto *own = make_in_pool<server_settings>(pool);
            *own = *settings;
            settings = own;
            ap_set_module_config(s->module_config, &expect_module, own);
        }
        settings->holds_field = holds;
    }
}

} // namespace mod_expect

extern "C" {

static int expect_pre_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t * /*temporary*/) {
    mod_expect::all_counters = nullptr; // of before, where the module is linked into httpd
    mod_expect::rule_books = apr_array_make(pool, 8, sizeof(mod_expect::rule_book *));
    return request_ok;
}

// Runs for -t as well as for a start, before anything else looks at the configuration.
static int expect_check_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t * /*temporary*/,
                               server_rec *main) {
    using namespace mod_expect;
    for (int i = 0; i < rule_books->nelts; ++i) {
        index_book(pool, *APR_ARRAY_IDX(rule_books, i, rule_book *));
    }
    for (server_rec *s = main; s != nullptr; s = s->next) {
        chain_rules(*settings_of(s)); // the main server comes first
    }
    return request_ok;
}

static int expect_post_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t *temporary,
                              server_rec *main) {
    using namespace mod_expect;
    const apr_status_t status = make_held_name();
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, main,
                     "expect: no random bytes for the name that holds the field");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mark_holds(pool, temporary, main);
    // The first reading of the configuration at a start is a rehearsal.
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return request_ok;
    }
    warn_of_all(temporary, main);
    if (request_hooks.requests && !assign_all_counters(main->process->pool, temporary, main)) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, main,
                     "expect: no shared memory for the counters of %d rule books",
                     rule_books->nelts);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return request_ok;
}

static void expect_test_config(apr_pool_t *pool, server_rec *main) {
    mod_expect::warn_of_all(pool, main);
    if (ap_exists_config_define(mod_expect::dump_define)) {
        mod_expect::dump_policy(pool, main);
    }
}

} // extern "C"

#endif
