#include "harness/logs.hpp"

#include <cstdlib>
#include <regex>
#include <sstream>

namespace e2e {
namespace {

// What httpd says of itself when it starts, reloads and stops, and nothing more: a message about a
// request, a child that died or a resource that ran out is never in here.
const char *const own_notices[] = {
    "AH00489:|AH00163:|AH00292:", // resuming normal operations (event, prefork, worker)
    "AH00094: Command line:",
    "AH00490:|AH00164:|AH00293:|Server built:", // at info, the server's build date
    "AH00491:|AH00169:|AH00295:",               // caught SIGTERM, shutting down
    "AH00096: removed PID file",
    "AH00493:|AH00171:|AH00297:", // SIGUSR1 received
    "AH00492:|AH00170:|AH00296:", // caught SIGWINCH, shutting down gracefully
};

bool matches(const std::string &line, const std::string &pattern) {
    return std::regex_search(line, std::regex(pattern));
}

// Reads one value of the log: bare up to a blank, or quoted with httpd's own escapes kept as they
// are.
std::string next_value(const std::string &line, size_t &at) {
    std::string value;
    while (at < line.size() && line[at] == ' ')
        ++at;
    if (at < line.size() && line[at] == '"') {
        for (++at; at < line.size() && line[at] != '"'; ++at) {
            if (line[at] == '\\' && at + 1 < line.size() &&
                (line[at + 1] == '"' || line[at + 1] == '\\'))
                ++at;
            value += line[at];
        }
        ++at;
    } else {
        while (at < line.size() && line[at] != ' ')
            value += line[at++];
    }
    return value;
}

} // namespace

std::string log_watch::without_shutdown_races(const std::string &log_text) {
    static const std::regex race("\\(9\\)Bad file descriptor: AH(0309[0-9]|00468|03465):|"
                                 "AH00052: child pid [0-9]+ exit signal Segmentation fault");
    std::string kept;
    std::istringstream lines(log_text);
    for (std::string line; std::getline(lines, line);) {
        if (!std::regex_search(line, race))
            kept += line + "\n";
    }
    return kept;
}

std::vector<std::string> log_watch::faults(const std::string &log_text) const {
    std::vector<std::string> found;
    std::vector<bool> kept(announced_.size(), false);
    std::istringstream lines(log_text);
    for (std::string line; std::getline(lines, line);) {
        bool known = line.empty();
        for (size_t i = 0; i < announced_.size(); ++i) {
            if (matches(line, announced_[i])) {
                kept[i] = true;
                known = true;
            }
        }
        for (const std::string &pattern : allowed_)
            known = known || matches(line, pattern);
        for (const char *pattern : own_notices)
            known = known || matches(line, pattern);
        if (!known)
            found.push_back("error log holds a line that was not announced: " + line);
    }
    for (size_t i = 0; i < announced_.size(); ++i) {
        if (!kept[i])
            found.push_back("error log lacks the announced line: " + announced_[i]);
    }
    return found;
}

const char *const access_log_format =
    "%>s %X \\\"%r\\\" \\\"%<{Expect}i\\\" \\\"%<{expect-field}n\\\" "
    "\\\"%<{expect-verdict}n\\\" \\\"%<{expect-rule}n\\\"";

std::vector<access_entry> parse_access_log(const std::string &text) {
    std::vector<access_entry> entries;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        size_t at = 0;
        access_entry entry;
        entry.status = std::atoi(next_value(line, at).c_str());
        const std::string connection = next_value(line, at);
        entry.connection = connection.empty() ? '?' : connection[0];
        entry.request = next_value(line, at);
        entry.expect = next_value(line, at);
        entry.field = next_value(line, at);
        entry.verdict = next_value(line, at);
        entry.rule = next_value(line, at);
        entries.push_back(entry);
    }
    return entries;
}

} // namespace e2e
