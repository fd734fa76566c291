// Holds requests up until the test lets them go: the only way to tell what came before a handler
// ran without measuring time.
#ifndef EXPECT_E2E_GATE_HPP
#define EXPECT_E2E_GATE_HPP

#include "harness/httpd.hpp"
#include "harness/settings.hpp"

namespace e2e {

// A server whose requests are held up before any handler runs, in a rewrite map, until the test
// opens the gate: what comes before that was sent without waiting for the handler.
inline void hold_up_requests(httpd &server) {
    server.site().with({"rewrite"});
    server.file("gate.sh",
                "#!/bin/sh\nwhile read -r key; do\n    while [ ! -e '" + server.root() +
                    "/run/open' ]; do sleep 0.05; done\n    echo \"$key\"\ndone\n",
                true);
    server.config("RewriteEngine On\nRewriteMap gate \"prg:@ROOT@/gate.sh\"\n"
                  "RewriteCond ${gate:x} ^x$\nRewriteRule ^/cgi/ - [PT]");
}

inline void open_gate(const httpd &server) { write_file(server.root() + "/run/open", ""); }

} // namespace e2e

#endif
