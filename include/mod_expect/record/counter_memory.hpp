// Where the counters live: anonymous shared memory that outlasts graceful restarts, and which part
// of it belongs to which host and rule. A host or rule that is still there after a restart goes on
// with its numbers; children of before go on adding to them. Only the parent changes what is here.
#ifndef MOD_EXPECT_RECORD_COUNTER_MEMORY_HPP
#define MOD_EXPECT_RECORD_COUNTER_MEMORY_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"

namespace mod_expect {

// What is kept from one configuration to the next, in the pool of the process.
struct counter_store {
    apr_pool_t *pool;
    shared_counters *shared;
    apr_hash_t *hosts; // identity -> host_counters
    apr_hash_t *rules; // identity -> rule_counter
};

// Shared memory of so many bytes for the life of the process; null where there is none. All zero,
// as new memory is; pages that nobody counts in are never touched.
inline void *make_shared(apr_pool_t *pool, apr_size_t size) noexcept {
    apr_shm_t *memory = nullptr;
    if (apr_shm_create(&memory, size, nullptr, pool) != APR_SUCCESS) {
        return nullptr;
    }
    return apr_shm_baseaddr_get(memory);
}

// The store of this process, made at the first call. A graceful restart may load a newer version of
// the module, of which the counters lie in memory in another way; it starts with a store of its
// own.
inline counter_store *open_store(apr_pool_t *process_pool, apr_pool_t *temporary) noexcept {
    const char *key = apr_psprintf(temporary, "mod_expect-counters-%u-%u-%u-%u",
                                   static_cast<unsigned>(sizeof(counter_store)),
                                   static_cast<unsigned>(sizeof(shared_counters)),
                                   static_cast<unsigned>(sizeof(host_counters)), counters_version);
    auto *store = static_cast<counter_store *>(ap_retained_data_get(key));
    if (store != nullptr && store->shared != nullptr) {
        return store;
    }
    if (store == nullptr) {
        store = static_cast<counter_store *>(ap_retained_data_create(key, sizeof(counter_store)));
    }
    store->pool = process_pool;
    store->hosts = apr_hash_make(process_pool);
    store->rules = apr_hash_make(process_pool);
    store->shared =
        static_cast<shared_counters *>(make_shared(process_pool, sizeof(shared_counters)));
    return store->shared != nullptr ? store : nullptr;
}

// A host or a rule that wants its counters, by what it is told by from one configuration to the
// next. Several that look the same are told apart by their number.
struct counter_request {
    const char *identity;
    void **wanted;
};

// Adds a request, with its number among those that look the same.
inline void request_counters(apr_pool_t *temporary, apr_array_header_t *requests, apr_hash_t *seen,
                             const char *identity, void **wanted) noexcept {
    auto *number = static_cast<unsigned *>(apr_hash_get(seen, identity, APR_HASH_KEY_STRING));
    if (number == nullptr) {
        number = static_cast<unsigned *>(apr_pcalloc(temporary, sizeof(*number)));
        apr_hash_set(seen, identity, APR_HASH_KEY_STRING, number);
    }
    *static_cast<counter_request *>(apr_array_push(requests)) = {
        apr_psprintf(temporary, "%s #%u", identity, (*number)++), wanted};
}

// Gives each request what it had before, and the new ones what is made for them together.
inline bool assign_counters(counter_store &store, apr_hash_t *known, apr_size_t size,
                            const apr_array_header_t *requests) noexcept {
    int missing = 0;
    for (int i = 0; i < requests->nelts; ++i) {
        const counter_request &each = APR_ARRAY_IDX(requests, i, counter_request);
        *each.wanted = apr_hash_get(known, each.identity, APR_HASH_KEY_STRING);
        missing += *each.wanted == nullptr ? 1 : 0;
    }
    if (missing == 0) {
        return true;
    }
    auto *fresh =
        static_cast<char *>(make_shared(store.pool, size * static_cast<apr_size_t>(missing)));
    if (fresh == nullptr) {
        return false;
    }
    for (int i = 0; i < requests->nelts; ++i) {
        const counter_request &each = APR_ARRAY_IDX(requests, i, counter_request);
        if (*each.wanted == nullptr) {
            *each.wanted = fresh;
            apr_hash_set(known, apr_pstrdup(store.pool, each.identity), APR_HASH_KEY_STRING, fresh);
            fresh += size;
        }
    }
    return true;
}

// What a host is told by: its name and addresses, not where it is written.
inline const char *identity_of(apr_pool_t *temporary, const server_rec *host) noexcept {
    const char *identity =
        apr_pstrcat(temporary, host->is_virtual ? "virtual host " : "main server ",
                    host->server_hostname != nullptr ? host->server_hostname : "", nullptr);
    for (const server_addr_rec *each = host->addrs; each != nullptr; each = each->next) {
        identity = apr_psprintf(temporary, "%s %s:%d", identity, each->virthost,
                                static_cast<int>(each->host_port));
    }
    return identity;
}

inline bool assign_rule_counters(counter_store &store, apr_pool_t *temporary) noexcept {
    apr_array_header_t *requests = apr_array_make(temporary, 16, sizeof(counter_request));
    apr_hash_t *seen = apr_hash_make(temporary);
    for (int i = 0; i < rule_books->nelts; ++i) {
        const rule_book &book = *APR_ARRAY_IDX(rule_books, i, rule_book *);
        const char *host = identity_of(temporary, book.server);
        for (int at = 0; at < book.rules->nelts; ++at) {
            rule_origin *origin = origin_of(APR_ARRAY_IDX(book.rules, at, expect::rule));
            request_counters(temporary, requests, seen,
                             apr_pstrcat(temporary, host, " ",
                                         book.section != nullptr ? book.section : "", " ",
                                         origin->text, nullptr),
                             reinterpret_cast<void **>(&origin->counted));
        }
    }
    return assign_counters(store, store.rules, sizeof(rule_counter), requests);
}

inline bool assign_host_counters(counter_store &store, apr_pool_t *temporary,
                                 server_rec *main) noexcept {
    apr_array_header_t *requests = apr_array_make(temporary, 16, sizeof(counter_request));
    apr_hash_t *seen = apr_hash_make(temporary);
    for (server_rec *s = main; s != nullptr; s = s->next) {
        server_settings *settings = settings_of(s);
        settings->counted = nullptr;
        if (mode_of(*settings) != expect::policy_mode::off) {
            request_counters(temporary, requests, seen, identity_of(temporary, s),
                             reinterpret_cast<void **>(&settings->counted));
        }
    }
    return assign_counters(store, store.hosts, sizeof(host_counters), requests);
}

// Finds or makes the counters of everything that is configured. False where there is no memory.
inline bool assign_all_counters(apr_pool_t *process_pool, apr_pool_t *temporary,
                                server_rec *main) noexcept {
    counter_store *store = open_store(process_pool, temporary);
    if (store == nullptr || !assign_rule_counters(*store, temporary) ||
        !assign_host_counters(*store, temporary, main)) {
        return false;
    }
    all_counters = store->shared;
    return true;
}

} // namespace mod_expect

#endif
