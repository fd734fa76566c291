// Raw bytes over TLS: each connection goes through an `openssl s_client` of its own.
#ifndef EXPECT_E2E_TLS_HPP
#define EXPECT_E2E_TLS_HPP

#include "harness/httpd.hpp"
#include "harness/wire.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace e2e {

// A certificate and its key in the server's folder, and the lines of configuration that use them.
std::string make_tls_identity(const httpd &server);

class tls_clients {
public:
    tls_clients() = default;
    tls_clients(const tls_clients &) = delete;
    tls_clients &operator=(const tls_clients &) = delete;
    ~tls_clients(); // ends them

    // One write becomes one TLS record. `protocol`: what ALPN offers, nothing if empty. The
    // direction of sending cannot be closed alone. `more`: options of s_client.
    wire open(std::uint16_t port, const std::string &protocol = {},
              const std::vector<std::string> &more = {});

private:
    std::vector<pid_t> running_;
};

} // namespace e2e

#endif
