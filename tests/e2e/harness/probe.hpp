// The modules and libraries of tests/e2e/probe, built when a test asks for them.
#ifndef EXPECT_E2E_PROBE_HPP
#define EXPECT_E2E_PROBE_HPP

#include "harness/process.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

namespace e2e {

inline std::string environment_or(const char *name, const char *otherwise) {
    const char *value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

// Runs a shell line in <scratch>/beneath with a file of tests/e2e/probe copied there; once a run.
inline void build_probe(const std::string &source, const std::string &line) {
    const std::string folder = the_settings().scratch + "/beneath";
    write_file(folder + "/" + source, read_file("tests/e2e/probe/" + source));
    const program_result made = run_program({"sh", "-c", "cd \"$1\" && " + line, "sh", folder});
    BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.all());
}

// The line of configuration that loads mod_beneath.
inline std::string beneath_module() {
    static const std::string built = [] {
        build_probe("mod_beneath.c", environment_or("APXS", "apxs") + " -c mod_beneath.c");
        return the_settings().scratch + "/beneath/.libs/mod_beneath.so";
    }();
    return "LoadModule beneath_module \"" + built + "\"\n";
}

} // namespace e2e

#endif
