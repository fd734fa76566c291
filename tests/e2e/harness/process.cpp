#include "harness/process.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using std::chrono::steady_clock;

namespace e2e {
namespace {

int status_to_code(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What runs between fork and exec: never returns. `put` adds to the environment.
[[noreturn]] void become(const std::vector<std::string> &arguments,
                         const std::vector<std::string> &put) {
    for (const std::string &entry : put)
        putenv(const_cast<char *>(entry.c_str()));
    std::vector<char *> argv;
    for (const std::string &argument : arguments)
        argv.push_back(const_cast<char *>(argument.c_str()));
    argv.push_back(nullptr);
    execvp(argv[0], argv.data());
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], std::strerror(errno));
    _exit(127);
}

struct pipe_ends {
    int read_end = -1;
    int write_end = -1;
    pipe_ends() {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) != 0)
            throw std::runtime_error("pipe2 failed");
        read_end = ends[0];
        write_end = ends[1];
    }
    ~pipe_ends() {
        close_end(read_end);
        close_end(write_end);
    }
    static void close_end(int &end) {
        if (end >= 0)
            close(end);
        end = -1;
    }
};

// Takes what is there; false at the end of the stream.
bool drain(int descriptor, std::string &into) {
    char block[65536];
    ssize_t got = read(descriptor, block, sizeof block);
    if (got > 0)
        into.append(block, static_cast<size_t>(got));
    return got > 0 || (got < 0 && errno == EINTR);
}

} // namespace

program_result run_program(const std::vector<std::string> &arguments, std::string_view input,
                           std::chrono::seconds limit,
                           const std::vector<std::string> &environment) {
    pipe_ends in;
    pipe_ends out;
    pipe_ends err;
    pid_t pid = fork();
    if (pid < 0)
        throw std::runtime_error("fork failed");
    if (pid == 0) {
        setpgid(0, 0);
        dup2(in.read_end, STDIN_FILENO);
        dup2(out.write_end, STDOUT_FILENO);
        dup2(err.write_end, STDERR_FILENO);
        become(arguments, environment);
    }
    pipe_ends::close_end(in.read_end);
    pipe_ends::close_end(out.write_end);
    pipe_ends::close_end(err.write_end);
    // A program that does not read its input must not end the test program.
    std::signal(SIGPIPE, SIG_IGN);

    program_result result;
    const auto end = steady_clock::now() + limit;
    while (out.read_end >= 0 || err.read_end >= 0) {
        if (input.empty())
            pipe_ends::close_end(in.write_end);
        pollfd waits[3] = {
            {out.read_end, POLLIN, 0}, {err.read_end, POLLIN, 0}, {in.write_end, POLLOUT, 0}};
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
        if (left.count() <= 0) {
            result.timed_out = true;
            kill(-pid, SIGKILL);
            break;
        }
        if (poll(waits, 3, static_cast<int>(left.count())) <= 0)
            continue;
        if (waits[0].revents != 0 && !drain(out.read_end, result.output))
            pipe_ends::close_end(out.read_end);
        if (waits[1].revents != 0 && !drain(err.read_end, result.errors))
            pipe_ends::close_end(err.read_end);
        if (waits[2].revents != 0) {
            ssize_t put = write(in.write_end, input.data(), std::min<size_t>(input.size(), 4096));
            if (put > 0)
                input.remove_prefix(static_cast<size_t>(put));
            else
                input = {};
        }
    }
    int status = 0;
    waitpid(pid, &status, 0);
    result.exit_code = status_to_code(status);
    return result;
}

void child_process::start(const std::vector<std::string> &arguments, const std::string &output_file,
                          const std::vector<std::string> &environment) {
    stop();
    const pid_t parent = getpid();
    pid_ = fork();
    if (pid_ < 0)
        throw std::runtime_error("fork failed");
    if (pid_ == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            _exit(127);
        int nothing = open("/dev/null", O_RDONLY);
        int out = open(output_file.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
        dup2(nothing, STDIN_FILENO);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        // Listening sockets and connections of the test must not live on in the server.
        for (int descriptor = 3; descriptor < 256; ++descriptor)
            close(descriptor);
        become(arguments, environment);
    }
}

bool child_process::running() {
    if (pid_ < 0)
        return false;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == 0)
        return true;
    exit_code_ = status_to_code(status);
    pid_ = -1;
    return false;
}

bool child_process::stop(std::chrono::seconds limit) {
    if (!running())
        return true;
    kill(pid_, SIGTERM);
    for (const auto end = steady_clock::now() + limit; steady_clock::now() < end;) {
        if (!running())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    kill(-pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    exit_code_ = status_to_code(status);
    pid_ = -1;
    return false;
}

namespace {

// The fields of /proc/PID/stat behind "PID (NAME) ", and the name may hold anything: the state is
// field 0, the parent 1, and the exit status, as waitpid() gives it, the last. Empty when it is
// gone.
std::vector<std::string> stat_of(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(in, line);
    const size_t name_end = line.rfind(')');
    std::istringstream words(name_end == std::string::npos ? "" : line.substr(name_end + 1));
    return {std::istream_iterator<std::string>(words), {}};
}

} // namespace

std::vector<pid_t> children_of(pid_t parent) {
    std::vector<pid_t> found;
    std::error_code gone; // a process may end while the list is read
    for (const auto &entry : std::filesystem::directory_iterator("/proc", gone)) {
        const pid_t pid = std::atoi(entry.path().filename().c_str());
        if (pid <= 0)
            continue;
        const std::vector<std::string> fields = stat_of(pid);
        if (fields.size() > 1 && fields[1] == std::to_string(parent))
            found.push_back(pid);
    }
    return found;
}

std::vector<std::string> killed_children_of(pid_t parent) {
    std::vector<std::string> found;
    for (const pid_t pid : children_of(parent)) {
        const std::vector<std::string> fields = stat_of(pid);
        if (fields.empty() || fields[0] != "Z")
            continue;
        const int status = std::atoi(fields.back().c_str());
        if (WIFSIGNALED(status))
            found.push_back("child " + std::to_string(pid) + " was ended by signal " +
                            std::to_string(WTERMSIG(status)));
    }
    return found;
}

} // namespace e2e
