// Writers of the list of the last rejections that are killed in the middle, or held up there until
// others have overtaken them, over and over, while a reader looks. Every entry that is shown must
// be of one writer, and no place may be lost for good.
#include "mod_expect/record/journal.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <sys/wait.h>

using namespace mod_expect;

// Text of one letter, which the status tells, and of a length that the letter tells.
template <std::size_t Size>
struct told_text {
    std::array<char, Size> bytes{};
    std::size_t size;

    explicit told_text(unsigned letter) : size(Size - 1 - letter / 2) {
        std::fill_n(bytes.data(), size, static_cast<char>('a' + letter));
    }
    std::string_view view() const { return {bytes.data(), size}; }
};

template <class Shared>
using told = told_text<sizeof(Shared)>;

struct shared_journal {
    rejection_journal journal;
    std::atomic<bool> finishes; // writers end with what they are writing
};

static void write_rejection(rejection_journal &journal, unsigned letter) {
    list_rejection(journal, {static_cast<apr_time_t>(letter), static_cast<int>(400 + letter),
                             letter % 2 != 0, told<decltype(rejection::client)>(letter).view(),
                             told<decltype(rejection::host)>(letter).view(),
                             told<decltype(rejection::method)>(letter).view(),
                             told<decltype(rejection::target)>(letter).view(),
                             told<decltype(rejection::member)>(letter).view(),
                             told<decltype(rejection::rule)>(letter).view()});
}

static pid_t start_writer(shared_journal &shared, unsigned letter) {
    const pid_t writer = fork();
    if (writer == 0) {
        while (!shared.finishes) {
            write_rejection(shared.journal, letter % 26);
        }
        _exit(0);
    }
    return writer;
}

template <std::size_t Size>
static bool is_of(const std::array<char, Size> &text, unsigned letter) {
    return std::string_view(text.data()) == told_text<Size>(letter).view();
}

static bool is_whole(const rejection_view &view) {
    const unsigned letter = view.status - 400;
    return letter < 26 && view.time == static_cast<apr_time_t>(letter) &&
           view.was_detected == (letter % 2 != 0) && is_of(view.client, letter) &&
           is_of(view.host, letter) && is_of(view.method, letter) && is_of(view.target, letter) &&
           is_of(view.member, letter) && is_of(view.rule, letter);
}

struct tally {
    unsigned seen = 0;
    unsigned mixed = 0;
    unsigned unfinished = 0; // left by a writer that was killed
    unsigned hidden = 0;     // places with nothing to show
};

static void look(const rejection_journal &journal, tally &counted) {
    unsigned shown = 0;
    for_each_rejection(journal, [&](const rejection_view &view) {
        ++shown;
        counted.mixed += is_whole(view) ? 0 : 1;
    });
    counted.seen += shown;
    counted.hidden += static_cast<unsigned>(journal.entries.size()) - shown;
}

static void end(pid_t writer) {
    kill(writer, SIGKILL);
    waitpid(writer, nullptr, 0);
}

static void kill_writers(shared_journal &shared, unsigned round, tally &counted) {
    pid_t writers[3];
    for (pid_t &writer : writers) {
        writer = start_writer(shared, 3 * round + static_cast<unsigned>(&writer - writers));
    }
    look(shared.journal, counted);
    usleep(200 + round % 11 * 150);
    look(shared.journal, counted);
    for (const pid_t writer : writers) {
        end(writer);
    }
    for (const rejection &entry : shared.journal.entries) {
        counted.unfinished += entry.state.load() % 2 == 1 ? 1 : 0;
    }
    look(shared.journal, counted);
}

static void overtake_writer(shared_journal &shared, unsigned round, tally &counted) {
    shared.finishes = false;
    const pid_t slow = start_writer(shared, 2 * round);
    usleep(300 + round % 7 * 100);
    kill(slow, SIGSTOP);
    waitpid(slow, nullptr, WUNTRACED);
    const std::uint64_t before = shared.journal.next;
    const pid_t quick = start_writer(shared, 2 * round + 1);
    while (shared.journal.next < before + 10 * shared.journal.entries.size()) {
        usleep(100);
    }
    end(quick);
    shared.finishes = true;
    kill(slow, SIGCONT);
    waitpid(slow, nullptr, 0);
    look(shared.journal, counted);
}

int main() {
    void *memory = mmap(nullptr, sizeof(shared_journal), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    auto &shared = *static_cast<shared_journal *>(memory);
    tally killed;
    tally overtaken;
    for (unsigned round = 0; round < 80; ++round) {
        kill_writers(shared, round, killed);
    }
    for (unsigned round = 0; round < 80; ++round) {
        overtake_writer(shared, round, overtaken);
    }
    // The next round takes over whatever place was left.
    for (std::size_t i = 0; i < shared.journal.entries.size(); ++i) {
        write_rejection(shared.journal, 0);
    }
    tally at_end;
    look(shared.journal, at_end);
    std::printf("killed: seen %u, mixed %u, left unfinished %u\n"
                "overtaken: seen %u, mixed %u, hidden %u\nat the end: mixed %u, hidden %u\n",
                killed.seen, killed.mixed, killed.unfinished, overtaken.seen, overtaken.mixed,
                overtaken.hidden, at_end.mixed, at_end.hidden);
    const bool was_tried = killed.seen > 1000 && killed.unfinished > 0 && overtaken.hidden > 20;
    const bool is_right = killed.mixed + overtaken.mixed + at_end.mixed + at_end.hidden == 0;
    return was_tried && is_right ? 0 : 1;
}
