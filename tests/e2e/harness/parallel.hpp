// Many connections at once. Boost.Test's checks belong to one thread, so what is found wrong comes
// back as sentences.
#ifndef EXPECT_E2E_PARALLEL_HPP
#define EXPECT_E2E_PARALLEL_HPP

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <exception>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace e2e {

using faults = std::vector<std::string>;

// Configuration for a server with many connections: one child with threads enough for all (or
// as many processes as there may be), as httpd ends kept connections where it has too few or too
// many; and for those besides that still wait for a script to end.
inline constexpr const char *one_child = R"(<IfModule !mpm_prefork_module>
    ServerLimit 1
    ThreadsPerChild 64
    MaxRequestWorkers 64
    MaxSpareThreads 64
</IfModule>
<IfModule mpm_prefork_module>
    StartServers 16
    MinSpareServers 1
    MaxSpareServers 64
    MaxRequestWorkers 64
</IfModule>
MaxKeepAliveRequests 0
)";

// Runs work(i) for each i below `count` on `threads` threads. An exception is a fault of its piece.
inline faults in_parallel(size_t count, const std::function<faults(size_t)> &work,
                          size_t threads = 12) {
    faults all;
    std::mutex guard;
    std::atomic<size_t> next{0};
    const auto run = [&] {
        for (size_t i = next++; i < count; i = next++) {
            faults found;
            try {
                found = work(i);
            } catch (const std::exception &trouble) {
                found = {std::string("exception: ") + trouble.what()};
            }
            const std::lock_guard<std::mutex> lock(guard);
            all.insert(all.end(), found.begin(), found.end());
        }
    };
    std::vector<std::thread> crew;
    for (size_t i = 0; i < threads; ++i)
        crew.emplace_back(run);
    for (std::thread &one : crew)
        one.join();
    return all;
}

// Fails the test with the first faults; a matrix that is wrong everywhere must not print thousands.
inline void report_faults(const faults &found) {
    for (size_t i = 0; i < found.size() && i < 12; ++i)
        BOOST_ERROR(found[i]);
    BOOST_TEST(found.size() == 0u);
}

} // namespace e2e

#endif
