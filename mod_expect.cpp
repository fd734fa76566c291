// mod_expect: a policy over the request's Expect field (RFC 9110, 10.1.1) for Apache httpd 2.4.
//
// Here are the module record, the directive table and every hook, each with why it runs there. What
// they do is in include/mod_expect/, in rooms in the order of a request's way; what the policy
// means is in include/expect/.

#include "mod_expect/base/server.hpp"

#include "mod_expect/answer/backends.hpp"
#include "mod_expect/answer/gate.hpp"
#include "mod_expect/answer/judging.hpp"
#include "mod_expect/answer/policy.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/version.hpp"
#include "mod_expect/config/directives.hpp"
#include "mod_expect/config/dump.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/config/startup.hpp"
#include "mod_expect/config/warnings.hpp"
#include "mod_expect/hold/addresses.hpp"
#include "mod_expect/hold/filter.hpp"
#include "mod_expect/hold/restore.hpp"
#include "mod_expect/judge/judgement.hpp"
#include "mod_expect/judge/sections.hpp"
#include "mod_expect/record/counter_memory.hpp"
#include "mod_expect/record/record.hpp"
#include "mod_expect/status/page.hpp"

#include "expect/expect.hpp"

using namespace mod_expect;

// Hooks are told of other modules by lists of names.
using modules = const char *const[];

