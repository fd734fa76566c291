// Runs a request through the policy: what the core wants to know of it, and conditions in httpd's
// own expression language.
#ifndef MOD_EXPECT_JUDGE_HPP
#define MOD_EXPECT_JUDGE_HPP

#include "mod_expect/count.hpp"
#include "mod_expect/member_list.hpp"
#include "mod_expect/report.hpp"
#include "mod_expect/request_state.hpp"
#include "mod_expect/server.hpp"
#include "mod_expect/settings.hpp"

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

// Collects the members that are met, for those that come after us, and counts all.
class met_members {
public:
    static constexpr bool hears_every_member = false;

    met_members(request_rec *r, std::string_view field) noexcept
        : tally_(r, field), met_(r->pool, field) {}

    void on_rule(const expect::rule & /*considered*/, expect::rule_outcome /*outcome*/) noexcept {}
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        const bool meets =
            ruled.then == expect::action::meet || ruled.then == expect::action::continue_now;
        tally_.add(member, ruled);
        // 100-continue goes on only where there is content to wait for; add_100_continue() tells.
        if (meets && !ruled.failed && !member.is_100_continue()) {
            met_.add(member);
        }
    }
    void add_100_continue() noexcept { met_.add_100_continue(); }
    [[nodiscard]] std::string_view view() const noexcept { return met_.view(); }
    [[nodiscard]] const member_counts &counts() const noexcept { return tally_.counts(); }

private:
    member_tally tally_;
    member_list met_;
};

// A listener that tells the log before it tells another.
template <class Next>
class explaining_listener {
public:
    static constexpr bool hears_every_member = true;

    explaining_listener(request_rec *r, Next &next) noexcept : r_(r), next_(next) {}
    void on_rule(const expect::rule &considered, expect::rule_outcome outcome) noexcept {
        log_rule(r_, considered, outcome);
        next_.on_rule(considered, outcome);
    }
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        log_member(r_, member, ruled);
        if (!is_settled_) {
            next_.on_member(member, ruled);
        }
        is_settled_ = is_settled_ || ruled.failed || ruled.then == expect::action::reject;
    }

private:
    request_rec *r_;
    Next &next_;
    bool is_settled_ = false; // what comes behind is only explained
};

template <class Listener>
expect::decision decide_with(const expect::rule_list *rules, const expect::request_facts &facts,
                             std::string_view field, bool is_folded, Listener &listener) noexcept {
    return is_folded ? expect::decide_malformed(rules, facts, field,
                                                expect::parse_error::line_folded, listener)
                     : expect::decide(rules, facts, field, listener);
}

// Decides, and reasons aloud where the log level asks for it.
template <class Listener>
expect::decision decide_aloud(request_rec *r, const expect::rule_list *rules,
                              const expect::request_facts &facts, std::string_view field,
                              bool is_folded, Listener &listener) noexcept {
    if (!APLOGrdebug(r)) {
        return decide_with(rules, facts, field, is_folded, listener);
    }
    log_field(r, field);
    explaining_listener<Listener> explaining(r, listener);
    return decide_with(rules, facts, field, is_folded, explaining);
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
