#include "expect/rule_reader.hpp"

#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::action;
using expect::rule_error;

// Reads a rule whose words are separated by one space each; false at the first word that does not
// fit, which is then the number of words read.
bool read(expect::rule_reader &reader, const std::vector<std::string> &words, std::size_t &done) {
    done = 0;
    for (const std::string &word : words) {
        const bool well = done == 0   ? reader.read_action(word)
                          : done == 1 ? reader.read_pattern(word)
                                      : reader.read_option(word);
        if (!well) {
            return false;
        }
        ++done;
    }
    return true;
}

std::vector<std::string> split(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; std::getline(in, word, ' ');) {
        words.push_back(word);
    }
    return words;
}

struct good_row : unit::row {
    action then;
    unsigned status;
    bool no_content;
    bool has_longer_than;
    std::uint64_t longer_than;
    std::string_view expression;
};

constexpr std::uint64_t largest = 0x7fffffffffffffff;

const std::vector<good_row> good_rows = {
    {{"meet 100-continue", "the default"}, action::meet, 417, false, false, 0, ""},
    {{"MEET foo", "actions in any case"}, action::meet, 417, false, false, 0, ""},
    {{"continue 100-continue", "100 at once"}, action::continue_at_gate, 417, false, false, 0, ""},
    {{"continue 100-CONTINUE", "names in any case"},
     action::continue_at_gate,
     417,
     false,
     false,
     0,
     ""},
    {{"ignore *", "anything"}, action::ignore, 417, false, false, 0, ""},
    {{"ignore @malformed", "a field that does not parse may be ignored"},
     action::ignore,
     417,
     false,
     false,
     0,
     ""},
    {{"reject @malformed status=400", "or refused otherwise"},
     action::reject,
     400,
     false,
     false,
     0,
     ""},
    {{"reject * status=599", "the largest status"}, action::reject, 599, false, false, 0, ""},
    {{"reject * STATUS=413", "options in any case"}, action::reject, 413, false, false, 0, ""},
    {{"reject * no-content", "a condition"}, action::reject, 417, true, false, 0, ""},
    {{"meet * No-Content", "in any case"}, action::meet, 417, true, false, 0, ""},
    {{"reject * longer-than=0", "no byte"}, action::reject, 417, false, true, 0, ""},
    {{"reject * longer-than=1", "a byte"}, action::reject, 417, false, true, 1, ""},
    {{"reject * longer-than=2k", "a suffix"}, action::reject, 417, false, true, 2048, ""},
    {{"meet * expr=true", "the server's condition"}, action::meet, 417, false, false, 0, "true"},
    {{"meet * expr==", "which may begin with anything"}, action::meet, 417, false, false, 0, "="},
    {{"reject * expr=a status=403 longer-than=1K", "options in any order"},
     action::reject,
     403,
     false,
     true,
     1024,
     "a"},
    {{"reject * status=403 no-content expr=a", "all that go together"},
     action::reject,
     403,
     true,
     false,
     0,
     "a"},
};

struct bad_row : unit::row {
    rule_error error;
    std::size_t words; // how many were well
};

const std::vector<bad_row> bad_rows = {
    {{"allow foo", "no such action"}, rule_error::action_unknown, 0},
    {{"meets foo", "a longer word"}, rule_error::action_unknown, 0},
    {{"continue_at_gate 100-continue", "the name in the program"}, rule_error::action_unknown, 0},
    {{"meet foo=", "a pattern without value"}, rule_error::pattern_bad, 1},
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
     rule_error::conditions_contradict,
     3},
    {{"reject foo longer-than=1 no-content", "in the other order"},
     rule_error::conditions_contradict,
     3},
};

struct size_row : unit::row {
    bool well;
    std::uint64_t bytes;
};

const std::vector<size_row> size_rows = {
    {{"0", "zero"}, true, 0},
    {{"00", "zero, with a zero"}, true, 0},
    {{"1024", "bytes"}, true, 1024},
    {{"1k", "powers of 1024"}, true, 1024},
    {{"1K", "in any case"}, true, 1024},
    {{"3m", "M"}, true, std::uint64_t{3} << 20},
    {{"2G", "G"}, true, std::uint64_t{2} << 30},
    {{"9223372036854775807", "the largest length"}, true, largest},
    {{"9223372036854775808", "one more"}, false, 0},
    {{"18446744073709551616", "2^64 is not 0"}, false, 0},
    {{"18446744073709551617k", "nor is it with a suffix"}, false, 0},
    {{"99999999999999999999999999", "far too large"}, false, 0},
    {{"8589934591G", "the largest number of G"}, true, (std::uint64_t{1} << 63) - (1u << 30)},
    {{"8589934592G", "one more G"}, false, 0},
    {{"9007199254740991K", "the largest number of K"}, true, (std::uint64_t{1} << 63) - 1024},
    {{"9007199254740992K", "one more K"}, false, 0},
    {{"17179869184G", "2^64 as G"}, false, 0},
    {{"", "nothing"}, false, 0},
    {{"K", "a suffix alone"}, false, 0},
    {{"1KK", "two suffixes"}, false, 0},
    {{"1T", "another suffix"}, false, 0},
    {{"1B", "bytes have none"}, false, 0},
    {{"-1", "a sign"}, false, 0},
    {{"+1", "either sign"}, false, 0},
    {{" 1", "white space in front"}, false, 0},
    {{"1 ", "and behind"}, false, 0},
    {{"1 K", "and between"}, false, 0},
    {{"0x10", "another base"}, false, 0},
    {{"1.5K", "a fraction"}, false, 0},
    {{"1e3", "an exponent"}, false, 0},
    {{"1\xb2", "a byte outside ASCII"}, false, 0},
};

} // namespace

