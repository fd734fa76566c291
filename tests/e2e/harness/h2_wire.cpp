#include "harness/h2_wire.hpp"

#include "harness/request.hpp"

#include <stdexcept>

using std::chrono::steady_clock;

namespace e2e {
namespace {

enum frame_type {
    data_frame = 0,
    headers_frame = 1,
    reset_frame = 3,
    settings_frame = 4,
    ping_frame = 6,
    goaway_frame = 7
};
enum frame_flag { end_stream = 1, acknowledged = 1, end_headers = 4 };

std::string number(unsigned value, int bytes) {
    std::string text;
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift & 0xff);
    return text;
}

unsigned number_at(const std::string &text, size_t at, int bytes) {
    unsigned value = 0;
    for (int i = 0; i < bytes; ++i)
        value = value << 8 | static_cast<unsigned char>(text.at(at + static_cast<size_t>(i)));
    return value;
}

// HPACK, RFC 7541: a string literal without Huffman coding (5.2), its length with a prefix of 7
// bits.
std::string literal(const std::string &text) {
    std::string coded;
    size_t length = text.size();
    if (length < 127) {
        coded += static_cast<char>(length);
    } else {
        coded += static_cast<char>(127);
        for (length -= 127; length >= 128; length /= 128)
            coded += static_cast<char>(length % 128 + 128);
        coded += static_cast<char>(length);
    }
    return coded + text;
}

std::string never_indexed(const std::string &name, const std::string &value) {
    return std::string(1, '\0') + literal(name) + literal(value);
}

// The digits of a status in HPACK's Huffman code (RFC 7541 appendix B): 0 to 2 have five bits, the
// others six.
int huffman_digits(const std::string &coded, int digits) {
    unsigned long bits = 0;
    size_t held = 0;
    size_t at = 0;
    int value = 0;
    for (int i = 0; i < digits; ++i) {
        while (held < 6 && at < coded.size()) {
            bits = bits << 8 | static_cast<unsigned char>(coded[at++]);
            held += 8;
        }
        const unsigned five = static_cast<unsigned>(bits >> (held - 5) & 31);
        if (five <= 2) {
            value = value * 10 + static_cast<int>(five);
            held -= 5;
        } else {
            value = value * 10 + static_cast<int>((bits >> (held - 6) & 63) - 25 + 3);
            held -= 6;
        }
    }
    return value;
}

// The :status of a header block. It is the first field, and as this client's table has no size, it
// is either one of the static table's or spelled out.
int status_of(const std::string &block) {
    const int known[] = {200, 204, 206, 304, 400, 404, 500};
    size_t at = 0;
    while (at < block.size() && (block[at] & 0xe0) == 0x20)
        ++at; // a change of the table's size, to nothing
    const unsigned first = number_at(block, at, 1);
    if ((first & 0x80) != 0)
        return known[(first & 0x7f) - 8];
    const unsigned length = number_at(block, at + 1, 1);
    const std::string value = block.substr(at + 2, length & 0x7f);
    return (length & 0x80) != 0 ? huffman_digits(value, 3) : std::stoi(value);
}

std::string frame(int type, int flags, int stream, const std::string &payload) {
    return number(static_cast<unsigned>(payload.size()), 3) +
           number(static_cast<unsigned>(type), 1) + number(static_cast<unsigned>(flags), 1) +
           number(static_cast<unsigned>(stream), 4) + payload;
}

// SETTINGS_HEADER_TABLE_SIZE 0, so that the server's header blocks can be read one by one;
// SETTINGS_ENABLE_PUSH 0.
std::string preface() {
    return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" +
           frame(settings_frame, 0, 0, number(1, 2) + number(0, 4) + number(2, 2) + number(0, 4));
}

std::string request_block(const std::string &method, const std::string &path) {
    return never_indexed(":method", method) + never_indexed(":scheme", "http") +
           never_indexed(":authority", "a.test") + never_indexed(":path", path);
}

} // namespace

std::string h2_upgrading(const std::string &line, const std::string &expectation,
                         const std::string &framing, const std::string &content) {
    std::vector<std::string> fields = {"Expect: " + expectation,
                                       "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
                                       "HTTP2-Settings: AAMAAABkAAQAAP__"};
    if (!framing.empty())
        fields.push_back(framing);
    return request(line, fields, content);
}

