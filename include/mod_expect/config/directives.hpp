// What administrators write: the directive table, and from words to settings.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

inline constexpr const char *policy_directive = "ExpectPolicy";
inline constexpr const char *rule_directive = "ExpectRule";

// What httpd -L says of them.
inline constexpr const char *policy_help =
    "whether the policy over the Expect field is in force: On, Off or DetectionOnly";
inline constexpr const char *rule_help =
    "an action (meet, continue, ignore, ask, reject), a pattern, and options (status=, "
    "retry-after=, longer-than=, shorter-than=, no-content, early, url=, expr=)";

// All rule books of the configuration that is being read, for post_config to index: pointers to
// rule_book. Made anew by pre_config, in the pool of the configuration.
inline apr_array_header_t *rule_books = nullptr;

// Calls visit(rule_book) for each of them, as they are written.
template <class Visit>
void for_each_book(Visit visit) noexcept {
    for (int i = 0; i < rule_books->nelts; ++i) {
        visit(*APR_ARRAY_IDX(rule_books, i, rule_book *));
    }
}

// Calls visit(rule, rule_origin) for each rule of a book that is indexed, as they are written.
template <class Visit>
void for_each_rule(const rule_book &book, Visit visit) noexcept {
    for (std::uint32_t at = 0; at < book.list.count; ++at) {
        visit(book.list.rules[at], *origin_of(book.list.rules[at]));
    }
}

// Which hooks this reading of the configuration has asked for. A hook costs every request, so there
// is none before a directive needs it; httpd sorts hooks when the directives have been read.
struct wanted_hooks {
    bool requests = false;    // somewhere the policy is not Off
    bool sections = false;    // some section holds rules
    bool subrequests = false; // some rule hides content from subrequests
    bool behind_tls = false;  // mod_ssl is there, behind which requests are answered
};

inline wanted_hooks request_hooks;

// Register them, once. Defined beside the hooks, in mod_expect.cpp.
void want_request_hooks() noexcept;
void want_section_hooks() noexcept;
void want_subrequest_hooks() noexcept;

// The one line that ends the start-up: directive, value, reason, what is accepted.
inline const char *mistake(const cmd_parms *cmd, const char *value, const char *reason,
                           const char *accepted) noexcept {
    return apr_psprintf(cmd->pool, "%s: \"%s\": %s; accepted: %s", cmd->cmd->name, value, reason,
                        accepted);
}

inline const char *rule_mistake(const cmd_parms *cmd, const char *value,
                                const expect::rule_reader &reader) noexcept {
    const char *reason = reader.error.why;
    if (reader.pattern_error != expect::parse_error::none) {
        reason = apr_psprintf(cmd->pool, "%s: %s (at offset %" APR_SIZE_T_FMT ")", reason,
                              copy_text(cmd->pool, expect::text(reader.pattern_error)),
                              reader.pattern_offset);
    }
    return mistake(cmd, value, reason, reader.error.accepted);
}

// How late httpd merges a section, seen for itself; what is merged last applies first. The kinds
// come in the order of "How the sections are merged" in httpd's manual, which
// ap_process_request_internal() walks. Of <Directory>, longer paths come later.
inline int merge_rank(const ap_directive_t *section) noexcept {
    static constexpr std::array<const char *, 5> kinds = {"<DirectoryMatch", "<Files", "<Location",
                                                          "<Proxy", "<If"};
    constexpr int between_kinds = 10000;
    for (std::size_t i = kinds.size(); i-- > 0;) {
        if (ap_cstr_casecmpn(section->directive, kinds[i], std::strlen(kinds[i])) == 0) {
            return static_cast<int>(i + 1) * between_kinds;
        }
    }
    int depth = 1;
    for (const char *at = section->args; *at != '\0'; ++at) {
        depth += *at == '/' ? 1 : 0;
    }
    return depth < between_kinds ? depth : between_kinds - 1;
}

inline bool is_virtual_host(const ap_directive_t *section) noexcept {
    return ap_cstr_casecmp(section->directive, "<VirtualHost") == 0;
}

// Notes in a book where it stands among the others: its section's rank, and that of the section
// around it, which decides among those of one kind.
inline void set_section_order(rule_book &book, const ap_directive_t *section) noexcept {
    if (section == nullptr || is_virtual_host(section)) {
        return;
    }
    book.rank = merge_rank(section);
    const ap_directive_t *outer = section->parent;
    book.outer_rank = outer == nullptr || is_virtual_host(outer) ? 0 : merge_rank(outer);
}

// The section that a directive stands in, as written: "<Location /upload>"; for nested ones, the
// outer one behind it.
inline const char *section_of(const cmd_parms *cmd) noexcept {
    const char *text = nullptr;
    for (const ap_directive_t *each = cmd->directive->parent; each != nullptr;
         each = each->parent) {
        if (!is_virtual_host(each)) {
            text =
                apr_pstrcat(cmd->pool, text == nullptr ? "" : text, text == nullptr ? "" : " in ",
                            each->directive, " ", each->args, nullptr);
        }
    }
    return text == nullptr ? cmd->path : text;
}