BOOST_AUTO_TEST_SUITE(rule_reader_tests)

BOOST_DATA_TEST_CASE(reads_rules, data::make(good_rows), row) {
    expect::rule_reader reader;
    const std::vector<std::string> words = split(row.input);
    std::size_t done = 0;
    BOOST_TEST(read(reader, words, done), reader.error);
    BOOST_TEST(reader.error == rule_error::none);
    BOOST_TEST(reader.made.then == row.then);
    BOOST_TEST(reader.made.status == row.status);
    BOOST_TEST(reader.made.no_content == row.no_content);
    BOOST_TEST(reader.made.has_longer_than == row.has_longer_than);
    BOOST_TEST(reader.made.longer_than == row.longer_than);
    BOOST_TEST(std::string(reader.expression) == std::string(row.expression));
    BOOST_TEST(reader.made.expression == nullptr); // compiling it is the server's
}

BOOST_DATA_TEST_CASE(refuses_rules, data::make(bad_rows), row) {
    expect::rule_reader reader;
    std::size_t done = 0;
    BOOST_TEST(!read(reader, split(row.input), done));
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

BOOST_DATA_TEST_CASE(sizes, data::make(size_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view text) {
        std::uint64_t bytes = 0;
        BOOST_TEST(expect::parse_size(text, bytes) == row.well);
        BOOST_TEST(bytes == row.bytes);
    });
}

BOOST_AUTO_TEST_CASE(every_status) {
    for (unsigned number = 0; number <= 9999; ++number) {
        std::uint16_t status = 0;
        const bool expected = number >= 400 && number <= 599;
        const std::string text = std::to_string(number);
        BOOST_TEST(expect::parse_status(text, status) == expected, text);
        BOOST_TEST((!expected || status == number), text);
    }
}

BOOST_AUTO_TEST_CASE(every_byte_where_a_digit_belongs) {
    for (int code = 0; code < 256; ++code) {
        const char byte = static_cast<char>(code);
        const bool digit = code >= '0' && code <= '9';
        std::uint64_t bytes = 0;
        std::uint16_t status = 0;
        BOOST_TEST(expect::parse_size(std::string{byte, '1'}, bytes) == digit, "byte " << code);
        BOOST_TEST(expect::parse_status(std::string{'4', byte, '1'}, status) == digit,
                   "byte " << code);
    }
}

// A start-up message is made of the word, text() and accepted().
BOOST_AUTO_TEST_CASE(every_error_says_why_and_what_is_accepted) {
    std::set<std::string> reasons;
    const int last = static_cast<int>(rule_error::conditions_contradict);
    for (int number = 1; number <= last; ++number) {
        const auto error = static_cast<rule_error>(number);
        BOOST_TEST(!expect::text(error).empty(), "error " << number);
        BOOST_TEST(!expect::accepted(error).empty(), "error " << number);
        BOOST_TEST(reasons.insert(std::string(expect::text(error))).second, "error " << number);
    }
    BOOST_TEST(expect::text(static_cast<rule_error>(last + 1)).empty());
    BOOST_TEST(expect::accepted(static_cast<rule_error>(last + 1)).empty());
    BOOST_TEST(expect::accepted(rule_error::none).empty());
}

// The words in accepted() are those of the tables.
BOOST_AUTO_TEST_CASE(accepted_words_are_the_tables_words) {
    const std::string actions(expect::accepted(rule_error::action_unknown));
    for (const auto &each : expect::action_words) {
        BOOST_TEST(actions.find(each.text) != std::string::npos, each.text);
    }
    const std::string options(expect::accepted(rule_error::option_unknown));
    for (const auto &each : expect::option_words) {
        BOOST_TEST(options.find(each.text) != std::string::npos, each.text);
    }
}

BOOST_AUTO_TEST_SUITE_END()
