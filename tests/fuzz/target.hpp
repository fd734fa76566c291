// What every target has: the entry point that libFuzzer and the replay call, a check that ends the
// program, and a count of the inputs that came to a success.
#ifndef FUZZ_TARGET_HPP
#define FUZZ_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace fuzz {

// Inputs that were accepted and went all the way. The replay wants at least one seed that does: a
// target whose inputs are all refused at the door tests the door.
inline std::size_t successes = 0;

inline std::string_view as_text(const std::uint8_t *data, std::size_t size) {
    return {reinterpret_cast<const char *>(data), size};
}

// Not assert(): this must not vanish from a build with NDEBUG.
inline void require(bool holds, const char *what, std::string_view detail = "") {
    if (!holds) {
        std::fprintf(stderr, "violated: %s\n%.*s\n", what, static_cast<int>(detail.size()),
                     detail.data());
        std::abort();
    }
}

inline void require_same(const std::string &got, const std::string &wanted, const char *what) {
    require(got == wanted, what, got + "\n" + wanted);
}

} // namespace fuzz

#endif
