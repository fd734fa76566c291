#include "harness/readiness.hpp"

#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace e2e {

bool answers(std::uint16_t port) {
    if (!accepts("127.0.0.1", port))
        return false;
    wire client(port);
    client.send("GET /harness-up HTTP/1.1\r\nHost: harness\r\nConnection: close\r\n\r\n");
    return client.answer().status != 0;
}

bool cgid_can_be_asked(const std::string &root) {
    for (const auto &entry : fs::directory_iterator(root + "/run")) {
        struct stat info = {};
        if (entry.path().filename().string().find("cgisock") == 0 &&
            stat(entry.path().c_str(), &info) == 0 &&
            (the_settings().user.empty() || info.st_uid != geteuid()))
            return true;
    }
    return false;
}

} // namespace e2e
