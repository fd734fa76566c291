// A second way to the same decision: every rule of every list in order, without the index, and the
// grammar's table of states in place of the reader's errors. Slow and short on purpose.
#ifndef UNIT_SUPPORT_PLAIN_SCAN_HPP
#define UNIT_SUPPORT_PLAIN_SCAN_HPP

#include "expect/decision.hpp"
#include "reference.hpp"

#include <string_view>

namespace unit {

namespace detail {

enum class applies { no, yes, error };

// member is null for a malformed field.
inline applies test_rule(const expect::rule &tested, const expect::request_facts &facts,
                         const expect::expectation *member) {
    using expect::content_kind;
    const bool speaks_of_it = member != nullptr
                                  ? expect::matches(tested.what, *member)
                                  : tested.what.kind == expect::pattern_kind::malformed;
    const bool longer =
        facts.content == content_kind::undeclared ||
        (facts.content == content_kind::declared && facts.content_length > tested.longer_than);
    if (!speaks_of_it || (tested.no_content && facts.content != content_kind::none) ||
        (tested.has_longer_than && !longer)) {
        return applies::no;
    }
    if (tested.expression == nullptr) {
        return applies::yes;
    }
    const expect::condition_result result = facts.evaluate == nullptr
                                                ? expect::condition_result::error
                                                : facts.evaluate(facts.context, tested.expression);
    return result == expect::condition_result::holds   ? applies::yes
           : result == expect::condition_result::fails ? applies::no
                                                       : applies::error;
}

// What the first rule that applies makes of a member, or of a malformed field.
inline expect::decision scan_rules(const expect::rule_list *lists,
                                   const expect::request_facts &facts,
                                   const expect::expectation *member) {
    using expect::action;
    using expect::verdict;
    expect::decision made;
    made.outcome = verdict::rejected;
    for (const expect::rule_list *list = lists; list != nullptr; list = list->next) {
        for (std::uint32_t at = 0; at < list->count; ++at) {
            const applies answer = test_rule(list->rules[at], facts, member);
            if (answer == applies::no) {
                continue;
            }
            if (answer == applies::error) {
                made.outcome = verdict::failed;
                return made;
            }
            const action then = list->rules[at].then;
            made.by = &list->rules[at];
            made.outcome = then == action::reject   ? verdict::rejected
                           : then == action::ignore ? verdict::ignored
                                                    : verdict::met;
            made.sends_100_at_once = then == action::continue_now;
            return made;
        }
    }
    return made;
}

} // namespace detail

inline expect::decision decide_by_plain_scan(const expect::rule_list *lists,
                                             const expect::request_facts &facts,
                                             std::string_view field) {
    using expect::verdict;
    const reference_result read = parse_by_reference(field);
    if (read.error != expect::parse_error::none) {
        expect::decision made = detail::scan_rules(lists, facts, nullptr);
        made.member = field;
        made.error = read.error;
        made.error_offset = read.offset;
        made.may_await_100 = made.outcome == verdict::ignored;
        return made;
    }
    expect::decision sum;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        expect::decision one;
        if (member.is_100_continue() && !facts.http_1_1) {
            one.outcome = verdict::ignored;
        } else {
            one = detail::scan_rules(lists, facts, &member);
        }
        one.member = member.text;
        one.meets_100_continue = member.is_100_continue() && one.outcome == verdict::met;
        one.may_await_100 = member.is_100_continue() && one.outcome == verdict::ignored;
        if (one.outcome == verdict::rejected || one.outcome == verdict::failed) {
            return one;
        }
        one.meets_100_continue |= sum.meets_100_continue;
        one.sends_100_at_once |= sum.sends_100_at_once;
        one.may_await_100 |= sum.may_await_100;
        const bool first_counts = sum.outcome == verdict::met || sum.outcome == one.outcome;
        if (first_counts) {
            one.outcome = sum.outcome;
            one.by = sum.by;
            one.member = sum.member;
        }
        sum = one;
    }
    return sum;
}

} // namespace unit

#endif
