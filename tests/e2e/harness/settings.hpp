// Where the pieces under test are: the httpd binary, its modules, our module, and a folder to work
// in.
//
// Nothing here is fixed to one distribution: everything is asked from apxs and can be given by the
// environment. tests/README.md lists the variables.
#ifndef EXPECT_E2E_SETTINGS_HPP
#define EXPECT_E2E_SETTINGS_HPP

#include <string>

namespace e2e {

struct settings {
    std::string httpd;       // HTTPD: the server's binary
    std::string modules_dir; // HTTPD_MODULES: where its mod_*.so lie
    std::string module_file; // EXPECT_MODULE: the module under test
    std::string mpm;         // MPM: event, worker or prefork
    std::string scratch;     // E2E_DIR: every file the tests write is under it
    std::string unpacked;    // UNPACKED: packages that are not installed, as they lie in "/"
    std::string preload;     // HTTPD_LD_PRELOAD: given to httpd alone, for a sanitizer's runtime
    std::string user;        // only where the tests run as root: httpd insists on another user
    std::string group;
};

// Found once, at the first call; throws std::runtime_error with a sentence that says what is
// missing.
const settings &the_settings();

// The last number of its version, which is 2.4.something. Asked once.
unsigned httpd_patch();

// Whether its core answers a request over HTTP/2 before a module sees the field: that of some
// versions with their mod_http2, which distributions have replaced by one that knows
// H2StreamTimeout.
bool core_answers_first_over_http_2();

// Whether mod_proxy_http decides by Proxy100Continue what of the field a backend sees; before, it
// hands on what handlers see.
bool proxies_decide();

// Where one of httpd's modules lies, by its name without "mod_"; empty if it is nowhere.
std::string find_module(const std::string &name);

// The whole text of a file, empty if it does not exist.
std::string read_file(const std::string &path);

// Writes the file and the folders above it, readable by everyone, with a fixed modification time:
// two servers that were given the same file then answer with the same ETag and Last-Modified.
void write_file(const std::string &path, const std::string &text, bool executable = false);

} // namespace e2e

#endif
