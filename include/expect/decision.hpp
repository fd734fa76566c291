// What to do: runs a request's field through a policy. Pure, without allocation, and in a time that
// is linear in the field's length and does not depend on rules for other names.
#ifndef EXPECT_DECISION_HPP
#define EXPECT_DECISION_HPP

#include "expect/builtin.hpp"
#include "expect/field.hpp"
#include "expect/index.hpp"
#include "expect/policy.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// What a request says of its content (RFC 9112, 6.3).
enum class content_kind : std::uint8_t {
    none,      // neither a Content-Length above 0 nor Transfer-Encoding
    declared,  // Content-Length
    undeclared // its length is known only at its end
};

// What the server answers when it is asked for a condition of its own.
enum class condition_result : std::uint8_t { fails, holds, error };

// Evaluates rule::expression. Must not throw.
using condition_evaluator = condition_result (*)(void *context, const void *expression) noexcept;

// What the decision needs to know of a request besides the field.
struct request_facts {
    bool http_1_1 = true; // HTTP/1.1 or later; in HTTP/1.0 100-continue is ignored
    content_kind content = content_kind::none;
    std::uint64_t content_length = 0;       // bytes; meaningful for content_kind::declared
    condition_evaluator evaluate = nullptr; // without one, a rule with an expression is an error
    void *context = nullptr;                // handed to evaluate
};

// Why a rule did not decide, for those who follow the reasoning.
enum class rule_outcome : std::uint8_t {
    decided,
    other_member,     // the pattern asks for another value or other parameters
    has_content,      // no-content does not hold
    not_longer,       // longer-than does not hold
    expression_false, // the server's condition does not hold
    expression_error  // the server's condition could not be evaluated
};

// What became of a member. No rule decided where a condition could not be evaluated, where HTTP/1.0
// has 100-continue ignored, and at the end of a chain without the built-in list.
struct ruling {
    action then = action::reject;
    const rule *by = nullptr; // the rule that decided, or null
    bool failed = false;      // a condition could not be evaluated: nothing was decided
};

enum class verdict : std::uint8_t {
    none,     // the field holds no expectation
    met,      // at least one member is met, none rejected
    ignored,  // every member is ignored
    rejected, // a member is rejected, or the field is malformed and rejected
    failed    // a condition could not be evaluated; the request must not pass
};

