// Where the counters live: a piece of anonymous shared memory that outlasts graceful restarts, and
// which part of it belongs to which host and rule. A host or rule that is still there after a
// restart, or comes back, goes on with its numbers; children of before go on adding to them. Only
// the parent changes what is here.
//
// A piece has room for twice as much as it is made for, and for no less than a thousand rules;
// pages that nobody counts in are never touched. When it is full, those who are configured then
// move to a new one, and it stays until the next such move, for children that still count in it:
// there are two pieces at most.
#ifndef MOD_EXPECT_RECORD_COUNTER_MEMORY_HPP
#define MOD_EXPECT_RECORD_COUNTER_MEMORY_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/counters.hpp"

#include <algorithm>

namespace mod_expect {

// A kind of counters: slots of one size, and which identity has which.
struct counter_table {
    char *memory;
    apr_size_t size; // of a slot, in bytes
    int capacity;    // in slots
    int used;
    apr_hash_t *slots; // identity -> its slot
};

struct counter_piece {
    apr_pool_t *pool; // of the memory and the identities; destroyed, it unmaps
    shared_counters *shared;
    counter_table hosts;
    counter_table rules;
};

// What is kept from one configuration to the next. Without pool, there is no such piece.
struct counter_store {
    counter_piece now;
    counter_piece before;
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

// Whether there is room for those who have no slot yet.
inline bool has_room(const counter_table &table, const apr_array_header_t *requests) noexcept {
    int missing = 0;
    for (int i = 0; i < requests->nelts; ++i) {
        const char *identity = APR_ARRAY_IDX(requests, i, counter_request).identity;
        missing += apr_hash_get(table.slots, identity, APR_HASH_KEY_STRING) == nullptr ? 1 : 0;
    }
    return missing <= table.capacity - table.used;
}

inline void copy_counters(const void *from, void *to, apr_size_t size) noexcept {
    const auto *source = static_cast<const counter *>(from);
    auto *target = static_cast<counter *>(to);
    for (apr_size_t i = 0; i < size / sizeof(counter); ++i) {
        target[i].store(source[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
    }
}

// Gives each request its slot: the one that it has, or a new one, with what it had in a table
// before, or zeros. There is room for all.
inline void assign_slots(apr_pool_t *pool, counter_table &table, const counter_table &before,
                         const apr_array_header_t *requests) noexcept {
    for (int i = 0; i < requests->nelts; ++i) {
        const counter_request &each = APR_ARRAY_IDX(requests, i, counter_request);
        void *slot = apr_hash_get(table.slots, each.identity, APR_HASH_KEY_STRING);
        if (slot == nullptr) {
            slot = table.memory + table.size * static_cast<apr_size_t>(table.used++);
            apr_hash_set(table.slots, apr_pstrdup(pool, each.identity), APR_HASH_KEY_STRING, slot);
            const void *had = before.slots != nullptr
                                  ? apr_hash_get(before.slots, each.identity, APR_HASH_KEY_STRING)
                                  : nullptr;
            if (had != nullptr) {
                copy_counters(had, slot, table.size);
            }
        }
        *each.wanted = slot;
    }
}

// A piece with room for twice as many. New memory is zero.
inline apr_status_t make_piece(apr_pool_t *process_pool, int hosts, int rules,
                               counter_piece &made) noexcept {
    made.hosts.size = sizeof(host_counters);
    made.hosts.capacity = 2 * std::max(hosts, 32);
    made.rules.size = sizeof(rule_counter);
    made.rules.capacity = 2 * std::max(rules, 512);
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
    made.hosts.memory = begin + sizeof(shared_counters);
    made.hosts.slots = apr_hash_make(made.pool);
    made.rules.memory = made.hosts.memory + host_bytes;
    made.rules.slots = apr_hash_make(made.pool);
    return APR_SUCCESS;
}

// Moves to a new piece, unless there is no memory.
inline apr_status_t move_counters(counter_store &store, apr_pool_t *process_pool, int hosts,
                                  int rules) noexcept {
    counter_piece made = {};
    const apr_status_t status = make_piece(process_pool, hosts, rules, made);
    if (status != APR_SUCCESS) {
        return status;
    }
    if (store.now.pool != nullptr) {
        copy_counters(store.now.shared, made.shared, sizeof(shared_counters));
    } else {
        made.shared->since.store(static_cast<std::uint64_t>(apr_time_sec(apr_time_now())),
                                 std::memory_order_relaxed);
    }
    if (store.before.pool != nullptr) {
        apr_pool_destroy(store.before.pool);
    }
    store.before = store.now;
    store.now = made;
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
    const bool has_all = store.now.pool != nullptr && has_room(store.now.hosts, hosts) &&
                         has_room(store.now.rules, rules);
    const apr_status_t status =
        has_all ? APR_SUCCESS : move_counters(store, process_pool, hosts->nelts, rules->nelts);
    if (status != APR_SUCCESS) {
        return status;
    }
    assign_slots(store.now.pool, store.now.hosts, store.before.hosts, hosts);
    assign_slots(store.now.pool, store.now.rules, store.before.rules, rules);
    all_counters = store.now.shared;
    return APR_SUCCESS;
}

} // namespace mod_expect

#endif