std::string h2_conversation(const std::string &path, int stream) {
    return preface() +
           frame(headers_frame, end_headers | end_stream, stream, request_block("GET", path));
}

h2_wire::h2_wire(std::uint16_t port) : h2_wire(wire(port)) {}

h2_wire::h2_wire(wire connected) : wire_(std::move(connected)) { begin(); }

h2_wire::h2_wire(std::uint16_t port, const std::string &upgrading_request)
    : wire_(port), is_upgrading_(true), unsent_(upgrading_request) {
    begin();
    next_stream_ += 2;
}

void h2_wire::send(const std::string &bytes) {
    if (is_upgrading_)
        unsent_ += bytes;
    else
        wire_.send(bytes);
}

void h2_wire::finish_upgrade() {
    is_upgrading_ = false;
    wire_.send(unsent_);
    const message answer = wire_.next();
    if (answer.status != 101)
        throw std::runtime_error("answered " + std::to_string(answer.status) + " in place of 101");
}

void h2_wire::begin() { send(preface()); }

void h2_wire::send_frame(int type, int flags, int stream, const std::string &payload) {
    send(frame(type, flags, stream, payload));
}

int h2_wire::request(const std::string &method, const std::string &path, const h2_fields &fields,
                     bool ends) {
    const int stream = next_stream_;
    next_stream_ += 2;
    std::string block = request_block(method, path);
    for (const auto &[name, value] : fields)
        block += never_indexed(name, value);
    send_frame(headers_frame, end_headers | (ends ? end_stream : 0), stream, block);
    return stream;
}

void h2_wire::data(int stream, const std::string &bytes, bool ends) {
    send_frame(data_frame, ends ? end_stream : 0, stream, bytes);
}

bool h2_wire::read_frame(milliseconds limit) {
    if (is_upgrading_)
        finish_upgrade();
    const std::string head = wire_.read_bytes(9, limit);
    if (head.size() < 9)
        return false;
    const std::string payload = wire_.read_bytes(number_at(head, 0, 3), at_once);
    const unsigned type = number_at(head, 3, 1);
    const unsigned flags = number_at(head, 4, 1);
    h2_stream &stream = streams_[static_cast<int>(number_at(head, 5, 4) & 0x7fffffff)];
    switch (type) {
    case headers_frame:
        if ((flags & end_headers) == 0)
            throw std::runtime_error(
                "a header block in several frames is more than this client reads");
        stream.statuses.push_back(status_of(payload));
        stream.ended = (flags & end_stream) != 0;
        break;
    case data_frame:
        stream.body += payload;
        stream.ended = (flags & end_stream) != 0;
        break;
    case reset_frame:
        stream.reset = true;
        break;
    case settings_frame:
        if ((flags & acknowledged) == 0)
            send_frame(settings_frame, acknowledged, 0, {});
        break;
    case ping_frame:
        if ((flags & acknowledged) == 0)
            send_frame(ping_frame, acknowledged, 0, payload);
        break;
    default:
        break;
    }
    return true;
}

const h2_stream &h2_wire::wait_statuses(int stream, size_t count, milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    h2_stream &found = streams_[stream];
    while (found.statuses.size() < count && !found.ended && !found.reset &&
           steady_clock::now() < end) {
        if (!read_frame(std::chrono::duration_cast<milliseconds>(end - steady_clock::now())))
            break;
    }
    return found;
}

const h2_stream &h2_wire::wait_end(int stream, milliseconds limit) {
    return wait_statuses(stream, static_cast<size_t>(-1), limit);
}

bool h2_wire::silent(int stream, milliseconds length) {
    const auto end = steady_clock::now() + length;
    const size_t before = streams_[stream].statuses.size();
    while (steady_clock::now() < end &&
           read_frame(std::chrono::duration_cast<milliseconds>(end - steady_clock::now()))) {
    }
    const h2_stream &after = streams_[stream];
    return after.statuses.size() == before && after.body.empty() && !after.ended && !after.reset;
}

} // namespace e2e
