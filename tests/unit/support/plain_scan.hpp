// A second way to the same decision: every rule of every list in order, without the index, the
// conditions as they are written, and the grammar's table of states in place of the reader's
// errors. Slow and short on purpose.
#ifndef UNIT_SUPPORT_PLAIN_SCAN_HPP
#define UNIT_SUPPORT_PLAIN_SCAN_HPP

#include "expect/decision.hpp"
#include "matches.hpp"
#include "policy.hpp"
#include "reference.hpp"

#include <set>
#include <string>
#include <string_view>

namespace unit {

namespace detail {

enum class applies { no, yes, error };

// A condition about content, by its word; true of words that are none.
inline bool holds_as_written(std::string_view word, const expect::request_facts &facts) {
    using expect::content_kind;
    const bool has_content = facts.content == content_kind::undeclared ||
                             (facts.content == content_kind::declared && facts.content_length > 0);
    const bool declared = has_content && facts.content == content_kind::declared;
    std::uint64_t size = 0;
    if (expect::equal_ignoring_case(word, "no-content")) {
        return !has_content;
    }
    if (expect::equal_ignoring_case(expect::slice(word, 0, 12), "longer-than=")) {
        return expect::parse_size(expect::slice(word, 12), size) && has_content &&
               (!declared || facts.content_length > size);
    }
    if (expect::equal_ignoring_case(expect::slice(word, 0, 13), "shorter-than=")) {
        return expect::parse_size(expect::slice(word, 13), size) && declared &&
               facts.content_length < size;
    }
    return true;
}

// member is null for a malformed field.
inline applies test_rule(const expect::rule &tested, const expect::request_facts &facts,
                         const expect::expectation *member) {
    const bool speaks_of_it = member != nullptr
                                  ? matches(tested.what, *member)
                                  : tested.what.kind == expect::pattern_kind::malformed;
    if (!speaks_of_it) {
        return applies::no;
    }
    if (tested.tag != nullptr) {
        for (const std::string &word : split_words(*static_cast<const std::string *>(tested.tag))) {
            if (!holds_as_written(word, facts)) {
                return applies::no;
            }
        }
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
            const action then = list->rules[at].then;
            made.by = &list->rules[at];
            made.cause = expect::ruling_cause::rule;
            made.outcome = answer == applies::error ? verdict::failed
                           : then == action::reject ? verdict::rejected
                           : then == action::ignore ? verdict::ignored
                           : then == action::ask    ? verdict::asked
                                                    : verdict::met;
            return made;
        }
    }
    return made;
}

// What a member says, spelled in one way.
inline std::string normal(const expect::expectation &member) {
    const auto add = [](std::string &out, std::string_view raw, bool quoted) {
        for (std::size_t at = 0; at < raw.size(); ++at) {
            at += quoted && raw[at] == '\\' ? 1 : 0;
            const char byte = raw[at];
            out += byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + 32) : byte;
        }
    };
    std::string out;
    add(out, member.name, false);
    if (member.has_value) {
        out += '\0'; // which no value holds
        add(out, member.value.raw, member.value.quoted);
    }
    expect::parameter_reader reader(member.parameters);
    expect::parameter each;
    while (reader.next(each)) {
        out += '\0';
        add(out, each.name, false);
        out += '=';
        add(out, each.value.raw, each.value.quoted);
    }
    return out;
}

// What is decided about a member alone.
inline expect::decision scan_member(const expect::rule_list *lists,
                                    const expect::request_facts &facts,
                                    const expect::expectation &member) {
    using expect::verdict;
    expect::decision one;
    const bool is_100 = normal(member) == "100-continue";
    const bool has_content = !holds_as_written("no-content", facts);
    if (is_100 && !facts.http_1_1) {
        one.outcome = verdict::ignored;
        one.cause = expect::ruling_cause::http_1_0;
    } else {
        one = scan_rules(lists, facts, &member);
        one.outcome =
            one.outcome == verdict::asked && is_100 && !has_content ? verdict::met : one.outcome;
    }
    one.member = member.text;
    const bool sends = is_100 && one.outcome == verdict::met && has_content &&
                       one.by->then == expect::action::continue_at_gate;
    one.meets_100_continue = is_100 && one.outcome == verdict::met;
    one.sends_100_early = sends && one.by->early;
    one.sends_100_at_gate = sends && !one.by->early;
    one.ignored_100 = is_100 && one.outcome == verdict::ignored;
    one.asks_about_100 = is_100 && one.outcome == verdict::asked;
    return one;
}

// Which of two outcomes that let the request go on speaks for it.
inline int weight(expect::verdict of) {
    using expect::verdict;
    return of == verdict::asked ? 3 : of == verdict::met ? 2 : of == verdict::ignored ? 1 : 0;
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
        made.ignored_100 = made.outcome == verdict::ignored;
        return made;
    }
    expect::decision sum;
    std::set<std::string> seen;
    expect::member_reader reader(field);
    expect::expectation member;
    while (reader.next(member)) {
        if (!seen.insert(detail::normal(member)).second) {
            continue;
        }
        expect::decision one = detail::scan_member(lists, facts, member);
        if (one.outcome == verdict::rejected || one.outcome == verdict::failed) {
            return one;
        }
        one.meets_100_continue |= sum.meets_100_continue;
        one.sends_100_at_gate |= sum.sends_100_at_gate;
        one.sends_100_early |= sum.sends_100_early;
        one.ignored_100 |= sum.ignored_100;
        one.asks_about_100 |= sum.asks_about_100;
        if (detail::weight(sum.outcome) >= detail::weight(one.outcome)) {
            one.outcome = sum.outcome;
            one.cause = sum.cause;
            one.by = sum.by;
            one.member = sum.member;
        }
        sum = one;
    }
    if (sum.outcome == verdict::asked && sum.sends_100_early) {
        sum.sends_100_early = false;
        sum.sends_100_at_gate = true;
    }
    return sum;
}

} // namespace unit

#endif
