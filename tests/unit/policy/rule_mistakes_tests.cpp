// Which words make no rule, and at which word that is noticed.
#include "expect/rule_reader.hpp"

#include "support/print.hpp"
#include "support/read_rule.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

struct bad_row : unit::row {
    std::string_view reason;
    std::size_t words; // how many were well
};

const std::vector<bad_row> bad_rows = {
    {{"allow foo", "no such action"}, "not an action", 0},
    {{"meets foo", "a longer word"}, "not an action", 0},
    {{"continue_now 100-continue", "the name in the program"}, "not an action", 0},
    {{"meet foo=", "a pattern without value"},
     "not a pattern, perhaps because a space has cut it",
     1},
    {{"meet foo,bar", "a list"}, "not a pattern", 1},
    {{"continue foo", "continue of another name"},
     "the action continue sends a 100, which only 100-continue asks for",
     1},
    {{"continue *", "of any name"},
     "the action continue sends a 100, which only 100-continue asks for",
     1},
    {{"continue 100-continue=1", "of another expectation with that name"},
     "the action continue sends a 100, which only 100-continue asks for",
     1},
    {{"meet @malformed", "met although it means nothing"},
     "a field that does not parse cannot be met",
     1},
    {{"continue @malformed", "the same with continue"},
     "a field that does not parse cannot be met",
     1},
    {{"meet foo bar", "no such option"}, "not an option", 2},
    {{"meet foo status", "an option without its equals sign"}, "not an option", 2},
    {{"meet foo no-contents", "a longer word"}, "not an option", 2},
    {{"meet foo no-content=1", "a value where none belongs"}, "not an option", 2},
    {{"meet foo # a comment", "a comment"}, "httpd takes no comment behind a directive", 2},
    {{"meet foo expr=true #", "behind an expression"},
     "httpd takes no comment behind a directive",
     3},
    {{"meet foo expr", "an expression without its equals sign"}, "not an option", 2},
    {{"reject foo status=403 status=403", "an option twice"}, "the option is given twice", 3},
    {{"reject foo no-content NO-CONTENT", "in another case"}, "the option is given twice", 3},
    {{"reject foo expr=a expr=b", "two expressions"}, "the option is given twice", 3},
    {{"reject foo longer-than=1 longer-than=2", "two sizes"}, "the option is given twice", 3},
    {{"meet foo status=417", "a status without answer"},
     "only the action reject answers with a status",
     2},
    {{"ignore foo status=x", "even a wrong one"},
     "only the action reject answers with a status",
     2},
    {{"reject foo status=", "no status"}, "not a status that refuses a request", 2},
    {{"reject foo status=399", "no refusal"}, "not a status that refuses a request", 2},
    {{"reject foo status=600", "no status at all"}, "not a status that refuses a request", 2},
    {{"reject foo status=417x", "something behind it"}, "not a status that refuses a request", 2},
    {{"reject foo status=0417", "a leading zero"}, "not a status that refuses a request", 2},
    {{"reject foo status=4e2", "another notation"}, "not a status that refuses a request", 2},
    {{"reject foo status=-41", "a sign"}, "not a status that refuses a request", 2},
    {{"reject foo longer-than=", "no size"}, "not a size", 2},
    {{"reject foo longer-than=2GB", "a longer suffix"}, "not a size", 2},
    {{"reject foo expr=", "no expression"}, "the expression is empty", 2},
    {{"reject foo no-content longer-than=1", "what never holds"},
     "no-content never holds together with longer-than= or shorter-than=",
     3},
    {{"reject foo longer-than=1 no-content", "in the other order"},
     "no-content never holds together with longer-than= or shorter-than=",
     3},
    // Asking.
    {{"ask foo", "nobody to ask"}, "the action ask needs the path of the application to ask", 2},
    {{"ask foo no-content", "among other options"},
     "the action ask needs the path of the application to ask",
     3},
    {{"ask @malformed", "about what does not parse"},
     "nobody can be asked about a field that does not parse",
     1},
    {{"ask foo url=/a status=403", "the application has the status"},
     "the application that is asked chooses the status",
     3},
    {{"ask foo status=403 url=/a", "in either order"},
     "the application that is asked chooses the status",
     2},
    {{"ask foo url=", "an empty path"}, "not a path of this server", 2},
    {{"ask foo url=a", "a relative one"}, "not a path of this server", 2},
    {{"ask foo url=http://a/b", "another server's"}, "not a path of this server", 2},
    {{"ask foo url=?a", "a query alone"}, "not a path of this server", 2},
    {{"ask foo url=//a/b", "another server's without its scheme"},
     "a path with an empty segment is another server's or a slip",
     2},
    {{"ask foo url=/a//b", "an empty segment"},
     "a path with an empty segment is another server's or a slip",
     2},
    {{"ask foo url=/a#b", "a fragment"}, "a fragment is never sent to a server", 2},
    {{"ask foo url=/a?b#c", "behind a query"}, "a fragment is never sent to a server", 2},
    {{"ask foo url=/%zz", "no escape"},
     "\"%\" begins two hexadecimal digits, and %00 is in no path",
     2},
    {{"ask foo url=/a%2", "half an escape"},
     "\"%\" begins two hexadecimal digits, and %00 is in no path",
     2},
    {{"ask foo url=/a%?b", "an escape that the query cuts"},
     "\"%\" begins two hexadecimal digits, and %00 is in no path",
     2},
    {{"ask foo url=/a%00b", "a null byte"},
     "\"%\" begins two hexadecimal digits, and %00 is in no path",
     2},
    {{"ask foo url=/a\tb", "white space"},
     "a path holds neither white space nor control characters",
     2},
    {{"ask foo url=/a\x01", "a control character"},
     "a path holds neither white space nor control characters",
     2},
    {{"ask foo url=/a?\x7f", "DEL"}, "a path holds neither white space nor control characters", 2},
    {{"ask foo url=/a url=/b", "two applications"}, "the option is given twice", 3},
    {{"meet foo url=/a", "asking without ask"}, "only the action ask asks an application", 2},
    {{"reject foo url=a", "even a wrong one"}, "only the action ask asks an application", 2},
    // Early.
    {{"meet 100-continue early", "an early 100 without continue"},
     "only the action continue sends a 100 by itself",
     2},
    {{"ask foo early url=/a", "nor before an answer"},
     "only the action continue sends a 100 by itself",
     2},
    {{"continue 100-continue early=1", "a value where none belongs"}, "not an option", 2},
    {{"continue 100-continue early Early", "twice"}, "the option is given twice", 3},
    // Trying again.
    {{"reject foo retry-after=5", "without a status that suits"},
     "only a rejection with 413, 429 or 503 says when to try again",
     3},
    {{"reject foo retry-after=5 status=403", "with one that does not"},
     "only a rejection with 413, 429 or 503 says when to try again",
     4},
    {{"reject foo status=500 retry-after=5", "in either order"},
     "only a rejection with 413, 429 or 503 says when to try again",
     4},
    {{"meet foo retry-after=5", "where nothing is refused"},
     "only a rejection with 413, 429 or 503 says when to try again",
     2},
    {{"reject foo status=503 retry-after=", "no number"}, "not a number of seconds", 3},
    {{"reject foo status=503 retry-after=1m", "a unit"}, "not a number of seconds", 3},
    {{"reject foo status=503 retry-after=-1", "a sign"}, "not a number of seconds", 3},
    {{"reject foo status=503 retry-after=2147483648", "too long"}, "not a number of seconds", 3},
    {{"reject foo status=503 retry-after=18446744073709551621", "2^64 and 5"},
     "not a number of seconds",
     3},
    // Sizes.
    {{"reject foo shorter-than=", "no size"}, "not a size", 2},
    {{"reject foo shorter-than=9223372036854775808", "too large"}, "not a size", 2},
    {{"reject foo shorter-than=0", "shorter than nothing"},
     "content has at least one byte, so that none is shorter",
     2},
    {{"reject foo shorter-than=1", "than a byte"},
     "content has at least one byte, so that none is shorter",
     2},
    {{"reject foo no-content shorter-than=9", "no content, but short"},
     "no-content never holds together with longer-than= or shorter-than=",
     3},
    {{"reject foo shorter-than=9 no-content", "in the other order"},
     "no-content never holds together with longer-than= or shorter-than=",
     3},
    {{"reject foo longer-than=9 shorter-than=9", "no length between"},
     "no length is between those of longer-than= and shorter-than=",
     3},
    {{"reject foo longer-than=9 shorter-than=10", "nor between neighbours"},
     "no length is between those of longer-than= and shorter-than=",
     3},
    {{"reject foo shorter-than=10 longer-than=9", "in the other order"},
     "no length is between those of longer-than= and shorter-than=",
     3},
    {{"reject foo longer-than=9223372036854775807 shorter-than=9223372036854775807",
      "at the largest"},
     "no length is between those of longer-than= and shorter-than=",
     3},
    {{"reject foo longer-than=9 shorter-than=20 no-content", "three that do not go together"},
     "no-content never holds together with longer-than= or shorter-than=",
     4},
    // What httpd makes of quotation marks: a word ends at white space unless it begins with one.
    {{"reject foo=\"a b\"", "a value with a space, cut in two"},
     "not a pattern, perhaps because a space has cut it",
     1},
    {{"reject foo= a b", "of a word in quotation marks that holds some"},
     "not a pattern, perhaps because a space has cut it",
     1},
    {{"reject foo;=", "not everything that ends so is cut"}, "not a pattern", 1},
    {{"reject foo expr=\"%{HTTPS} == 'on'\"", "an expression, cut at its first space"},
     "quotation marks belong around the whole word",
     2},
    {{"reject foo expr=\"%{HTTPS}=='on'\"", "one without spaces"},
     "quotation marks belong around the whole word",
     2},
    {{"reject foo expr='true'", "in single ones"},
     "quotation marks belong around the whole word",
     2},
    {{"reject foo expr=\"", "a mark alone"}, "quotation marks belong around the whole word", 2},
    {{"reject foo expr=%{HTTPS} == 'on'", "an expression in none"},
     "not an option, and perhaps a part of the expression, which a space has cut",
     3},
    {{"reject foo expr=true foo", "which any unknown word may have been part of"},
     "not an option, and perhaps a part of the expression, which a space has cut",
     3},
    {{"reject foo status=\"413\"", "a status"}, "quotation marks belong around the whole word", 2},
    {{"reject foo longer-than='1K'", "a size"}, "quotation marks belong around the whole word", 2},
    {{"ask foo url=\"/a\"", "a path"}, "quotation marks belong around the whole word", 2},
};

