// Parsing, deciding and listing take a time that is linear in the field's length and does not
// depend on rules for other names. Shown by counting steps: a clock would tell of the machine.
//
// The core is compiled once more here, in a namespace of its own so that the linker does not mix it
// with the other one, with the two functions that look at a byte replaced by ones that count.
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#define expect counted_expect
#include "expect/ascii.hpp"

namespace expect {

std::size_t steps = 0;

constexpr bool counted_is(byte_class wanted, char byte) noexcept {
    if (!__builtin_is_constant_evaluated()) {
        ++steps;
    }
    return is(wanted, byte);
}
constexpr char counted_fold(char byte) noexcept {
    if (!__builtin_is_constant_evaluated()) {
        ++steps;
    }
    return fold(byte);
}
constexpr bool counted_equal(std::string_view a, std::string_view b) noexcept {
    if (!__builtin_is_constant_evaluated()) {
        steps += a.size() == b.size() ? a.size() : 1;
    }
    return equal_ignoring_case(a, b);
}

} // namespace expect

#define is counted_is
#define fold counted_fold
#define equal_ignoring_case counted_equal
#include "expect/builtin.hpp"
#include "expect/canonical.hpp"
#include "expect/decision.hpp"
#include "expect/rule_reader.hpp"
#undef is
#undef fold
#undef equal_ignoring_case

// Behind the core: Boost has members called "is".
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace {

namespace data = boost::unit_test::data;

// Rules in memory of their own; tests/unit/support would bring the other core along.
struct policy {
    explicit policy(const std::vector<std::string> &patterns) : texts(patterns) {
        for (const std::string &text : texts) {
            const expect::pattern_result read = expect::parse_pattern(text);
            BOOST_REQUIRE(bool(read));
            expect::rule made;
            made.what = read.value;
            made.then = expect::action::meet;
            rules.push_back(made);
        }
        list.rules = rules.data();
        list.count = static_cast<std::uint32_t>(rules.size());
        memory.resize(expect::index_words(list.count));
        expect::build_index(list, memory.data());
        list.next = &expect::built_in;
    }
    std::vector<std::string> texts;
    std::vector<expect::rule> rules;
    std::vector<std::uint32_t> memory;
    expect::rule_list list;
};

struct lister : expect::silent_listener {
    explicit lister(const expect::canonical_list &empty) : list(empty) {}
    void on_member(const expect::expectation &member, const expect::ruling & /*ruled*/) noexcept {
        list.add(member);
    }
    expect::canonical_list list;
};

// What a server does with a field: it judges it and lists what is met.
std::size_t steps_for(const policy &rules, std::string_view field) {
    std::vector<char> memory(expect::canonical_list::capacity_for(field.size()));
    expect::steps = 0;
    lister listener{expect::canonical_list(memory.data())};
    expect::decide(&rules.list, {}, field, listener);
    return expect::steps;
}

std::string repeat(std::string_view unit, std::size_t size) {
    std::string text;
    while (text.size() + unit.size() <= size) {
        text += unit;
    }
    return text;
}

// As many members as there may be, which share the size evenly; make gives one of that size.
template <class Make>
std::string members(std::size_t size, Make make) {
    std::string text;
    for (std::size_t number = 0; number < expect::most_members; ++number) {
        text += make(std::to_string(100 + number), size / expect::most_members - 1) + ",";
    }
    return text;
}

struct shape {
    const char *why;
    std::function<std::string(std::size_t)> make;
};

std::ostream &operator<<(std::ostream &out, const shape &printed) { return out << printed.why; }

const std::vector<shape> shapes = {
    {"one long name", [](std::size_t size) { return std::string(size, 'a'); }},
    {"commas", [](std::size_t size) { return std::string(size, ','); }},
    {"white space", [](std::size_t size) { return std::string(size, ' '); }},
    {"white space behind a member", [](std::size_t size) { return "a=b" + repeat(" ", size); }},
    {"white space behind each member",
     [](std::size_t size) {
         return members(size, [](const std::string &number, std::size_t each) {
             return number + std::string(each - 3, ' ');
         });
     }},
    {"the same members",
     [](std::size_t size) {
         return members(size, [](const std::string & /*number*/, std::size_t each) {
             return "a=" + std::string(each - 2, 'b');
         });
     }},
    {"different members",
     [](std::size_t size) {
         return members(size, [](const std::string &number, std::size_t each) {
             return number + std::string(each - 3, 'a');
         });
     }},
    {"members that differ at the end",
     [](std::size_t size) {
         return members(size, [](const std::string &number, std::size_t each) {
             return std::string(each - 3, 'a') + number;
         });
     }},
    {"members with parameters",
     [](std::size_t size) {
         return members(size, [](const std::string &number, std::size_t each) {
             return "foo=1" + repeat(";a=b", each - 8) + number;
         });
     }},
    {"a long value", [](std::size_t size) { return "a=" + std::string(size, 'b'); }},
    {"a long quoted-string", [](std::size_t size) { return "a=\"" + repeat("\\b", size) + '"'; }},
    {"a quoted-string without end", [](std::size_t size) { return "a=\"" + repeat("b", size); }},
    {"many parameters", [](std::size_t size) { return "foo=1" + repeat(";a=b", size); }},
    {"empty parameters", [](std::size_t size) { return "foo=1" + repeat("; ", size); }},
    {"an error at the end", [](std::size_t size) { return repeat("f", size) + ",="; }},
    {"a long parameter that short members are compared with",
     [](std::size_t size) {
         return "a=b;c=\"" + std::string(size, 'd') + '"' + repeat(",a=b;c=d", 8 * 63);
     }},
    {"empty parameters in the first of many equal members",
     [](std::size_t size) {
         return "a=b" + repeat("; ", size) + "c=d" + repeat(",a=b;c=d", 8 * 63);
     }},
};

} // namespace

