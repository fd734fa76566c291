// One request on a connection of its own, and what the error log says of it.
#ifndef EXPECT_E2E_ASK_HPP
#define EXPECT_E2E_ASK_HPP

#include "harness/httpd.hpp"
#include "harness/wire.hpp"

#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace e2e {

inline bool holds(const std::string &text, const std::string &part) {
    return text.find(part) != std::string::npos;
}

inline message ask(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes);
    return client.answer(bytes.compare(0, 5, "HEAD ") == 0);
}

// The lines of a text that hold a part, from that part on.
inline std::vector<std::string> lines_with(const std::string &text, const std::string &part) {
    std::vector<std::string> found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const size_t at = line.find(part);
        if (at != std::string::npos)
            found.push_back(line.substr(at));
    }
    return found;
}

// The number of the first line of a server's configuration that holds a text; 0 if none does.
inline int line_of(const std::string &configuration, const std::string &text) {
    int number = 1;
    std::istringstream lines(configuration);
    for (std::string line; std::getline(lines, line); ++number) {
        if (holds(line, text))
            return number;
    }
    return 0;
}

} // namespace e2e

#endif
