// A private php-fpm behind mod_proxy_fcgi, as installed or unpacked.
#ifndef EXPECT_E2E_PHP_FPM_HPP
#define EXPECT_E2E_PHP_FPM_HPP

#include "harness/httpd.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

namespace e2e {

// The binary; empty if there is none.
inline std::string php_fpm() {
    const std::string unpacked = the_settings().unpacked + "/usr/sbin";
    for (const char *folder : {"/usr/sbin", "/usr/local/sbin", "/usr/bin", unpacked.c_str()}) {
        std::error_code none;
        for (const auto &entry : std::filesystem::directory_iterator(folder, none)) {
            if (entry.path().filename().string().compare(0, 7, "php-fpm") == 0)
                return entry.path();
        }
    }
    return {};
}

struct has_php_fpm {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
        boost::test_tools::assertion_result found(!php_fpm().empty());
        found.message() << "php-fpm is not installed";
        return found;
    }
};

// Whether it is at least 8.1, as conf/ask/quota.php wants.
struct has_php_8_1 {
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const {
        unsigned major = 0, minor = 0;
        const std::string said = php_fpm().empty() ? "" : run_program({php_fpm(), "-v"}).output;
        boost::test_tools::assertion_result found(
            std::sscanf(said.c_str(), "PHP %u.%u", &major, &minor) == 2 &&
            (major > 8 || (major == 8 && minor >= 1)));
        found.message() << "php-fpm 8.1 or later is not installed";
        return found;
    }
};

// Runs it for one server, which has to be given handler() for its scripts.
class php_pool {
public:
    explicit php_pool(httpd &server) : folder_(server.root() + "/fpm") {
        // A socket's path has room for about a hundred bytes.
        const bool has_room = folder_.size() < 100;
        const std::uint16_t port = free_port("127.0.0.1");
        const std::string socket = has_room ? folder_ + "/s" : "127.0.0.1:" + std::to_string(port);
        backend_ = has_room ? "unix:" + socket + "|fcgi://localhost" : "fcgi://" + socket;
        std::string pool = "[global]\ndaemonize = no\nerror_log = " + folder_ + "/error.log\n" +
                           "[www]\nlisten = " + socket + "\nlisten.mode = 0666\npm = static\n" +
                           "pm.max_children = 2\ncatch_workers_output = yes\n";
        if (!the_settings().user.empty())
            pool += "user = " + the_settings().user + "\ngroup = " + the_settings().group + "\n";
        server.with({"proxy", "proxy_fcgi"}).file("fpm/fpm.conf", pool);
        process_.start({php_fpm(), "-n", "-F", "-y", folder_ + "/fpm.conf"},
                       folder_ + "/output.log");
        const auto is_up = [&] {
            return has_room ? std::filesystem::exists(socket) : accepts("127.0.0.1", port);
        };
        for (int i = 0; i < 500 && !is_up() && process_.running(); ++i)
            std::this_thread::sleep_for(milliseconds(10));
        BOOST_REQUIRE_MESSAGE(is_up(), read_file(folder_ + "/output.log"));
    }

    // The argument of SetHandler.
    std::string handler() const { return "\"proxy:" + backend_ + "\""; }
    void stop() { process_.stop(); }

private:
    std::string folder_;
    std::string backend_;
    child_process process_;
};

} // namespace e2e

#endif
