#include "expect/coverage.hpp"

#include "support/policy.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

struct pair_row : unit::row { // input is the first rule
    std::string_view second;
    bool covered;
};

const std::vector<pair_row> pairs = {
    // Patterns.
    {{"meet foo", "the same"}, "reject foo", true},
    {{"meet foo", "in another case"}, "reject FOO", true},
    {{"meet foo", "another name"}, "reject bar", false},
    {{"meet foo", "a value is another member"}, "reject foo=1", false},
    {{"meet foo=1", "and none is another"}, "reject foo", false},
    {{"meet foo", "any value does not mean none"}, "reject foo=*", false},
    {{"meet foo=*", "any value takes each"}, "reject foo=1", true},
    {{"meet foo=*", "and any"}, "reject foo=*", true},
    {{"meet foo=1", "but not the other way round"}, "reject foo=*", false},
    {{"meet foo=1", "the same value quoted"}, "reject foo=\"\\1\"", true},
    {{"meet foo=1", "another value"}, "reject foo=2", false},
    {{"meet foo=\"*\"", "an asterisk is a value"}, "reject foo=*", false},
    {{"meet foo=*", "parameters are not taken"}, "reject foo=1;a=b", false},
    {{"meet foo=*", "nor any"}, "reject foo=1;*", false},
    {{"meet foo=*;*", "any parameters take some"}, "reject foo=1;a=b", true},
    {{"meet foo=*;*", "and any"}, "reject foo=*;*", true},
    {{"meet foo=*;*", "and none"}, "reject foo=1", true},
    {{"meet foo=1;a=b", "the same parameters"}, "reject foo=1;A=\"b\"", true},
    {{"meet foo=1;a=b;c=d", "in another order"}, "reject foo=1;c=d;a=b", true},
    {{"meet foo=1;a=b", "others"}, "reject foo=1;a=c", false},
    {{"meet foo=1;a=b", "any"}, "reject foo=1;*", false},
    {{"meet *", "any name takes each"}, "reject foo=1;a=b", true},
    {{"meet *", "and any"}, "reject *", true},
    {{"meet foo", "not the other way round"}, "reject *", false},
    {{"meet *", "a field that does not parse has no name"}, "reject @malformed", false},
    {{"ignore @malformed", "it is taken by its own kind"}, "reject @malformed", true},
    {{"ignore @malformed", "and takes no other"}, "reject *", false},
    // Conditions.
    {{"meet foo", "no condition takes each"}, "reject foo no-content", true},
    {{"meet foo no-content", "a condition leaves the rest"}, "reject foo", false},
    {{"meet foo no-content", "the same condition"}, "reject foo no-content", true},
    {{"meet foo longer-than=5", "what is longer still"}, "reject foo longer-than=6", true},
    {{"meet foo longer-than=5", "as long"}, "reject foo longer-than=5", true},
    {{"meet foo longer-than=5", "what is shorter is left"}, "reject foo longer-than=4", false},
    {{"meet foo longer-than=5", "so is what is not asked"}, "reject foo", false},
    {{"meet foo longer-than=5", "and what has no content"}, "reject foo no-content", false},
    {{"meet foo expr=true", "the server's condition may fail"}, "reject foo", false},
    {{"meet foo expr=true", "even the same one, asked again"}, "reject foo expr=true", false},
    {{"meet foo", "no condition takes the server's"}, "reject foo expr=true", true},
    {{"meet foo longer-than=0", "content of any length"}, "reject foo shorter-than=9", true},
    {{"meet foo longer-than=3", "a part of it"}, "reject foo shorter-than=9", false},
    {{"meet foo longer-than=3", "what lies between"},
     "reject foo longer-than=3 shorter-than=9",
     true},
    {{"meet foo shorter-than=9", "what is shorter still"}, "reject foo shorter-than=8", true},
    {{"meet foo shorter-than=9", "what is longer is left"}, "reject foo shorter-than=10", false},
    {{"meet foo shorter-than=9", "so is undeclared length"}, "reject foo longer-than=0", false},
    {{"meet foo shorter-than=9", "and no content"}, "reject foo no-content", false},
    {{"meet foo longer-than=3 shorter-than=9", "a narrower range"},
     "reject foo longer-than=4 shorter-than=8",
     true},
    {{"meet foo longer-than=3 shorter-than=9", "a wider one"}, "reject foo shorter-than=8", false},
    {{"meet foo", "asking is refused nothing either"}, "ask foo url=/a", true},
    {{"ask foo url=/a", "and takes as much"}, "ask foo url=/b", true},
};