extern "C" {

// ---------------------------------------------------------------------------------------- hold

// Where some host on the connection's address has a policy, the connection gets the filter that
// keeps the field from the core; once, not for every request.
static int expect_pre_connection(conn_rec *c, void * /*socket*/) {
    if (c->master == nullptr && settings_of(c->base_server)->holds_field) {
        auto *hold = make_in_pool<connection_hold>(c->pool);
        ap_set_module_config(c->conn_config, &expect_module, hold);
        ap_add_input_filter_handle(hold_filter_record, hold, nullptr, c);
    }
    return request_ok;
}

// The last before the core reads the lines; over HTTP/2, before it looks at the table.
static void expect_pre_read_request(request_rec *r, conn_rec *c) { begin_hold(r, c); }

// The field is back before any other module looks at the request.
static int expect_restore(request_rec *r) {
    restore(r);
    return DECLINED;
}

// --------------------------------------------------------------------------- post_read_request

// The virtual host is known and the content is unread. Nearly all requests are done with the first
// look: no field, no redirect, no 100-continue that the core has let through, and not HTTP/2.
// Before those who look at the field that is left, and at the verdict.
static int expect_judge(request_rec *r) {
    request_state *state = state_of(r);
    return state == nullptr && r->prev == nullptr && !r->expecting_100 &&
                   r->connection->master == nullptr
               ? DECLINED
               : judge_once(r, state);
}

// A request is answered over another protocol from now on: what was decided is remembered, because
// it comes once more.
static int expect_protocol_switch(conn_rec *c, request_rec *r, server_rec * /*server*/,
                                  const char * /*protocol*/) {
    connection_hold *hold = hold_of(c);
    const request_state *state = r != nullptr ? state_of(r) : nullptr;
    // What an application has to be asked about is judged again: it comes to no gate before.
    if (hold != nullptr && state != nullptr && state->is_recorded && !is_asked(*state)) {
        auto *kept = make_in_pool<request_state>(c->pool);
        kept->sent = apr_pstrdup(c->pool, state->sent);
        kept->verdict = apr_pstrdup(c->pool, state->verdict);
        kept->rule = apr_pstrdup(c->pool, state->rule);
        hold->upgrading = kept;
    }
    return DECLINED;
}

// Behind mod_ssl, which refuses a request that names another host than its connection: before that
// nothing is told of the policy of that host, and no 100 is sent.
static int expect_answer_behind_tls(request_rec *r) {
    request_state *state = state_of(r);
    return state == nullptr ? DECLINED : answer_behind_tls(r, *state);
}

// What the core would have answered, had the policy not been there to be detected: before variables
// were set that could change how it is said (nokeepalive, say), but which expressions may ask for.
static int expect_answer_as_core(request_rec *r) {
    request_state *state = state_of(r);
    if (state == nullptr || state->waits_for != waiting::detection || r->prev != nullptr) {
        return DECLINED;
    }
    const int status = answer_as_core(r, state->sent);
    if (status != DECLINED) {
        look_up_section(r, *state);
        r->subprocess_env = state->environment;
        publish_environment(r, *state);
    }
    return status;
}

// ------------------------------------------------------------------------------------ sections

// Before any other quick handler, so that no cache answers a request that was rejected, or that
// waits to be judged or to be asked about.
static int expect_quick_handler(request_rec *r, int lookup) {
    if (lookup) {
        return handle_lookup(r);
    }
    request_state *state = state_of(r);
    return state == nullptr || state->is_settled ? DECLINED : handle_quickly(r, *state);
}

// The subrequest of a detection has found the section; more of it is not wanted.
static int expect_post_perdir_config(request_rec *r) {
    request_state *state = state_of_waiting(r);
    if (state == nullptr || state->waits_for != waiting::lookup) {
        return DECLINED;
    }
    judge_and_record(r->main, *state, r, section_settings_of(r));
    return HTTP_EXPECTATION_FAILED;
}

// The section is known, and access control comes next; before that is the place of quick handlers,
// and of their answers.
static int expect_header_parser(request_rec *r) {
    request_state *state = state_of(r);
    if (state == nullptr || state->waits_for != waiting::section) {
        return DECLINED;
    }
    r->expecting_100 = 0;
    judge_in_force(r, *state, section_settings_of(r));
    int status = state->judged != nullptr ? follow_policy(r, *state) : DECLINED;
    if (status == DECLINED && !is_asked(*state)) {
        status = ask_quick_handlers(r, *state);
    }
    return status == request_ok ? DONE : status; // of this hook OK means to go on
}

// ------------------------------------------------------------------------------------- content

// The first of all handlers but the core's, which switches protocols, and in front of mod_cache: a
// handler that ran before would run twice.
static int expect_gate(request_rec *r) { return may_be_unsettled(r) ? pass_gate(r) : DECLINED; }

// Just before the core's default handler, which is the last of all.
static int expect_shut_before_default_handler(request_rec *r) {
    return may_be_unsettled(r) ? shut_before_discard(r) : DECLINED;
}

// Just before mod_autoindex and mod_dav.
static int expect_shut_before_discarding_handler(request_rec *r) {
    return is_discarded_by_handler(r) ? expect_shut_before_default_handler(r) : DECLINED;
}

// A subrequest is about to be served; the last, so that nothing comes before what hides content.
static void expect_insert_filter(request_rec *r) {
    if (r->main != nullptr) {
        hide_from_subrequest(r);
    }
}

// A request may die before post_read_request; its error document and its log line have the field.
static void expect_insert_error_filter(request_rec *r) {
    restore(r);
    note_error_page(r);
    const request_state *state = state_of(r);
    if (state != nullptr && state->answers_json) {
        ap_add_output_filter_handle(problem_type_filter_record, nullptr, r, r->connection);
    }
}

// --------------------------------------------------------------------------------- start and end

static int expect_pre_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t * /*temporary*/) {
    all_counters = nullptr; // of before, where the module is linked into httpd
    rule_books = apr_array_make(pool, 8, sizeof(rule_book *));
    return request_ok;
}

// Runs for -t as well as for a start, before anything else looks at the configuration.
static int expect_check_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t * /*temporary*/,
                               server_rec *main) {
    prepare_rules(pool, main);
    return request_ok;
}

