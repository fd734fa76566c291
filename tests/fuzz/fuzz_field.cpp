// The field's reader, the set of its different members and the canonical list, for any bytes.
//
// - The reader agrees with the grammar's table of states: cause, offset, number of members.
// - Every view lies inside the input; members have no white space around.
// - A listener hears of each different member once, as often as comparing all pairs finds some.
// - The canonical list fits into the memory it asks for, holds every member that was sent once, is
//   its own canonical list, and is met where the field is met.
#include "target.hpp"

#include "../unit/support/describe.hpp"
#include "../unit/support/policy.hpp"
#include "../unit/support/reference.hpp"

#include "expect/canonical.hpp"
#include "expect/field.hpp"
#include "expect/members.hpp"

#include <memory>
#include <vector>

namespace {

void check_view(std::string_view part, std::string_view whole) {
    fuzz::require(part.data() == nullptr ||
                      (part.data() >= whole.data() &&
                       part.data() + part.size() <= whole.data() + whole.size()),
                  "views lie inside the field", part);
}

void check_member(const expect::expectation &member, std::string_view field) {
    for (const std::string_view part :
         {member.text, member.name, member.value.raw, member.parameters}) {
        check_view(part, field);
    }
    fuzz::require(!member.name.empty(), "a member has a name");
    fuzz::require(member.text.data() == member.name.data(), "a member begins with its name");
    fuzz::require(!expect::is(expect::ows, member.text.back()), "no white space behind a member");
    fuzz::require(member.has_value || member.text.size() == member.name.size(),
                  "without a value a member is its name");
    expect::parameter_reader parameters(member.parameters);
    expect::parameter each;
    while (parameters.next(each)) {
        check_view(each.name, member.parameters);
        check_view(each.value.raw, member.parameters);
        fuzz::require(!each.name.empty(), "a parameter has a name");
    }
}

// Every member; nothing where the field is malformed.
std::vector<expect::expectation> read(std::string_view field) {
    std::vector<expect::expectation> members;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        check_member(member, field);
        members.push_back(member);
    }
    const unit::reference_result wanted = unit::parse_by_reference(field);
    fuzz::require(reader.error() == wanted.error, "the cause is the grammar's", field);
    fuzz::require(reader.offset() == wanted.offset, "the offset is the grammar's", field);
    fuzz::require(members.size() <= expect::most_members, "there are so many members", field);
    if (wanted.error != expect::parse_error::none) {
        members.clear();
    } else {
        fuzz::require(members.size() == wanted.members, "so is the number of members", field);
    }
    return members;
}

struct follower : expect::silent_listener {
    void on_member(const expect::expectation &member, const expect::ruling & /*ruled*/) noexcept {
        members.push_back(member);
    }
    std::vector<expect::expectation> members;
};

std::string canonical(const std::vector<expect::expectation> &members, std::size_t field_size) {
    const std::unique_ptr<char[]> memory(
        new char[expect::canonical_list::capacity_for(field_size)]);
    expect::canonical_list list(memory.get());
    for (const expect::expectation &member : members) {
        list.add(member);
    }
    return std::string(list.view());
}

// A member as it stands in a canonical list, put together from its parts.
std::string spelled(const expect::expectation &member) {
    const auto value = [](expect::value_text text) {
        const char *quote = text.quoted ? "\"" : "";
        return "=" + (quote + std::string(text.raw)) + quote;
    };
    std::string out(member.name);
    out += member.has_value ? value(member.value) : "";
    expect::parameter_reader parameters(member.parameters);
    expect::parameter each;
    while (parameters.next(each)) {
        out += ";" + std::string(each.name) + value(each.value);
    }
    return out;
}

bool holds(const std::vector<expect::expectation> &members, const expect::expectation &wanted) {
    for (const expect::expectation &each : members) {
        if (expect::same_member(each, wanted)) {
            return true;
        }
    }
    return false;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    static const unit::policy meet_all("meet *");
    const std::string_view field = fuzz::as_text(data, size);
    const std::vector<expect::expectation> members = read(field);
    follower heard;
    const expect::decision sent = expect::decide(meet_all.chain(), {}, field, heard);
    if (sent.error != expect::parse_error::none || sent.outcome == expect::verdict::none) {
        fuzz::require(heard.members.empty(), "nobody hears of members that are none", field);
        return 0;
    }
    std::string wanted;
    std::vector<expect::expectation> different;
    for (const expect::expectation &member : members) {
        if (!holds(different, member)) {
            different.push_back(member);
            if (member.is_100_continue) {
                continue;
            }
            wanted += (wanted.empty() ? "" : ", ") + spelled(member);
        }
    }
    fuzz::require(heard.members.size() == different.size(), "each different member is heard",
                  field);
    for (std::size_t at = 0; at < different.size(); ++at) {
        fuzz::require(heard.members[at].text.data() == different[at].text.data(),
                      "the first of equal ones, in order", different[at].text);
    }
    if (sent.meets_100_continue) {
        wanted = wanted.empty() ? "100-continue" : "100-continue, " + wanted;
    }
    const std::string list = canonical(heard.members, size);
    fuzz::require_same(list, wanted, "each member once, in order, spelled plainly");
    fuzz::require_same(canonical(read(list), list.size()), list, "a canonical list is its own");
    const expect::decision handed_on = expect::decide(meet_all.chain(), {}, list);
    fuzz::require(handed_on.outcome == sent.outcome &&
                      handed_on.meets_100_continue == sent.meets_100_continue,
                  "the canonical list is met where the field is", list);
    ++fuzz::successes;
    return 0;
}
