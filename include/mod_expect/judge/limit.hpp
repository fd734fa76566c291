// What was too long for a rule, in words: for the log, and for the client's answer.
#ifndef MOD_EXPECT_JUDGE_LIMIT_HPP
#define MOD_EXPECT_JUDGE_LIMIT_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

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

#endif
