// From what was read to what is asked at each request: indexes and chains of rules.
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

} // namespace mod_expect
