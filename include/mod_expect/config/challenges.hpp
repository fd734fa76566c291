// Rules that refuse with a status that owes the client a challenge: 401 (RFC 9110, 15.5.2) and 407
// (15.5.8). The policy has none to give; a Header line of mod_headers has.
#ifndef MOD_EXPECT_CONFIG_CHALLENGES_HPP
#define MOD_EXPECT_CONFIG_CHALLENGES_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// The field that a status owes the client; null where it owes none.
inline const char *challenge_owed_by(std::uint16_t status) noexcept {
    return status == HTTP_UNAUTHORIZED                    ? "WWW-Authenticate"
           : status == HTTP_PROXY_AUTHENTICATION_REQUIRED ? "Proxy-Authenticate"
                                                          : nullptr;
}

// Whether a line of a configuration names a word, in whatever section: one of a directive, or any
// where that is null.
inline bool name_word(const ap_directive_t *lines, const char *directive,
                      const char *word) noexcept {
    for (const ap_directive_t *each = lines; each != nullptr; each = each->next) {
        const bool is_it = directive == nullptr || ap_cstr_casecmp(each->directive, directive) == 0;
        if ((is_it && each->args != nullptr && ap_strcasestr(each->args, word) != nullptr) ||
            name_word(each->first_child, directive, word)) {
            return true;
        }
    }
    return false;
}

// Warns of each rule of a book that answers 401 or 407 where nothing says the challenge.
inline void warn_of_missing_challenges(const rule_book &book) noexcept {
    for_each_rule(book, [&](const expect::rule &each, const rule_origin &origin) noexcept {
        const char *owed =
            each.then == expect::action::reject ? challenge_owed_by(each.status) : nullptr;
        if (owed != nullptr && !name_word(ap_conftree, "Header", owed)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: the rule \"%s\" at %s answers %d without a challenge: no Header "
                         "line names %s; for example: Header always set %s 'Basic realm=\"name\"' "
                         "\"expr=%%{REQUEST_STATUS} == %d\"",
                         origin.text, origin.place, each.status, owed, owed, each.status);
        }
    });
}

} // namespace mod_expect

#endif
