// Places in a server's configuration as the module writes them, FILE:LINE, for texts to compare
// with.
#ifndef EXPECT_E2E_PLACES_HPP
#define EXPECT_E2E_PLACES_HPP

#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace e2e {

// A text in which @LINE text@ stands for the place of the first line of the configuration that
// holds `text`, @HOST name@ for that of the <VirtualHost> whose first line is "ServerName name",
// and
// @ROOT@ for the server's folder. The configuration must be written already, by a start or a -t.
inline std::string with_places(const httpd &server, std::string text) {
    const std::string file = server.root() + "/httpd.conf";
    const std::string configuration = read_file(file);
    const auto replace = [&](const std::string &mark, const std::string &prefix, int lines_above) {
        for (size_t at; (at = text.find(mark)) != std::string::npos;) {
            const size_t start = at + mark.size();
            const size_t end = text.find('@', start);
            const std::string wanted = prefix + text.substr(start, end - start);
            const int line = line_of(configuration, wanted) - lines_above;
            BOOST_REQUIRE_MESSAGE(line > 0, wanted);
            text.replace(at, end + 1 - at, file + ":" + std::to_string(line));
        }
    };
    replace("@LINE ", "", 0);
    replace("@HOST ", "ServerName ", 1);
    for (size_t at; (at = text.find("@ROOT@")) != std::string::npos;)
        text.replace(at, 6, server.root());
    return text;
}

} // namespace e2e

#endif
