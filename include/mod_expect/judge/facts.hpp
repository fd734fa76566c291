// What the core wants to know of a request besides the field.
#ifndef MOD_EXPECT_JUDGE_FACTS_HPP
#define MOD_EXPECT_JUDGE_FACTS_HPP

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Whether and how long the request's content is (RFC 9112, 6.3). Not ap_request_has_body(), which
// says no for HEAD, whose content is on the wire all the same.
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
    facts.content = expect::content_kind::undeclared;
    if (ap_parse_strict_length(&length, field)) {
        facts.content = expect::content_kind::declared;
        facts.content_length = static_cast<std::uint64_t>(length);
    }
}

// The conditions that were evaluated for a request: each expression once, however many members its
// rule matches and however often it is asked about them, because no expression can tell members
// apart.
class known_conditions {
public:
    known_conditions() noexcept = default;
    // asked: the request that expressions are about.
    explicit known_conditions(request_rec *asked) noexcept : r_(asked) {}

    expect::condition_result ask(const void *expression) noexcept {
        if (known_ == nullptr) {
            known_ = apr_hash_make(r_->pool);
        }
        auto *known =
            static_cast<condition *>(apr_hash_get(known_, &expression, sizeof(expression)));
        if (known == nullptr) {
            known = make_in_pool<condition>(r_->pool);
            known->expression = expression;
            known->result = evaluate(static_cast<const ap_expr_info_t *>(expression));
            apr_hash_set(known_, &known->expression, sizeof(expression), known);
        }
        return known->result;
    }

private:
    struct condition {
        const void *expression;
        expect::condition_result result;
    };

    // ap_expr_exec() says an error in the log, with the place, which is the rule's.
    expect::condition_result evaluate(const ap_expr_info_t *expression) noexcept {
        const char *error = nullptr;
        const int result = ap_expr_exec(r_, expression, &error);
        if (error != nullptr || result < 0) {
            return expect::condition_result::error;
        }
        return result > 0 ? expect::condition_result::holds : expect::condition_result::fails;
    }

    request_rec *r_ = nullptr;
    apr_hash_t *known_ = nullptr;
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

} // namespace mod_expect

#endif
