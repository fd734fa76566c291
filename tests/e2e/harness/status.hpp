// The status page in its forms, and what is sent to break it.
#ifndef EXPECT_E2E_STATUS_HPP
#define EXPECT_E2E_STATUS_HPP

#include "harness/counters.hpp"
#include "harness/httpd.hpp"
#include "harness/process.hpp"

#include <boost/test/unit_test.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace e2e {

// What strict and unsafe httpds let through, and what would break a page, JSON or an exposition.
inline const std::vector<std::string> hostile = {
    "<script>alert(1)</script>",
    "x=\"</td></tr></table><b>\"",
    "x=\"a\\\"b\\\\c\"",
    "x=\"\xe9\xff\x80\x9f\xc0\xbc\"",
    "x=\"a\tb\"",
    "x=\"]]>&amp;&lt;&#0;\"",
    "x=\"{\\u0000}\"",
    "%n%s%p",
    std::string(7000, 'y'),
};

// A server that these were sent to.
inline void provoke(httpd &server) {
    server.file("docs/plain.txt", "plain\n").config("ExpectPolicy On").config(status_location);
    server.announce("expect: rejected").start();
    for (const std::string &each : hostile)
        BOOST_TEST(ask(server, request("GET /plain.txt", {"Expect: " + each})).status == 417);
}

inline std::string status_page(httpd &server, const std::string &query = {}) {
    return ask(server, request("GET /expect-status" + query)).body;
}

// A script of python3's standard library over a text; what it says, or "" when it is content.
inline std::string python_says(const std::string &script, const std::string &input) {
    const program_result result = run_program({"python3", "-c", script}, input);
    return result.exit_code == 0 ? result.output : result.all() + "\nof:\n" + input;
}

// What must hold of the text format 0.0.4 of Prometheus; says what does not.
inline std::string faults_of_exposition(const std::string &text) {
    const std::regex sample(
        R"re(([a-z0-9_]+)(\{[a-z]+="([^"\\\n]|\\["\\n])*"(,[a-z]+="([^"\\\n]|\\["\\n])*")*\})? [0-9]+(\.[0-9]{6})?)re");
    std::set<std::string> families;
    std::set<std::string> series;
    std::string faults;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch parts;
        const bool is_type = line.compare(0, 7, "# TYPE ") == 0;
        if (is_type && !families.insert(line.substr(7, line.find(' ', 7) - 7)).second)
            faults += "again: " + line + "\n";
        if (line.compare(0, 2, "# ") == 0)
            continue;
        if (!std::regex_match(line, parts, sample))
            faults += "not a sample: " + line + "\n";
        else if (families.count(parts[1]) == 0)
            faults += "no type: " + line + "\n";
        else if (!series.insert(line.substr(0, line.rfind(' '))).second)
            faults += "again: " + line + "\n";
    }
    if (series.empty() || text.back() != '\n')
        faults += "no samples, or no end of line\n";
    // Prometheus' own opinion, where it is installed.
    if (run_program({"promtool", "--version"}).exit_code == 0) {
        const program_result lint = run_program({"promtool", "check", "metrics"}, text);
        if (lint.exit_code != 0)
            faults += lint.all();
    } else {
        BOOST_TEST_MESSAGE("promtool is not installed");
    }
    return faults;
}

} // namespace e2e

#endif
