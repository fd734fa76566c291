// The scanner of header sections, fed lines that are cut at arbitrary places, as the hold's filter
// feeds it; the network behind the filter and the core in front of it are stand-ins
// (tests/unit/support/held_connection.hpp).
//
// Input: eight bytes that say how long the pieces are (0: to the end of the line), then the bytes
// of a connection: requests one behind the other, with empty lines and with content.
//
// - What comes out is what went in but for the names of Expect lines, wherever it was cut, and
//   content, trailers and what stands for a request line are as they were.
// - The lines that are found, and obs-fold behind them, are those that the grammar finds.
#include "target.hpp"

#include "../unit/support/held_connection.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    constexpr std::size_t cuts = 8;
    if (size <= cuts) {
        return 0;
    }
    const std::string_view bytes = fuzz::as_text(data + cuts, size - cuts);
    std::size_t pieces = 0;
    const unit::held got = unit::hold(bytes, [&] { return std::size_t{data[pieces++ % cuts]}; });
    const unit::held wanted = unit::hold_by_grammar(bytes);
    fuzz::require_same(got.bytes, wanted.bytes, "Expect lines are renamed, and nothing else");
    fuzz::require_same(got.sections, wanted.sections, "sections end, and obs-fold is seen");
    fuzz::require(got.renamed == wanted.renamed, "as many lines are renamed");
    fuzz::successes += got.renamed > 0 && !got.sections.empty() ? 1 : 0;
    return 0;
}
