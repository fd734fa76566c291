// Modules of tests/e2e/probe, built for a test that has to see what httpd does inside.
#ifndef EXPECT_E2E_PROBE_HPP
#define EXPECT_E2E_PROBE_HPP

#include "harness/process.hpp"
#include "harness/settings.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace e2e {

// The line that loads mod_<name>, which is built in the scratch folder first; throws with the
// compiler's words where that fails.
inline std::string load_probe(const std::string &name) {
    const std::string folder = the_settings().scratch + "/probe-" + name;
    const std::string source = "mod_" + name + ".c";
    const std::string built = folder + "/.libs/mod_" + name + ".so";
    if (read_file(folder + "/" + source) != read_file("tests/e2e/probe/" + source) ||
        read_file(built).empty()) {
        write_file(folder + "/" + source, read_file("tests/e2e/probe/" + source));
        const char *apxs = std::getenv("APXS");
        const program_result made =
            run_program({"sh", "-c", "cd \"$1\" && \"$2\" -c \"$3\"", "sh", folder,
                         apxs != nullptr && *apxs != '\0' ? apxs : "apxs", source});
        if (made.exit_code != 0)
            throw std::runtime_error(source + ": " + made.all());
    }
    return "LoadModule " + name + "_module \"" + built + "\"\n";
}

} // namespace e2e

#endif
