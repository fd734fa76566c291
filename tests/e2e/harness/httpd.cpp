#include "harness/httpd.hpp"

#include "harness/readiness.hpp"
#include "harness/scripts.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace fs = std::filesystem;
using std::chrono::steady_clock;

namespace e2e {
namespace {

const char *const base_configuration = R"(ServerRoot "@ROOT@"
DefaultRuntimeDir "@ROOT@/run"
PidFile "@ROOT@/run/httpd.pid"
ServerName localhost
DocumentRoot "@ROOT@/docs"
ErrorLog "@ROOT@/logs/error.log"
ServerTokens Prod
KeepAlive On
KeepAliveTimeout 30
<IfModule !mpm_prefork_module>
    StartServers 1
    ServerLimit 2
    ThreadsPerChild 16
    MinSpareThreads 1
    MaxSpareThreads 32
    MaxRequestWorkers 32
</IfModule>
<IfModule mpm_prefork_module>
    StartServers 2
    MinSpareServers 1
    MaxSpareServers 4
    MaxRequestWorkers 16
</IfModule>
<Directory />
    AllowOverride None
    Require all denied
</Directory>
<Directory "@ROOT@">
    Require all granted
</Directory>
)";

std::string listen_directive(const std::string &name, std::uint16_t port) {
    const char *address = name == "PORT6" ? "[::1]:" : "127.0.0.1:";
    return "Listen " + (address + std::to_string(port)) + "\n";
}

// A socket's path has room for about a hundred bytes; a checkout with a longer path gets mod_cgi,
// which needs none.
std::string cgi_module(const std::string &root) {
    return root.size() + sizeof "/run/cgisock.1234567" < 104 ? "cgid" : "cgi";
}

} // namespace

std::string current_test_path() {
    const auto &test = boost::unit_test::framework::current_test_case();
    return test.full_name();
}

httpd::httpd(const std::string &label)
    : root_(the_settings().scratch + "/" + current_test_path() + "/" + label),
      mpm_(the_settings().mpm) {
    watch_.allow("harness-up");
    if (core_answers_first_over_http_2())
        watch_.allow("expect: over HTTP/2 the core of httpd ");
    fs::remove_all(root_);
    for (const char *folder : {"/docs", "/logs", "/run"})
        fs::create_directories(root_ + folder);
    file("docs/harness-up", "up\n");
    ports_["PORT"] = 0;
}

httpd::~httpd() { stop(); }

httpd &httpd::with(const std::vector<std::string> &modules) {
    modules_.insert(modules_.end(), modules.begin(), modules.end());
    return *this;
}

httpd &httpd::stock() {
    expect_ = false;
    return *this;
}

httpd &httpd::threaded() {
    if (mpm_ == "prefork")
        mpm_ = "event";
    return *this;
}

httpd &httpd::config(const std::string &text) {
    config_ += text + "\n";
    return *this;
}

httpd &httpd::timeout(int seconds) {
    timeout_ = seconds;
    return *this;
}

httpd &httpd::log_level(const std::string &level) {
    log_level_ = level;
    return *this;
}

httpd &httpd::file(const std::string &path, const std::string &text, bool executable) {
    write_file(root_ + "/" + path, text, executable);
    return *this;
}

httpd &httpd::site() {
    with({"alias", "env", cgi_module(root_)});
    file("docs/plain.txt", "plain\n");
    for (const script &one : cgi_scripts)
        file(std::string("cgi/") + one.name, one.text, true);
    // httpd 2.4.59 and later trust no Content-Length of a script unless told so.
    return config("ScriptAlias /cgi/ \"@ROOT@/cgi/\"\nSetEnv ap_trust_cgilike_cl 1");
}

httpd &httpd::announce(const std::string &pattern) {
    watch_.announce(pattern);
    return *this;
}

httpd &httpd::allow(const std::string &pattern) {
    watch_.allow(pattern);
    return *this;
}

std::string httpd::render(std::string text) {
    const auto replace = [&text](const std::string &from, const std::string &to) {
        for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
            text.replace(at, from.size(), to);
    };
    replace("@ROOT@", root_);
    for (const auto &[name, number] : ports_)
        replace("@" + name + "@", std::to_string(number));
    return text;
}

// A module that is not in the folder is taken to be compiled in, as distributions differ there.
std::string httpd::load_modules() const {
    std::vector<std::string> names = {"mpm_" + mpm_, "unixd", "authz_core", "log_config"};
    names.insert(names.end(), modules_.begin(), modules_.end());
    std::string text;
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string file = find_module(names[i]);
        const bool repeated =
            std::find(names.begin(), names.begin() + i, names[i]) != names.begin() + i;
        if (!repeated && !file.empty())
            text += "LoadModule " + names[i] + "_module \"" + file + "\"\n";
    }
    if (expect_)
        text += "LoadModule expect_module \"" + the_settings().module_file + "\"\n";
    return text;
}

