#include "harness/message.hpp"

#include <cctype>
#include <cstdlib>

namespace e2e {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

// The chunked body at the start of `bytes`; false while its last chunk is not there.
bool parse_chunks(std::string_view bytes, std::string &body, size_t &taken) {
    size_t at = 0;
    for (;;) {
        const size_t line_end = bytes.find("\r\n", at);
        if (line_end == std::string_view::npos)
            return false;
        const size_t size =
            std::strtoul(std::string(bytes.substr(at, line_end - at)).c_str(), nullptr, 16);
        at = line_end + 2;
        if (size == 0)
            break;
        if (bytes.size() < at + size + 2)
            return false;
        body.append(bytes.substr(at, size));
        at += size + 2;
    }
    // No trailers are used in the tests: the section ends with an empty line at once.
    if (bytes.size() < at + 2)
        return false;
    taken = at + 2;
    return true;
}

} // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    if (a.size() != b.size())
        return false;
    for (size_t i = 0; i < a.size(); ++i) {
        if (std::tolower(static_cast<unsigned char>(a[i])) !=
            std::tolower(static_cast<unsigned char>(b[i])))
            return false;
    }
    return true;
}

bool message::has(std::string_view name) const {
    for (const auto &[key, value] : fields) {
        if (equal_ignoring_case(key, name))
            return true;
    }
    return false;
}

std::string message::field(std::string_view name) const {
    std::string joined;
    bool first = true;
    for (const auto &[key, value] : fields) {
        if (!equal_ignoring_case(key, name))
            continue;
        joined += (first ? "" : ", ") + value;
        first = false;
    }
    return joined;
}

bool message::announces_close() const {
    // httpd says "Upgrade, close" where it has another protocol to offer as well.
    const std::string value = field("Connection");
    return equal_ignoring_case(value, "close") || equal_ignoring_case(value, "Upgrade, close");
}

std::string message::without_date() const {
    std::string text = raw;
    const size_t at = text.find("\r\nDate: ");
    if (at != std::string::npos)
        text.erase(at, text.find("\r\n", at + 2) - at);
    return text;
}

framing parse_message(std::string_view bytes, bool to_head, bool at_end, message &into,
                      size_t &taken) {
    into = message();
    const size_t head_end = bytes.find("\r\n\r\n");
    if (bytes.substr(0, 7) != std::string_view("HTTP/1.").substr(0, bytes.size()))
        return framing::broken;
    if (head_end == std::string_view::npos)
        return framing::incomplete;
    size_t line_end = bytes.find("\r\n");
    into.status_line = bytes.substr(0, line_end);
    into.status = into.status_line.size() > 11 ? std::atoi(into.status_line.c_str() + 9) : 0;
    for (size_t at = line_end + 2; at < head_end + 2; at = line_end + 2) {
        line_end = bytes.find("\r\n", at);
        const std::string_view line = bytes.substr(at, line_end - at);
        const size_t colon = line.find(':');
        if (colon == std::string_view::npos)
            return framing::broken;
        into.fields.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }

    const std::string_view after = bytes.substr(head_end + 4);
    size_t body_size = 0;
    if (to_head || into.status < 200 || into.status == 204 || into.status == 304) {
        // no body, whatever the fields say
    } else if (equal_ignoring_case(into.field("Transfer-Encoding"), "chunked")) {
        if (!parse_chunks(after, into.body, body_size))
            return framing::incomplete;
    } else if (into.has("Content-Length")) {
        body_size = std::strtoul(into.field("Content-Length").c_str(), nullptr, 10);
        if (after.size() < body_size)
            return framing::incomplete;
        into.body = after.substr(0, body_size);
    } else if (at_end) {
        body_size = after.size();
        into.body = after;
    } else {
        return framing::until_close;
    }
    taken = head_end + 4 + body_size;
    into.raw = bytes.substr(0, taken);
    into.complete = true;
    return framing::complete;
}

} // namespace e2e
