// The counters of a private httpd as its status page tells them in JSON, to compare before and
// after.
#ifndef EXPECT_E2E_COUNTERS_HPP
#define EXPECT_E2E_COUNTERS_HPP

#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <boost/property_tree/json_parser.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace e2e {

// For a server's configuration. Looking counts nothing: it takes no Expect field.
inline const char *const status_location = "<Location \"/expect-status\">\n"
                                           "    SetHandler expect-status\n"
                                           "</Location>\n";

using tree = boost::property_tree::ptree;
// Names of metrics, "rejected_by_status.417" or the text of a rule, with their numbers. What is 0
// is left out, so that two of them are compared by what there is.
using numbers = std::map<std::string, long>;

inline tree status_of(httpd &server) {
    const message answer = ask(server, request("GET /expect-status?json"));
    std::istringstream body(answer.body);
    tree read;
    boost::property_tree::read_json(body, read); // throws where it is not JSON
    return read;
}

inline void put(numbers &into, const std::string &name, long value) {
    if (value != 0)
        into[name] += value;
}

inline numbers metrics_of(const tree &from) {
    numbers found;
    for (const auto &[name, value] : from) {
        if (name == "rejected_by_status") {
            for (const auto &[status, count] : value)
                put(found, name + "." + status, count.get_value<long>());
        } else if (name != "host" && name != "defined" && name != "mode") {
            put(found, name, value.get_value<long>());
        }
    }
    return found;
}

inline numbers total_of(const tree &status) { return metrics_of(status.get_child("total")); }

// All hosts of which the title, NAME:PORT, starts with that; together.
inline numbers host_of(const tree &status, const std::string &title) {
    numbers found;
    for (const auto &[none, each] : status.get_child("hosts")) {
        if (each.get<std::string>("host").compare(0, title.size(), title) == 0) {
            for (const auto &[name, value] : metrics_of(each))
                put(found, name, value);
        }
    }
    return found;
}

// Hits by the text of the rule, with its section in front where it has one.
inline numbers hits_of(const tree &status) {
    numbers found;
    for (const auto &[none, each] : status.get_child("rules")) {
        const std::string section = each.get<std::string>("section", "");
        const bool has_section = !section.empty() && section != "null";
        put(found, (has_section ? section + " " : "") + each.get<std::string>("rule"),
            each.get<long>("hits"));
    }
    return found;
}

inline numbers difference(const numbers &after, const numbers &before) {
    numbers changed = after;
    for (const auto &[name, value] : before)
        changed[name] -= value;
    for (auto each = changed.begin(); each != changed.end();)
        each = each->second == 0 ? changed.erase(each) : std::next(each);
    return changed;
}

inline std::string text_of(const numbers &all) {
    std::string text;
    for (const auto &[name, value] : all)
        text += (text.empty() ? "" : ", ") + name + " " + std::to_string(value);
    return text;
}

// The status as soon as the total says what is expected of it since `before`, or as it is after a
// while: what became of an upload is counted when its request is over, which may be a moment after
// the client has the answer.
inline tree status_with(httpd &server, const std::string &expected, const numbers &before = {}) {
    const auto end = std::chrono::steady_clock::now() + at_once;
    for (;;) {
        const tree status = status_of(server);
        if (text_of(difference(total_of(status), before)) == expected ||
            std::chrono::steady_clock::now() >= end)
            return status;
        std::this_thread::sleep_for(milliseconds(10));
    }
}

struct counted_row {
    const char *name;
    std::string sent;
    int status;
    const char *counted; // metrics, as text_of() writes them
    const char *hits;    // rules, likewise
};

// The rows one after another on connections of their own, each with exactly what it adds to the
// total, the host and the rules. A content that the row holds back is sent when a 100 asks for it.
inline void check_rows(httpd &server, const std::string &host,
                       const std::vector<counted_row> &rows) {
    tree before = status_of(server);
    for (const counted_row &one : rows) {
        BOOST_TEST_CONTEXT("row: " << one.name) {
            wire client(server.port());
            client.send(one.sent);
            message answer = client.next(one.sent.compare(0, 5, "HEAD ") == 0);
            if (answer.status == 100) {
                // More than the content would be the next request to httpd, which waits for the
                // rest of that with what it has to say.
                if (one.sent.find("\r\n\r\n") + 4 == one.sent.size())
                    client.send("hello");
                answer = client.next();
            }
            BOOST_TEST(answer.status == one.status);
            const tree after = status_with(server, one.counted, total_of(before));
            BOOST_TEST(text_of(difference(total_of(after), total_of(before))) == one.counted);
            BOOST_TEST(text_of(difference(host_of(after, host), host_of(before, host))) ==
                       one.counted);
            BOOST_TEST(text_of(difference(hits_of(after), hits_of(before))) == one.hits);
            before = after;
        }
    }
}

// With five bytes of content that are held back.
inline std::string waiting(const std::string &line, const std::string &expectation,
                           std::vector<std::string> fields = {}) {
    fields.push_back("Expect: " + expectation);
    fields.push_back("Content-Length: 5");
    return request(line, fields);
}

} // namespace e2e

#endif