static int expect_post_config(apr_pool_t *pool, apr_pool_t * /*log*/, apr_pool_t *temporary,
                              server_rec *main) {
    const apr_status_t status = make_held_name();
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, main,
                     "expect: no random bytes for the name that holds the field");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    mark_holds(pool, temporary, main);
    if (request_hooks.requests && !stand_before_proxy()) {
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, main,
                     "expect: this mod_proxy_http cannot be told that a backend has answered "
                     "early: clients that wait for a 100 get 500 in place of its answer");
    }
    // The first reading of the configuration at a start is a rehearsal.
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) {
        return request_ok;
    }
    warn_of_all(temporary, main);
    if (request_hooks.requests) {
        const apr_status_t no_memory = assign_all_counters(main->process->pool, temporary, main);
        if (no_memory != APR_SUCCESS) { // no host goes for the sake of numbers
            ap_log_error(APLOG_MARK, APLOG_ERR, no_memory, main,
                         "expect: no shared memory for the counters: the policy is in force, and "
                         "nothing is counted until a reload finds memory");
        }
    }
    return request_ok;
}

static void expect_test_config(apr_pool_t *pool, server_rec *main) {
    warn_of_all(pool, main);
    if (ap_exists_config_define(dump_define)) {
        dump_policy(pool, main);
    }
}