// The book for rules written where cmd stands: one for each server and each section.
inline rule_book *book_for(const cmd_parms *cmd, rule_book *&slot) noexcept {
    if (slot == nullptr) {
        slot = make_in_pool<rule_book>(cmd->pool);
        slot->server = cmd->server;
        slot->section = cmd->path == nullptr ? nullptr : section_of(cmd);
        set_section_order(*slot, cmd->directive->parent);
        slot->number = rule_books->nelts;
        slot->rules = apr_array_make(cmd->pool, 4, sizeof(expect::rule));
        *static_cast<rule_book **>(apr_array_push(rule_books)) = slot;
    }
    return slot;
}

// Compiles expr= and adds the rule to its book.
inline const char *add_rule(cmd_parms *cmd, rule_book &book, const char *option,
                            const expect::rule_reader &reader) noexcept {
    expect::rule made = reader.made;
    if (made.then != expect::action::meet && made.then != expect::action::reject) {
        want_subrequest_hooks();
    }
    if (!reader.expression.empty()) {
        const char *error = nullptr;
        made.expression = ap_expr_parse_cmd(cmd, copy_text(cmd->pool, reader.expression),
                                            AP_EXPR_FLAG_DONT_VARY, &error, nullptr);
        if (error != nullptr) {
            return mistake(cmd, option, error, expect::expression_form);
        }
    }
    auto *origin = make_in_pool<rule_origin>(cmd->pool);
    origin->place =
        apr_psprintf(cmd->pool, "%s:%d", cmd->directive->filename, cmd->directive->line_num);
    origin->text = cmd->directive->args;
    made.tag = origin;
    *new (apr_array_push(book.rules)) expect::rule = made;
    return nullptr;
}

// Takes the words of an ExpectRule.
inline const char *set_rule(cmd_parms *cmd, rule_book &book, int count,
                            char *const words[]) noexcept {
    expect::rule_reader reader;
    if (!reader.read_action(words[0])) {
        return rule_mistake(cmd, words[0], reader);
    }
    // The rule keeps views of the pattern, so it must last as long as the configuration.
    if (!reader.read_pattern(apr_pstrdup(cmd->pool, words[1]))) {
        return rule_mistake(cmd, words[1], reader);
    }
    const char *expression_option = nullptr;
    for (int i = 2; i < count; ++i) {
        const bool had_expression = !reader.expression.empty();
        if (!reader.read_option(words[i])) {
            return rule_mistake(cmd, words[i], reader);
        }
        if (!had_expression && !reader.expression.empty()) {
            expression_option = words[i];
        }
    }
    if (!reader.finish()) {
        return rule_mistake(cmd, cmd->directive->args, reader);
    }
    return add_rule(cmd, book, expression_option, reader);
}

} // namespace mod_expect

extern "C" {

static const char *expect_set_policy(cmd_parms *cmd, void * /*section*/, const char *word) {
    using namespace mod_expect;
    const auto mode = expect::find_word(expect::policy_mode_words, word);
    if (!mode) {
        return mistake(cmd, word, "not a policy mode", expect::any_policy_mode.bytes);
    }
    settings_of(cmd->server)->mode = mode;
    if (mode != expect::policy_mode::off) {
        want_request_hooks();
    }
    return nullptr;
}

static const char *expect_set_rule(cmd_parms *cmd, void *section, int count, char *const words[]) {
    using namespace mod_expect;
    // A policy against hostile clients is the server owner's, and a rule under <Limit> would hold
    // for every method.
    if (const char *error = ap_check_cmd_context(cmd, NOT_IN_HTACCESS | NOT_IN_LIMIT)) {
        return error;
    }
    if (count < 2) {
        return mistake(cmd, cmd->directive->args, "an argument is missing",
                       "ExpectRule ACTION PATTERN [OPTION ...]");
    }
    server_settings *settings = settings_of(cmd->server);
    const bool is_in_section = cmd->path != nullptr;
    rule_book *&slot =
        is_in_section ? static_cast<section_settings *>(section)->book : settings->own;
    if (is_in_section) {
        settings->has_section_rules = true;
        want_section_hooks();
    }
    return set_rule(cmd, *book_for(cmd, slot), count, words);
}

} // extern "C"

namespace mod_expect {

// httpd's table holds untyped functions; who puts one there names its type. Going by void (*)()
// tells compilers that the cast is meant.
template <class Setter>
cmd_func untyped(Setter *setter) noexcept {
    return reinterpret_cast<cmd_func>(reinterpret_cast<void (*)()>(setter));
}

using setter_of_one = const char *(cmd_parms *, void *, const char *);
using setter_of_words = const char *(cmd_parms *, void *, int, char *const[]);

// Whether a line of a configuration has a word, in any case of letters and in whatever section: one
// of a directive, or any where that is null.
inline bool has_word(const ap_directive_t *lines, const char *directive,
                     const char *word) noexcept {
    for (const ap_directive_t *each = lines; each != nullptr; each = each->next) {
        const bool is_it = directive == nullptr || ap_cstr_casecmp(each->directive, directive) == 0;
        if ((is_it && each->args != nullptr && ap_strcasestr(each->args, word) != nullptr) ||
            has_word(each->first_child, directive, word)) {
            return true;
        }
    }
    return false;
}

} // namespace mod_expect
