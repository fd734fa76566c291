// Runs a request through the policy: what the core wants to know of it, and what comes of it. That
// is one value, which those who record it and those who answer take as it is, be it to carry it out
// or only to tell what would have been done.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

#include <cstring>

namespace mod_expect {

// Whether and how long the request's content is (RFC 9112, 6.3). Not ap_request_has_body(), which
// says no for HEAD, whose content is on the wire all the same.
inline void read_content(request_rec *r, expect::request_facts &facts) noexcept {
    const bool is_coded = apr_table_get(r->headers_in, "Transfer-Encoding") != nullptr;
    const char *field = is_coded ? nullptr : apr_table_get(r->headers_in, "Content-Length");
    if (is_coded || field != nullptr) {
        facts.content = expect::content_kind::undeclared;
    }
    apr_off_t length = 0;
    if (field != nullptr && ap_parse_strict_length(&length, field)) {
        facts.content = expect::content_kind::declared;
        facts.content_length = static_cast<std::uint64_t>(length);
    }
}

// The conditions that were evaluated for a request: each expression once, however many members its
// rule matches and however often it is asked about them, because no expression can tell members
// apart.
struct known_conditions {
    request_rec *r = nullptr;    // that expressions are about
    apr_hash_t *known = nullptr; // expression -> result

    expect::condition_result ask(const void *expression) noexcept {
        if (known == nullptr) {
            known = apr_hash_make(r->pool);
        }
        auto *result = static_cast<expect::condition_result *>(
            apr_hash_get(known, &expression, sizeof(expression)));
        if (result == nullptr) {
            result = make_in_pool<expect::condition_result>(r->pool, evaluate(expression));
            apr_hash_set(known, apr_pmemdup(r->pool, &expression, sizeof(expression)),
                         sizeof(expression), result);
        }
        return *result;
    }