// What is said of a row.
expect::rule_error mistake_of(const bad_row &row) {
    expect::rule_reader reader;
    std::size_t done = 0;
    unit::read_rule(reader, unit::split_at_spaces(row.input), done);
    return reader.error;
}

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

BOOST_AUTO_TEST_SUITE(rule_mistakes_tests)

BOOST_DATA_TEST_CASE(refuses_rules, data::make(bad_rows), row) {
    expect::rule_reader reader;
    std::size_t done = 0;
    BOOST_TEST(!unit::read_rule(reader, unit::split_at_spaces(row.input), done));
    BOOST_REQUIRE(reader.error.why != nullptr);
    BOOST_TEST(reader.error.why == row.reason);
    BOOST_TEST(done == row.words);
}

BOOST_AUTO_TEST_CASE(tells_what_is_wrong_with_a_pattern) {
    expect::rule_reader reader;
    BOOST_TEST(reader.read_action("reject"));
    BOOST_TEST(!reader.read_pattern("foo=\"a"));
    BOOST_TEST(reader.pattern_error == expect::parse_error::quoted_string_unterminated);
    BOOST_TEST(reader.pattern_offset == 6u);
}

// A start-up message is made of the word and both texts.
BOOST_AUTO_TEST_CASE(every_mistake_says_why_and_what_is_accepted) {
    std::map<std::string, std::string> accepted;
    for (const bad_row &row : bad_rows) {
        const expect::rule_error error = mistake_of(row);
        const std::string why = error.why;
        BOOST_TEST(!why.empty(), row);
        BOOST_TEST(why.back() != '.', row);
        BOOST_REQUIRE(error.accepted != nullptr);
        BOOST_TEST(*error.accepted != '\0', row);
        BOOST_TEST(accepted.emplace(why, error.accepted).first->second == error.accepted, row);
    }
    BOOST_TEST(accepted.size() == 29u); // so many the rows make
}

