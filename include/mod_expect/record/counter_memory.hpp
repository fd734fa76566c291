// Where the counters live: a piece of anonymous shared memory that outlasts graceful restarts, and
// which part of it belongs to which host and rule. Counters never move: a host or rule that is
// still there after a restart, or comes back, goes on with its numbers, and children of before go
// on adding to the same ones. Only the parent changes what is here.
//
// There is room for many more than are usual, in pages that are not there until they are used. A
// reload that needs more begins to count anew, in a larger piece.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"

#include <algorithm>

namespace mod_expect {

// Who counts where, and the number of the last configuration that had it.
struct counter_slot {
    void *memory;
    unsigned generation;
};

// A kind of counters: slots of one size, and which identity has which.
struct counter_table {
    char *memory;
    apr_size_t size;   // of a slot, in bytes
    int capacity;      // in slots
    apr_hash_t *slots; // identity -> counter_slot
};

// What is kept from one configuration to the next. Without pool, there is nothing yet.
struct counter_store {
    apr_pool_t *pool;       // of the memory; destroyed, it unmaps
    apr_pool_t *identities; // of the tables' slots
    unsigned generation;
    shared_counters *shared;
    counter_table hosts;
    counter_table rules;
};

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

inline apr_array_header_t *list_rule_requests(apr_pool_t *temporary) noexcept {
    apr_array_header_t *requests = apr_array_make(temporary, 16, sizeof(counter_request));
    apr_hash_t *seen = apr_hash_make(temporary);
    for_each_book([&](const rule_book &book) noexcept {
        const char *host = identity_of(temporary, book.server);
        for (int at = 0; at < book.rules->nelts; ++at) {
            rule_origin *origin = origin_of(APR_ARRAY_IDX(book.rules, at, expect::rule));
            request_counters(temporary, requests, seen,
                             apr_pstrcat(temporary, host, " ",
                                         book.section != nullptr ? book.section : "", " ",
                                         origin->text, nullptr),
                             reinterpret_cast<void **>(&origin->counted));
        }
    });
    return requests;
}

inline apr_array_header_t *list_host_requests(apr_pool_t *temporary, server_rec *main) noexcept {
    apr_array_header_t *requests = apr_array_make(temporary, 16, sizeof(counter_request));
    apr_hash_t *seen = apr_hash_make(temporary);
    for (server_rec *s = main; s != nullptr; s = s->next) {
        server_settings *settings = settings_of(s);
        settings->counted = nullptr;
        if (is_in_force(s)) {
            request_counters(temporary, requests, seen, identity_of(temporary, s),
                             reinterpret_cast<void **>(&settings->counted));
        }
    }
    return requests;
}

inline counter_slot *find_slot(apr_hash_t *slots, const char *identity) noexcept {
    return static_cast<counter_slot *>(apr_hash_get(slots, identity, APR_HASH_KEY_STRING));
}

inline counter_slot *add_slot(apr_pool_t *pool, apr_hash_t *slots, const char *identity,
                              const counter_slot &slot) noexcept {
    auto *added = static_cast<counter_slot *>(apr_pmemdup(pool, &slot, sizeof(slot)));
    apr_hash_set(slots, apr_pstrdup(pool, identity), APR_HASH_KEY_STRING, added);
    return added;
}

// A slot that nobody has, of those from `at` on, with zeros; null where there is none.
inline void *find_free(const counter_table &table, const bool *is_taken, int &at) noexcept {
    while (at < table.capacity && is_taken[at]) {
        ++at;
    }
    if (at == table.capacity) {
        return nullptr;
    }
    char *slot = table.memory + table.size * static_cast<apr_size_t>(at++);
    for (apr_size_t i = 0; i < table.size / sizeof(counter); ++i) {
        reinterpret_cast<counter *>(slot)[i].store(0, std::memory_order_relaxed);
    }
    return slot;
}

// Gives each request its slot: the one that its identity has, or a free one. Who is gone keeps his
// while children of the configuration before may add to it, and longer where few are gone. False
// where there is no room.
inline bool assign_slots(apr_pool_t *pool, apr_pool_t *temporary, counter_table &table,
                         unsigned generation, const apr_array_header_t *requests) noexcept {
    for (int i = 0; i < requests->nelts; ++i) {
        if (counter_slot *had =
                find_slot(table.slots, APR_ARRAY_IDX(requests, i, counter_request).identity)) {
            had->generation = generation;
        }
    }
    const bool keeps_all =
        apr_hash_count(table.slots) <= 2 * static_cast<unsigned>(requests->nelts) + 1024;
    apr_hash_t *slots = apr_hash_make(pool);
    auto *is_taken = static_cast<bool *>(
        apr_pcalloc(temporary, static_cast<apr_size_t>(table.capacity) * sizeof(bool)));
    for (apr_hash_index_t *each = apr_hash_first(temporary, table.slots); each != nullptr;
         each = apr_hash_next(each)) {
        const auto &slot = *static_cast<const counter_slot *>(apr_hash_this_val(each));
        if (keeps_all || generation - slot.generation <= 1) {
            add_slot(pool, slots, static_cast<const char *>(apr_hash_this_key(each)), slot);
            is_taken[(static_cast<char *>(slot.memory) - table.memory) / table.size] = true;
        }
    }
    table.slots = slots;
    int at = 0;
    for (int i = 0; i < requests->nelts; ++i) {
        const counter_request &each = APR_ARRAY_IDX(requests, i, counter_request);
        const counter_slot *slot = find_slot(slots, each.identity);
        if (slot == nullptr) {
            void *memory = find_free(table, is_taken, at);
            if (memory == nullptr) {
                return false;
            }
            slot = add_slot(pool, slots, each.identity, {memory, generation});
        }
        *each.wanted = slot->memory;
    }
    return true;
}

// Gives everybody his counters. False where there is no room; the store is as before then.
inline bool assign_all_slots(counter_store &store, apr_pool_t *temporary,
                             const apr_array_header_t *hosts,
                             const apr_array_header_t *rules) noexcept {
    counter_store next = store;
    ++next.generation;
    apr_pool_create(&next.identities, store.pool);
    if (!assign_slots(next.identities, temporary, next.hosts, next.generation, hosts) ||
        !assign_slots(next.identities, temporary, next.rules, next.generation, rules)) {
        apr_pool_destroy(next.identities);
        return false;
    }
    apr_pool_destroy(store.identities);
    store = next;
    return true;
}

// An empty store in new memory, which is zero, with room for twice as many.
inline apr_status_t make_store(apr_pool_t *process_pool, int hosts, int rules,
                               counter_store &made) noexcept {
    made.hosts.size = sizeof(host_counters);
    made.hosts.capacity = 2 * std::max(hosts, 8 * 1024);
    made.rules.size = sizeof(rule_counter);
    made.rules.capacity = 2 * std::max(rules, 32 * 1024);
    const apr_size_t host_bytes = made.hosts.size * static_cast<apr_size_t>(made.hosts.capacity);
    const apr_size_t rule_bytes = made.rules.size * static_cast<apr_size_t>(made.rules.capacity);
    apr_shm_t *memory = nullptr;
    apr_pool_create(&made.pool, process_pool);
    const apr_status_t status = apr_shm_create(
        &memory, sizeof(shared_counters) + host_bytes + rule_bytes, nullptr, made.pool);
    if (status != APR_SUCCESS) {
        apr_pool_destroy(made.pool);
        return status;
    }
    auto *begin = static_cast<char *>(apr_shm_baseaddr_get(memory));
    made.shared = reinterpret_cast<shared_counters *>(begin);
    made.shared->since.store(static_cast<std::uint64_t>(apr_time_sec(apr_time_now())),
                             std::memory_order_relaxed);
    made.hosts.memory = begin + sizeof(shared_counters);
    made.rules.memory = made.hosts.memory + host_bytes;
    apr_pool_create(&made.identities, made.pool);
    made.hosts.slots = apr_hash_make(made.identities);
    made.rules.slots = apr_hash_make(made.identities);
    return APR_SUCCESS;
}

// What is kept by this process, empty at the first call. A graceful restart may load a newer
// version of the module, of which the counters lie in memory in another way; it starts with a store
// of its own.
inline counter_store *open_store(apr_pool_t *temporary) noexcept {
    const char *key = apr_psprintf(temporary, "mod_expect-counters-%u-%u-%u-%u",
                                   static_cast<unsigned>(sizeof(counter_store)),
                                   static_cast<unsigned>(sizeof(shared_counters)),
                                   static_cast<unsigned>(sizeof(host_counters)), counters_version);
    auto *store = static_cast<counter_store *>(ap_retained_data_get(key));
    return store != nullptr
               ? store
               : static_cast<counter_store *>(ap_retained_data_create(key, sizeof(counter_store)));
}

// Finds or makes the counters of everything that is configured. Where there is no memory, nothing
// is counted; what was counted before is kept for the next reading.
inline apr_status_t assign_all_counters(apr_pool_t *process_pool, apr_pool_t *temporary,
                                        server_rec *main) noexcept {
    counter_store &store = *open_store(temporary);
    const apr_array_header_t *hosts = list_host_requests(temporary, main);
    const apr_array_header_t *rules = list_rule_requests(temporary);
    if (store.pool == nullptr || !assign_all_slots(store, temporary, hosts, rules)) {
        counter_store made = {};
        const apr_status_t status = make_store(process_pool, hosts->nelts, rules->nelts, made);
        if (status != APR_SUCCESS) {
            return status;
        }
        if (store.pool != nullptr) {
            apr_pool_destroy(store.pool);
        }
        store = made;
        assign_all_slots(store, temporary, hosts, rules);
    }
    all_counters = store.shared;
    return APR_SUCCESS;
}

} // namespace mod_expect
