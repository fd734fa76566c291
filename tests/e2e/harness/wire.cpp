#include "harness/wire.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <set>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using std::chrono::steady_clock;

namespace e2e {
namespace {

struct address_of {
    sockaddr_storage storage = {};
    socklen_t length = 0;
    int family = AF_INET;

    address_of(const std::string &text, std::uint16_t port) {
        if (text.find(':') != std::string::npos) {
            family = AF_INET6;
            auto *six = reinterpret_cast<sockaddr_in6 *>(&storage);
            six->sin6_family = AF_INET6;
            six->sin6_port = htons(port);
            inet_pton(AF_INET6, text.c_str(), &six->sin6_addr);
            length = sizeof *six;
        } else {
            auto *four = reinterpret_cast<sockaddr_in *>(&storage);
            four->sin_family = AF_INET;
            four->sin_port = htons(port);
            inet_pton(AF_INET, text.c_str(), &four->sin_addr);
            length = sizeof *four;
        }
    }
    const sockaddr *get() const { return reinterpret_cast<const sockaddr *>(&storage); }
};

int bound_socket(const std::string &address, std::uint16_t &port) {
    const address_of at(address, 0);
    const int descriptor = socket(at.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0 || bind(descriptor, at.get(), at.length) != 0)
        throw std::runtime_error("cannot bind to " + address + ": " + std::strerror(errno));
    sockaddr_storage got = {};
    socklen_t length = sizeof got;
    getsockname(descriptor, reinterpret_cast<sockaddr *>(&got), &length);
    // The port is at the same place in both families' addresses.
    port = ntohs(reinterpret_cast<sockaddr_in *>(&got)->sin_port);
    return descriptor;
}

int connect_to(const std::string &address, std::uint16_t port) {
    const address_of to(address, port);
    const int descriptor = socket(to.family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, to.get(), to.length) == 0) {
        const int yes = 1;
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        return descriptor;
    }
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

milliseconds left_until(steady_clock::time_point end) {
    return std::max(milliseconds(0),
                    std::chrono::duration_cast<milliseconds>(end - steady_clock::now()));
}

} // namespace

std::uint16_t free_port(const std::string &address) {
    static std::mutex lock;
    static std::set<std::uint16_t> given;
    const std::lock_guard<std::mutex> locked(lock);
    std::uint16_t port = 0;
    do {
        close(bound_socket(address, port));
    } while (!given.insert(port).second);
    return port;
}

bool accepts(const std::string &address, std::uint16_t port) {
    const int descriptor = connect_to(address, port);
    if (descriptor < 0)
        return false;
    close(descriptor);
    return true;
}

wire::wire(std::uint16_t port, const std::string &address) : socket_(connect_to(address, port)) {
    if (socket_ < 0)
        throw std::runtime_error("cannot connect to " + address + " port " + std::to_string(port));
}

wire::wire(wire &&other) noexcept
    : socket_(other.socket_), ended_(other.ended_), buffer_(std::move(other.buffer_)) {
    other.socket_ = -1;
}

wire::~wire() {
    if (socket_ >= 0)
        close(socket_);
}

wire &wire::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t put = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            break;
        bytes.remove_prefix(static_cast<size_t>(put));
    }
    return *this;
}

wire &wire::send_in_pieces(std::string_view bytes, size_t size) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
        send(bytes.substr(0, size));
        // Long enough that the server reads this segment by itself; a shorter wait only tests less.
        std::this_thread::sleep_for(milliseconds(3));
    }
    return *this;
}

void wire::end_of_sending() { shutdown(socket_, SHUT_WR); }

wire::arrival wire::receive(milliseconds limit) {
    if (ended_)
        return arrival::end;
    pollfd wait = {socket_, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(limit.count())) <= 0)
        return arrival::nothing;
    char block[65536];
    const ssize_t got = recv(socket_, block, sizeof block, 0);
    if (got <= 0) {
        ended_ = true;
        return arrival::end;
    }
    buffer_.append(block, static_cast<size_t>(got));
    return arrival::bytes;
}

message wire::next(bool to_head, milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    for (;;) {
        message found;
        size_t taken = 0;
        const framing state = parse_message(buffer_, to_head, ended_, found, taken);
        if (state == framing::complete) {
            buffer_.erase(0, taken);
            return found;
        }
        if (state == framing::broken || ended_ || receive(left_until(end)) == arrival::nothing) {
            found.raw = buffer_;
            if (state == framing::broken)
                found.status = 0;
            return found;
        }
    }
}

message wire::answer(bool to_head, milliseconds limit) {
    std::vector<int> interims;
    for (;;) {
        message found = next(to_head, limit);
        if (found.status < 100 || found.status >= 200 || found.status == 101) {
            found.interims = interims;
            return found;
        }
        interims.push_back(found.status);
    }
}

bool wire::silent(milliseconds length) {
    return buffer_.empty() && receive(length) == arrival::nothing;
}

bool wire::closes(milliseconds limit) { return buffer_.empty() && receive(limit) == arrival::end; }

std::string wire::rest(milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    while (receive(left_until(end)) == arrival::bytes) {
    }
    std::string all;
    all.swap(buffer_);
    return all;
}

std::string wire::read_until(std::string_view end_mark, milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    for (;;) {
        const size_t at = buffer_.find(end_mark);
        if (at != std::string::npos) {
            std::string part = buffer_.substr(0, at + end_mark.size());
            buffer_.erase(0, part.size());
            return part;
        }
        if (receive(left_until(end)) != arrival::bytes) {
            std::string part;
            part.swap(buffer_);
            return part;
        }
    }
}

std::string wire::read_bytes(size_t count, milliseconds limit) {
    const auto end = steady_clock::now() + limit;
    while (buffer_.size() < count && receive(left_until(end)) == arrival::bytes) {
    }
    std::string part = buffer_.substr(0, std::min(count, buffer_.size()));
    // Half of what was asked for stays, so that it can be asked for again.
    if (part.size() < count && !ended_)
        return {};
    buffer_.erase(0, part.size());
    return part;
}

listener::listener() : socket_(bound_socket("127.0.0.1", port_)) { listen(socket_, 16); }

listener::~listener() { close(socket_); }

bool listener::called(milliseconds limit) const {
    pollfd wait = {socket_, POLLIN, 0};
    return poll(&wait, 1, static_cast<int>(limit.count())) > 0;
}

wire listener::accept() {
    if (!called())
        throw std::runtime_error("nobody connected to the backend");
    return wire(::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC));
}

} // namespace e2e
