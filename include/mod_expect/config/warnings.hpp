// What is valid and yet will not do what it seems to: warnings at the start.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/reach.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Warns of rules that no request can come to. hiding: for each rule of a book one that takes all
// that it would match, or null; null for none at all. by_hosts: it is one of a virtual host, and
// the others have theirs.
inline void warn_of_unreachable(const rule_book &book, const expect::rule *const *hiding,
                                bool by_hosts) noexcept {
    for (std::uint32_t at = 0; hiding != nullptr && at < book.list.count; ++at) {
        if (hiding[at] != nullptr) {
            const rule_origin *mine = origin_of(book.list.rules[at]);
            const rule_origin *other = origin_of(*hiding[at]);
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: the rule \"%s\" at %s can never be reached: %s\"%s\" at %s%s",
                         mine->text, mine->place,
                         by_hosts
                             ? "in every host with a policy a rule of the host comes first and "
                               "matches all that it would match, such as "
                             : "",
                         other->text, other->place,
                         by_hosts ? "" : " comes first and matches all that it would match");
        }
    }
}

// The first rule that is written in a host or in a section of it; null for none.
inline const rule_origin *find_first_rule(const server_rec *host) noexcept {
    const rule_origin *first = nullptr;
    for_each_book([&](const rule_book &book) noexcept {
        if (first == nullptr && book.server == host && book.list.count != 0) {
            first = origin_of(book.list.rules[0]);
        }
    });
    return first;
}

// Warns of a host that has rules and no policy, where nobody has said that it shall have none. The
// main server's rules are in force where any host has a policy.
inline void warn_of_rules_without_policy(apr_pool_t *temporary, const server_rec *host) noexcept {
    const bool is_used = !host->is_virtual && request_hooks.requests;
    if (settings_of(host)->mode.has_value() || is_used) {
        return;
    }
    if (const rule_origin *first = find_first_rule(host)) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, host,
                     "expect: no rule of the %s is in force, the first of which is \"%s\" at %s: "
                     "without an ExpectPolicy it is Off; \"ExpectPolicy DetectionOnly\" begins a "
                     "trial, \"ExpectPolicy On\" puts the rules into effect",
                     describe_host(temporary, host), first->text, first->place);
    }
}

// Warns of a virtual host that takes no part in the main server's trial.
inline void warn_of_host_beside_trial(apr_pool_t *temporary, const server_rec *host,
                                      const server_rec *main) noexcept {
    const bool is_trial = mode_of(*settings_of(main)) == expect::policy_mode::detection_only;
    const expect::policy_mode mode =
        mode_of(*settings_of(host)); // the main server's, if not its own
    if (is_trial && mode != expect::policy_mode::detection_only) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, host,
                     "expect: the %s takes no part in the trial of the main server, which says "
                     "DetectionOnly: its own ExpectPolicy says %s",
                     describe_host(temporary, host),
                     expect::word_for(expect::policy_mode_words, mode).data());
    }
}

// Warns of patterns that mean something else than they seem to.
inline void warn_of_doubts(apr_pool_t *temporary, const rule_book &book) noexcept {
    for_each_rule(book, [&](const expect::rule &each, const rule_origin &origin) noexcept {
        if (const char *doubt = expect::find_doubt(each.what)) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: in the rule \"%s\" at %s the pattern \"%s\" %s", origin.text,
                         origin.place, copy_text(temporary, each.what.spelled.text), doubt);
        }
    });
}

// Warns of rules that send a 100 or ask an application only where there is no content, and so no
// 100 to send and nothing to ask about (RFC 9110, 10.1.1).
inline void warn_of_waiting_for_no_content(const rule_book &book) noexcept {
    for_each_rule(book, [&](const expect::rule &each, const rule_origin &origin) noexcept {
        const bool is_about_100 =
            each.what.spelled.is_100_continue &&
            (each.then == expect::action::continue_at_gate || each.then == expect::action::ask);
        if (is_about_100 && each.content.most == 0) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                         "expect: the rule \"%s\" at %s does no more than meet 100-continue: "
                         "without content no 100 is sent and no application is asked",
                         origin.text, origin.place);
        }
    });
}

// Warns of expressions about who the user is. Every rule is judged before authentication, so that
// these variables are empty (ap_process_request_internal()).
inline void warn_of_unknown_user(const rule_book &book) noexcept {
    for_each_rule(book, [&](const expect::rule &each, const rule_origin &origin) noexcept {
        for (const char *variable : {"%{REMOTE_USER}", "%{AUTH_TYPE}"}) {
            if (each.expression != nullptr && ap_strcasestr(origin.text, variable) != nullptr) {
                ap_log_error(APLOG_MARK, APLOG_WARNING, 0, book.server,
                             "expect: in the rule \"%s\" at %s the variable %s is always empty: "
                             "rules are judged before authentication; an application that is asked "
                             "knows the user",
                             origin.text, origin.place, variable);
            }
        }
    });
}

