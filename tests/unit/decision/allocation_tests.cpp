// Parsing, deciding and what happens at start-up allocate nothing: operator new of this whole
// program counts its calls.
#include "expect/expect.hpp"

#include "support/policy.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

namespace {

std::size_t allocations = 0;

void *counted(std::size_t size) {
    ++allocations;
    void *memory = std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

} // namespace

void *operator new(std::size_t size) { return counted(size); }
void *operator new[](std::size_t size) { return counted(size); }
void operator delete(void *memory) noexcept { std::free(memory); }
void operator delete[](void *memory) noexcept { std::free(memory); }
void operator delete(void *memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void *memory, std::size_t) noexcept { std::free(memory); }

BOOST_AUTO_TEST_SUITE(allocation_tests)

BOOST_AUTO_TEST_CASE(allocations_are_seen) {
    const std::size_t before = allocations;
    const std::string text(1000, 'x');
    BOOST_TEST(text.size() == 1000u);
    BOOST_TEST(allocations > before);
}

BOOST_AUTO_TEST_CASE(judging_a_field_allocates_nothing) {
    const unit::policy rules("meet foo=*;*\nmeet bar expr=true\n--\nignore baz longer-than=1K");
    const expect::request_facts facts = unit::read_facts("chunked");
    std::string field = "100-continue, bar, baz";
    for (int number = 0; number < 60; ++number) {
        field += ", foo=\"" + std::to_string(number) + "\";a=b";
    }
    const std::string malformed = field + ";=";
    std::string memory(expect::canonical_list::capacity_for(field.size()), '\0');
    expect::silent_listener listener;
    const std::uint32_t count = expect::count_rules(rules.chain(), nullptr);
    std::vector<const expect::rule *> covering(count);
    std::vector<std::uint32_t> words(expect::coverage_words(count));

    const std::size_t before = allocations;
    const expect::decision met = expect::decide(rules.chain(), facts, field);
    const expect::decision refused = expect::decide(rules.chain(), facts, malformed);
    const expect::decision folded = expect::decide_malformed(
        rules.chain(), facts, field, expect::parse_error::line_folded, listener);
    expect::canonical_list list(memory.data());
    expect::member_set members;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        members.add(member);
    }
    for (const expect::expectation &each : members) {
        list.add(each);
    }
    const std::size_t listed = list.view().size();
    expect::rule_reader rule;
    const bool read = rule.read_action("reject") && rule.read_pattern("foo=*;*") &&
                      rule.read_option("status=403") && rule.finish();
    const bool is_doubtful = expect::find_doubt(rule.made.what) != nullptr;
    expect::find_covering(rules.chain(), nullptr, covering.data(), words.data());
    const std::size_t after = allocations;

    BOOST_TEST(after == before);
    BOOST_TEST((met.outcome == expect::verdict::met));
    BOOST_TEST((refused.outcome == expect::verdict::rejected));
    BOOST_TEST((folded.outcome == expect::verdict::rejected));
    BOOST_TEST(listed > 500u);
    BOOST_TEST(read);
    BOOST_TEST(!is_doubtful);
}

BOOST_AUTO_TEST_SUITE_END()
