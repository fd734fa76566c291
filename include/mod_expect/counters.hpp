// What is counted, in memory that all processes of the server share: how it lies there, and how one
// adds to it. Every number is added to by one atomic operation, so a process that is killed loses
// none and leaves none half written. Requests without the field touch nothing of this.
#ifndef MOD_EXPECT_COUNTERS_HPP
#define MOD_EXPECT_COUNTERS_HPP

#include "mod_expect/server.hpp"

#include "expect/expect.hpp"

#include <array>
#include <atomic>

namespace mod_expect {

using counter = std::atomic<std::uint64_t>;

static_assert(counter::is_always_lock_free, "processes cannot share a lock of the library's");

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
    counter requests;      // with the field
    counter met;           // members, of requests that were not rejected
    counter ignored;       // members, likewise
    counter rejected;      // requests
    counter would_reject;  // requests, where the policy is only detected
    counter malformed;     // requests of which the field does not parse, whatever became of them
    counter failed;        // requests answered 500, because a condition could not be evaluated
    counter sent_100;      // interim responses
    counter bytes_refused; // declared content of rejected requests: it never had to travel
    std::array<status_counter, 8> by_status; // of rejected, as long as there is room
};

// One rule: how many members or malformed fields it decided.
struct rule_counter {
    counter hits;
};

// Texts that a client sent or that name a rule are cut to what fits, and end with NUL.
struct rejection {
    counter sequence;  // odd while it is written; the number of the rejection, doubled, afterwards
    std::int64_t time; // microseconds since 1970 (apr_time_t)
    std::uint32_t status;
    std::uint32_t was_detected; // not 0: the policy was only detected
    std::array<char, 48> client;
    std::array<char, 80> host;
    std::array<char, 136> member; // as sent, not escaped
    std::array<char, 200> rule;
};

// The last rejections, in a ring.
struct rejection_journal {
    counter next; // number of the next one
    std::array<rejection, 32> entries;
};

// What exists once, however many hosts and rules there are.
struct shared_counters {
    host_counters total;
    std::array<rule_counter, 3> built_in;
    rejection_journal journal;
};

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
}

// Adds what became of a request to one host's numbers, or to the total.
inline void add_decision(host_counters &host, const expect::decision &made, bool only_detected,
                         const expect::request_facts &facts) noexcept {
    add(host.requests);
    if (made.error != expect::parse_error::none) {
        add(host.malformed);
    }
    switch (made.outcome) {
    case expect::verdict::none:
        break;
    case expect::verdict::met:
    case expect::verdict::ignored:
        add(host.met, made.members_met);
        add(host.ignored, made.members_ignored);
        break;
    case expect::verdict::failed:
        add(host.failed);
        break;
    case expect::verdict::rejected:
        if (only_detected) {
            add(host.would_reject);
            break;
        }
        add(host.rejected);
        add_status(host, made.status());
        add(host.bytes_refused, facts.content_length);
        break;
    }
}

inline void copy_cut(char *to, std::size_t size, std::string_view text) noexcept {
    const std::string_view shown = expect::slice(text, 0, size - 1);
    for (const char byte : shown) {
        *to++ = byte;
    }
    *to = '\0';
}

template <std::size_t Size>
void copy_cut(std::array<char, Size> &to, std::string_view text) noexcept {
    copy_cut(to.data(), Size, text);
}

// Writes a rejection into the ring. Who reads it takes only entries whose sequence is even and the
// same before and after; one that a killed process left half written is passed over.

inline rejection &begin_rejection(rejection_journal &journal, std::uint64_t &number) noexcept {
    number = journal.next.fetch_add(1, std::memory_order_relaxed);
    rejection &entry = journal.entries[number % journal.entries.size()];
    entry.sequence.store(2 * number + 1, std::memory_order_release);
    std::atomic_thread_fence(std::memory_order_release);
    return entry;
}

inline void end_rejection(rejection &entry, std::uint64_t number) noexcept {
    entry.sequence.store(2 * number + 2, std::memory_order_release);
}

} // namespace mod_expect

#endif
