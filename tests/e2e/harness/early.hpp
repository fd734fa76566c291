// Final answers that a backend gives before it has read the content, and clients that have sent
// none of it, a part, or all, while they wait for a 100.
#ifndef EXPECT_E2E_EARLY_HPP
#define EXPECT_E2E_EARLY_HPP

#include "harness/request.hpp"
#include "harness/wire.hpp"

#include <string>
#include <vector>

namespace e2e {

struct early_answer {
    const char *name;
    int status;
    const char *field; // the name of one of its fields that has to arrive, and the field's value
    const char *value;
    std::string bytes; // of a backend that keeps its connection
    std::string body;
};

inline early_answer answer_by_length(const char *name, int status, const char *field,
                                     const char *value) {
    return {name,
            status,
            field,
            value,
            "HTTP/1.1 " + std::string(name) + "\r\n" + field + ": " + value +
                "\r\nContent-Length: 5\r\n\r\nearly",
            "early"};
}

inline const std::vector<early_answer> &early_answers() {
    static const std::vector<early_answer> all = {
        answer_by_length("401 Unauthorized", 401, "WWW-Authenticate", "Basic realm=\"backend\""),
        answer_by_length("403 Forbidden", 403, "X-Reason", "quota"),
        answer_by_length("413 Too Large", 413, "X-Limit", "5000"),
        answer_by_length("417 Expectation Failed", 417, "X-Reason", "expect"),
        answer_by_length("503 Busy", 503, "Retry-After", "7"),
        answer_by_length("307 Temporary Redirect", 307, "Location", "http://other.test/"),
        answer_by_length("200 OK", 200, "ETag", "\"have-it\""),
        {"200 OK, chunked", 200, "ETag", "\"have-it\"",
         "HTTP/1.1 200 OK\r\nETag: \"have-it\"\r\nTransfer-Encoding: chunked\r\n\r\n"
         "5\r\nearly\r\n0\r\n\r\n",
         "early"},
    };
    return all;
}

// A request that waits for a 100, and what of its content its client has sent all the same. The
// content reads like requests, so that none of it goes unseen where it is taken for one.
struct waiting_upload {
    const char *name;
    std::vector<std::string> fields; // of its length, without Expect
    std::string sent;

    std::string bytes(const std::string &line = "POST /back/x") const {
        std::vector<std::string> all = fields;
        all.push_back("Expect: 100-continue");
        return request(line, all, sent);
    }
};

inline std::string requests_of(size_t size) {
    const std::string one = "GET /back/smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
    std::string text;
    while (text.size() < size)
        text += one;
    return text.substr(0, size);
}

inline const std::vector<waiting_upload> &waiting_uploads() {
    static const std::vector<waiting_upload> all = {
        {"by length, withheld", {"Content-Length: 20971520"}, ""},
        {"by length, 100 of 200 kB sent", {"Content-Length: 200000"}, requests_of(100000)},
        {"by length, all 5 kB sent", {"Content-Length: 5000"}, requests_of(5000)},
        {"chunked, withheld", {"Transfer-Encoding: chunked"}, ""},
        {"chunked, 100 kB sent",
         {"Transfer-Encoding: chunked"},
         "186a0\r\n" + requests_of(100000) + "\r\n"},
        {"chunked, all 5 kB sent",
         {"Transfer-Encoding: chunked"},
         "1388\r\n" + requests_of(5000) + "\r\n0\r\n\r\n"},
    };
    return all;
}

} // namespace e2e

#endif
