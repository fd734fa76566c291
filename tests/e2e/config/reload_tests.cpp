// What a reload puts into effect besides the configuration: a module that was replaced, as packages
// and make install do.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>

using namespace e2e;

namespace {

std::vector<std::string> mappings_of(pid_t pid, const std::string &file) {
    return lines_with(read_file("/proc/" + std::to_string(pid) + "/maps"), file);
}

} // namespace

BOOST_AUTO_TEST_SUITE(reload_tests)

// An object with a symbol that is unique in a process (STB_GNU_UNIQUE), of the C++ library, say, is
// never unloaded, and httpd would go on with the one of before.
BOOST_AUTO_TEST_CASE(a_replaced_module_is_loaded) {
    namespace fs = std::filesystem;
    httpd server;
    server.stock().config("LoadModule expect_module \"@ROOT@/mod_expect.so\"\nExpectPolicy On");
    const fs::path loaded = fs::path(server.root()) / "mod_expect.so";
    fs::create_directories(loaded.parent_path());
    const auto replace = [&]() {
        fs::copy_file(the_settings().module_file, loaded.string() + ".new");
        fs::rename(loaded.string() + ".new", loaded);
    };
    replace();
    server.announce("expect: rejected").start();
    for (int number = 1; number <= 2; ++number) {
        BOOST_TEST_CONTEXT("reload " << number) {
            replace();
            BOOST_TEST(!mappings_of(server.pid(), loaded.string() + " (deleted)").empty());
            server.graceful();
            BOOST_TEST(!mappings_of(server.pid(), loaded.string()).empty());
            BOOST_TEST(mappings_of(server.pid(), loaded.string() + " (deleted)").empty());
            BOOST_TEST(ask(server, request("GET /harness-up", {"Expect: foo"})).status == 417);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
