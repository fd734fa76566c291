// The last rejections, in a ring in memory that all processes of the server share. Several threads
// and processes write to it at once and any of them may be killed in the middle, so an entry is
// claimed, written and released, and who reads one takes it only if nobody wrote meanwhile and all
// of it is of one writer.
#pragma once

#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

namespace mod_expect {

using counter = std::atomic<std::uint64_t>;

static_assert(counter::is_always_lock_free, "processes cannot share a lock of the library's");

// Text as atomic words, so that who reads while another writes sees old bytes or new ones and
// nothing undefined. Not escaped, cut to what fits, and ends with NUL.
template <std::size_t Size>
using shared_text = std::array<counter, Size / sizeof(std::uint64_t)>;

struct rejection {
    counter state; // which rejection this is, and whether it is complete: state_in_writing()
    counter sum;   // of what follows and is part of it, with its number
    counter time;  // microseconds since 1970 (apr_time_t)
    counter status;
    counter was_detected; // not 0: the policy was only detected
    shared_text<48> client;
    shared_text<80> host;
    shared_text<24> method;
    shared_text<136> target;
    shared_text<136> member;
    shared_text<200> rule;
};

struct rejection_journal {
    counter next; // number of the next one
    std::array<rejection, 32> entries;
};

// An entry's state, by the number of its rejection. Later numbers have greater states.
constexpr std::uint64_t state_in_writing(std::uint64_t number) noexcept { return 2 * number + 1; }
constexpr std::uint64_t state_when_complete(std::uint64_t number) noexcept {
    return 2 * number + 2;
}

// A sum over what a rejection is, and its number (FNV-1a, by words).
inline std::uint64_t begin_sum(std::uint64_t number) noexcept {
    return 14695981039346656037u ^ number;
}
inline std::uint64_t add_to_sum(std::uint64_t sum, std::uint64_t word) noexcept {
    return (sum ^ word) * 1099511628211u;
}

inline void store(counter &to, std::uint64_t word, std::uint64_t &sum) noexcept {
    to.store(word, std::memory_order_release);
    sum = add_to_sum(sum, word);
}

inline std::uint64_t load(const counter &from, std::uint64_t &sum) noexcept {
    const std::uint64_t word = from.load(std::memory_order_acquire);
    sum = add_to_sum(sum, word);
    return word;
}

// Stores text up to the word with its NUL; words behind that one are not part of it. Text that is
// cut ends with "...".
template <std::size_t Words>
void store_text(std::array<counter, Words> &to, std::string_view text,
                std::uint64_t &sum) noexcept {
    constexpr std::size_t room = Words * sizeof(std::uint64_t) - 1;
    std::array<char, room + sizeof(std::uint64_t)> bytes; // written as far as it is used
    const std::size_t length = std::min(text.size(), room);
    std::memcpy(bytes.data(), text.data(), length);
    if (length < text.size()) {
        std::memcpy(bytes.data() + room - 3, "...", 3);
    }
    std::memset(bytes.data() + length, '\0', sizeof(std::uint64_t));
    for (std::size_t at = 0; at <= length; at += sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, sizeof(word));
        store(to[at / sizeof(word)], word, sum);
    }
}

// The same, read. False where no word has a NUL.
template <std::size_t Words, std::size_t Size>
bool load_text(const std::array<counter, Words> &from, std::array<char, Size> &to,
               std::uint64_t &sum) noexcept {
    static_assert(Size == Words * sizeof(std::uint64_t));
    for (std::size_t i = 0; i < Words; ++i) {
        const std::uint64_t bytes = load(from[i], sum);
        std::memcpy(to.data() + i * sizeof(bytes), &bytes, sizeof(bytes));
        if (std::memchr(&bytes, '\0', sizeof(bytes)) != nullptr) {
            return true;
        }
    }
    return false;
}

// A rejection for the ring; the views are its maker's.
struct new_rejection {
    apr_time_t time;
    int status;
    bool was_detected;
    std::string_view client;
    std::string_view host;
    std::string_view method;
    std::string_view target;
    std::string_view member;
    std::string_view rule;
};

// Writes a rejection into the ring. Where a later one has its place already, the page lacks one
// rejection. A writer that was killed leaves an entry that nobody waits for: the next round takes
// it over. One that was only slow may write into it even then; the bytes do not have the sum that
// they should, and are not shown.
inline void list_rejection(rejection_journal &journal, const new_rejection &made) noexcept {
    const std::uint64_t number = journal.next.fetch_add(1, std::memory_order_relaxed);
    rejection &entry = journal.entries[number % journal.entries.size()];
    std::uint64_t mine = state_in_writing(number);
    std::uint64_t before = entry.state.load(std::memory_order_relaxed);
    if (before >= mine ||
        !entry.state.compare_exchange_strong(before, mine, std::memory_order_acq_rel)) {
        return;
    }
    std::uint64_t sum = begin_sum(number);
    store(entry.time, static_cast<std::uint64_t>(made.time), sum);
    store(entry.status, static_cast<std::uint64_t>(made.status), sum);
    store(entry.was_detected, made.was_detected ? 1 : 0, sum);
    store_text(entry.client, made.client, sum);
    store_text(entry.host, made.host, sum);
    store_text(entry.method, made.method, sum);
    store_text(entry.target, made.target, sum);
    store_text(entry.member, made.member, sum);
    store_text(entry.rule, made.rule, sum);
    entry.sum.store(sum, std::memory_order_release);
    entry.state.compare_exchange_strong(mine, state_when_complete(number),
                                        std::memory_order_acq_rel);
}

// A rejection as it stood when it was read, complete.
struct rejection_view {
    apr_time_t time;
    std::uint32_t status;
    bool was_detected;
    std::array<char, sizeof(rejection::client)> client;
    std::array<char, sizeof(rejection::host)> host;
    std::array<char, sizeof(rejection::method)> method;
    std::array<char, sizeof(rejection::target)> target;
    std::array<char, sizeof(rejection::member)> member;
    std::array<char, sizeof(rejection::rule)> rule;
};

// Copies an entry of the ring. False where it holds another rejection, or none, or is written to.
inline bool read_rejection(const rejection &entry, std::uint64_t number,
                           rejection_view &out) noexcept {
    if (entry.state.load(std::memory_order_acquire) != state_when_complete(number)) {
        return false;
    }
    std::uint64_t sum = begin_sum(number);
    out.time = static_cast<apr_time_t>(load(entry.time, sum));
    out.status = static_cast<std::uint32_t>(load(entry.status, sum));
    out.was_detected = load(entry.was_detected, sum) != 0;
    return load_text(entry.client, out.client, sum) && load_text(entry.host, out.host, sum) &&
           load_text(entry.method, out.method, sum) && load_text(entry.target, out.target, sum) &&
           load_text(entry.member, out.member, sum) && load_text(entry.rule, out.rule, sum) &&
           entry.sum.load(std::memory_order_acquire) == sum &&
           entry.state.load(std::memory_order_relaxed) == state_when_complete(number);
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
