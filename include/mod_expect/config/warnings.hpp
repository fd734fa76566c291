// What is valid and yet will not do what it seems to: warnings at the start.
#ifndef MOD_EXPECT_CONFIG_WARNINGS_HPP
#define MOD_EXPECT_CONFIG_WARNINGS_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/challenges.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Warns of rules that no request can come to, because one before them in their book takes all.
inline void warn_of_unreachable(apr_pool_t *temporary, const rule_book &book) noexcept {
    const std::uint32_t count = book.list.count;
    auto *before = static_cast<const expect::rule **>(
        apr_palloc(temporary, count * sizeof(const expect::rule *)));
    auto *memory = static_cast<std::uint32_t *>(
        apr_palloc(temporary, expect::coverage_words(count) * sizeof(std::uint32_t)));
    expect::find_covering(&book.list, book.list.next, before, memory);
    for (std::uint32_t at = 0; at < count; ++at) {
        if (before[at] != nullptr) {
            const auto *mine = static_cast<const rule_origin *>(book.list.rules[at].tag);
            const auto *other = static_cast<const rule_origin *>(before[at]->tag);
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: the rule \"%s\" at %s can never be reached: "
                         "\"%s\" at %s comes first and matches all that it would match",
                         mine->text, mine->place, other->text, other->place);
        }
    }
}

// Warns of a mod_http2 that runs pre_read_request before it fills the table of header fields, so
// that nothing can be held (h2_request_create_rec(), h2_create_request_rec() since 2.4.55).
inline void warn_of_early_core(const server_rec *main) noexcept {
    ap_version_t version;
    ap_get_server_revision(&version);
    const bool runs_it_before =
        version.major == 2 && version.minor == 4 && version.patch >= 49 && version.patch <= 54;
    if (runs_it_before && request_hooks.requests && ap_find_linked_module("mod_http2.c")) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main,
                     "expect: over HTTP/2 the core of httpd %d.%d.%d answers 417 to every Expect "
                     "field but a bare 100-continue before the policy is asked; httpd 2.4.55 and "
                     "later ask it",
                     version.major, version.minor, version.patch);
    }
}

inline void warn_of_all(apr_pool_t *temporary, const server_rec *main) noexcept {
    for (int i = 0; i < rule_books->nelts; ++i) {
        warn_of_unreachable(temporary, *APR_ARRAY_IDX(rule_books, i, rule_book *));
    }
    warn_of_early_core(main);
    for (int i = 0; i < rule_books->nelts; ++i) {
        warn_of_missing_challenges(*APR_ARRAY_IDX(rule_books, i, rule_book *));
    }
}

} // namespace mod_expect

#endif