std::string httpd::write_configuration() {
    for (const char *name : {"PORT2", "PORT3", "PORT6"}) {
        if (config_.find(std::string("@") + name + "@") != std::string::npos)
            ports_[name] = 0;
    }
    std::string text = load_modules() + base_configuration;
    const settings &where = the_settings();
    if (!where.user.empty())
        text += "User " + where.user + "\nGroup " + where.group + "\n";
    text += "Timeout " + std::to_string(timeout_) + "\nLogLevel " + log_level_ + "\n";
    // At info these two tell each connection's life.
    for (const char *talker : {"ssl", "http2"})
        text += std::string("<IfModule ") + talker + "_module>\n    LogLevel " + talker +
                ":warn\n</IfModule>\n";
    text += std::string("LogFormat \"") + access_log_format + "\" e2e\n";
    // The harness's own question whether the server is up is not a request of the test.
    text += "CustomLog \"@ROOT@/logs/access.log\" e2e \"expr=%{REQUEST_URI} != '/harness-up'\"\n";
    for (auto &[name, number] : ports_) {
        number = name == "PORT6" ? free_port("::1") : free_port("127.0.0.1");
        text += listen_directive(name, number);
    }
    text += config_;
    const std::string path = root_ + "/httpd.conf";
    write_file(path, render(text));
    return path;
}

std::vector<std::string> httpd::command(const std::vector<std::string> &more) const {
    std::vector<std::string> words = {the_settings().httpd, "-d", root_, "-f",
                                      root_ + "/httpd.conf"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
}

// What the server printed before its log was open; a sanitizer's report comes here too.
std::string httpd::said() const { return read_file(root_ + "/logs/output.log"); }

std::string httpd::error_log() const { return read_file(root_ + "/logs/error.log"); }

void httpd::start() {
    std::vector<std::string> environment;
    if (!the_settings().preload.empty())
        environment.push_back("LD_PRELOAD=" + the_settings().preload);
    // A port that was free a moment ago may be taken by somebody else: that alone is tried again.
    for (int attempt = 0; attempt < 5; ++attempt) {
        for (const char *name : {"error.log", "access.log", "output.log"})
            fs::remove(root_ + "/logs/" + name);
        write_configuration();
        process_.start(command({"-DFOREGROUND"}), root_ + "/logs/output.log", environment);
        logs_checked_ = false;
        if (wait_until_up())
            return;
        if ((said() + error_log()).find("could not bind") == std::string::npos)
            break;
    }
    logs_checked_ = true;
    throw std::runtime_error("httpd did not start:\n" + said() + error_log());
}

bool httpd::wait_until_up() {
    const bool has_cgid = std::find(modules_.begin(), modules_.end(), "cgid") != modules_.end();
    for (const auto end = steady_clock::now() + std::chrono::seconds(60);
         steady_clock::now() < end;) {
        // A server whose children die at their birth tries for ever.
        if (!process_.running() || error_log().find(" exit signal ") != std::string::npos)
            return false;
        // The process id is written once the ports are ours, so nobody else's server is taken for
        // this one.
        if (fs::exists(root_ + "/run/httpd.pid") && (!has_cgid || cgid_can_be_asked(root_)) &&
            answers(port()))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
}

void httpd::graceful() {
    const auto generations = [this] {
        const std::string log = error_log();
        size_t count = 0;
        for (size_t at = 0; (at = log.find("resuming normal operations", at)) != std::string::npos;
             ++at)
            ++count;
        return count;
    };
    // Stock httpd crashes a child now and then whose last connection is just closing, and the
    // daemon of mod_cgid when it is told to stop as it is being born: both are given a moment. A
    // connection that the test keeps open keeps its old child alive, so that wait has an end.
    const auto a_moment = std::chrono::milliseconds(250);
    const auto old_ones_left = [old = children_of(process_.pid())] {
        return std::any_of(old.begin(), old.end(), [](pid_t pid) { return kill(pid, 0) == 0; });
    };
    auto start = steady_clock::now();
    const auto await_generation = [&](size_t number) {
        while (generations() < number || !answers(port())) {
            if (steady_clock::now() - start > std::chrono::seconds(30))
                throw std::runtime_error("httpd did not reload:\n" + error_log());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    };
    await_generation(1); // it says so behind its first answers
    std::this_thread::sleep_for(a_moment);
    const size_t before = generations();
    kill(process_.pid(), SIGUSR1);
    start = steady_clock::now();
    await_generation(before + 1);
    while (old_ones_left() && steady_clock::now() - start < std::chrono::seconds(3))
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    std::this_thread::sleep_for(a_moment);
}

void httpd::stop() {
    // Of a child that dies once it is told to stop, httpd writes the same line.
    if (process_.running())
        for (const std::string &death : killed_children_of(process_.pid()))
            BOOST_ERROR(death << " before httpd was told to stop, in " << root_);
    const std::string before = error_log();
    if (!process_.stop())
        BOOST_ERROR("httpd had to be killed: " << root_);
    if (logs_checked_)
        return;
    logs_checked_ = true;
    const std::string after = log_watch::without_shutdown_races(error_log().substr(before.size()));
    for (const std::string &fault : watch_.faults(before + after + said()))
        BOOST_ERROR(fault << "\n    in " << root_ << "/logs");
}

program_result httpd::configtest(const std::vector<std::string> &more) {
    write_configuration();
    std::vector<std::string> words = {"-t"};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<std::string> environment;
    if (!the_settings().preload.empty())
        environment.push_back("LD_PRELOAD=" + the_settings().preload);
    return run_program(command(words), {}, std::chrono::seconds(60), environment);
}

std::uint16_t httpd::port(const std::string &name) { return ports_.at(name); }

std::vector<access_entry> httpd::served(size_t count) {
    const std::string path = root_ + "/logs/access.log";
    for (const auto end = steady_clock::now() + std::chrono::seconds(10);;) {
        std::vector<access_entry> entries = parse_access_log(read_file(path));
        if (entries.size() >= count || steady_clock::now() >= end)
            return entries;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

} // namespace e2e
