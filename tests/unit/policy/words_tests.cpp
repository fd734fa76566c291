#include "expect/words.hpp"

#include "support/print.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

namespace {

// Every word of a table finds its value in any case, and every value its word.
template <class Value, std::size_t N>
void check_table(const std::array<expect::word<Value>, N> &words, Value last) {
    BOOST_TEST(static_cast<std::size_t>(last) + 1 == N); // no value without a word
    std::set<Value> values;
    for (const auto &each : words) {
        std::string shouted;
        for (const char byte : each.text) {
            shouted += static_cast<char>(byte >= 'a' && byte <= 'z' ? byte - 32 : byte);
        }
        const std::optional<Value> found = expect::find_word(words, shouted);
        BOOST_REQUIRE(found.has_value());
        BOOST_TEST((*found == each.value));
        BOOST_TEST(expect::word_for(words, each.value) == each.text);
        BOOST_TEST(values.insert(each.value).second);
    }
    BOOST_TEST(!expect::find_word(words, "").has_value());
    BOOST_TEST(!expect::find_word(words, expect::slice(words[0].text, 0, 1)).has_value());
    BOOST_TEST(!expect::find_word(words, std::string(words[0].text) + "x").has_value());
    BOOST_TEST(expect::word_for(words, static_cast<Value>(N)).empty());
}

} // namespace

BOOST_AUTO_TEST_SUITE(words_tests)

BOOST_AUTO_TEST_CASE(modes) {
    check_table(expect::policy_mode_words, expect::policy_mode::detection_only);
    BOOST_TEST((*expect::find_word(expect::policy_mode_words, "detectiononly") ==
                expect::policy_mode::detection_only));
}

BOOST_AUTO_TEST_CASE(actions) {
    check_table(expect::action_words, expect::action::reject);
    BOOST_TEST(*expect::find_word(expect::action_words, "continue") ==
               expect::action::continue_at_gate);
}

BOOST_AUTO_TEST_CASE(verdicts) { check_table(expect::verdict_words, expect::verdict::failed); }

BOOST_AUTO_TEST_CASE(options) {
    check_table(expect::option_words, expect::rule_option::expression);
}

// Sentences take the words from the tables.
BOOST_AUTO_TEST_CASE(lists_of_words) {
    BOOST_TEST(expect::any_action.bytes == "meet, continue, ignore, ask or reject");
    BOOST_TEST(expect::any_policy_mode.bytes == "On, Off or DetectionOnly");
    BOOST_TEST(expect::each_option.bytes ==
               "each of status=, retry-after=, longer-than=, shorter-than=, no-content, early, "
               "url= and expr= at most once");
}

BOOST_AUTO_TEST_SUITE_END()
