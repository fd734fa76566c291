#include "harness/tls.hpp"

#include "harness/process.hpp"

#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace e2e {

std::string make_tls_identity(const httpd &server) {
    const program_result made =
        run_program({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                     "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=a.test",
                     "-keyout", server.root() + "/key.pem", "-out", server.root() + "/cert.pem"});
    if (made.exit_code != 0)
        throw std::runtime_error("openssl made no certificate: " + made.all());
    return "SSLEngine On\nSSLCertificateFile \"@ROOT@/cert.pem\"\n"
           "SSLCertificateKeyFile \"@ROOT@/key.pem\"\n";
}

wire tls_clients::open(std::uint16_t port, const std::string &protocol,
                       const std::vector<std::string> &more) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::runtime_error("no socket pair");
    std::vector<std::string> words = {"openssl",  "s_client",
                                      "-quiet",   "-verify_quiet",
                                      "-connect", "127.0.0.1:" + std::to_string(port)};
    if (!protocol.empty())
        words.insert(words.end(), {"-alpn", protocol});
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char *> arguments;
    for (std::string &word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    const int failed = posix_spawnp(&pid, "openssl", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    if (failed != 0) {
        close(ends[0]);
        throw std::runtime_error("openssl s_client cannot be started");
    }
    running_.push_back(pid);
    return wire(ends[0]);
}

tls_clients::~tls_clients() {
    for (pid_t pid : running_) {
        kill(pid, SIGTERM);
        waitpid(pid, nullptr, 0);
    }
}

} // namespace e2e
