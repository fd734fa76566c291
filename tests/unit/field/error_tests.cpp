// Why a field or a pattern does not parse, in words.
#include "expect/field.hpp"

#include "support/text.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>

namespace {

// The causes are numbered without a gap, so all of them can be had.
constexpr int last_cause = static_cast<int>(expect::parse_error::pattern_any_parameter_value);

using expect::parse_error;

// Words by which each cause is known, in whatever order texts and causes are written.
const std::map<parse_error, std::string> words = {
    {parse_error::none, "no error"},
    {parse_error::name_expected, "an expectation must begin"},
    {parse_error::value_expected, "\"=\" must be followed"},
    {parse_error::quoted_string_unterminated, "not closed"},
    {parse_error::quoted_string_bad_byte, "control character"},
    {parse_error::parameter_without_value, "follow a value only"},
    {parse_error::parameter_name_expected, "a parameter must begin"},
    {parse_error::parameter_equals_expected, "name must be followed by \"=\""},
    {parse_error::parameter_value_expected, "a parameter's \"=\" must be followed"},
    {parse_error::comma_expected, "a comma or the end"},
    {parse_error::too_many_members, "more than 64 members"},
    {parse_error::line_folded, "obs-fold"},
    {parse_error::pattern_empty, "pattern is empty"},
    {parse_error::pattern_unknown_keyword, "@malformed"},
    {parse_error::pattern_several_members, "not a list"},
    {parse_error::pattern_any_name_with_value, "neither value nor parameters"},
    {parse_error::pattern_any_parameters_alone, "name=*;*"},
    {parse_error::pattern_any_parameters_mixed, "no others beside it"},
    {parse_error::pattern_any_parameter_value, "cannot be \"*\""},
};

} // namespace

BOOST_AUTO_TEST_SUITE(error_tests)

BOOST_AUTO_TEST_CASE(every_cause_has_the_text_that_is_about_it) {
    BOOST_TEST(words.size() == std::size_t{last_cause} + 1);
    for (const auto &[cause, part] : words) {
        const std::string text(expect::text(cause));
        BOOST_TEST(text.find(part) != std::string::npos, part << " in: " << text);
    }
}

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
