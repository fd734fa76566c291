// A private httpd for one configuration: its own folder, free ports on the loopback, stopped by
// process id, and its error log checked when it goes.
#ifndef EXPECT_E2E_HTTPD_HPP
#define EXPECT_E2E_HTTPD_HPP

#include "harness/logs.hpp"
#include "harness/process.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace e2e {

// Configuration and files may hold @ROOT@ (the server's folder), @PORT@ (a free port, listened on)
// and
// @PORT2@, @PORT3@ (more of the same, listened on where named), @PORT6@ (the same on [::1]).
class httpd {
public:
    // `label` tells servers of one test apart; files are under <scratch>/<suite>/<case>/<label>.
    explicit httpd(const std::string &label = "httpd");
    httpd(const httpd &) = delete;
    httpd &operator=(const httpd &) = delete;
    ~httpd(); // stops it, then fails the test for every line of the error log that was not
              // announced

    // Modules by the names between "mod_" and ".so"; the few that every server needs come by
    // themselves.
    httpd &with(const std::vector<std::string> &modules);
    // Leaves mod_expect out: httpd as it comes.
    httpd &stock();
    // A threaded MPM even where the tests run with prefork: mod_http2 does not serve with that one.
    httpd &threaded();
    // Text for the server configuration, after what the harness writes itself.
    httpd &config(const std::string &text);
    // Seconds for httpd's Timeout. Long against every "at once", so that a stall is seen as one.
    httpd &timeout(int seconds);
    httpd &log_level(const std::string &level);
    // A file below the server's folder, for example "docs/a.txt".
    httpd &file(const std::string &path, const std::string &text, bool executable = false);
    // mod_cgid with the scripts of scripts.hpp under /cgi/, and docs/plain.txt.
    httpd &site();

    httpd &announce(const std::string &pattern);
    httpd &allow(const std::string &pattern);

    // Returns when it accepts connections; throws with its messages if it does not come up.
    void start();
    void stop();
    void graceful(); // SIGUSR1, and back when the new generation is up
    // Runs the binary on the configuration with -t and more arguments, without starting a server.
    program_result configtest(const std::vector<std::string> &more = {});

    std::uint16_t port(const std::string &name = "PORT");
    const std::string &root() const { return root_; }
    std::string error_log() const;
    pid_t pid() const { return process_.pid(); }

    // Waits until the access log has at least `count` entries and returns all of them; after stop()
    // the list is final.
    std::vector<access_entry> served(size_t count);

private:
    std::string render(std::string text);
    std::string load_modules() const;
    std::string write_configuration();
    std::vector<std::string> command(const std::vector<std::string> &more) const;
    bool wait_until_up();
    std::string said() const;

    std::string root_;
    std::string config_;
    std::vector<std::string> modules_;
    std::map<std::string, std::uint16_t> ports_;
    std::string log_level_ = "info";
    std::string mpm_;
    int timeout_ = 30;
    bool expect_ = true;
    bool logs_checked_ = true;
    log_watch watch_;
    child_process process_;
};

// "<suite>/<case>" of the running test, as a path.
std::string current_test_path();

} // namespace e2e

#endif
