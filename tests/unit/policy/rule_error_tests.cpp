#include "expect/rule_error.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace {

using expect::rule_error;

constexpr int last_error = static_cast<int>(rule_error::expression_empty);

// The words of a text that end in "=" or hold a hyphen between letters, as options do.
std::set<std::string> options_in(std::string_view text) {
    std::set<std::string> found;
    std::string word;
    for (std::size_t at = 0; at <= text.size(); ++at) {
        const char byte = at < text.size() ? text[at] : ' ';
        if ((byte >= 'a' && byte <= 'z') || (byte == '-' && !word.empty())) {
            word += byte;
            continue;
        }
        if (byte == '=') {
            found.insert(word + "=");
        } else if (word.find('-') != std::string::npos) {
            found.insert(word);
        }
        word.clear();
    }
    return found;
}

} // namespace

BOOST_AUTO_TEST_SUITE(rule_error_tests)

// A start-up message is made of the word, text() and accepted().
BOOST_AUTO_TEST_CASE(every_error_says_why_and_what_is_accepted) {
    std::set<std::string> reasons;
    for (int number = 1; number <= last_error; ++number) {
        const auto error = static_cast<rule_error>(number);
        BOOST_TEST(!expect::text(error).empty(), "error " << number);
        BOOST_TEST(!expect::accepted(error).empty(), "error " << number);
        BOOST_TEST(reasons.insert(std::string(expect::text(error))).second, "error " << number);
        BOOST_TEST(expect::text(error).back() != '.', "error " << number);
    }
    BOOST_TEST(expect::text(static_cast<rule_error>(last_error + 1)).empty());
    BOOST_TEST(expect::accepted(static_cast<rule_error>(last_error + 1)).empty());
    BOOST_TEST(expect::accepted(rule_error::none).empty());
}

// The words in a message are those of the tables; lists of them are made from the tables.
BOOST_AUTO_TEST_CASE(words_are_the_tables_words) {
    BOOST_TEST(expect::accepted(rule_error::action_unknown) ==
               "meet, continue, ignore, ask or reject");
    BOOST_TEST(expect::accepted(rule_error::option_unknown) ==
               "each of status=, retry-after=, longer-than=, shorter-than=, no-content, early, "
               "url= and expr= at most once");
    const std::set<std::string> others = {"name=", "value=", "parameter=", "="}; // of patterns
    for (int number = 1; number <= last_error; ++number) {
        const auto error = static_cast<rule_error>(number);
        const std::string both =
            std::string(expect::text(error)) + " " + std::string(expect::accepted(error));
        for (const std::string &word : options_in(both)) {
            const bool is_option = expect::find_word(expect::option_words, word) != nullptr ||
                                   word == "-continue"; // of 100-continue
            BOOST_TEST((is_option || others.count(word) == 1), word << " in: " << both);
        }
    }
    BOOST_TEST(options_in("each of a-b= and no-content, c=").size() == 3u);
}

// What to write instead is shown where the likely mistake is how it was quoted.
BOOST_AUTO_TEST_CASE(shows_how_to_quote) {
    BOOST_TEST(expect::accepted(rule_error::pattern_cut).find("'name=\"a b\"'") !=
               std::string::npos);
    BOOST_TEST(expect::accepted(rule_error::option_quoted).find("\"expr=EXPRESSION\"") !=
               std::string::npos);
    BOOST_TEST(expect::accepted(rule_error::expression_cut).find("\"expr=EXPRESSION\"") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
