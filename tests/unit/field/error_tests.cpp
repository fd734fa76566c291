// Why a field or a pattern does not parse, in words.
#include "expect/field.hpp"

#include "support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace {

// The causes are numbered without a gap, so all of them can be had.
constexpr int last_cause = static_cast<int>(expect::parse_error::pattern_any_parameter_value);

} // namespace

BOOST_AUTO_TEST_SUITE(error_tests)

BOOST_AUTO_TEST_CASE(every_cause_has_a_text_of_its_own) {
    std::set<std::string> texts;
    for (int number = 0; number <= last_cause; ++number) {
        const std::string text(expect::text(static_cast<expect::parse_error>(number)));
        BOOST_TEST(!text.empty(), "cause " << number);
        BOOST_TEST(texts.insert(text).second, "cause " << number << " repeats: " << text);
    }
}

// Log lines and start-up messages put the clause into a sentence of theirs.
BOOST_AUTO_TEST_CASE(texts_are_clauses) {
    for (int number = 0; number <= last_cause; ++number) {
        const std::string text(expect::text(static_cast<expect::parse_error>(number)));
        BOOST_REQUIRE(!text.empty());
        BOOST_TEST(!(text.front() >= 'A' && text.front() <= 'Z'), text);
        BOOST_TEST(text.back() != '.', text);
        BOOST_TEST(unit::escaped(text) == text);
        BOOST_TEST(text.find_first_of("<>&") == std::string::npos, text); // pages show it as it is
    }
}

BOOST_AUTO_TEST_CASE(the_text_names_the_number_of_members) {
    const std::string text(expect::text(expect::parse_error::too_many_members));
    BOOST_TEST(text.find(" " + std::to_string(expect::most_members) + " ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_number_behind_the_last_cause_has_none) {
    BOOST_TEST(expect::text(static_cast<expect::parse_error>(last_cause + 1)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
