// One HTTP/1 response, as parsed from the bytes that arrived.
#ifndef EXPECT_E2E_MESSAGE_HPP
#define EXPECT_E2E_MESSAGE_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace e2e {

struct message {
    int status = 0;          // 0: nothing came, or not HTTP
    std::string status_line; // "HTTP/1.1 417 Expectation Failed"
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body;
    std::string raw;           // every byte of it
    bool complete = false;     // the body is there to its end
    std::vector<int> interims; // the interim responses that came before a final one

    bool has(std::string_view name) const;
    // All lines of that name, joined by ", "; empty if there is none.
    std::string field(std::string_view name) const;
    bool announces_close() const;
    // The raw bytes without the Date line: equal for equal answers at different times.
    std::string without_date() const;
};

enum class framing { incomplete, complete, until_close, broken };

// Reads one message from the start of `bytes` and tells how many bytes it took. `until_close`: the
// head is whole and the body ends with the connection; call again with `at_end` once that is seen.
framing parse_message(std::string_view bytes, bool to_head, bool at_end, message &into,
                      size_t &taken);

bool equal_ignoring_case(std::string_view a, std::string_view b);

} // namespace e2e

#endif
