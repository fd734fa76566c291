#include "expect/members.hpp"

#include "support/print.hpp"
#include "support/text.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <vector>

namespace {

namespace data = boost::unit_test::data;

struct same_row : unit::row {
    std::string_view other;
    bool same;
};

const std::vector<same_row> same_rows = {
    {{"foo", "the same"}, "foo", true},
    {{"foo", "in another case"}, "FOO", true},
    {{"foo", "another name"}, "bar", false},
    {{"foo", "a longer one"}, "fooo", false},
    {{"foo", "a value"}, "foo=\"\"", false},
    {{"foo=1", "quoted"}, "foo=\"1\"", true},
    {{"foo=1", "another value"}, "foo=2", false},
    {{"foo=1;a=b", "spaced"}, "foo=1 ;; a=\"b\" ;", true},
    {{"foo=1;a=b", "parameters missing"}, "foo=1", false},
    {{"foo=1;a=b", "another parameter"}, "foo=1;b=b", false},
    {{"foo=1;a=b;c=d", "another order is another member"}, "foo=1;c=d;a=b", false},
    {{"foo=1;a=b;c=d", "one parameter more"}, "foo=1;a=b", false},
    {{"foo=a;b=c", "what separates is no byte of a value"}, "foo=\"a;b=c\"", false},
    {{"foo=\"a b\"", "white space in a quoted-string counts"}, "foo=ab", false},
};

expect::expectation read_member(std::string_view text) {
    expect::member_reader reader(text);
    expect::expectation member;
    BOOST_REQUIRE(reader.next(member));
    return member;
}

// The different members of a field, as they were sent first.
std::vector<std::string> different(std::string_view field) {
    expect::member_set members;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        members.add(member);
    }
    BOOST_TEST(reader.error() == expect::parse_error::none);
    std::vector<std::string> texts;
    for (const expect::expectation &each : members) {
        texts.emplace_back(each.text);
    }
    return texts;
}

using texts = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(members_tests)

BOOST_DATA_TEST_CASE(sameness_of_members, data::make(same_rows), row) {
    unit::on_each_copy(row.input, [&](std::string_view a) {
        unit::on_each_copy(row.other, [&](std::string_view b) {
            BOOST_TEST(expect::same_member(read_member(a), read_member(b)) == row.same);
            BOOST_TEST(expect::same_member(read_member(b), read_member(a)) == row.same);
        });
    });
}

BOOST_AUTO_TEST_CASE(the_first_of_equal_members_stays) {
    const auto each = boost::test_tools::per_element();
    BOOST_TEST(different("").empty());
    BOOST_TEST(different("foo") == texts({"foo"}), each);
    BOOST_TEST(different("b,a,B,c,A,b") == texts({"b", "a", "c"}), each);
    BOOST_TEST(different("100-Continue, x, 100-continue") == texts({"100-Continue", "x"}), each);
    BOOST_TEST(different("100-continue=1, 100-continue") ==
                   texts({"100-continue=1", "100-continue"}),
               each);
    BOOST_TEST(different("f=\"1\" ;; A=b, f=1;a=\"\\b\"") == texts({"f=\"1\" ;; A=b"}), each);
}

// As many as a field may hold, all of them different, and all of them equal.
BOOST_AUTO_TEST_CASE(holds_as_many_as_there_may_be) {
    std::string field;
    std::string equal;
    for (std::size_t number = 0; number < expect::most_members; ++number) {
        field += "m" + std::to_string(number) + ",";
        equal += number % 2 == 0 ? "foo," : "FOO,";
    }
    BOOST_TEST(different(field).size() == expect::most_members);
    BOOST_TEST(different(equal) == texts({"foo"}), boost::test_tools::per_element());
}

// A client can make hashes collide; the members are different all the same.
BOOST_AUTO_TEST_CASE(members_with_the_same_hash_are_told_apart) {
    const auto read = [](const std::string &text) {
        expect::member_reader reader(text);
        expect::expectation member;
        BOOST_REQUIRE(reader.next(member));
        return member;
    };
    const std::string one = "costarring"; // known to collide under FNV-1a of 32 bits
    const std::string other = "liquid";
    BOOST_REQUIRE(expect::detail::hash_member(read(one)) ==
                  expect::detail::hash_member(read(other)));
    BOOST_TEST(different(one + "," + other + "," + one) == texts({one, other}),
               boost::test_tools::per_element());
}

// The memory is left as it was found, and read only where something was written.
BOOST_AUTO_TEST_CASE(does_not_read_what_the_memory_held) {
    const std::unique_ptr<unsigned char[]> memory(new unsigned char[sizeof(expect::member_set)]);
    for (std::size_t at = 0; at < sizeof(expect::member_set); ++at) {
        memory[at] = 0xa5;
    }
    auto *members = new (memory.get()) expect::member_set;
    BOOST_TEST((members->begin() == members->end()));
    expect::member_reader reader("foo, bar, foo");
    expect::expectation member;
    while (reader.next(member)) {
        members->add(member);
    }
    BOOST_TEST(members->end() - members->begin() == 2);
}

BOOST_AUTO_TEST_SUITE_END()
