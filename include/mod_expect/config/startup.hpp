// From what was read to what is asked at each request: indexes and chains of rules. And which of
// them no request comes to, for the warnings at the start and for the dump.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Indexes the rules of a book. They do not move any more.
inline void index_book(apr_pool_t *pool, rule_book &book) noexcept {
    book.list.rules = reinterpret_cast<const expect::rule *>(book.rules->elts);
    book.list.count = static_cast<std::uint32_t>(book.rules->nelts);
    auto *memory = static_cast<std::uint32_t *>(
        apr_palloc(pool, expect::index_words(book.list.count) * sizeof(std::uint32_t)));
    expect::build_index(book.list, memory);
}

// Puts a server's own rules before the main server's, and those before the built-in ones.
inline void chain_rules(server_settings &settings) noexcept {
    const expect::rule_list *outer =
        settings.outer != nullptr ? settings.outer->rules : &expect::built_in;
    settings.rules = outer;
    if (settings.own != nullptr) {
        settings.own->list.next = outer;
        settings.rules = &settings.own->list;
    }
}

// All books and all servers of a configuration that was read.
inline void prepare_rules(apr_pool_t *pool, server_rec *main) noexcept {
    for (std::size_t i = 0; i < built_in_places.size(); ++i) {
        built_in_places[i] =
            apr_pstrcat(pool, "the built-in rule \"",
                        expect::built_in_text(expect::built_in.rules[i]).data(), "\"", nullptr);
    }
    for_each_book([pool](rule_book &book) noexcept { index_book(pool, book); });
    for (server_rec *s = main; s != nullptr; s = s->next) {
        chain_rules(*settings_of(s)); // the main server comes first
    }
}

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
