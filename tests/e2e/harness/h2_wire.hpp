// An HTTP/2 client over plain TCP with prior knowledge that sees frames in their order and can
// withhold content: what nghttp and curl cannot be told to do.
#ifndef EXPECT_E2E_H2_WIRE_HPP
#define EXPECT_E2E_H2_WIRE_HPP

#include "harness/wire.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace e2e {

using h2_fields = std::vector<std::pair<std::string, std::string>>;

// A request over HTTP/1 that asks for the upgrade; content is sent as it is, `framing` says how
// long it is.
std::string h2_upgrading(const std::string &line, const std::string &expectation,
                         const std::string &framing = "", const std::string &content = "");

// All that a client of HTTP/2 says who asks for a path by GET, as that stream.
std::string h2_conversation(const std::string &path, int stream);

// What came for one stream so far.
struct h2_stream {
    std::vector<int> statuses; // of the header blocks in their order: 100 before 200
    std::string body;
    bool ended = false; // END_STREAM
    bool reset = false; // RST_STREAM, or the connection went
};

class h2_wire {
public:
    explicit h2_wire(std::uint16_t port);
    // Over a connection that is there already, for example one of TLS.
    explicit h2_wire(wire connected);
    // Upgraded by a request over HTTP/1 (RFC 7540, 3.2), which becomes stream 1. All that is sent
    // before one waits for something goes with it, in one piece: httpd closes behind the answer to
    // stream 1, if nothing else is there. Throws then, where the answer is not 101.
    h2_wire(std::uint16_t port, const std::string &upgrading_request);

    // Sends a request's header block and returns its stream. `ends`: there is no content.
    int request(const std::string &method, const std::string &path, const h2_fields &fields,
                bool ends);
    void data(int stream, const std::string &bytes, bool ends);

    // Reads until the stream has that many header blocks, or ended; or `limit` passed.
    const h2_stream &wait_statuses(int stream, size_t count, milliseconds limit = at_once);
    const h2_stream &wait_end(int stream, milliseconds limit = at_once);
    // Whether nothing comes for the stream for that long.
    bool silent(int stream, milliseconds length = a_while);

private:
    void begin();
    void send(const std::string &bytes);
    void finish_upgrade();
    bool read_frame(milliseconds limit);
    void send_frame(int type, int flags, int stream, const std::string &payload);

    wire wire_;
    std::map<int, h2_stream> streams_;
    int next_stream_ = 1;
    bool is_upgrading_ = false;
    std::string unsent_; // while it is
};

} // namespace e2e

#endif
