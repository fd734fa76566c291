// The last rejections, in a ring in memory that all processes of the server share. Several threads
// and processes write to it at once and any of them may be killed in the middle, so an entry is
// claimed, written and released, and who reads one takes it only if nobody wrote meanwhile and all
// of it is of one writer.
#ifndef MOD_EXPECT_RECORD_JOURNAL_HPP
#define MOD_EXPECT_RECORD_JOURNAL_HPP

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
    counter state; // which rejection this is, and whether it is complete; see below
    counter sum;   // of all that follows, for the rejection with this number
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

// The words of an entry behind its sum: what a rejection is.
inline counter *begin_words(rejection &entry) noexcept { return &entry.time; }
inline const counter *begin_words(const rejection &entry) noexcept { return &entry.time; }
inline constexpr std::size_t words_in_rejection = sizeof(rejection) / sizeof(counter) - 2;

// A sum over what a rejection is, and its number (FNV-1a, by words).
inline std::uint64_t begin_sum(std::uint64_t number) noexcept {
    return 14695981039346656037u ^ number;
}
inline std::uint64_t add_to_sum(std::uint64_t sum, std::uint64_t word) noexcept {
    return (sum ^ word) * 1099511628211u;
}

// Writes a rejection, made by the caller in memory of its own, into the ring. Where a later one has
// its place already, the page lacks one rejection. A writer that was killed leaves an entry that
// nobody waits for: the next round takes it over. One that was only slow may write into it even
// then; the bytes do not have the sum that they should, and are not shown.
inline void list_rejection(rejection_journal &journal, const rejection &made) noexcept {
    const std::uint64_t number = journal.next.fetch_add(1, std::memory_order_relaxed);
    rejection &entry = journal.entries[number % journal.entries.size()];
    std::uint64_t mine = state_in_writing(number);
    std::uint64_t before = entry.state.load(std::memory_order_relaxed);
    if (before >= mine ||
        !entry.state.compare_exchange_strong(before, mine, std::memory_order_acq_rel)) {
        return;
    }
    std::uint64_t sum = begin_sum(number);
    for (std::size_t i = 0; i < words_in_rejection; ++i) {
        const std::uint64_t word = begin_words(made)[i].load(std::memory_order_relaxed);
        begin_words(entry)[i].store(word, std::memory_order_release);
        sum = add_to_sum(sum, word);
    }
    entry.sum.store(sum, std::memory_order_release);
    entry.state.compare_exchange_strong(mine, state_when_complete(number),
                                        std::memory_order_acq_rel);
}

inline void store(counter &to, std::uint64_t value) noexcept {
    to.store(value, std::memory_order_relaxed);
}

// Text that is cut ends with "...".
template <std::size_t Words>
void store_text(std::array<counter, Words> &to, std::string_view text) noexcept {
    constexpr std::size_t room = Words * sizeof(std::uint64_t) - 1;
    std::array<char, room> cut; // written only where it is used
    std::string_view rest = text;
    if (text.size() > room) {
        std::memcpy(cut.data(), text.data(), room - 3);
        std::memcpy(cut.data() + room - 3, "...", 3);
        rest = {cut.data(), room};
    }
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
    std::array<char, sizeof(rejection::method)> method;
    std::array<char, sizeof(rejection::target)> target;
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
    if (entry.state.load(std::memory_order_acquire) != state_when_complete(number)) {
        return false;
    }
    out.time = static_cast<apr_time_t>(entry.time.load(std::memory_order_acquire));
    out.status = static_cast<std::uint32_t>(entry.status.load(std::memory_order_acquire));
    out.was_detected = entry.was_detected.load(std::memory_order_acquire) != 0;
    load_text(entry.client, out.client);
    load_text(entry.host, out.host);
    load_text(entry.method, out.method);
    load_text(entry.target, out.target);
    load_text(entry.member, out.member);
    load_text(entry.rule, out.rule);
    std::uint64_t sum = begin_sum(number);
    for (std::size_t i = 0; i < words_in_rejection; ++i) {
        sum = add_to_sum(sum, begin_words(entry)[i].load(std::memory_order_acquire));
    }
    return entry.sum.load(std::memory_order_acquire) == sum &&
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

#endif
