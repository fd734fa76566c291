// What many suites check of a server: an upload that is answered at once, one that is read, and
// that no content was served as a request.
#ifndef EXPECT_E2E_CHECKS_HPP
#define EXPECT_E2E_CHECKS_HPP

#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace e2e {

// Answered at once, without a 100; the close is announced and comes, whatever is sent then.
inline message check_answered_at_once(std::uint16_t port, const std::string &bytes, int status) {
    wire client(port);
    client.send(bytes);
    message answer = client.next(bytes.compare(0, 5, "HEAD ") == 0);
    BOOST_TEST(answer.status == status);
    BOOST_TEST(answer.announces_close());
    client.send(request("GET /plain.txt?behind"));
    BOOST_TEST(client.closes());
    return answer;
}

inline message check_answered_at_once(httpd &server, const std::string &bytes, int status) {
    return check_answered_at_once(server.port(), bytes, status);
}

// Asked for by one 100 and read, and the request behind it on the same connection is served.
inline void check_read(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes);
    BOOST_TEST(client.next().status == 100);
    client.send("hello" + request("GET /plain.txt"));
    const message answer = client.next();
    BOOST_TEST(answer.body == "read 5 bytes\n");
    BOOST_TEST(!answer.announces_close());
    BOOST_TEST(client.next().body == "plain\n");
}

// Stops the server: none of the requests that it has served, some at least, was sent as content.
// Answers how many they are.
inline size_t check_nothing_smuggled(httpd &server) {
    server.stop();
    const std::vector<access_entry> all = server.served(0);
    BOOST_TEST(!all.empty());
    for (const access_entry &entry : all)
        BOOST_TEST(!holds(entry.request, "smuggled"));
    return all.size();
}

} // namespace e2e

#endif
