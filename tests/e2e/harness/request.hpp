// The bytes of a request, short enough to be read in a table.
#ifndef EXPECT_E2E_REQUEST_HPP
#define EXPECT_E2E_REQUEST_HPP

#include <string>
#include <vector>

namespace e2e {

// `line` is "GET /path", HTTP/1.1 unless it names a version; `fields` are whole lines without CRLF.
// "Host: a.test" comes first unless a Host is among them.
inline std::string request(const std::string &line, const std::vector<std::string> &fields = {},
                           const std::string &content = {}) {
    std::string text =
        line + (line.find(" HTTP/") == std::string::npos ? " HTTP/1.1" : "") + "\r\n";
    bool has_host = false;
    for (const std::string &field : fields)
        has_host = has_host || field.compare(0, 5, "Host:") == 0;
    if (!has_host)
        text += "Host: a.test\r\n";
    for (const std::string &field : fields)
        text += field + "\r\n";
    return text + "\r\n" + content;
}

// A request whose client withholds its megabyte of content until it is told to go on.
inline std::string withheld(const std::string &line, const std::string &expectation,
                            std::vector<std::string> fields = {}) {
    fields.push_back("Expect: " + expectation);
    fields.push_back("Content-Length: 1000000");
    return request(line, fields);
}

} // namespace e2e

#endif