// The words in a message are those of the tables.
BOOST_AUTO_TEST_CASE(words_are_the_tables_words) {
    const std::set<std::string> others = {"name=", "value=", "parameter=", "="}; // of patterns
    for (const bad_row &row : bad_rows) {
        const expect::rule_error error = mistake_of(row);
        const std::string both = std::string(error.why) + " " + error.accepted;
        for (const std::string &word : options_in(both)) {
            const bool is_option = expect::find_word(expect::option_words, word).has_value() ||
                                   word == "-continue"; // of 100-continue
            BOOST_TEST((is_option || others.count(word) == 1), word << " in: " << both);
        }
    }
    BOOST_TEST(options_in("each of a-b= and no-content, c=").size() == 3u);
}

BOOST_AUTO_TEST_CASE(unknown_words_have_the_whole_table_for_an_answer) {
    BOOST_TEST(mistake_of({{"allow foo", ""}, "", 0}).accepted ==
               std::string("meet, continue, ignore, ask or reject"));
    BOOST_TEST(mistake_of({{"meet foo bar", ""}, "", 0}).accepted ==
               std::string("each of status=, retry-after=, longer-than=, shorter-than=, "
                           "no-content, early, url= and expr= at most once"));
}

// What to write instead is shown where the likely mistake is how it was quoted.
BOOST_AUTO_TEST_CASE(shows_how_to_quote) {
    const auto accepted_of = [](const char *rule) {
        return std::string(mistake_of({{rule, ""}, "", 0}).accepted);
    };
    const std::string whole_word = "\"expr=EXPRESSION\"";
    BOOST_TEST(accepted_of("meet foo=\"a b\"").find("'name=\"a b\"'") != std::string::npos);
    BOOST_TEST(accepted_of("meet foo expr='true'").find(whole_word) != std::string::npos);
    BOOST_TEST(accepted_of("meet foo expr=a b").find(whole_word) != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