static void expect_register_hooks(apr_pool_t * /*pool*/) {
    request_hooks = {};
    // The configuration's, at no particular time.
    ap_hook_pre_config(expect_pre_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_check_config(expect_check_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    ap_hook_test_config(expect_test_config, nullptr, nullptr, APR_HOOK_MIDDLE);
    // It asks mod_proxy for its functions.
    static constexpr modules before_proxy = {"mod_proxy_http.c", nullptr};
    ap_hook_post_config(expect_post_config, nullptr, before_proxy, APR_HOOK_MIDDLE);
    APR_OPTIONAL_HOOK(ap, status_hook, expect_mod_status, nullptr, nullptr, APR_HOOK_MIDDLE);
    // Above TLS, and beneath all that belongs to a request.
    hold_filter_record =
        ap_register_input_filter("EXPECT_HOLD", expect_hold_filter, nullptr, AP_FTYPE_CONNECTION);
    no_content_filter_record = ap_register_input_filter(
        "EXPECT_NO_CONTENT", expect_no_content_filter, nullptr, no_content_type);
    capture_filter_record =
        ap_register_output_filter("EXPECT_CAPTURE", expect_capture_filter, nullptr, capture_type);
    no_100_filter_record =
        ap_register_input_filter("EXPECT_NO_100", expect_no_100_filter, nullptr, no_100_type);
    problem_type_filter_record = ap_register_output_filter(
        "EXPECT_PROBLEM_TYPE", expect_problem_type_filter, nullptr, AP_FTYPE_CONTENT_SET);
}

} // extern "C"

namespace mod_expect {

namespace {

// Registers hooks, once for each reading of the configuration. httpd sorts them by the name of the
// module that does, which it sets only around register_hooks.
template <class Register>
void register_once(bool &is_done, Register register_hooks) noexcept {
    if (!is_done) {
        is_done = true;
        const char *before = apr_hook_debug_current;
        apr_hook_debug_current = expect_module.name;
        register_hooks();
        apr_hook_debug_current = before;
    }
}

// The decision wants the client's real address and what the administrator edits early, and the
// response filters of HTTP/2 in place; it comes before those who look at the field it leaves.
constexpr modules judge_after = {"mod_http2.c", "mod_remoteip.c", "mod_headers.c", nullptr};
constexpr modules judge_before = {"mod_setenvif.c", "mod_security2.c", nullptr};

} // namespace

// Every hook costs every request, so that none is registered before a directive wants it, or for a
// module that is not there: modules are loaded before, and httpd sorts hooks when all directives
// have been read.
void want_request_hooks() noexcept {
    register_once(request_hooks.requests, []() noexcept {
        ap_hook_pre_connection(expect_pre_connection, nullptr, nullptr, APR_HOOK_MIDDLE);
        ap_hook_pre_read_request(expect_pre_read_request, nullptr, nullptr, APR_HOOK_MIDDLE);
        // mod_log_forensic and mod_security run at REALLY_FIRST.
        ap_hook_post_read_request(expect_restore, nullptr, nullptr, APR_HOOK_REALLY_FIRST - 1);
        ap_hook_post_read_request(expect_judge, judge_after, judge_before, APR_HOOK_FIRST);
        // Before mod_http2 switches, and begins with the first stream.
        ap_hook_protocol_switch(expect_protocol_switch, nullptr, nullptr, APR_HOOK_FIRST);
        if (ap_find_linked_module("mod_ssl.c") != nullptr) {
            request_hooks.behind_tls = true;
            static constexpr modules answer_after = {"mod_ssl.c", nullptr};
            ap_hook_post_read_request(expect_answer_behind_tls, answer_after, nullptr,
                                      APR_HOOK_MIDDLE);
        }
        ap_hook_quick_handler(expect_quick_handler, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
        static constexpr modules gate_after = {"core.c", nullptr};
        static constexpr modules gate_before = {"mod_cache.c", nullptr};
        ap_hook_handler(expect_gate, gate_after, gate_before, APR_HOOK_REALLY_FIRST);
        ap_hook_handler(expect_shut_before_default_handler, nullptr, nullptr,
                        APR_HOOK_REALLY_LAST - 1);
        static constexpr modules shut_before = {"mod_autoindex.c", "mod_dav.c", nullptr};
        if (ap_find_linked_module(shut_before[0]) || ap_find_linked_module(shut_before[1])) {
            ap_hook_handler(expect_shut_before_discarding_handler, nullptr, shut_before,
                            APR_HOOK_MIDDLE);
        }
        // Before filters of other modules look at the field.
        ap_hook_insert_error_filter(expect_insert_error_filter, nullptr, nullptr,
                                    APR_HOOK_REALLY_FIRST);
        // Most configurations have no use for this one.
        if (has_word(ap_conftree, nullptr, status_handler)) {
            ap_hook_handler(expect_status_handler, nullptr, nullptr, APR_HOOK_MIDDLE);
        }
    });
}

void want_subrequest_hooks() noexcept {
    register_once(request_hooks.subrequests, []() noexcept {
        ap_hook_insert_filter(expect_insert_filter, nullptr, nullptr, APR_HOOK_REALLY_LAST);
    });
}

void want_section_hooks() noexcept {
    register_once(request_hooks.sections, []() noexcept {
        // A detection wants to know what expressions will see in header_parser: the environment and
        // whether the request is for a proxy. Neither of the two answers requests here.
        static constexpr modules detect_after = {"mod_setenvif.c", "mod_proxy.c", nullptr};
        static constexpr modules detect_before = {"mod_security2.c", nullptr};
        ap_hook_post_read_request(expect_answer_as_core, detect_after, detect_before,
                                  APR_HOOK_FIRST + 1); // behind the one that leaves it this
        // As early as in post_read_request, and for the same reasons.
        ap_hook_header_parser(expect_header_parser, nullptr, judge_before, APR_HOOK_FIRST);
        // Before anything that depends on the section.
        ap_hook_post_perdir_config(expect_post_perdir_config, nullptr, nullptr, APR_HOOK_FIRST);
    });
}

} // namespace mod_expect

extern "C" {

static const command_rec expect_directives[] = {
    AP_INIT_TAKE1(policy_directive, untyped<setter_of_one>(expect_set_policy), nullptr, RSRC_CONF,
                  policy_help),
    AP_INIT_TAKE_ARGV(rule_directive, untyped<setter_of_words>(expect_set_rule), nullptr,
                      RSRC_CONF | ACCESS_CONF, rule_help),
    {}};

// Written out instead of STANDARD20_MODULE_STUFF, which takes the name from __FILE__: <IfModule>
// and other modules' lists look for a ".c", as everywhere in httpd.
module AP_MODULE_DECLARE_DATA expect_module = {MODULE_MAGIC_NUMBER_MAJOR,
                                               MODULE_MAGIC_NUMBER_MINOR,
                                               -1,
                                               "mod_expect.c",
                                               nullptr,
                                               nullptr,
                                               MODULE_MAGIC_COOKIE,
                                               nullptr,
                                               expect_create_section_settings,
                                               expect_merge_section_settings,
                                               expect_create_server_settings,
                                               expect_merge_server_settings,
                                               expect_directives,
                                               expect_register_hooks,
                                               AP_MODULE_FLAG_NONE};

} // extern "C"
