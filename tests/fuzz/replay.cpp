// Runs a target on every file of the folders given, without libFuzzer. Prints a TAP line for each
// seed; a violated check ends the program, which tells of the seed named last.
#include "target.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> seeds_in(const fs::path &folder) {
    std::vector<fs::path> files;
    for (const fs::directory_entry &each : fs::directory_iterator(folder)) {
        if (each.is_regular_file()) {
            files.push_back(each.path());
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

// In a heap buffer of exactly its size, as libFuzzer does it.
void run(const fs::path &seed) {
    std::ifstream in(seed, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::unique_ptr<std::uint8_t[]> copy(new std::uint8_t[bytes.size()]);
    std::memcpy(copy.get(), bytes.data(), bytes.size());
    LLVMFuzzerTestOneInput(copy.get(), bytes.size());
}

} // namespace

int main(int argc, char **argv) {
    const std::string target = fs::path(argv[0]).filename().string();
    std::size_t seeds = 0;
    for (int i = 1; i < argc; ++i) {
        for (const fs::path &seed : seeds_in(argv[i])) {
            std::fprintf(stderr, "%s: %s\n", target.c_str(), seed.c_str());
            run(seed);
            std::printf("ok - %s: %s\n", target.c_str(), seed.filename().c_str());
            std::fflush(stdout);
            ++seeds;
        }
    }
    std::printf("%s - %s: at least one of %zu seeds is accepted and goes all the way\n",
                fuzz::successes > 0 ? "ok" : "not ok", target.c_str(), seeds);
    return fuzz::successes > 0 ? 0 : 1;
}
