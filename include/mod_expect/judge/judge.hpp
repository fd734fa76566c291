// Runs a request through the policy: what the core wants to know of it, and conditions in httpd's
// own expression language.
#ifndef MOD_EXPECT_JUDGE_JUDGE_HPP
#define MOD_EXPECT_JUDGE_JUDGE_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/member_list.hpp"
#include "mod_expect/record/count.hpp"
#include "mod_expect/record/report.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Whether and how long the request's content is. Not ap_request_has_body(), which says no for HEAD,
// whose content is on the wire all the same.
inline void read_content(request_rec *r, expect::request_facts &facts) noexcept {
    if (apr_table_get(r->headers_in, "Transfer-Encoding") != nullptr) {
        facts.content = expect::content_kind::undeclared;
        return;
    }
    const char *field = apr_table_get(r->headers_in, "Content-Length");
    if (field == nullptr) {
        return;
    }
    apr_off_t length = 0;
    if (!ap_parse_strict_length(&length, field)) {
        facts.content = expect::content_kind::undeclared;
    } else if (length > 0) {
        facts.content = expect::content_kind::declared;
        facts.content_length = static_cast<std::uint64_t>(length);
    }
}

// ap_expr_exec() as the core asks for it. An error is logged here, once, with httpd's words.
inline expect::condition_result evaluate_expression(void *context,
                                                    const void *expression) noexcept {
    auto *r = static_cast<request_rec *>(context);
    const char *error = nullptr;
    const int result = ap_expr_exec(r, static_cast<const ap_expr_info_t *>(expression), &error);
    if (error != nullptr || result < 0) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "expect: cannot evaluate the expression of a rule: %s",
                      error != nullptr ? error : "unknown error");
        return expect::condition_result::error;
    }
    return result > 0 ? expect::condition_result::holds : expect::condition_result::fails;
}

inline expect::request_facts facts_of(request_rec *r) noexcept {
    expect::request_facts facts;
    facts.http_1_1 = r->proto_num >= HTTP_VERSION(1, 1);
    facts.evaluate = evaluate_expression;
    facts.context = r;
    read_content(r, facts);
    return facts;
}

// Follows a decision: counts the members, collects those that are met, for who comes after us, and
// reasons aloud where the log level asks for it. One for all purposes, because every listener makes
// the compiler write the decision anew.
class decision_follower {
public:
    decision_follower(request_rec *r, std::string_view field) noexcept
        : r_(r), explains_(APLOGrdebug(r)), met_(r->pool, field) {
        if (explains_) {
            log_field(r, field);
        }
    }

    // Those behind a rejected one are explained, and nothing else.
    [[nodiscard]] bool hears_every_member() const noexcept { return explains_; }
    void on_rule(const expect::rule &considered, expect::rule_outcome outcome) noexcept {
        if (explains_) {
            log_rule(r_, considered, outcome);
        }
    }
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        if (explains_) {
            log_member(r_, member, ruled);
        }
        if (is_settled_) {
            return;
        }
        is_settled_ = ruled.failed || ruled.then == expect::action::reject;
        tally_.add(ruled);
        // 100-continue goes on only where there is content to wait for; add_100_continue() tells.
        if (!is_settled_ && ruled.then != expect::action::ignore && !member.is_100_continue()) {
            met_.add(member);
        }
    }
    void add_100_continue() noexcept { met_.add_100_continue(); }
    // The canonical list of those that are met.
    [[nodiscard]] std::string_view met() const noexcept { return met_.view(); }
    [[nodiscard]] const member_counts &counts() const noexcept { return tally_.counts(); }

private:
    request_rec *r_;
    bool explains_;
    bool is_settled_ = false;
    member_tally tally_;
    member_list met_;
};

// Decides about the field that is in the table now.
inline expect::decision decide(const request_state &state, const expect::rule_list *rules,
                               const expect::request_facts &facts, const char *field,
                               decision_follower &follower) noexcept {
    return state.is_folded && field == state.sent
               ? expect::decide_malformed(rules, facts, field, expect::parse_error::line_folded,
                                          follower)
               : expect::decide(rules, facts, field, follower);
}

// The chain of rules for a request: its sections', which may be none, before its host's. The lists
// are copied, because the same section leads to different hosts.
inline const expect::rule_list *rules_for(request_rec *r, const server_settings &settings,
                                          const section_settings *section) noexcept {
    const expect::rule_list *chain = settings.rules;
    const expect::rule_list **end = &chain;
    for (; section != nullptr; section = section->outer) {
        if (section->book != nullptr) {
            auto *list = make_in_pool<expect::rule_list>(r->pool);
            *list = section->book->list;
            list->next = settings.rules;
            *end = list;
            end = &list->next;
        }
    }
    return chain;
}

} // namespace mod_expect

#endif
