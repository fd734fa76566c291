// What to do: runs a request's field through a policy. Pure, without allocation, and in a time that
// is linear in the field's length and does not depend on rules for other names: the field is read
// once, and each of its different members, of which there are most_members at most, is ruled on
// once.
#pragma once

#include "expect/field.hpp"
#include "expect/index.hpp"
#include "expect/members.hpp"
#include "expect/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// What a ruling comes from.
enum class ruling_cause : std::uint8_t {
    rule,     // a rule that decided, or whose condition could not be evaluated
    http_1_0, // in HTTP/1.0 100-continue is ignored (RFC 9110, 10.1.1: MUST)
    no_rule   // the end of a chain without the built-in list: rejected
};

// What becomes of a member.
struct ruling {
    // Of a rule that asks, meet where there is nothing to ask about: 100-continue without content.
    action then = action::reject;
    ruling_cause cause = ruling_cause::no_rule;
    bool failed = false;      // a condition of the rule could not be evaluated: nothing was decided
    const rule *by = nullptr; // with ruling_cause::rule
};

// In the order of precedence: what comes later is made by one member alone. Of rejected and failed
// the first member in field order counts.
enum class verdict : std::uint8_t {
    none,     // the field holds no expectation
    ignored,  // every member is ignored
    met,      // at least one member is met, none of what follows
    asked,    // an application has to be asked about a member, none is rejected
    rejected, // a member is rejected, or the field is malformed and rejected
    failed    // a condition could not be evaluated; the request must not pass
};

// What comes of a field. Views point into the field that was judged.
struct decision {
    verdict outcome = verdict::none;
    ruling_cause cause = ruling_cause::no_rule; // of the first member that made the outcome
    const rule *by = nullptr;                   // with ruling_cause::rule
    std::string_view member;               // that member; the whole field where it is malformed
    parse_error error = parse_error::none; // not none: the field is malformed
    std::size_t error_offset = 0;
    bool meets_100_continue = false; // 100-continue is met, by meet or continue
    // By continue, and only where a 100 means anything; early only where no application is asked
    // about another member, because nothing is promised before it has answered.
    bool sends_100_at_gate = false;
    bool sends_100_early = false;
    bool ignored_100 = false; // 100-continue, or a field that may hide it, was ignored: the client
                              // may wait for a 100 that never comes
    bool asks_about_100 = false; // an application decides about 100-continue

    // The status of a rejection.
    [[nodiscard]] std::uint16_t status() const noexcept {
        return by != nullptr ? by->status : status_expectation_failed;
    }
};

// Told of every step. The members of this one do nothing and cost nothing; a listener of one's own
// has the same members. All arguments are views that last until the decision is made.
struct silent_listener {
    // Whether members behind a rejected one are judged too. They change nothing.
    static constexpr bool hears_every_member() noexcept { return false; }

    void on_rule(const rule & /*considered*/, rule_outcome /*outcome*/) noexcept {}
    void on_member(const expectation & /*member*/, const ruling & /*ruled*/) noexcept {}
};