// Warns of each rule that answers 401 (RFC 9110, 15.5.2) or 407 (15.5.8) where nothing says the
// challenge that the status owes the client. The policy has none to give; a Header line of
// mod_headers has. Lines are looked through once: there may be thousands of such rules.
inline void warn_of_missing_challenges() noexcept {
    static constexpr const char *to_server = "WWW-Authenticate";
    static constexpr const char *to_proxy = "Proxy-Authenticate";
    const bool lacks_server = !has_word(ap_conftree, "Header", to_server);
    const bool lacks_proxy = !has_word(ap_conftree, "Header", to_proxy);
    for_each_book([&](const rule_book &book) noexcept {
        for_each_rule(book, [&](const expect::rule &each, const rule_origin &origin) noexcept {
            // Only rules that reject have a status other than the usual one.
            const bool is_for_proxy = each.status == HTTP_PROXY_AUTHENTICATION_REQUIRED;
            const bool is_owed =
                (is_for_proxy && lacks_proxy) || (each.status == HTTP_UNAUTHORIZED && lacks_server);
            if (is_owed) {
                const char *owed = is_for_proxy ? to_proxy : to_server;
                ap_log_error(
                    APLOG_MARK, APLOG_WARNING, 0, book.server,
                    "expect: the rule \"%s\" at %s answers %d without a challenge: no Header "
                    "line names %s; for example: Header always set %s 'Basic realm=\"name\"' "
                    "\"expr=%%{REQUEST_STATUS} == %d\"",
                    origin.text, origin.place, each.status, owed, owed, each.status);
            }
        });
    });
}

// Warns that trailers come to other modules' eyes when the field has been judged: ap_http_filter()
// merges them into the header fields at the end of chunked content.
inline void warn_of_merged_trailers(apr_pool_t *temporary,
                                    const apr_array_header_t *servers) noexcept {
    for (int i = 0; i < servers->nelts; ++i) {
        const server_rec *host = APR_ARRAY_IDX(servers, i, const server_rec *);
        const auto *core =
            static_cast<const core_server_config *>(ap_get_core_module_config(host->module_config));
        if (is_in_force(host) && core->merge_trailers == AP_MERGE_TRAILERS_ENABLE) {
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, host,
                         "expect: MergeTrailers is On, in the %s for one: an Expect field in the "
                         "trailer section of chunked content is not judged, and whoever reads the "
                         "request's fields then sees it",
                         describe_host(temporary, host));
            return;
        }
    }
}

// Warns of a mod_http2 that runs pre_read_request before it fills the table of header fields, so
// that nothing can be held (h2_request_create_rec()). Its version 2.0 does not
// (h2_create_request_rec()). That came with httpd 2.4.55, but Ubuntu has it with 2.4.52; it is
// known by a directive of its own.
inline void warn_of_early_core(const server_rec *main) noexcept {
    ap_version_t version;
    ap_get_server_revision(&version);
    const bool may_run_it_before =
        version.major == 2 && version.minor == 4 && version.patch >= 49 && version.patch <= 54;
    const module *http2 = ap_find_linked_module("mod_http2.c");
    if (may_run_it_before && request_hooks.requests && http2 != nullptr &&
        ap_find_command("H2StreamTimeout", http2->cmds) == nullptr) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main,
                     "expect: over HTTP/2 the core of httpd %d.%d.%d answers 417 to every Expect "
                     "field but a bare 100-continue before the policy is asked; mod_http2 2.0, "
                     "of httpd 2.4.55, has it asked",
                     version.major, version.minor, version.patch);
    }
}

// All that a configuration, read and prepared, gives cause for. A line each, in the main server's
// log or the host's.
inline void warn_of_all(apr_pool_t *temporary, const server_rec *main) noexcept {
    for_each_book([temporary](const rule_book &book) noexcept {
        warn_of_doubts(temporary, book);
        warn_of_unreachable(book, find_hiding(temporary, &book.list, book.list.next), false);
        warn_of_waiting_for_no_content(book);
        warn_of_unknown_user(book);
    });
    if (const rule_book *book = own_book(main)) {
        warn_of_unreachable(*book, find_hidden_everywhere(temporary, main, *book), true);
    }
    const apr_array_header_t *servers = servers_as_written(temporary, main);
    for (int i = 0; i < servers->nelts; ++i) {
        const server_rec *host = APR_ARRAY_IDX(servers, i, const server_rec *);
        warn_of_rules_without_policy(temporary, host);
        warn_of_host_beside_trial(temporary, host, main);
    }
    warn_of_merged_trailers(temporary, servers);
    warn_of_early_core(main);
    warn_of_missing_challenges();
}

} // namespace mod_expect
