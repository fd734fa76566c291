// Which rules no request comes to, for the warnings at the start and for the dump.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// The rules written in a host itself; null for none. A virtual host without a directive of ours
// shares the main server's settings.
inline const rule_book *own_book(const server_rec *host) noexcept {
    const rule_book *book = settings_of(host)->own;
    return book != nullptr && book->server == host ? book : nullptr;
}

// A host as warnings and the dump name it.
inline const char *describe_host(apr_pool_t *pool, const server_rec *host) noexcept {
    return host->is_virtual ? apr_psprintf(pool, "virtual host %s (%s:%u)", name_of(host),
                                           host->defn_name, host->defn_line_number)
                            : apr_pstrcat(pool, "main server ", name_of(host), nullptr);
}

// For each rule of a chain of lists up to end, in order, the earliest one before it that matches
// all that it would match, or null.
inline const expect::rule **find_hiding(apr_pool_t *pool, const expect::rule_list *lists,
                                        const expect::rule_list *end) noexcept {
    const std::uint32_t count = expect::count_rules(lists, end);
    auto **found =
        static_cast<const expect::rule **>(apr_palloc(pool, count * sizeof(const expect::rule *)));
    apr_pool_t *temporary = nullptr;
    apr_pool_create(&temporary, pool);
    expect::find_covering(lists, end, found,
                          static_cast<std::uint32_t *>(apr_palloc(
                              temporary, expect::coverage_words(count) * sizeof(std::uint32_t))));
    apr_pool_destroy(temporary);
    return found;
}

// For each rule of the main server that its own list leaves reachable, the one of a virtual host
// that hides it, where one does in every host with a policy; else null. Null for all where a host
// uses the main server's list alone, or none has a policy.
inline const expect::rule **find_hidden_everywhere(apr_pool_t *pool, const server_rec *main,
                                                   const rule_book &book) noexcept {
    const expect::rule **hidden = nullptr;
    const expect::rule **in_own_list = find_hiding(pool, &book.list, book.list.next);
    for (const server_rec *host = main; host != nullptr; host = host->next) {
        if (!is_in_force(host)) {
            continue;
        }
        const expect::rule_list *chain = settings_of(host)->rules;
        if (chain == &book.list) {
            return nullptr;
        }
        const expect::rule **hiding = find_hiding(pool, chain, book.list.next) + chain->count;
        for (std::uint32_t at = 0; at < book.list.count; ++at) {
            const bool is_hidden = in_own_list[at] == nullptr && hiding[at] != nullptr &&
                                   (hidden == nullptr || hidden[at] != nullptr);
            hiding[at] = is_hidden ? hiding[at] : nullptr;
        }
        hidden = hiding;
    }
    return hidden;
}

} // namespace mod_expect
