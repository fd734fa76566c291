#include "expect/rule_reader.hpp"

#include "support/print.hpp"
#include "support/read_rule.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;
using expect::action;

struct good_row : unit::row {
    action then;
    unsigned status;
    std::string_view content; // as describe() writes the range
    std::string_view expression;
    std::string_view others; // options that neither condition nor status is
};

constexpr std::uint64_t largest = 0x7fffffffffffffff;

// LEAST-MOST in bytes; "any" for everything, and no MOST where undeclared length is among it.
std::string describe(const expect::content_range &range) {
    const bool is_open = range.most == expect::content_range::undeclared;
    return range.least == 0 && is_open
               ? "any"
               : std::to_string(range.least) + "-" + (is_open ? "" : std::to_string(range.most));
}

std::string describe_others(const expect::rule &made) {
    std::string out = made.early ? "early" : "";
    out += made.has_retry_after ? "retry-after " + std::to_string(made.retry_after) : "";
    return out + std::string(made.url);
}

const std::vector<good_row> good_rows = {
    {{"meet 100-continue", "the default"}, action::meet, 417, "any", "", ""},
    {{"MEET foo", "actions in any case"}, action::meet, 417, "any", "", ""},
    {{"continue 100-continue", "100 at the gate"}, action::continue_at_gate, 417, "any", "", ""},
    {{"continue 100-CONTINUE", "names in any case"}, action::continue_at_gate, 417, "any", "", ""},
    {{"continue 100-continue early", "100 at once"},
     action::continue_at_gate,
     417,
     "any",
     "",
     "early"},
    {{"continue 100-continue EARLY shorter-than=64k", "for short content"},
     action::continue_at_gate,
     417,
     "1-65535",
     "",
     "early"},
    {{"ignore *", "anything"}, action::ignore, 417, "any", "", ""},
    {{"ignore @malformed", "a field that does not parse may be ignored"},
     action::ignore,
     417,
     "any",
     "",
     ""},
    {{"ask foo url=/a", "an application is asked"}, action::ask, 417, "any", "", "/a"},
    {{"ask * URL=/a?b=//c&d%zz no-content", "with a query"},
     action::ask,
     417,
     "0-0",
     "",
     "/a?b=//c&d%zz"},
    {{"ask 100-continue expr=a url=/%7Eme/\xc3\xa4", "with bytes that paths may hold"},
     action::ask,
     417,
     "any",
     "a",
     "/%7Eme/\xc3\xa4"},
    {{"reject @malformed status=400", "or refused otherwise"}, action::reject, 400, "any", "", ""},
    {{"reject * status=599", "the largest status"}, action::reject, 599, "any", "", ""},
    {{"reject * STATUS=413", "options in any case"}, action::reject, 413, "any", "", ""},
    {{"reject * status=503 retry-after=120", "when to try again"},
     action::reject,
     503,
     "any",
     "",
     "retry-after 120"},
    {{"reject * Retry-After=0 status=429", "in either order, at once"},
     action::reject,
     429,
     "any",
     "",
     "retry-after 0"},
    {{"reject * status=413 retry-after=2147483647", "the longest wait"},
     action::reject,
     413,
     "any",
     "",
     "retry-after 2147483647"},
    {{"reject * no-content", "a condition"}, action::reject, 417, "0-0", "", ""},
    {{"meet * No-Content", "in any case"}, action::meet, 417, "0-0", "", ""},
    {{"reject * longer-than=0", "no byte"}, action::reject, 417, "1-", "", ""},
    {{"reject * longer-than=1", "a byte"}, action::reject, 417, "2-", "", ""},
    {{"reject * longer-than=2k", "a suffix"}, action::reject, 417, "2049-", "", ""},
    {{"reject * longer-than=9223372036854775807", "only undeclared length is longer"},
     action::reject,
     417,
     "9223372036854775808-",
     "",
     ""},
    {{"reject * shorter-than=2", "one byte"}, action::reject, 417, "1-1", "", ""},
    {{"reject * shorter-than=2G", "below a limit"}, action::reject, 417, "1-2147483647", "", ""},
    {{"meet * longer-than=3 shorter-than=5", "the one length between"},
     action::meet,
     417,
     "4-4",
     "",
     ""},
    {{"meet * Shorter-Than=5 longer-than=0", "in either order"}, action::meet, 417, "1-4", "", ""},
    {{"meet * expr=true", "the server's condition"}, action::meet, 417, "any", "true", ""},
    {{"meet * expr==", "which may begin with anything"}, action::meet, 417, "any", "=", ""},
    {{"meet * expr=\"a\"==\"b\"", "also with a string"},
     action::meet,
     417,
     "any",
     "\"a\"==\"b\"",
     ""},
    {{"meet * expr='a'==\"b\"", "of either kind"}, action::meet, 417, "any", "'a'==\"b\"", ""},
    {{"reject * expr=a status=403 longer-than=1K", "options in any order"},
     action::reject,
     403,
     "1025-",
     "a",
     ""},
    {{"reject * retry-after=9 status=503 expr=a shorter-than=9 longer-than=1",
      "all that go together"},
     action::reject,
     503,
     "2-8",
     "a",
     "retry-after 9"},
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
    const std::vector<std::string> words = unit::split_at_spaces(row.input);
    std::size_t done = 0;
    BOOST_TEST(unit::read_rule(reader, words, done), reader.error);
    BOOST_TEST(reader.error.why == nullptr);
    BOOST_TEST(reader.made.then == row.then);
    BOOST_TEST(reader.made.status == row.status);
    BOOST_TEST(describe(reader.made.content) == std::string(row.content));
    BOOST_TEST(std::string(reader.expression) == std::string(row.expression));
    BOOST_TEST(describe_others(reader.made) == std::string(row.others));
    BOOST_TEST(reader.made.expression == nullptr); // compiling it is the server's
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
        std::uint32_t seconds = 0;
        BOOST_TEST(expect::parse_seconds(std::string{byte, '1'}, seconds) == digit,
                   "byte " << code);
        BOOST_TEST(expect::parse_size(std::string{byte, '1'}, bytes) == digit, "byte " << code);
        BOOST_TEST(expect::parse_status(std::string{'4', byte, '1'}, status) == digit,
                   "byte " << code);
    }
}

BOOST_AUTO_TEST_SUITE_END()
