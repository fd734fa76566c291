#include "expect/doubt.hpp"

#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
namespace pattern_doubt = expect::pattern_doubt;

struct doubt_row : unit::row { // input is the pattern
    const char *doubt;         // or null
};

const std::vector<doubt_row> rows = {
    // What means what it says.
    {{"foo", "a name"}, nullptr},
    {{"certain-expectation", "of another length"}, nullptr},
    {{"100-continue", "the one that HTTP defines"}, nullptr},
    {{"100-Continue", "in any case"}, nullptr},
    {{"100-continue=*", "another expectation, on purpose"}, nullptr},
    {{"*", "any"}, nullptr},
    {{"@malformed", "a field that does not parse"}, nullptr},
    {{"foo=*", "any value"}, nullptr},
    {{"foo=*;*", "any parameters"}, nullptr},
    {{"foo=\"b*\"", "a quoted asterisk is meant"}, nullptr},
    {{"foo=\"^a$\"", "as is all that is quoted"}, nullptr},
    {{"foo.bar", "a dot is often part of a name"}, nullptr},
    {{"foo+bar", "so is a plus"}, nullptr},
    {{"status", "an option's name without its value"}, nullptr},
    // Wildcards.
    {{"foo*", "at the end"}, pattern_doubt::glob},
    {{"*foo", "in front"}, pattern_doubt::glob},
    {{"f*o", "between"}, pattern_doubt::glob},
    {{"**", "several"}, pattern_doubt::glob},
    {{"foo*=1", "of a name with a value"}, pattern_doubt::glob},
    {{"foo=ba*", "in a value"}, pattern_doubt::glob},
    {{"foo=**", "where one is any value"}, pattern_doubt::glob},
    // Regular expressions.
    {{"^foo", "the start"}, pattern_doubt::regular_expression},
    {{"foo$", "the end"}, pattern_doubt::regular_expression},
    {{"^foo$", "both"}, pattern_doubt::regular_expression},
    {{"foo.*", "anything"}, pattern_doubt::regular_expression},
    {{".*", "anything at all"}, pattern_doubt::regular_expression},
    {{"foo.+", "something"}, pattern_doubt::regular_expression},
    {{"foo|bar", "one or the other"}, pattern_doubt::regular_expression},
    {{"~foo", "as nginx marks them"}, pattern_doubt::regular_expression},
    {{"foo=^a$", "in a value"}, pattern_doubt::regular_expression},
    // Negation.
    {{"!foo", "of a name"}, pattern_doubt::negation},
    {{"!100-continue", "of 100-continue"}, pattern_doubt::negation},
    {{"foo=!bar", "of a value"}, pattern_doubt::negation},
    // Keywords.
    {{"all", "all"}, pattern_doubt::any},
    {{"ANY", "any"}, pattern_doubt::any},
    {{"everything", "everything"}, pattern_doubt::any},
    {{"all=1", "with a value it is a name"}, nullptr},
    {{"malformed", "without its sign"}, pattern_doubt::malformed},
    {{"Malformd", "misspelt"}, pattern_doubt::malformed},
    {{"invalid", "another word for it"}, pattern_doubt::malformed},
    {{"100-contiue", "a letter missing"}, pattern_doubt::nearly_100_continue},
    {{"100-contniue", "two exchanged"}, pattern_doubt::nearly_100_continue},
    {{"100_Continue", "another mark"}, pattern_doubt::nearly_100_continue},
    {{"100continue", "none"}, pattern_doubt::nearly_100_continue},
    {{"100-continued", "one more"}, pattern_doubt::nearly_100_continue},
    {{"100", "the status alone"}, pattern_doubt::nearly_100_continue},
    {{"continue", "the word alone"}, pattern_doubt::nearly_100_continue},
    {{"102-processing", "another status"}, nullptr},
    // Options.
    {{"status=413", "where the pattern is missing"}, pattern_doubt::option},
    {{"longer-than=2G", "a condition"}, pattern_doubt::option},
    {{"No-Content", "one without a value"}, pattern_doubt::option},
    {{"no-content=1", "with one it is a name"}, nullptr},
};

} // namespace

BOOST_AUTO_TEST_SUITE(doubt_tests)

BOOST_DATA_TEST_CASE(finds_what_was_hardly_meant, data::make(rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        const expect::pattern_result read = expect::parse_pattern(text);
        BOOST_REQUIRE(bool(read));
        const char *found = expect::find_doubt(read.value);
        BOOST_TEST(std::string(found == nullptr ? "" : found) ==
                   std::string(row.doubt == nullptr ? "" : row.doubt));
    });
}

// Behind the pattern in quotation marks, the text makes a warning.
BOOST_AUTO_TEST_CASE(every_doubt_has_a_text_of_its_own) {
    const std::set<std::string> texts = {
        pattern_doubt::glob,  pattern_doubt::regular_expression, pattern_doubt::negation,
        pattern_doubt::any,   pattern_doubt::malformed,          pattern_doubt::nearly_100_continue,
        pattern_doubt::option};
    BOOST_TEST(texts.size() == 7u);
    for (const std::string &text : texts) {
        BOOST_TEST(text.find(" ") != std::string::npos, text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
