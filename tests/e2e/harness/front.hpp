// httpd as a reverse proxy between a client and a backend, both of which the test plays, so that
// the bytes of either side are seen exactly.
#ifndef EXPECT_E2E_FRONT_HPP
#define EXPECT_E2E_FRONT_HPP

#include "harness/httpd.hpp"
#include "harness/wire.hpp"

#include <cctype>
#include <string>

namespace e2e {

inline const std::string head_end = "\r\n\r\n";

// The Expect line of a request head, in lower case and without its CRLF; "-" if there is none.
inline std::string expect_line(const std::string &head) {
    std::string text = head;
    for (char &byte : text)
        byte = static_cast<char>(std::tolower(static_cast<unsigned char>(byte)));
    const size_t at = text.find("\r\nexpect:");
    return at == std::string::npos ? "-" : text.substr(at + 2, text.find("\r\n", at + 2) - at - 2);
}

// /back/ is the backend. `config` says which policy is in force, if any.
struct front {
    listener backend;
    httpd server;

    explicit front(const std::string &config, const std::string &worker_options = {},
                   const std::string &label = "front")
        : server(label) {
        server.site().with({"proxy", "proxy_http"});
        server.config("ProxyPass /back/ " + url() + " " + worker_options + "\nProxyTimeout 30\n" +
                      config);
    }

    std::string url() const { return "http://127.0.0.1:" + std::to_string(backend.port()) + "/"; }
};

} // namespace e2e

#endif
