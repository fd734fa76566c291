#include "mod_expect/hold/line_search.hpp"

#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
namespace detail = mod_expect::detail;

// All searches there are on this machine, by number; the last is the one that the module takes.
const std::vector<detail::pair_search> searches = {detail::find_pair_by_lines<'e', 0x20>,
                                                   detail::find_pair<'e', 0x20>,
                                                   detail::choose_pair_search<'e', 0x20>()};
const auto every_search = data::xrange(searches.size());

// What is found in a text behind which no byte may be read, as an offset; npos for nothing.
std::size_t find(detail::pair_search search, const std::string &input) {
    const unit::heap_text text(input);
    const std::string_view view = text.view();
    const char *found = search(view.data(), view.data() + view.size());
    return found != nullptr ? static_cast<std::size_t>(found - view.data()) : std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(line_search_tests)

// Wherever it stands in a text of whatever length: blocks of bytes are compared at once, and
// neither their borders nor the end may hide it.
BOOST_DATA_TEST_CASE(one_line, every_search, number) {
    for (std::size_t size = detail::block_size + 1; size <= 5 * detail::block_size; ++size) {
        const std::string without(size, 'x');
        BOOST_TEST_REQUIRE(find(searches[number], without) == std::string::npos, size << " bytes");
        for (std::size_t at = 0; at + 2 <= size; ++at) {
            std::string with = without;
            with.replace(at, 2, at % 2 == 0 ? "\nE" : "\ne");
            BOOST_TEST_REQUIRE(find(searches[number], with) == at,
                               size << " bytes, the line at " << at);
        }
    }
}

BOOST_DATA_TEST_CASE(the_first_of_several, every_search, number) {
    for (std::size_t first = 0; first < 150; ++first) {
        for (const std::size_t behind : {2, 3, 30, 31, 32, 33, 62, 63, 64, 65, 120}) {
            std::string text(first + behind + 80, 'x');
            text.replace(first, 2, "\nE");
            text.replace(first + behind, 2, "\ne");
            BOOST_TEST_REQUIRE(find(searches[number], text) == first,
                               first << " and " << behind << " bytes behind");
        }
    }
}

// Only these two letters, only behind an LF, and not at the end, where the other half is missing.
BOOST_DATA_TEST_CASE(nothing_else, every_search, number) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string text(100, 'x');
        text[50] = '\n';
        text[51] = static_cast<char>(byte);
        const bool found = byte == 'e' || byte == 'E';
        BOOST_TEST_REQUIRE(find(searches[number], text) == (found ? 50 : std::string::npos), byte);
        text[50] = static_cast<char>(byte);
        text[51] = 'e';
        const bool is_lf = byte == '\n';
        BOOST_TEST_REQUIRE(find(searches[number], text) == (is_lf ? 50 : std::string::npos), byte);
    }
    BOOST_TEST(find(searches[number], std::string(99, 'e') + "\n") == std::string::npos);
    BOOST_TEST(find(searches[number], std::string(100, '\n')) == std::string::npos);
}

// The other byte that is searched for, of which there is one form.
BOOST_AUTO_TEST_CASE(lines_that_begin_with_cr) {
    for (const detail::pair_search search :
         {detail::find_pair_by_lines<'\r', 0>, detail::find_pair<'\r', 0>,
          detail::choose_pair_search<'\r', 0>()}) {
        for (std::size_t at = 0; at < 150; ++at) {
            std::string text = std::string(at, 'x') + "\n\r\n" + std::string(80, 'y');
            BOOST_TEST_REQUIRE(find(search, text) == at, at);
            text[at + 1] = '-'; // a CR but for one bit
            BOOST_TEST_REQUIRE(find(search, text) == std::string::npos, at);
        }
    }
}

// Short texts go another way than long ones.
BOOST_AUTO_TEST_CASE(lines_of_short_and_long_texts) {
    const auto find_line = [](std::string_view text, std::size_t from) {
        const char *end = text.data() + text.size();
        const char *found = mod_expect::find_e_line(text.data() + from, end);
        return found != nullptr ? found - text.data() : -1;
    };
    for (std::size_t size = 0; size <= 2 * detail::block_size; ++size) {
        const unit::heap_text text(std::string(size, 'x') + "\nEnd\ne");
        const auto first = static_cast<std::ptrdiff_t>(size) + 1;
        BOOST_TEST_REQUIRE(find_line(text.view(), 0) == first, size);
        BOOST_TEST_REQUIRE(find_line(text.view(), size + 1) == first + 4, size);
        BOOST_TEST_REQUIRE(find_line(text.view(), size + 5) == -1, size);
    }
}

BOOST_AUTO_TEST_SUITE_END()
