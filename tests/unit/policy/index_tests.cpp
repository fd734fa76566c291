#include "expect/index.hpp"

#include "support/policy.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace {

expect::expectation read_member(std::string_view text) {
    expect::member_reader reader(text);
    expect::expectation member;
    BOOST_REQUIRE(reader.next(member));
    return member;
}

std::vector<std::uint32_t> candidates(const expect::rule_list &list, std::string_view member) {
    expect::candidate_reader reader(list, read_member(member));
    std::vector<std::uint32_t> found;
    for (std::uint32_t at = reader.next(); at != expect::rule_index::end; at = reader.next()) {
        found.push_back(at);
    }
    BOOST_TEST(reader.next() == expect::rule_index::end);
    return found;
}

std::vector<std::uint32_t> chain(std::uint32_t first, const std::uint32_t *next) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t at = first; at != expect::rule_index::end; at = next[at]) {
        found.push_back(at);
    }
    return found;
}

std::vector<std::uint32_t> malformed_chain(const expect::rule_list &list) {
    return chain(list.index.first_malformed, list.index.next);
}

std::vector<std::uint32_t> accepting_chain(const expect::rule_list &list) {
    return chain(list.index.first_accepting, list.index.next_accepting);
}

using numbers = std::vector<std::uint32_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(index_tests)

BOOST_AUTO_TEST_CASE(names_hash_alike_in_any_case) {
    BOOST_TEST(expect::hash_name("100-continue") == expect::hash_name("100-CONTINUE"));
    BOOST_TEST(expect::hash_name("foo") != expect::hash_name("bar"));
    BOOST_TEST(expect::hash_name("") == 2166136261u);  // FNV-1a of nothing
    BOOST_TEST(expect::hash_name("a") == 0xe40c292cu); // and of "a", from its authors' table
}

BOOST_AUTO_TEST_CASE(there_is_always_a_free_slot) {
    for (std::uint32_t rules = 0; rules < 5000; ++rules) {
        const std::uint32_t slots = expect::detail::slot_count(rules);
        BOOST_TEST((slots > rules && slots >= 2 * rules), rules);
        BOOST_TEST((slots & (slots - 1)) == 0u, rules);
        BOOST_TEST((expect::index_words(rules) == std::size_t{2} * rules + slots), rules);
    }
    BOOST_TEST(expect::detail::slot_count(1u << 30) == 1u << 31);
}

BOOST_AUTO_TEST_CASE(candidates_come_in_ascending_order) {
    const unit::policy rules("meet foo=1\n"          // 0
                             "meet *\n"              // 1
                             "meet bar\n"            // 2
                             "reject @malformed\n"   // 3
                             "meet FOO\n"            // 4
                             "meet 100-continue\n"   // 5
                             "ignore *\n"            // 6
                             "meet foo=*;*\n"        // 7
                             "ignore @malformed\n"   // 8
                             "meet 100-continue=*"); // 9
    const expect::rule_list &list = *rules.chain();
    const auto each = boost::test_tools::per_element();
    BOOST_TEST(candidates(list, "foo") == numbers({0, 1, 4, 6, 7}), each);
    BOOST_TEST(candidates(list, "Foo=2;a=b") == numbers({0, 1, 4, 6, 7}), each);
    BOOST_TEST(candidates(list, "bar") == numbers({1, 2, 6}), each);
    BOOST_TEST(candidates(list, "baz") == numbers({1, 6}), each);
    BOOST_TEST(candidates(list, "100-continue") == numbers({1, 5, 6, 9}), each);
    BOOST_TEST(candidates(list, "100-continue=1") == numbers({1, 5, 6, 9}), each);
    BOOST_TEST(malformed_chain(list) == numbers({3, 8}), each);
}

BOOST_AUTO_TEST_CASE(rules_that_name_what_they_accept) {
    const unit::policy rules("reject foo\n"        // 0
                             "meet bar\n"          // 1
                             "meet *\n"            // 2
                             "ignore foo=*\n"      // 3
                             "ignore @malformed\n" // 4
                             "reject bar\n"        // 5
                             "continue 100-continue");
    BOOST_TEST(accepting_chain(*rules.chain()) == numbers({1, 3, 6}),
               boost::test_tools::per_element());
    BOOST_TEST(accepting_chain(*unit::policy("reject a\nreject b").chain()).empty());
}

