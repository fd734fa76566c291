// Other programs: run to their end with what they print, or kept running and stopped by process id.
#ifndef EXPECT_E2E_PROCESS_HPP
#define EXPECT_E2E_PROCESS_HPP

#include <chrono>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace e2e {

struct program_result {
    int exit_code = -1; // 128 + signal where a signal ended it
    bool timed_out = false;
    std::string output; // standard output
    std::string errors; // standard error

    std::string all() const { return output + errors; }
};

// Runs a program (looked up in PATH) to its end. A program that does not exist is exit code 127,
// never a test silently skipped; one that takes longer than `limit` is killed.
program_result run_program(const std::vector<std::string> &arguments, std::string_view input = {},
                           std::chrono::seconds limit = std::chrono::seconds(60),
                           const std::vector<std::string> &environment = {});

// A program that runs beside the test. Both its outputs go to one file. It is told to stop when
// this object goes, and also when the test program dies without a chance to say so.
class child_process {
public:
    child_process() = default;
    child_process(const child_process &) = delete;
    child_process &operator=(const child_process &) = delete;
    ~child_process() { stop(); }

    void start(const std::vector<std::string> &arguments, const std::string &output_file,
               const std::vector<std::string> &environment = {});

    // False once it ended; exit_code() then tells how.
    bool running();
    int exit_code() const { return exit_code_; }
    pid_t pid() const { return pid_; }

    // SIGTERM, and SIGKILL to its whole process group after `limit`. Returns false if it had to be
    // killed.
    bool stop(std::chrono::seconds limit = std::chrono::seconds(15));

private:
    pid_t pid_ = -1;
    int exit_code_ = -1;
};

// The processes whose parent is `parent`.
std::vector<pid_t> children_of(pid_t parent);

// A sentence for each of them that a signal has ended and that `parent` has not heard of yet.
std::vector<std::string> killed_children_of(pid_t parent);

} // namespace e2e

#endif