// What comes of a field. Views point into the field that was judged.
struct decision {
    verdict outcome = verdict::none;
    const rule *by = nullptr; // the rule of the first member that made the outcome; may be null
    std::string_view member;  // that member; the whole field where it is malformed
    parse_error error = parse_error::none; // not none: the field is malformed
    std::size_t error_offset = 0;
    bool meets_100_continue = false; // 100-continue is met, by meet or continue
    bool sends_100_at_gate = false;  // by continue
    bool sends_100_early = false;    // by continue with early
    bool ignored_100 = false;        // 100-continue, or a field that hides it, was ignored: the
                                     // client may wait for a 100 that never comes

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

// Whether a rule's conditions hold; its pattern is known to match.
inline rule_outcome test_conditions(const rule &tested, const request_facts &facts) noexcept {
    if (tested.no_content && facts.content != content_kind::none) {
        return rule_outcome::has_content;
    }
    if (tested.has_longer_than &&
        (facts.content == content_kind::none ||
         (facts.content == content_kind::declared && facts.content_length <= tested.longer_than))) {
        return rule_outcome::not_longer;
    }
    if (tested.expression != nullptr) {
        const condition_result result = facts.evaluate == nullptr
                                            ? condition_result::error
                                            : facts.evaluate(facts.context, tested.expression);
        if (result != condition_result::holds) {
            return result == condition_result::fails ? rule_outcome::expression_false
                                                     : rule_outcome::expression_error;
        }
    }
    return rule_outcome::decided;
}

// Goes on with a rule whose pattern matches. True when the search is over.
template <class Listener>
bool settle(const rule &tested, const request_facts &facts, ruling &ruled,
            Listener &listener) noexcept {
    const rule_outcome outcome = test_conditions(tested, facts);
    listener.on_rule(tested, outcome);
    if (outcome == rule_outcome::decided) {
        ruled.then = tested.then;
        ruled.by = &tested;
        return true;
    }
    ruled.failed = outcome == rule_outcome::expression_error;
    return ruled.failed;
}

template <class Listener>
ruling rule_on_member(const rule_list *lists, const request_facts &facts, const expectation &member,
                      Listener &listener) noexcept {
    ruling ruled;
    for (const rule_list *list = lists; list != nullptr; list = list->next) {
        candidate_reader candidates(*list, member);
        for (std::uint32_t at = candidates.next(); at != rule_index::end; at = candidates.next()) {
            const rule &candidate = list->rules[at];
            if (candidate.what.kind == pattern_kind::member &&
                !matches_behind_name(candidate.what, member)) {
                listener.on_rule(candidate, rule_outcome::other_member);
            } else if (settle(candidate, facts, ruled, listener)) {
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
            if (settle(list->rules[at], facts, ruled, listener)) {
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
    case action::reject:
        return verdict::rejected;
    }
    return verdict::failed;
}

// Adds a member's ruling to the decision. True when the request is settled. Inlined, as is the next
// one, because passing the structs through memory costs a fifth of a decision.
[[gnu::always_inline]] inline bool add_ruling(decision &made, const expectation &member,
                                              const ruling &ruled) noexcept {
    const verdict outcome = verdict_of(ruled);
    const bool settled = outcome == verdict::rejected || outcome == verdict::failed;
    if (settled) {
        made = decision{}; // nothing of the field is obeyed: no 100 for a member in front
    } else if (member.is_100_continue()) {
        made.meets_100_continue |= outcome == verdict::met;
        const bool continues = ruled.then == action::continue_at_gate;
        made.sends_100_at_gate |= continues;
        made.sends_100_early |= continues && ruled.by->early;
        made.ignored_100 |= outcome == verdict::ignored;
    }
    if (settled || made.outcome == verdict::none ||
        (made.outcome == verdict::ignored && outcome == verdict::met)) {
        made.outcome = outcome;
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
    if (!facts.http_1_1 && member.is_100_continue()) {
        ruled.then = action::ignore; // RFC 9110, 10.1.1: MUST ignore
    } else {
        ruled = rule_on_member(lists, facts, member, listener);
    }
    listener.on_member(member, ruled);
    return ruled;
}

template <class Listener>
void judge_malformed(decision &made, const rule_list *lists, const request_facts &facts,
                     std::string_view field, Listener &listener) noexcept {
    const ruling ruled = rule_on_malformed(lists, facts, listener);
    made.outcome = verdict_of(ruled);
    made.by = ruled.by;
    made.member = field;
    made.ignored_100 = made.outcome == verdict::ignored;
}

} // namespace detail

// Judges a field value by a chain of indexed rule lists that ends with built_in. Several field
// lines are one value, joined by commas. A malformed field is never partly obeyed: it is read to
// its end before any member is ruled on. A null chain rejects everything.
template <class Listener>
decision decide(const rule_list *lists, const request_facts &facts, std::string_view field,
                Listener &listener) noexcept {
    decision made;
    expectation first;
    if (field == name_100_continue) { // nearly every field there is
        first.text = field;
        first.name = field;
        detail::add_ruling(made, first, detail::judge_member(lists, facts, first, listener));
        return made;
    }
    member_reader reader(field);
    const bool has_member = reader.next(first);
    const bool is_only_member = has_member && reader.at_end();
    if (is_only_member) {
        detail::add_ruling(made, first, detail::judge_member(lists, facts, first, listener));
        return made;
    }
    expectation member;
    while (reader.next(member)) {
    }
    made.error = reader.error();
    if (made.error != parse_error::none) {
        made.error_offset = reader.offset();
        detail::judge_malformed(made, lists, facts, field, listener);
        return made;
    }
    member_reader again(field);
    bool is_settled = false;
    while ((!is_settled || listener.hears_every_member()) && again.next(member)) {
        const ruling ruled = detail::judge_member(lists, facts, member, listener);
        is_settled = is_settled || detail::add_ruling(made, member, ruled);
    }
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

#endif
