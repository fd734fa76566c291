// Whether an httpd that was just started can be tested.
#ifndef EXPECT_E2E_READINESS_HPP
#define EXPECT_E2E_READINESS_HPP

#include <cstdint>
#include <string>

namespace e2e {

// Whether a child serves requests. A connection that is accepted does not prove that: the kernel
// accepts as soon as the parent listens, and a signal to a child that is just being born can crash
// httpd itself.
bool answers(std::uint16_t port);

// Whether the daemon of mod_cgid can be asked. It gives its socket to the user that serves when it
// listens already (cgid_server()); a request that comes before that is answered with 503.
bool cgid_can_be_asked(const std::string &root);

} // namespace e2e

#endif