namespace detail {

// Goes on with a rule whose pattern matches. True when the search is over.
template <class Listener>
bool try_rule(const rule &tried, const request_facts &facts, ruling &ruled,
              Listener &listener) noexcept {
    const rule_outcome outcome = test_conditions(tried, facts);
    listener.on_rule(tried, outcome);
    ruled.failed = outcome == rule_outcome::expression_error;
    if (outcome != rule_outcome::decided && !ruled.failed) {
        return false;
    }
    ruled.then = ruled.failed ? action::reject : tried.then;
    ruled.cause = ruling_cause::rule;
    ruled.by = &tried;
    return true;
}

// Inlined, as are add_ruling() and judge_member(), because passing the structs through memory costs
// a fifth of a decision.
template <class Listener>
[[gnu::always_inline]] inline ruling
rule_on_member(const rule_list *lists, const request_facts &facts, const expectation &member,
               Listener &listener) noexcept {
    ruling ruled;
    for (const rule_list *list = lists; list != nullptr; list = list->next) {
        candidate_reader candidates(*list, member);
        for (std::uint32_t at = candidates.next(); at != rule_index::end; at = candidates.next()) {
            const rule &candidate = list->rules[at];
            if (candidate.what.kind == pattern_kind::member &&
                !matches_behind_name(candidate.what, member)) {
                listener.on_rule(candidate, rule_outcome::other_member);
            } else if (try_rule(candidate, facts, ruled, listener)) {
                return ruled;
            }
        }
    }
    return ruled; // a chain without the built-in list: rejected, by no rule
}

template <class Listener>
ruling rule_on_malformed(const rule_list *lists, const request_facts &facts,
                         Listener &listener) noexcept {
    ruling ruled;
    for (const rule_list *list = lists; list != nullptr; list = list->next) {
        for (std::uint32_t at = list->index.first_malformed; at != rule_index::end;
             at = list->index.next[at]) {
            if (try_rule(list->rules[at], facts, ruled, listener)) {
                return ruled;
            }
        }
    }
    return ruled;
}

constexpr verdict verdict_of(const ruling &ruled) noexcept {
    if (ruled.failed) {
        return verdict::failed;
    }
    switch (ruled.then) {
    case action::meet:
    case action::continue_at_gate:
        return verdict::met;
    case action::ignore:
        return verdict::ignored;
    case action::ask:
        return verdict::asked;
    case action::reject:
        return verdict::rejected;
    }
    return verdict::failed;
}

// Adds a member's ruling to the decision. True when the request is settled.
[[gnu::always_inline]] inline bool add_ruling(decision &made, const request_facts &facts,
                                              const expectation &member,
                                              const ruling &ruled) noexcept {
    const verdict outcome = verdict_of(ruled);
    const bool settled = outcome >= verdict::rejected;
    if (settled) {
        made = decision{}; // nothing of the field is obeyed: no 100 for a member in front
    } else if (member.is_100_continue) {
        made.meets_100_continue = outcome == verdict::met;
        made.ignored_100 = outcome == verdict::ignored;
        made.asks_about_100 = outcome == verdict::asked;
        if (ruled.then == action::continue_at_gate && facts.allows_100()) {
            made.sends_100_early = ruled.by->early;
            made.sends_100_at_gate = !ruled.by->early;
        }
    }
    if (outcome > made.outcome) {
        made.outcome = outcome;
        made.cause = ruled.cause;
        made.by = ruled.by;
        made.member = member.text;
    }
    return settled;
}

template <class Listener>
[[gnu::always_inline]] inline ruling
judge_member(const rule_list *lists, const request_facts &facts, const expectation &member,
             Listener &listener) noexcept {
    ruling ruled;
    if (!facts.http_1_1 && member.is_100_continue) {
        ruled.then = action::ignore;
        ruled.cause = ruling_cause::http_1_0;
    } else {
        ruled = rule_on_member(lists, facts, member, listener);
        if (ruled.then == action::ask && member.is_100_continue && !facts.has_content()) {
            ruled.then = action::meet;
        }
    }
    listener.on_member(member, ruled);
    return ruled;
}

template <class Listener>
void judge_malformed(decision &made, const rule_list *lists, const request_facts &facts,
                     std::string_view field, Listener &listener) noexcept {
    const ruling ruled = rule_on_malformed(lists, facts, listener);
    made.outcome = verdict_of(ruled);
    made.cause = ruled.cause;
    made.by = ruled.by;
    made.member = field;
    made.ignored_100 = made.outcome == verdict::ignored;
}

// Judges a field of which one member was read, if has_member.
template <class Listener>
void judge_list(decision &made, const rule_list *lists, const request_facts &facts,
                std::string_view field, member_reader &reader, bool has_member, expectation &member,
                Listener &listener) noexcept {
    member_set members;
    for (; has_member; has_member = reader.next(member)) {
        members.add(member);
    }
    made.error = reader.error();
    if (made.error != parse_error::none) {
        made.error_offset = reader.offset();
        judge_malformed(made, lists, facts, field, listener);
        return;
    }
    bool is_settled = false;
    for (const expectation &each : members) {
        if (is_settled && !listener.hears_every_member()) {
            break;
        }
        const ruling ruled = judge_member(lists, facts, each, listener);
        is_settled = is_settled || add_ruling(made, facts, each, ruled);
    }
    if (made.outcome == verdict::asked && made.sends_100_early) {
        made.sends_100_early = false;
        made.sends_100_at_gate = true;
    }
}

} // namespace detail

// Judges a field value by a chain of indexed rule lists that ends with built_in (builtin.hpp).
// Several field lines are one value, joined by commas. A malformed field is never partly obeyed: it
// is read to its end before any member is ruled on. A null chain rejects everything.
template <class Listener>
decision decide(const rule_list *lists, const request_facts &facts, std::string_view field,
                Listener &listener) noexcept {
    decision made;
    expectation first;
    if (field == name_100_continue) { // nearly every field there is
        first.text = field;
        first.name = field;
        first.is_100_continue = true;
    } else {
        member_reader reader(field);
        const bool has_member = reader.next(first);
        if (!has_member || !reader.at_end()) {
            detail::judge_list(made, lists, facts, field, reader, has_member, first, listener);
            return made;
        }
    }
    detail::add_ruling(made, facts, first, detail::judge_member(lists, facts, first, listener));
    return made;
}

inline decision decide(const rule_list *lists, const request_facts &facts,
                       std::string_view field) noexcept {
    silent_listener listener;
    return decide(lists, facts, field, listener);
}

// Judges a field that the server knows to be malformed for a reason that its value does not show:
// a line that was continued by obs-fold (RFC 9112, 5.2).
template <class Listener>
decision decide_malformed(const rule_list *lists, const request_facts &facts,
                          std::string_view field, parse_error cause, Listener &listener) noexcept {
    decision made;
    made.error = cause;
    detail::judge_malformed(made, lists, facts, field, listener);
    return made;
}

} // namespace expect
