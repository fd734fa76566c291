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

    // Sends a request's header block and returns its stream. `ends`: there is no content.
    int request(const std::string &method, const std::string &path, const h2_fields &fields,
                bool ends);
    // The next request takes another number: behind an upgrade stream 1 is there already.
    void skip_stream() { next_stream_ += 2; }
    void data(int stream, const std::string &bytes, bool ends);

    // Reads until the stream has that many header blocks, or ended; or `limit` passed.
    const h2_stream &wait_statuses(int stream, size_t count, milliseconds limit = at_once);
    const h2_stream &wait_end(int stream, milliseconds limit = at_once);
    // Whether nothing comes for the stream for that long.
    bool silent(int stream, milliseconds length = a_while);

private:
    bool read_frame(milliseconds limit);
    void send_frame(int type, int flags, int stream, const std::string &payload);

    wire wire_;
    std::map<int, h2_stream> streams_;
    int next_stream_ = 1;
};

} // namespace e2e

#endif
