// The two logs of a private httpd: what it said, held against what a test announced, and what it
// served.
#ifndef EXPECT_E2E_LOGS_HPP
#define EXPECT_E2E_LOGS_HPP

#include <string>
#include <vector>

namespace e2e {

// What a test announces about the error log. Every other line is a failure, and so is an announced
// one that never came: a test must not pass because a message was dropped.
class log_watch {
public:
    void announce(const std::string &pattern) { announced_.push_back(pattern); }
    void allow(const std::string &pattern) { allowed_.push_back(pattern); }

    // What event, stock httpd's too, may say once it was told to stop while a connection is
    // closing: a listener's pollset is gone, a child falls over it, or close_worker_sockets() and
    // the worker both close the same socket (event.c). Never allowed before that.
    static std::string without_shutdown_races(const std::string &log_text);

    // One sentence per line that nobody announced and per announcement that nothing kept; empty is
    // good.
    std::vector<std::string> faults(const std::string &log_text) const;

private:
    std::vector<std::string> announced_; // must come at least once
    std::vector<std::string> allowed_;   // may come
};

// One request that httpd served, from a log format that the harness owns.
struct access_entry {
    int status = 0;
    char connection = '?'; // %X: '-' closed after the answer, '+' kept, 'X' aborted
    std::string request;   // the request line
    std::string expect;    // the Expect field as later modules see it, "-" where there is none
    std::string field;     // note expect-field
    std::string verdict;   // note expect-verdict
    std::string rule;      // note expect-rule
};

// The LogFormat that parse_access_log reads.
extern const char *const access_log_format;

std::vector<access_entry> parse_access_log(const std::string &text);

} // namespace e2e

#endif