using numbers = std::vector<int>;

// For each rule of a chain up to end the number of the one that makes it unreachable, or -1. The
// memory is exactly as large as the core asks for, and holds what it held.
numbers find_covering(const expect::rule_list *lists, const expect::rule_list *end) {
    const std::uint32_t count = expect::count_rules(lists, end);
    const std::size_t words = expect::coverage_words(count);
    const std::unique_ptr<std::uint32_t[]> memory(new std::uint32_t[words]);
    std::fill(memory.get(), memory.get() + words, 0x5a5a5a5a);
    const std::unique_ptr<const expect::rule *[]> found(new const expect::rule *[count]);
    expect::find_covering(lists, end, found.get(), memory.get());
    std::vector<const expect::rule *> rules;
    for (; lists != end; lists = lists->next) {
        for (std::uint32_t at = 0; at < lists->count; ++at) {
            rules.push_back(&lists->rules[at]);
        }
    }
    numbers result;
    for (std::uint32_t at = 0; at < count; ++at) {
        const auto place = std::find(rules.begin(), rules.end(), found[at]);
        result.push_back(found[at] == nullptr ? -1 : static_cast<int>(place - rules.begin()));
    }
    return result;
}

numbers find_in_list(const unit::policy &rules) {
    return find_covering(rules.chain(), rules.chain()->next);
}

int covering_the_last(const unit::policy &rules) { return find_in_list(rules).back(); }

// The same by comparing each rule with all before it.
numbers find_by_comparing(const expect::rule_list &list) {
    numbers result;
    for (std::uint32_t at = 0; at < list.count; ++at) {
        std::uint32_t before = 0;
        while (before < at && !expect::covers(list.rules[before], list.rules[at])) {
            ++before;
        }
        result.push_back(before < at ? static_cast<int>(before) : -1);
    }
    return result;
}

// Ten thousand rules of a kind; number is that of the rule.
template <class Line>
std::string many(Line line) {
    std::string lines;
    for (int number = 0; number < 10000; ++number) {
        lines += line(number) + "\n";
    }
    return lines;
}

} // namespace

BOOST_AUTO_TEST_SUITE(coverage_tests)

