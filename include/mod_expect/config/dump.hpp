// What httpd -t -D DUMP_EXPECT prints: every host's rules in the order in which they apply.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/base/version.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/reach.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

#include <algorithm>
#include <tuple>

namespace mod_expect {

// httpd -t -D ...: the word that asks for the dump.
inline constexpr const char *dump_define = "DUMP_EXPECT";

// Prints a rule. hiding: the one because of which it is never reached here, or null.
inline void dump_rule(apr_file_t *out, const expect::rule &each,
                      const expect::rule *hiding) noexcept {
    const rule_origin *origin = origin_of(each);
    if (origin != nullptr) {
        apr_file_printf(out, "    %s: %s", origin->place, origin->text);
    } else {
        apr_file_printf(out, "    %s", expect::built_in_text(each).data());
    }
    if (hiding != nullptr) { // a built-in rule hides none: they are the last
        apr_file_printf(out, "  (never reached: %s comes first)", origin_of(*hiding)->place);
    }
    apr_file_printf(out, "\n");
}

// Prints a list. hiding: for each of its rules, as find_hiding() tells.
inline void dump_list(apr_file_t *out, const char *title, const expect::rule_list &list,
                      const expect::rule *const *hiding) noexcept {
    apr_file_printf(out, "  %s\n", title);
    for (std::uint32_t at = 0; at < list.count; ++at) {
        dump_rule(out, list.rules[at], hiding[at]);
    }
}

// Whether the rules of a section apply before another's. The main server's sections are merged
// before a virtual host's, and each kind as written.
inline bool applies_before(const rule_book *one, const rule_book *other) noexcept {
    const auto merged = [](const rule_book &book) noexcept {
        return std::make_tuple(book.rank, book.outer_rank, book.server->is_virtual, book.number);
    };
    return merged(*one) > merged(*other);
}

// The sections that apply in a host, its own and the main server's.
inline void dump_sections(apr_file_t *out, apr_pool_t *pool, const server_rec *host,
                          const server_rec *main) noexcept {
    apr_array_header_t *order = apr_array_make(pool, 8, sizeof(const rule_book *));
    for_each_book([&](const rule_book &book) noexcept {
        if (book.section != nullptr && (book.server == host || book.server == main)) {
            *static_cast<const rule_book **>(apr_array_push(order)) = &book;
        }
    });
    auto **first = reinterpret_cast<const rule_book **>(order->elts);
    std::sort(first, first + order->nelts, applies_before);
    for (int i = 0; i < order->nelts; ++i) {
        const rule_book &book = *APR_ARRAY_IDX(order, i, const rule_book *);
        dump_list(out, book.section, book.list, find_hiding(pool, &book.list, book.list.next));
    }
}

// The lists of a host, the built-in one last.
inline void dump_lists(apr_file_t *out, apr_pool_t *pool, const server_rec *host) noexcept {
    const expect::rule_list *list = settings_of(host)->rules;
    const expect::rule *const *hiding = find_hiding(pool, list, nullptr);
    for (; list != nullptr; hiding += list->count, list = list->next) {
        const rule_book *own = own_book(host);
        dump_list(out,
                  list == &expect::built_in                                  ? "built-in"
                  : host->is_virtual && own != nullptr && list == &own->list ? "virtual host"
                                                                             : "main server",
                  *list, hiding);
    }
}

inline void dump_host(apr_file_t *out, apr_pool_t *pool, const server_rec *host,
                      const server_rec *main) noexcept {
    const std::string_view mode =
        expect::word_for(expect::policy_mode_words, mode_of(*settings_of(host)));
    apr_file_printf(out, "%s: %s %s%s\n", describe_host(pool, host), policy_directive, mode.data(),
                    is_in_force(host) ? "" : " (none of these rules is in force)");
    dump_sections(out, pool, host, main);
    dump_lists(out, pool, host);
}

// Prints all hosts to standard output, the main server first, then as they are written.
inline void dump_policy(apr_pool_t *pool, const server_rec *main) noexcept {
    apr_file_t *out = nullptr;
    if (apr_file_open_stdout(&out, pool) != APR_SUCCESS) {
        return;
    }
    apr_file_printf(out,
                    "Expect policy (mod_expect %s), rules in the order in which they apply "
                    "(of sections, the innermost comes first):\n",
                    version);
    const apr_array_header_t *servers = servers_as_written(pool, main);
    for (int i = 0; i < servers->nelts; ++i) {
        apr_pool_t *temporary = nullptr;
        apr_pool_create(&temporary, pool);
        dump_host(out, temporary, APR_ARRAY_IDX(servers, i, const server_rec *), main);
        apr_pool_destroy(temporary);
    }
}

} // namespace mod_expect