BOOST_AUTO_TEST_SUITE(linearity_tests)

BOOST_DATA_TEST_CASE(eight_times_the_length_takes_eight_times_the_steps, data::make(shapes),
                     shape) {
    const policy rules({"foo=1;a=b;c=d", "foo=*", "foo=1;a=b", "*"});
    const std::size_t small = steps_for(rules, shape.make(4096));
    const std::size_t large = steps_for(rules, shape.make(32768));
    BOOST_TEST(small >= 2000u); // every byte or pair is looked at: the steps are being counted
    BOOST_TEST(large <= 9 * small, large << " steps for 32 KiB, " << small << " for 4 KiB");
    // Each member may be compared with all others, but not more often.
    BOOST_TEST(large <= 32768 * 2 * expect::most_members, large << " steps for 32 KiB");
}

// A list that is too long is read as far as that is known.
BOOST_AUTO_TEST_CASE(what_lies_behind_too_many_members_costs_nothing) {
    const policy rules({"a", "*"});
    const std::size_t small = steps_for(rules, repeat("a,", 1024));
    const std::size_t large = steps_for(rules, repeat("a,", 32768));
    BOOST_TEST(small >= 64u);
    BOOST_TEST(large == small);
}

BOOST_AUTO_TEST_CASE(rules_for_other_names_cost_nothing) {
    for (const char *field : {"100-continue", "foo", "name-99999", "foo, 100-continue, bar=1"}) {
        std::vector<std::size_t> steps;
        for (const int count : {1, 10, 100, 1000, 10000}) {
            std::vector<std::string> patterns;
            for (int number = 0; number < count; ++number) {
                patterns.push_back("name-" + std::to_string(10000 + number));
            }
            steps.push_back(steps_for(policy(patterns), field));
        }
        for (const std::size_t each : steps) { // a few names may share a neighbourhood
            BOOST_TEST(each <= steps.front() + 100,
                       field << ": " << each << " steps, " << steps.front() << " with one rule");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
