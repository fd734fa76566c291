// The last rejections, in a ring in memory that all processes of the server share. Several threads
// and processes write to it at once and any of them may be killed in the middle, so an entry is
// claimed, written and released, and who reads one takes it only if nobody wrote meanwhile.
#ifndef MOD_EXPECT_RECORD_JOURNAL_HPP
#define MOD_EXPECT_RECORD_JOURNAL_HPP

#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace mod_expect {

using counter = std::atomic<std::uint64_t>;

static_assert(counter::is_always_lock_free, "processes cannot share a lock of the library's");

// Text as atomic words, so that who reads while another writes sees old bytes or new ones and
// nothing undefined. Cut to what fits, and ends with NUL.
template <std::size_t Size>
using shared_text = std::array<counter, Size / sizeof(std::uint64_t)>;

struct rejection {
    counter state; // which rejection this is, and who writes it; see below
    counter time;  // microseconds since 1970 (apr_time_t)
    counter status;
    counter was_detected; // not 0: the policy was only detected
    shared_text<48> client;
    shared_text<80> host;
    shared_text<136> member; // as sent, not escaped
    shared_text<200> rule;
};

struct rejection_journal {
    counter next; // number of the next one
    std::array<rejection, 32> entries;
};

// An entry's state: above, the number of the rejection plus one; below, the process that is writing
// it, or 0 when it is complete. Later numbers have greater states.
inline constexpr unsigned writer_bits = 24; // Linux' process ids have up to 22

inline constexpr std::uint64_t complete_state(std::uint64_t number) noexcept {
    return (number + 1) << writer_bits;
}

inline pid_t writer_of(std::uint64_t state) noexcept {
    return static_cast<pid_t>(state & ((1u << writer_bits) - 1));
}

// Whether an entry is being written, rather than left half written by a process that was killed.
inline bool is_being_written(std::uint64_t state) noexcept {
    return writer_of(state) != 0 && (::kill(writer_of(state), 0) == 0 || errno == EPERM);
}

// The entry for the next rejection, and its number; null where another writer, slower by a whole
// round, is still at it. The page then lacks one rejection, which beats showing two mixed up.
inline rejection *claim_rejection(rejection_journal &journal, std::uint64_t &number) noexcept {
    number = journal.next.fetch_add(1, std::memory_order_relaxed);
    rejection &entry = journal.entries[number % journal.entries.size()];
    std::uint64_t before = entry.state.load(std::memory_order_relaxed);
    if (before >= complete_state(number) || is_being_written(before)) {
        return nullptr;
    }
    const std::uint64_t mine = complete_state(number) | static_cast<std::uint64_t>(::getpid());
    return entry.state.compare_exchange_strong(before, mine, std::memory_order_acq_rel) ? &entry
                                                                                        : nullptr;
}

inline void release_rejection(rejection &entry, std::uint64_t number) noexcept {
    entry.state.store(complete_state(number), std::memory_order_release);
}

// Stores are releases and loads acquisitions, so that an entry's content never seems older or newer
// than the state around it.

inline void store(counter &to, std::uint64_t value) noexcept {
    to.store(value, std::memory_order_release);
}

template <std::size_t Words>
void store_text(std::array<counter, Words> &to, std::string_view text) noexcept {
    std::string_view rest = expect::slice(text, 0, Words * sizeof(std::uint64_t) - 1);
    for (counter &word : to) {
        std::uint64_t bytes = 0;
        if (rest.size() < sizeof(bytes)) { // the last word, with NUL in it
            for (std::size_t i = rest.size(); i > 0; --i) {
                reinterpret_cast<char *>(&bytes)[i - 1] = rest.data()[i - 1];
            }
            store(word, bytes);
            return;
        }
        std::memcpy(&bytes, rest.data(), sizeof(bytes));
        store(word, bytes);
        rest.remove_prefix(sizeof(bytes));
    }
}

// A rejection as it stood when it was read, complete.
struct rejection_view {
    apr_time_t time;
    std::uint32_t status;
    bool was_detected;
    std::array<char, sizeof(rejection::client)> client;
    std::array<char, sizeof(rejection::host)> host;
    std::array<char, sizeof(rejection::member)> member;
    std::array<char, sizeof(rejection::rule)> rule;
};

template <std::size_t Words, std::size_t Size>
void load_text(const std::array<counter, Words> &from, std::array<char, Size> &to) noexcept {
    static_assert(Size == Words * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < Words; ++i) {
        const std::uint64_t bytes = from[i].load(std::memory_order_acquire);
        std::memcpy(to.data() + i * sizeof(bytes), &bytes, sizeof(bytes));
    }
}

// Copies an entry of the ring. False where it holds another rejection, or none, or is written to.
inline bool read_rejection(const rejection &entry, std::uint64_t number,
                           rejection_view &out) noexcept {
    if (entry.state.load(std::memory_order_acquire) != complete_state(number)) {
        return false;
    }
    out.time = static_cast<apr_time_t>(entry.time.load(std::memory_order_acquire));
    out.status = static_cast<std::uint32_t>(entry.status.load(std::memory_order_acquire));
    out.was_detected = entry.was_detected.load(std::memory_order_acquire) != 0;
    load_text(entry.client, out.client);
    load_text(entry.host, out.host);
    load_text(entry.member, out.member);
    load_text(entry.rule, out.rule);
    return entry.state.load(std::memory_order_relaxed) == complete_state(number);
}

// Calls visit(rejection_view) for the last rejections, the newest first.
template <class Visit>
void for_each_rejection(const rejection_journal &journal, Visit visit) noexcept {
    const std::uint64_t next = journal.next.load(std::memory_order_relaxed);
    for (std::uint64_t back = 1; back <= journal.entries.size() && back <= next; ++back) {
        const std::uint64_t number = next - back;
        rejection_view view;
        if (read_rejection(journal.entries[number % journal.entries.size()], number, view)) {
            visit(view);
        }
    }
}

} // namespace mod_expect

#endif