BOOST_AUTO_TEST_CASE(an_empty_list_has_no_candidates) {
    const unit::policy rules("");
    BOOST_TEST(rules.chain()->count == 0u);
    BOOST_TEST(candidates(*rules.chain(), "foo").empty());
    BOOST_TEST(candidates(*rules.chain(), "100-continue").empty());
    BOOST_TEST(malformed_chain(*rules.chain()).empty());
    BOOST_TEST(accepting_chain(*rules.chain()).empty());
}

// The memory belongs to the caller; policy has it in a heap buffer of exactly that size, so that
// AddressSanitizer sees a word too many. What it held before must not matter.
BOOST_AUTO_TEST_CASE(builds_over_what_the_memory_held) {
    const unit::policy rules("meet foo\nmeet *\nmeet bar");
    expect::rule_list list = *rules.chain();
    for (const std::uint32_t held : {0u, 1u, 0xffffffffu, 0x5a5a5a5au}) {
        std::vector<std::uint32_t> memory(expect::index_words(list.count), held);
        list.index.first_any = held; // nor what another index says
        expect::build_index(list, memory.data());
        BOOST_TEST(candidates(list, "bar") == numbers({1, 2}), boost::test_tools::per_element());
        BOOST_TEST(candidates(list, "baz") == numbers({1}), boost::test_tools::per_element());
        BOOST_TEST(candidates(list, "100-continue") == numbers({1}),
                   boost::test_tools::per_element());
    }
}

// Names whose hashes lead to the same slot of the table lie behind each other.
BOOST_AUTO_TEST_CASE(names_that_collide_are_told_apart) {
    constexpr std::uint32_t count = 8;
    const std::uint32_t mask = expect::detail::slot_count(count) - 1;
    std::vector<std::string> names;
    std::string lines;
    for (int number = 0; names.size() < count + 1; ++number) {
        const std::string name = "n" + std::to_string(number);
        if ((expect::hash_name(name) & mask) == mask) { // the last slot: the search wraps around
            names.push_back(name);
            lines += names.size() <= count ? "meet " + name + "\n" : "";
        }
    }
    const unit::policy rules(lines);
    for (std::uint32_t at = 0; at < count; ++at) {
        BOOST_TEST(candidates(*rules.chain(), names[at]) == numbers({at}),
                   boost::test_tools::per_element());
    }
    BOOST_TEST(candidates(*rules.chain(), names[count]).empty());
}

BOOST_AUTO_TEST_CASE(ten_thousand_names) {
    constexpr std::uint32_t count = 10000;
    std::string lines;
    for (std::uint32_t at = 0; at < count; ++at) {
        lines += "meet name-" + std::to_string(at) + "\n";
    }
    const unit::policy rules(lines);
    for (std::uint32_t at = 0; at < count; ++at) {
        const numbers found = candidates(*rules.chain(), "NAME-" + std::to_string(at));
        BOOST_TEST((found == numbers({at})), at);
    }
    BOOST_TEST(candidates(*rules.chain(), "name-10000").empty());
    BOOST_TEST(candidates(*rules.chain(), "100-continue").empty());
}

BOOST_AUTO_TEST_CASE(ten_thousand_rules_for_one_name) {
    constexpr std::uint32_t count = 10000;
    std::string lines;
    for (std::uint32_t at = 0; at < count; ++at) {
        lines += "meet foo=" + std::to_string(at) + "\n";
    }
    const unit::policy rules(lines);
    const numbers found = candidates(*rules.chain(), "foo");
    BOOST_TEST(found.size() == count);
    BOOST_TEST(std::is_sorted(found.begin(), found.end()));
    BOOST_TEST(std::set<std::uint32_t>(found.begin(), found.end()).size() == count);
}

BOOST_AUTO_TEST_SUITE_END()
