// mod_expect: a policy over the request's Expect field (RFC 9110, 10.1.1) for Apache httpd 2.4.
//
// Here are the module record and the hooks, each with why it runs there. What they do is in
// include/mod_expect/, one concern a file; what the policy means is in include/expect/.

#include "mod_expect/base/server.hpp"

#include "mod_expect/answer/answer.hpp"
#include "mod_expect/answer/content_guard.hpp"
#include "mod_expect/answer/interim_watch.hpp"
#include "mod_expect/answer/redirect.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/version.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/config/startup.hpp"
#include "mod_expect/hold/hold.hpp"
#include "mod_expect/judge/sections.hpp"
#include "mod_expect/status/page.hpp"

#include "expect/expect.hpp"

using namespace mod_expect;

namespace {

// What the request's host asks for, once it is known. field: what is in the table now.
int act(request_rec *r, request_state &state, const char *field) noexcept {
    const server_settings &settings = *settings_of(r->server);
    if (mode_of(settings) == expect::policy_mode::off) {
        return do_as_core(r, state.sent);
    }
    if (settings.has_section_rules && !has_no_section(r)) {
        return act_before_sections(r, state, settings);
    }
    if (mode_of(settings) == expect::policy_mode::detection_only) {
        detect(r, state, settings, r);
        return do_as_core(r, state.sent);
    }
    return judge_and_answer(r, state, settings, field, judged_at::post_read_request);
}

// What was not held: a 100-continue, which the core lets through, and which needs no hold where it
// is the only one. A policy is never passed by.
int judge_unheld(request_rec *r) noexcept {
    const char *field = apr_table_get(r->headers_in, field_name);
    if (field == nullptr || mode_of(*settings_of(r->server)) == expect::policy_mode::off) {
        return DECLINED;
    }
    return act(r, *make_state(r, field), field);
}

// Judges a client's request; a redirected one inherits.
[[gnu::noinline]] int judge_once(request_rec *r, request_state *state) noexcept {
    if (r->prev != nullptr) {
        inherit(r);
        return DECLINED;
    }
    return state != nullptr ? act(r, *state, apr_table_get(r->headers_in, field_name))
                            : judge_unheld(r);
}

// Answers a rejected request, or has a waiting one judged before it is answered.
[[gnu::noinline]] int handle_quickly(request_rec *r, request_state &state) noexcept {
    if (state.waits_for == waiting::section) {
        return process_past_quick_handlers(r);
    }
    if (state.waits_for == waiting::detection) {
        detect_by_lookup(r, state);
    }
    return state.refused_with != 0 ? state.refused_with : DECLINED;
}

} // namespace

