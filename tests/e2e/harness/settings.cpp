#include "harness/settings.hpp"

#include "harness/process.hpp"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <grp.h>
#include <pwd.h>
#include <sstream>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace e2e {
namespace {

std::string environment(const char *name, const std::string &otherwise = {}) {
    const char *value = std::getenv(name);
    return value != nullptr && *value != '\0' ? value : otherwise;
}

std::string ask_apxs(const std::string &apxs, const std::string &what) {
    program_result answer = run_program({apxs, "-q", what});
    if (answer.exit_code != 0)
        throw std::runtime_error(apxs + " -q " + what + " failed: " + answer.errors);
    std::string text = answer.output;
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text.pop_back();
    return text;
}

// httpd refuses to serve as root; the distributions each have their own name for its user.
void choose_user(settings &found) {
    if (geteuid() != 0)
        return;
    for (const char *name : {"www-data", "apache", "http", "wwwrun", "nobody"}) {
        if (const passwd *entry = getpwnam(name)) {
            found.user = name;
            const group *its_group = getgrgid(entry->pw_gid);
            found.group = its_group != nullptr ? its_group->gr_name : name;
            return;
        }
    }
    throw std::runtime_error("running as root, and no user was found for httpd to run as");
}

// Said here once, because otherwise every test fails with a 403 that nobody understands.
void check_reachable(const settings &found) {
    if (found.user.empty())
        return;
    for (fs::path folder = found.scratch; folder != folder.parent_path();
         folder = folder.parent_path()) {
        struct stat info = {};
        if (stat(folder.c_str(), &info) == 0 && (info.st_mode & S_IXOTH) == 0)
            throw std::runtime_error("user " + found.user + " cannot enter " + folder.string() +
                                     "; set E2E_DIR to a folder that it can enter");
    }
}

settings find_settings() {
    umask(022);
    settings found;
    std::string apxs = environment("APXS", "apxs");
    found.httpd = environment("HTTPD");
    if (found.httpd.empty())
        found.httpd = ask_apxs(apxs, "sbindir") + "/" + ask_apxs(apxs, "progname");
    found.modules_dir = environment("HTTPD_MODULES");
    if (found.modules_dir.empty())
        found.modules_dir = ask_apxs(apxs, "LIBEXECDIR");
    found.module_file = fs::absolute(environment("EXPECT_MODULE", "build/mod_expect.so"));
    found.mpm = environment("MPM", "event");
    found.scratch = fs::absolute(environment("E2E_DIR", "build/e2e"));
    found.unpacked = fs::absolute(environment("UNPACKED", "build/packages"));
    found.preload = environment("HTTPD_LD_PRELOAD");
    choose_user(found);
    fs::create_directories(found.scratch);
    check_reachable(found);
    return found;
}

} // namespace

const settings &the_settings() {
    static const settings found = find_settings();
    return found;
}

unsigned httpd_patch() {
    static const unsigned patch = [] {
        const std::string said = run_program({the_settings().httpd, "-v"}).output;
        unsigned found = 0;
        const size_t at = said.find("Apache/2.4.");
        if (at == std::string::npos || std::sscanf(said.c_str() + at, "Apache/2.4.%u", &found) != 1)
            throw std::runtime_error(the_settings().httpd + " is no httpd 2.4: " + said);
        return found;
    }();
    return patch;
}

bool proxies_decide() { return httpd_patch() >= 54; }

std::string find_module(const std::string &name) {
    const settings &where = the_settings();
    for (const std::string &folder :
         {where.modules_dir, where.unpacked + "/usr/lib/apache2/modules"}) {
        std::string file = folder;
        file += "/mod_" + name + ".so";
        if (fs::exists(file))
            return file;
    }
    return {};
}

bool core_answers_first_over_http_2() {
    return httpd_patch() >= 49 && httpd_patch() <= 54 &&
           read_file(find_module("http2")).find("H2StreamTimeout") == std::string::npos;
}

std::string read_file(const std::string &path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::string &path, const std::string &text, bool executable) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out)
        throw std::runtime_error("cannot write " + path);
    chmod(path.c_str(), executable ? 0755 : 0644);
    const timespec fixed[2] = {{1700000000, 0}, {1700000000, 0}};
    utimensat(AT_FDCWD, path.c_str(), fixed, 0);
}

} // namespace e2e
