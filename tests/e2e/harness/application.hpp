// Applications to ask, and uploads that they decide about while the content is withheld.
#ifndef EXPECT_E2E_APPLICATION_HPP
#define EXPECT_E2E_APPLICATION_HPP

#include "harness/ask.hpp"
#include "harness/checks.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/scripts.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace e2e {

// Behind /cgi/: `says` answers with the status that its query names, reads its input to the end and
// tells how much that was and what it was told. `bare` says no word with its status.
inline void add_applications(httpd &server) {
    server.site();
    server.file("cgi/says",
                "#!/bin/sh\nread_in=$(wc -c | tr -d ' ')\n"
                "printf 'Status: %s\\nContent-Type: text/x-says\\n\\n' \"${QUERY_STRING%%&*}\"\n"
                "printf 'read %s bytes\\n' \"$read_in\"\nenv | sort\n",
                true);
    server.file("cgi/bare", "#!/bin/sh\nprintf 'Status: %s\\n\\n' \"${QUERY_STRING%%&*}\"\n", true);
}

// One rule that asks about 100-continue, in force for the whole server.
inline std::string ask_about_100(const std::string &url) {
    return "ExpectPolicy On\nExpectRule ask 100-continue \"url=" + url + "\"\n";
}

// Five bytes of content, which are held back.
inline std::string waiting_upload_to(const std::string &line,
                                     std::vector<std::string> fields = {}) {
    fields.insert(fields.end(), {"Expect: 100-continue", "Content-Length: 5"});
    return request(line, fields);
}

} // namespace e2e

#endif
