// Which words make no rule, and at which word that is noticed.
#include "expect/rule_reader.hpp"

#include "support/print.hpp"
#include "support/read_rule.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::rule_error;

struct bad_row : unit::row {
    rule_error error;
    std::size_t words; // how many were well
};

const std::vector<bad_row> bad_rows = {
    {{"allow foo", "no such action"}, rule_error::action_unknown, 0},
    {{"meets foo", "a longer word"}, rule_error::action_unknown, 0},
    {{"continue_now 100-continue", "the name in the program"}, rule_error::action_unknown, 0},
    {{"meet foo=", "a pattern without value"}, rule_error::pattern_cut, 1},
    {{"meet foo,bar", "a list"}, rule_error::pattern_bad, 1},
    {{"continue foo", "continue of another name"}, rule_error::continue_of_other, 1},
    {{"continue *", "of any name"}, rule_error::continue_of_other, 1},
    {{"continue 100-continue=1", "of another expectation with that name"},
     rule_error::continue_of_other,
     1},
    {{"meet @malformed", "met although it means nothing"}, rule_error::malformed_met, 1},
    {{"continue @malformed", "the same with continue"}, rule_error::malformed_met, 1},
    {{"meet foo bar", "no such option"}, rule_error::option_unknown, 2},
    {{"meet foo status", "an option without its equals sign"}, rule_error::option_unknown, 2},
    {{"meet foo no-contents", "a longer word"}, rule_error::option_unknown, 2},
    {{"meet foo no-content=1", "a value where none belongs"}, rule_error::option_unknown, 2},
    {{"meet foo # a comment", "a comment"}, rule_error::option_comment, 2},
    {{"meet foo expr=true #", "behind an expression"}, rule_error::option_comment, 3},
    {{"meet foo expr", "an expression without its equals sign"}, rule_error::option_unknown, 2},
    {{"reject foo status=403 status=403", "an option twice"}, rule_error::option_repeated, 3},
    {{"reject foo no-content NO-CONTENT", "in another case"}, rule_error::option_repeated, 3},
    {{"reject foo expr=a expr=b", "two expressions"}, rule_error::option_repeated, 3},
    {{"reject foo longer-than=1 longer-than=2", "two sizes"}, rule_error::option_repeated, 3},
    {{"meet foo status=417", "a status without answer"}, rule_error::status_without_reject, 2},
    {{"ignore foo status=x", "even a wrong one"}, rule_error::status_without_reject, 2},
    {{"reject foo status=", "no status"}, rule_error::status_bad, 2},
    {{"reject foo status=399", "no refusal"}, rule_error::status_bad, 2},
    {{"reject foo status=600", "no status at all"}, rule_error::status_bad, 2},
    {{"reject foo status=417x", "something behind it"}, rule_error::status_bad, 2},
    {{"reject foo status=0417", "a leading zero"}, rule_error::status_bad, 2},
    {{"reject foo status=4e2", "another notation"}, rule_error::status_bad, 2},
    {{"reject foo status=-41", "a sign"}, rule_error::status_bad, 2},
    {{"reject foo longer-than=", "no size"}, rule_error::size_bad, 2},
    {{"reject foo longer-than=2GB", "a longer suffix"}, rule_error::size_bad, 2},
    {{"reject foo expr=", "no expression"}, rule_error::expression_empty, 2},
    {{"reject foo no-content longer-than=1", "what never holds"},
     rule_error::no_content_with_size,
     3},
    {{"reject foo longer-than=1 no-content", "in the other order"},
     rule_error::no_content_with_size,
     3},
    // Asking.
    {{"ask foo", "nobody to ask"}, rule_error::url_missing, 2},
    {{"ask foo no-content", "among other options"}, rule_error::url_missing, 3},
    {{"ask @malformed", "about what does not parse"}, rule_error::malformed_asked, 1},
    {{"ask foo url=/a status=403", "the application has the status"},
     rule_error::status_with_ask,
     3},
    {{"ask foo status=403 url=/a", "in either order"}, rule_error::status_with_ask, 2},
    {{"ask foo url=", "an empty path"}, rule_error::url_without_slash, 2},
    {{"ask foo url=a", "a relative one"}, rule_error::url_without_slash, 2},
    {{"ask foo url=http://a/b", "another server's"}, rule_error::url_without_slash, 2},
    {{"ask foo url=?a", "a query alone"}, rule_error::url_without_slash, 2},
    {{"ask foo url=//a/b", "another server's without its scheme"},
     rule_error::url_with_double_slash,
     2},
    {{"ask foo url=/a//b", "an empty segment"}, rule_error::url_with_double_slash, 2},
    {{"ask foo url=/a#b", "a fragment"}, rule_error::url_with_fragment, 2},
    {{"ask foo url=/a?b#c", "behind a query"}, rule_error::url_with_fragment, 2},
    {{"ask foo url=/%zz", "no escape"}, rule_error::url_with_bad_escape, 2},
    {{"ask foo url=/a%2", "half an escape"}, rule_error::url_with_bad_escape, 2},
    {{"ask foo url=/a%?b", "an escape that the query cuts"}, rule_error::url_with_bad_escape, 2},
    {{"ask foo url=/a%00b", "a null byte"}, rule_error::url_with_bad_escape, 2},
    {{"ask foo url=/a\tb", "white space"}, rule_error::url_with_space, 2},
    {{"ask foo url=/a\x01", "a control character"}, rule_error::url_with_space, 2},
    {{"ask foo url=/a?\x7f", "DEL"}, rule_error::url_with_space, 2},
    {{"ask foo url=/a url=/b", "two applications"}, rule_error::option_repeated, 3},
    {{"meet foo url=/a", "asking without ask"}, rule_error::url_without_ask, 2},
    {{"reject foo url=a", "even a wrong one"}, rule_error::url_without_ask, 2},
    // Early.
    {{"meet 100-continue early", "an early 100 without continue"},
     rule_error::early_without_continue,
     2},
    {{"ask foo early url=/a", "nor before an answer"}, rule_error::early_without_continue, 2},
    {{"continue 100-continue early=1", "a value where none belongs"},
     rule_error::option_unknown,
     2},
    {{"continue 100-continue early Early", "twice"}, rule_error::option_repeated, 3},
    // Trying again.
    {{"reject foo retry-after=5", "without a status that suits"},
     rule_error::retry_after_unsuited,
     3},
    {{"reject foo retry-after=5 status=403", "with one that does not"},
     rule_error::retry_after_unsuited,
     4},
    {{"reject foo status=500 retry-after=5", "in either order"},
     rule_error::retry_after_unsuited,
     4},
    {{"meet foo retry-after=5", "where nothing is refused"}, rule_error::retry_after_unsuited, 2},
    {{"reject foo status=503 retry-after=", "no number"}, rule_error::retry_after_bad, 3},
    {{"reject foo status=503 retry-after=1m", "a unit"}, rule_error::retry_after_bad, 3},
    {{"reject foo status=503 retry-after=-1", "a sign"}, rule_error::retry_after_bad, 3},
    {{"reject foo status=503 retry-after=2147483648", "too long"}, rule_error::retry_after_bad, 3},
    {{"reject foo status=503 retry-after=18446744073709551621", "2^64 and 5"},
     rule_error::retry_after_bad,
     3},
    // Sizes.
    {{"reject foo shorter-than=", "no size"}, rule_error::size_bad, 2},
    {{"reject foo shorter-than=9223372036854775808", "too large"}, rule_error::size_bad, 2},
    {{"reject foo shorter-than=0", "shorter than nothing"}, rule_error::shorter_than_content, 2},
    {{"reject foo shorter-than=1", "than a byte"}, rule_error::shorter_than_content, 2},
    {{"reject foo no-content shorter-than=9", "no content, but short"},
     rule_error::no_content_with_size,
     3},
    {{"reject foo shorter-than=9 no-content", "in the other order"},
     rule_error::no_content_with_size,
     3},
    {{"reject foo longer-than=9 shorter-than=9", "no length between"},
     rule_error::sizes_contradict,
     3},
    {{"reject foo longer-than=9 shorter-than=10", "nor between neighbours"},
     rule_error::sizes_contradict,
     3},
    {{"reject foo shorter-than=10 longer-than=9", "in the other order"},
     rule_error::sizes_contradict,
     3},
    {{"reject foo longer-than=9223372036854775807 shorter-than=9223372036854775807",
      "at the largest"},
     rule_error::sizes_contradict,
     3},
    {{"reject foo longer-than=9 shorter-than=20 no-content", "three that do not go together"},
     rule_error::no_content_with_size,
     4},
    // What httpd makes of quotation marks: a word ends at white space unless it begins with one.
    {{"reject foo=\"a b\"", "a value with a space, cut in two"}, rule_error::pattern_cut, 1},
    {{"reject foo= a b", "of a word in quotation marks that holds some"},
     rule_error::pattern_cut,
     1},
    {{"reject foo;=", "not everything that ends so is cut"}, rule_error::pattern_bad, 1},
    {{"reject foo expr=\"%{HTTPS} == 'on'\"", "an expression, cut at its first space"},
     rule_error::option_quoted,
     2},
    {{"reject foo expr=\"%{HTTPS}=='on'\"", "one without spaces"}, rule_error::option_quoted, 2},
    {{"reject foo expr='true'", "in single ones"}, rule_error::option_quoted, 2},
    {{"reject foo expr=\"", "a mark alone"}, rule_error::option_quoted, 2},
    {{"reject foo expr=%{HTTPS} == 'on'", "an expression in none"}, rule_error::expression_cut, 3},
    {{"reject foo expr=true foo", "which any unknown word may have been part of"},
     rule_error::expression_cut,
     3},
    {{"reject foo status=\"413\"", "a status"}, rule_error::option_quoted, 2},
    {{"reject foo longer-than='1K'", "a size"}, rule_error::option_quoted, 2},
    {{"ask foo url=\"/a\"", "a path"}, rule_error::option_quoted, 2},
};

} // namespace

BOOST_AUTO_TEST_SUITE(rule_mistakes_tests)

BOOST_DATA_TEST_CASE(refuses_rules, data::make(bad_rows), row) {
    expect::rule_reader reader;
    std::size_t done = 0;
    BOOST_TEST(!unit::read_rule(reader, unit::split_at_spaces(row.input), done));
    BOOST_TEST(reader.error == row.error);
    BOOST_TEST(done == row.words);
}

BOOST_AUTO_TEST_CASE(tells_what_is_wrong_with_a_pattern) {
    expect::rule_reader reader;
    BOOST_TEST(reader.read_action("reject"));
    BOOST_TEST(!reader.read_pattern("foo=\"a"));
    BOOST_TEST(reader.pattern_error == expect::parse_error::quoted_string_unterminated);
    BOOST_TEST(reader.pattern_offset == 6u);
}

BOOST_AUTO_TEST_SUITE_END()
