// What httpd -t -D DUMP_EXPECT prints: every host's rules in the order in which they apply.
#ifndef MOD_EXPECT_CONFIG_DUMP_HPP
#define MOD_EXPECT_CONFIG_DUMP_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/base/version.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/section_order.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// httpd -t -D ...: the word that asks for the dump.
inline constexpr const char *dump_define = "DUMP_EXPECT";

inline void dump_book(apr_file_t *out, const char *title, const rule_book &book) noexcept {
    apr_file_printf(out, "  %s\n", title);
    for (int i = 0; i < book.rules->nelts; ++i) {
        const auto *origin =
            static_cast<const rule_origin *>(APR_ARRAY_IDX(book.rules, i, expect::rule).tag);
        apr_file_printf(out, "    %s: %s\n", origin->place, origin->text);
    }
}

// The sections that apply in a host, its own and the main server's.
inline void dump_sections(apr_file_t *out, apr_pool_t *pool, const server_rec *host,
                          const server_rec *main) noexcept {
    apr_array_header_t *order = apr_array_make(pool, 8, sizeof(const rule_book *));
    for (int i = 0; i < rule_books->nelts; ++i) {
        const rule_book *book = APR_ARRAY_IDX(rule_books, i, rule_book *);
        if (book->section == nullptr || (book->server != host && book->server != main)) {
            continue;
        }
        int at = order->nelts;
        apr_array_push(order);
        for (; at > 0; --at) {
            const rule_book *before = APR_ARRAY_IDX(order, at - 1, const rule_book *);
            if (!applies_before(*book, *before)) {
                break;
            }
            APR_ARRAY_IDX(order, at, const rule_book *) = before;
        }
        APR_ARRAY_IDX(order, at, const rule_book *) = book;
    }
    for (int i = 0; i < order->nelts; ++i) {
        const rule_book &book = *APR_ARRAY_IDX(order, i, const rule_book *);
        dump_book(out, book.section, book);
    }
}

inline void dump_built_in(apr_file_t *out) noexcept {
    apr_file_printf(out, "  built-in\n");
    for (std::uint32_t i = 0; i < expect::built_in.count; ++i) {
        apr_file_printf(out, "    %s\n", expect::built_in_text(expect::built_in.rules[i]).data());
    }
}

inline void dump_host(apr_file_t *out, apr_pool_t *pool, const server_rec *host,
                      const server_rec *main) noexcept {
    const server_settings &settings = *settings_of(host);
    const std::string_view mode = expect::word_for(expect::policy_mode_words, mode_of(settings));
    const char *name = host->server_hostname != nullptr ? host->server_hostname : "(unnamed)";
    if (host->is_virtual) {
        apr_file_printf(out, "virtual host %s (%s:%u): %s %s\n", name, host->defn_name,
                        host->defn_line_number, policy_directive, mode.data());
    } else {
        apr_file_printf(out, "main server %s: %s %s\n", name, policy_directive, mode.data());
    }
    dump_sections(out, pool, host, main);
    if (host->is_virtual && settings.own != nullptr && settings.own->server == host) {
        dump_book(out, "virtual host", *settings.own);
    }
    if (const rule_book *book = settings_of(main)->own) {
        dump_book(out, "main server", *book);
    }
    dump_built_in(out);
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
        dump_host(out, pool, APR_ARRAY_IDX(servers, i, const server_rec *), main);
    }
}

} // namespace mod_expect

#endif