BOOST_DATA_TEST_CASE(pairs_of_rules, data::make(pairs), row) {
    const unit::policy rules(std::string(row.input) + "\n" + std::string(row.second));
    const expect::rule *first = rules.chain()->rules;
    BOOST_TEST(expect::covers(first[0], first[1]) == row.covered, row.second);
    BOOST_TEST(find_in_list(rules) == numbers({-1, row.covered ? 0 : -1}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(finds_the_rule_among_others) {
    BOOST_TEST(covering_the_last(unit::policy("meet bar\nmeet foo=1\nmeet foo=*\nignore foo=1")) ==
               1);
    BOOST_TEST(covering_the_last(unit::policy("meet bar\nignore * no-content\nmeet *\nmeet foo")) ==
               2);
    BOOST_TEST(covering_the_last(unit::policy("meet *\nreject @malformed")) == -1);
    BOOST_TEST(covering_the_last(unit::policy("meet foo no-content\nmeet foo longer-than=0\n"
                                              "meet foo")) == -1);
}

BOOST_AUTO_TEST_CASE(finds_the_earliest_of_several) {
    const auto each = boost::test_tools::per_element();
    BOOST_TEST(find_in_list(unit::policy("meet foo=*\nmeet foo=*;*\nmeet *\nmeet foo=1\n"
                                         "meet foo=1;a=b\nmeet bar")) ==
                   numbers({-1, -1, -1, 0, 1, 2}),
               each);
    BOOST_TEST(find_in_list(unit::policy("meet *\nmeet foo=1\nmeet foo=1")) == numbers({-1, 0, 0}),
               each);
    BOOST_TEST(find_in_list(unit::policy("meet a longer-than=5\nmeet a longer-than=3\n"
                                         "meet a longer-than=7\nmeet a longer-than=4\n"
                                         "meet a longer-than=4 shorter-than=6")) ==
                   numbers({-1, -1, 0, 1, 1}),
               each);
    BOOST_TEST(find_in_list(unit::policy("ignore @malformed no-content\nreject @malformed\n"
                                         "ignore @malformed no-content expr=true")) ==
                   numbers({-1, -1, 0}),
               each);
}

// A rule behind it in the list does not cover.
BOOST_AUTO_TEST_CASE(later_rules_do_not_cover) {
    BOOST_TEST(find_in_list(unit::policy("meet foo\nmeet *\nmeet foo=*;*")) == numbers({-1, -1, 1}),
               boost::test_tools::per_element());
    BOOST_TEST(find_in_list(unit::policy("")).empty());
}

// An outer list is never reached where an inner one takes all; end says how far to look.
BOOST_AUTO_TEST_CASE(rules_of_an_inner_list_cover_those_of_an_outer_one) {
    const unit::policy rules("meet foo\n--\n--\nmeet *\nmeet foo\n--\nreject foo=1");
    const auto each = boost::test_tools::per_element();
    const expect::rule_list *first = rules.chain();
    BOOST_TEST(find_covering(first, &expect::built_in) == numbers({-1, -1, 0, 1}), each);
    BOOST_TEST(find_covering(first, nullptr) == numbers({-1, -1, 0, 1, 1, 1, -1}), each);
    BOOST_TEST(find_covering(first, first->next) == numbers({-1}), each);
    BOOST_TEST(find_covering(first->next->next, &expect::built_in) == numbers({-1, 0, 0}), each);
    BOOST_TEST(find_covering(first, first).empty());
}

// Few names, values and sizes, so that much is covered in every way there is.
BOOST_AUTO_TEST_CASE(agrees_with_comparing_all_pairs) {
    std::mt19937 random(9110);
    const auto one_of = [&random](const std::vector<std::string> &words) {
        return words[random() % words.size()];
    };
    int covered = 0;
    for (int round = 0; round < 3000; ++round) {
        std::string lines;
        for (unsigned count = random() % 30; count > 0; --count) {
            lines += one_of({"meet ", "ignore ", "reject "});
            lines += one_of({"*", "a", "A", "b", "a=1", "a=\"1\"", "a=2", "a=*", "a=1;p=1",
                             "a=1;P=\"1\"", "a=*;p=1", "a=1;*", "a=*;*", "a=1;p=1;q=2",
                             "a=1;q=2;p=1", "a=1;p=1;p=1"});
            const int low = static_cast<int>(random() % 5);
            const int high = low + 2 + static_cast<int>(random() % 4);
            lines += one_of(
                {"", "", " no-content", " longer-than=" + std::to_string(low),
                 " shorter-than=" + std::to_string(high),
                 " longer-than=" + std::to_string(low) + " shorter-than=" + std::to_string(high)});
            lines += one_of({"", "", "", " expr=true"});
            lines += "\n";
            lines += one_of({"", "", "", "ignore @malformed no-content\n", "reject @malformed\n"});
        }
        const unit::policy rules(lines);
        const numbers found = find_in_list(rules);
        BOOST_REQUIRE_MESSAGE(found == find_by_comparing(*rules.chain()), lines);
        covered += static_cast<int>(found.size()) -
                   static_cast<int>(std::count(found.begin(), found.end(), -1));
    }
    BOOST_TEST(covered > 10000);
}

// Each way in which many rules can be alike. Comparing all pairs takes 50 million comparisons here,
// so that going back to it would be noticed.
BOOST_AUTO_TEST_CASE(ten_thousand_rules) {
    const auto text = [](int number) { return std::to_string(number); };
    const std::vector<std::string> policies = {
        many([&](int n) { return "meet name-" + text(n); }),
        many([&](int n) { return "meet foo=" + text(n); }),
        many([&](int n) { return "meet foo=*;p=" + text(n); }),
        many([&](int n) { return "meet foo=1;p=" + text(n) + ";q=\"" + text(n % 7) + "\""; }),
        many([&](int n) { return "meet * longer-than=" + text(20000 - n); }),
        many([&](int n) { return "reject @malformed shorter-than=" + text(2 + n); }),
        many([&](int n) {
            return "meet foo longer-than=" + text(n) + " shorter-than=" + text(n + 3);
        }),
        many([&](int n) { return "meet foo=" + text(n) + " expr=true"; }),
    };
    for (const std::string &lines : policies) {
        const unit::policy rules(lines);
        const numbers found = find_in_list(rules);
        BOOST_TEST(std::count(found.begin(), found.end(), -1) == 10000);
        const unit::policy twice(lines + lines);
        const numbers again = find_in_list(twice);
        const bool may_decline = lines.find("expr=") != std::string::npos;
        for (int number = 10000; number < 20000; ++number) {
            const int wanted = may_decline ? -1 : number - 10000;
            BOOST_REQUIRE_EQUAL(again[static_cast<std::size_t>(number)], wanted);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