    // ap_expr_exec() says an error in the log, with the place, which is the rule's.
    [[nodiscard]] expect::condition_result evaluate(const void *expression) const noexcept {
        const char *error = nullptr;
        const int result = ap_expr_exec(r, static_cast<const ap_expr_info_t *>(expression), &error);
        return error != nullptr || result < 0 ? expect::condition_result::error
               : result > 0                   ? expect::condition_result::holds
                                              : expect::condition_result::fails;
    }
};

// Fills facts in. conditions: those of the request, which must outlive them.
inline void read_facts(request_rec *r, known_conditions &conditions,
                       expect::request_facts &facts) noexcept {
    facts.http_1_1 = r->proto_num >= HTTP_VERSION(1, 1);
    facts.context = &conditions;
    facts.evaluate = [](void *context, const void *expression) noexcept {
        return static_cast<known_conditions *>(context)->ask(expression);
    };
    read_content(r, facts);
}

// A member that was ruled on. Equal ones of a field are one.
struct judged_member {
    expect::expectation member;
    expect::ruling ruled;
    const judged_member *next = nullptr;
};

// Lives as long as the request; so do the field and all views of it.
struct judgement {
    std::string_view field;     // the value that was judged; NUL is behind it
    bool is_folded = false;     // malformed, because a line of it was continued by obs-fold
    bool only_detected = false; // and not carried out
    known_conditions conditions;
    expect::request_facts facts;
    const expect::rule_list *rules = nullptr;
    expect::decision made;
    const judged_member *members = nullptr; // in field order, up to one that is rejected
};

// Collects the members that a decision rules on.
struct member_collector : expect::silent_listener {
    apr_pool_t *pool;
    const judged_member **end; // where the next one is put
    void on_member(const expect::expectation &member, const expect::ruling &ruled) noexcept {
        auto *added = make_in_pool<judged_member>(pool, member, ruled);
        *end = added;
        end = &added->next;
    }
};

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

// Decides once more, or for the first time, and tells the listener of every step. No expression is
// evaluated twice.
template <class Listener>
expect::decision decide(const judgement &judged, Listener &listener) noexcept {
    return judged.is_folded ? expect::decide_malformed(judged.rules, judged.facts, judged.field,
                                                       expect::parse_error::line_folded, listener)
                            : expect::decide(judged.rules, judged.facts, judged.field, listener);
}

// Judges the field that is in the table now; null where an administrator's RequestHeader ... early
// took it away. asked: the request that expressions are about, r or a subrequest that knows its
// resource; section: its rules, or null. A value that is still the client's is malformed if the
// client folded it.
inline const judgement *judge(request_rec *r, const request_state &state, request_rec *asked,
                              const section_settings *section) noexcept {
    const char *field = apr_table_get(r->headers_in, field_name);
    if (field == nullptr) {
        return nullptr;
    }
    const server_settings &settings = *settings_of(r->server);
    auto *judged = make_in_pool<judgement>(r->pool);
    judged->field = field;
    judged->is_folded = state.is_folded && std::strcmp(field, state.sent) == 0;
    judged->only_detected = mode_of(settings) == expect::policy_mode::detection_only;
    judged->conditions.r = asked;
    read_facts(r, judged->conditions, judged->facts);
    judged->rules = rules_for(r, settings, section);
    member_collector collector{{}, r->pool, &judged->members};
    judged->made = decide(*judged, collector);
    return judged;
}

// Whether the request is refused, and nothing of its field obeyed.
inline bool is_refusal(const judgement &judged) noexcept {
    return judged.made.outcome == expect::verdict::rejected ||
           judged.made.outcome == expect::verdict::failed;
}

// Whether applications have to be asked about a request.
inline bool is_asked(const request_state &state) noexcept {
    return state.judged != nullptr && state.judged->made.outcome == expect::verdict::asked;
}

// Whether a member goes on to handlers and backends. Without content 100-continue means nothing.
inline bool goes_on(const judged_member &each, const expect::request_facts &facts) noexcept {
    return !each.ruled.failed && each.ruled.then != expect::action::reject &&
           each.ruled.then != expect::action::ignore &&
           (!each.member.is_100_continue || facts.allows_100());
}

// The canonical list of the members that is_wanted(judged_member) says yes to.
template <class Wanted>
const char *list_members(apr_pool_t *pool, const judgement &judged, Wanted is_wanted) noexcept {
    const std::size_t capacity = expect::canonical_list::capacity_for(judged.field.size());
    expect::canonical_list list(static_cast<char *>(apr_palloc(pool, capacity)));
    for (const judged_member *each = judged.members; each != nullptr; each = each->next) {
        if (is_wanted(*each)) {
            list.add(each->member);
        }
    }
    return copy_text(pool, list.view());
}

// The canonical list of the members that go on; null where there are none.
inline const char *list_what_goes_on(apr_pool_t *pool, const judgement &judged) noexcept {
    if (judged.members != nullptr && judged.field == expect::name_100_continue) { // nearly always
        return goes_on(*judged.members, judged.facts) ? judged.field.data() : nullptr;
    }
    const char *list = list_members(pool, judged, [&](const judged_member &each) noexcept {
        return goes_on(each, judged.facts);
    });
    return *list != '\0' ? list : nullptr;
}

// The limit of the rule that decided, and what the request declared, in bytes; empty for every rule
// but one with longer-than= alone. Lives as long as the pool.
inline const char *limit_clause(apr_pool_t *pool, const judgement &judged) noexcept {
    const expect::rule *by = judged.made.by;
    if (by == nullptr || by->content.least == 0 ||
        by->content.most != expect::content_range::undeclared) {
        return "";
    }
    const char *limit = apr_psprintf(pool, "content of more than %" APR_UINT64_T_FMT " bytes",
                                     static_cast<apr_uint64_t>(by->content.least - 1));
    return judged.facts.content == expect::content_kind::declared
               ? apr_psprintf(pool, "%s: %" APR_UINT64_T_FMT " declared", limit,
                              static_cast<apr_uint64_t>(judged.facts.content_length))
               : apr_pstrcat(pool, limit, ": its length is not declared", nullptr);
}

} // namespace mod_expect
