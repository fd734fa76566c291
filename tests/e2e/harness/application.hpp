// Applications to ask, and uploads that they decide about while the content is withheld.
#ifndef EXPECT_E2E_APPLICATION_HPP
#define EXPECT_E2E_APPLICATION_HPP

#include "harness/ask.hpp"
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

// Refused at once, without a 100; the close is announced and comes, whatever is sent then.
inline message check_refused(std::uint16_t port, const std::string &bytes, int status) {
    wire client(port);
    client.send(bytes);
    message answer = client.next(bytes.compare(0, 5, "HEAD ") == 0);
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.announces_close());
    client.send(request("GET /plain.txt?behind"));
    BOOST_TEST(client.closes());
    return answer;
}

inline message check_refused(httpd &server, const std::string &bytes, int status) {
    return check_refused(server.port(), bytes, status);
}

// Met: one 100, then the upload is read and the connection goes on.
inline void check_met(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes);
    BOOST_TEST(client.next().status == 100);
    client.send("hello" + request("GET /plain.txt"));
    const message answer = client.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(!answer.announces_close());
    BOOST_TEST(client.next().body == "plain\n");
}

} // namespace e2e

#endif