extern "C" {

// Where some host on the connection's address has a policy, the connection gets the filter that
// keeps the field from the core; once, not for every request.
static int expect_pre_connection(conn_rec *c, void * /*socket*/) {
    if (c->master == nullptr && settings_of(c->base_server)->holds_field) {
        auto *hold = make_in_pool<connection_hold>(c->pool);
        ap_set_module_config(c->conn_config, &expect_module, hold);
        hold->filter = ap_add_input_filter_handle(hold_filter_record, hold, nullptr, c);
    }
    return request_ok;
}

static void expect_pre_read_request(request_rec *r, conn_rec *c) { begin_hold(r, c); }

// The field is back before any other module looks at the request.
static int expect_restore(request_rec *r) {
    restore(r);
    return DECLINED;
}

// The virtual host is known and the content is unread. Nearly all requests are done with the first
// look: no field, no redirect, and no 100-continue that the core has let through.
static int expect_post_read_request(request_rec *r) {
    request_state *state = state_of(r);
    return state == nullptr && r->prev == nullptr && !r->expecting_100 ? DECLINED
                                                                       : judge_once(r, state);
}

// Before any other quick handler, so that no cache answers a request that was rejected or that
// waits to be judged.
static int expect_quick_handler(request_rec *r, int lookup) {
    if (lookup) {
        return set_lookup_target(r);
    }
    request_state *state = state_of(r);
    return state == nullptr ? DECLINED : handle_quickly(r, *state);
}

// A request may die before post_read_request; its error document and its log line have the field.
static void expect_insert_error_filter(request_rec *r) {
    restore(r);
    const request_state *state = state_of(r);
    if (state != nullptr && state->answers_json) {
        ap_add_output_filter_handle(problem_type_filter_record, nullptr, r, r->connection);
    }
}

static void expect_register_hooks(apr_pool_t * /*pool*/) {
    request_hooks = {};
    ap_hook_pre_config(expect_pre_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_check_config(expect_check_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_test_config(expect_test_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_post_config(expect_post_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, expect_mod_status, nullptr, nullptr, APR_HOOK_MIDDLE);
    hold_filter_record =
        ap_register_input_filter("EXPECT_HOLD", expect_hold_filter, nullptr, AP_FTYPE_CONNECTION);
    no_content_filter_record = ap_register_input_filter(
        "EXPECT_NO_CONTENT", expect_no_content_filter, nullptr, content_guard_type);
    content_end_filter_record = ap_register_input_filter(
        "EXPECT_CONTENT_END", expect_content_end_filter, nullptr, content_guard_type);
    interim_filter_record = ap_register_output_filter("EXPECT_INTERIM", expect_interim_filter,
                                                      nullptr, AP_FTYPE_CONNECTION);
    problem_type_filter_record = ap_register_output_filter(
        "EXPECT_PROBLEM_TYPE", expect_problem_type_filter, nullptr, AP_FTYPE_CONTENT_SET);
}

} // extern "C"

namespace mod_expect {

namespace {

// Hooks are sorted by the name of the module that registers them, which httpd sets only around
// register_hooks.
class as_this_module {
public:
    as_this_module() noexcept : before_(apr_hook_debug_current) {
        apr_hook_debug_current = expect_module.name;
    }
    ~as_this_module() { apr_hook_debug_current = before_; }
    as_this_module(const as_this_module &) = delete;
    as_this_module &operator=(const as_this_module &) = delete;

private:
    const char *before_;
};

// The decision wants the client's real address and what the administrator edits early, and the
// response filters of HTTP/2 in place; it comes before those who look at the field it leaves.
const char *const decide_after[] = {"mod_http2.c", "mod_remoteip.c", "mod_headers.c", nullptr};
const char *const decide_before[] = {"mod_setenvif.c", "mod_security2.c", nullptr};

} // namespace

void want_request_hooks() noexcept {
    if (request_hooks.requests) {
        return;
    }
    request_hooks.requests = true;
    const as_this_module named;
    ap_hook_pre_connection(expect_pre_connection, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_pre_read_request(expect_pre_read_request, nullptr, nullptr, APR_HOOK_MIDDLE);
    // mod_log_forensic and mod_security run at REALLY_FIRST.
    ap_hook_post_read_request(expect_restore, nullptr, nullptr, APR_HOOK_REALLY_FIRST - 1);
    ap_hook_post_read_request(expect_post_read_request, decide_after, decide_before,
                              APR_HOOK_FIRST);
    ap_hook_quick_handler(expect_quick_handler, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
    ap_hook_insert_error_filter(expect_insert_error_filter, nullptr, nullptr,
                                APR_HOOK_REALLY_FIRST);
    // Every request asks the handlers of all modules; most configurations have no use for this one.
    if (name_status_handler(ap_conftree)) {
        ap_hook_handler(expect_status_handler, nullptr, nullptr, APR_HOOK_MIDDLE);
    }
}

void want_section_hooks() noexcept {
    if (request_hooks.sections) {
        return;
    }
    request_hooks.sections = true;
    const as_this_module named;
    // A detection wants to know what expressions will see in header_parser: the environment and
    // whether the request is for a proxy. Neither of the two answers requests here.
    static const char *const detect_after[] = {"mod_setenvif.c", "mod_proxy.c", nullptr};
    static const char *const detect_before[] = {"mod_security2.c", nullptr};
    ap_hook_post_read_request(expect_answer_as_core, detect_after, detect_before,
                              APR_HOOK_FIRST + 1); // behind the decision that leaves it this
    // As early as in post_read_request, and for the same reasons.
    ap_hook_header_parser(expect_header_parser, nullptr, decide_before, APR_HOOK_FIRST);
    ap_hook_post_perdir_config(expect_post_perdir_config, nullptr, nullptr, APR_HOOK_FIRST);
    ap_hook_handler(expect_unjudged_handler, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
}

} // namespace mod_expect

extern "C" {

static const command_rec expect_directives[] = {
    take_one(policy_directive, expect_set_policy, RSRC_CONF,
             "whether the policy over the Expect field is in force: On, Off or DetectionOnly"),
    take_words(rule_directive, expect_set_rule, RSRC_CONF | ACCESS_CONF,
               "an action (meet, continue, ignore, reject), a pattern, and options (status=, "
               "longer-than=, no-content, expr=)"),
    {}};

module AP_MODULE_DECLARE_DATA expect_module = {
    STANDARD20_MODULE_STUFF,       expect_create_section_settings,
    expect_merge_section_settings, expect_create_server_settings,
    expect_merge_server_settings,  expect_directives,
    expect_register_hooks,         AP_MODULE_FLAG_NONE};

} // extern "C"
