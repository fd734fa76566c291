// The modules and libraries of tests/e2e/probe, built when a test asks for them: what has to see,
// or do, something inside httpd.
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

// Runs a shell line in <scratch>/probes with a file of tests/e2e/probe copied there.
inline void build_probe(const std::string &source, const std::string &line) {
    const std::string folder = the_settings().scratch + "/probes";
    write_file(folder + "/" + source, read_file("tests/e2e/probe/" + source));
    const program_result made = run_program({"sh", "-c", "cd \"$1\" && " + line, "sh", folder});
    BOOST_REQUIRE_MESSAGE(made.exit_code == 0, made.all());
}

// The line of configuration that loads mod_<name>.
inline std::string load_probe(const std::string &name) {
    const std::string source = "mod_" + name + ".c";
    const std::string copy = the_settings().scratch + "/probes/" + source;
    const std::string built = the_settings().scratch + "/probes/.libs/mod_" + name + ".so";
    if (read_file(copy) != read_file("tests/e2e/probe/" + source) || read_file(built).empty())
        build_probe(source, environment_or("APXS", "apxs") +
                                " -c -Wc,-Werror=implicit-function-declaration " + source);
    return "LoadModule " + name + "_module \"" + built + "\"\n";
}

} // namespace e2e

#endif
