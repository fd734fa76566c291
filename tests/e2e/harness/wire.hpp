// A client that sees exact bytes: what came, in which order, and whether the server closed.
#ifndef EXPECT_E2E_WIRE_HPP
#define EXPECT_E2E_WIRE_HPP

#include "harness/message.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace e2e {

using std::chrono::milliseconds;

// "At once": far above what a busy machine needs, far below the Timeout of every server in the
// tests.
inline constexpr milliseconds at_once{10000};
// How long nothing must come before a test says that the server stalls.
inline constexpr milliseconds a_while{700};

// A free TCP port of a loopback address that has not been given before: two of one server must not
// be the same. Found by asking the kernel.
std::uint16_t free_port(const std::string &address);
// Whether something accepts connections there.
bool accepts(const std::string &address, std::uint16_t port);

class wire {
public:
    explicit wire(std::uint16_t port, const std::string &address = "127.0.0.1");
    explicit wire(int connected_socket) : socket_(connected_socket) {}
    wire(wire &&other) noexcept;
    wire(const wire &) = delete;
    wire &operator=(const wire &) = delete;
    ~wire();

    // Sends everything; a connection that the peer closed is not an error here, the answer tells.
    wire &send(std::string_view bytes);
    // One segment per piece of `size` bytes.
    wire &send_in_pieces(std::string_view bytes, size_t size);
    void end_of_sending(); // closes this direction only

    // The next message, interim ones included, as soon as it is complete. Its status is 0 if none
    // came within `limit`. `to_head`: it answers a HEAD, so it has no body whatever its fields say.
    message next(bool to_head = false, milliseconds limit = at_once);
    // The next final response; interim ones before it are in its `interims`, in order.
    message answer(bool to_head = false, milliseconds limit = at_once);

    // Whether nothing at all arrives for that long, not even a close.
    bool silent(milliseconds length = a_while);
    // Whether the peer closes within `limit` without sending another byte.
    bool closes(milliseconds limit = at_once);
    // Everything up to the peer's close, as it came.
    std::string rest(milliseconds limit = at_once);
    // Bytes up to and with `end`; what came so far if it does not come. For a test that plays a
    // server.
    std::string read_until(std::string_view end, milliseconds limit = at_once);
    // That many bytes, or what came of them.
    std::string read_bytes(size_t count, milliseconds limit = at_once);

private:
    enum class arrival { bytes, end, nothing };
    arrival receive(milliseconds limit);

    int socket_ = -1;
    bool ended_ = false;
    std::string buffer_;
};

// Listens on a free loopback port, for a test that plays the backend of a proxy.
class listener {
public:
    listener();
    listener(const listener &) = delete;
    listener &operator=(const listener &) = delete;
    ~listener();

    std::uint16_t port() const { return port_; }
    // Whether somebody connects within `limit`.
    bool called(milliseconds limit = at_once) const;
    wire accept(); // throws if nobody connects

private:
    std::uint16_t port_ = 0; // before socket_, which is made by finding it
    int socket_ = -1;
};

} // namespace e2e

#endif
