// What is counted, in memory that all processes of the server share: how it lies there, and how one
// adds to it. Every number is added to by one atomic operation, so a process that is killed loses
// none and leaves none half written. Requests without the field touch nothing of this.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/record/journal.hpp"

#include "expect/expect.hpp"

#include <array>
#include <atomic>

namespace mod_expect {

inline void add(counter &to, std::uint64_t amount = 1) noexcept {
    to.fetch_add(amount, std::memory_order_relaxed);
}

// How often a host rejected with a status. Takes the status that comes first, and keeps it.
struct status_counter {
    std::atomic<std::uint32_t> status; // 0: free
    counter rejected;
};

// One virtual host, or all of them together.
struct host_counters {
    counter requests;       // with the field
    counter met;            // members, of requests that were not rejected
    counter ignored;        // members, of the same
    counter rejected;       // requests
    counter would_reject;   // requests, where the policy is only detected
    counter malformed;      // requests of which the field does not parse, whatever became of them
    counter failed;         // requests of which a condition could not be evaluated
    counter uploads_read;   // with a met 100-continue, the content asked for or read
    counter uploads_spared; // with one, answered without it,
    counter bytes_spared;   // and what they declared
    counter bytes_refused;  // declared content of rejected requests: it never had to travel
    counter asked;          // questions to applications,
    counter refused_by_application;          // requests that one of them refused,
    counter asking_failed;                   // questions that were not answered,
    counter asking_time;                     // and how long all of them took, in microseconds
    std::array<status_counter, 8> by_status; // of rejected, as long as there is room,
    counter other_statuses;                  // and what found none
};

// One rule: how many members or malformed fields it decided, and when it last did.
struct rule_counter {
    counter hits;
    counter last; // seconds since 1970; 0: never
};

inline void add_hit(rule_counter &rule, std::uint64_t now) noexcept {
    add(rule.hits);
    rule.last.store(now, std::memory_order_relaxed);
}

// What exists once, however many hosts and rules there are.
struct shared_counters {
    counter since; // when counting began, in seconds since 1970
    host_counters total;
    std::array<rule_counter, expect::built_in_count> built_in;
    rejection_journal journal;
};

// Another number where a change to the above would not show in its size.
inline constexpr unsigned counters_version = 5;

// Null before the server serves, for httpd -t, say.
inline shared_counters *all_counters = nullptr;

inline void add_status(host_counters &host, std::uint32_t status) noexcept {
    for (status_counter &each : host.by_status) {
        std::uint32_t there = each.status.load(std::memory_order_relaxed);
        if (there == 0 && each.status.compare_exchange_strong(there, status)) {
            there = status;
        }
        if (there == status) {
            add(each.rejected);
            return;
        }
    }
    add(host.other_statuses);
}

} // namespace mod_expect
