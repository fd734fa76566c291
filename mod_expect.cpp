// mod_expect: a policy over the request's Expect field (RFC 9110, 10.1.1) for Apache httpd 2.4.
//
// Here are the module record, the directive table and every hook, each with why it runs there. What
// they do is in include/mod_expect/, in rooms in the order of a request's way; what the policy
// means is in include/expect/.

#include "mod_expect/base/server.hpp"

#include "mod_expect/answer/backends.hpp"
#include "mod_expect/answer/gate.hpp"
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

namespace {

// Hooks are told of other modules by lists of names.
using modules = const char *const[];

} // namespace

// ------------------------------------------------------------------------------------ judging

namespace {

// Judges a request by the policy in force, and leaves of its field what goes on.
void judge_in_force(request_rec *r, request_state &state, const section_settings *section) {
    state.waits_for = waiting::nothing;
    state.judged = judge(r, state, r, section);
    if (state.judged == nullptr) {
        publish_field(r, state);
        return;
    }
    record(r, state, *state.judged);
    if (!is_refusal(*state.judged)) {
        hand_on_field(r, *state.judged);
    }
}

// Only tells what the policy would do.
void judge_for_trial(request_rec *r, request_state &state, request_rec *resource,
                     const section_settings *section) {
    const judgement *judged = judge(r, state, resource, section);
    if (judged != nullptr) {
        record(r, state, *judged);
    }
}

// Whether mod_ssl may still refuse the request, because it names another host than its connection.
bool is_behind_tls(const request_rec *r) noexcept {
    conn_rec *c = r->connection;
    return ap_ssl_conn_is_ssl(c->master != nullptr ? c->master : c) != 0;
}

// What the request's host asks for, once it is known.
int judge_by_host(request_rec *r, request_state &state) {
    const server_settings &settings = *settings_of(r->server);
    const expect::policy_mode mode = mode_of(settings);
    if (mode == expect::policy_mode::off) {
        return answer_as_core(r, state.sent);
    }
    publish_field(r, state); // for the log of a request that comes no further
    const bool is_trial = mode == expect::policy_mode::detection_only;
    if (is_judged_late(r, settings)) {
        is_trial ? wait_for_detection(r, state) : wait_for_section(r, state);
        return DECLINED;
    }
    if (is_trial) {
        judge_for_trial(r, state, r, nullptr);
        return answer_as_core(r, state.sent);
    }
    r->expecting_100 = 0;
    judge_in_force(r, state, nullptr);
    if (state.judged == nullptr) {
        return DECLINED;
    }
    if (is_behind_tls(r)) {
        await_content(r, state.judged->facts);
        return DECLINED;
    }
    return follow_policy(r, state, *state.judged, answering_hook::post_read_request);
}

// Processes a request past the quick handlers of other modules: a cache must not answer what waits
// to be judged. This is what ap_process_async_request() does when they decline; they get their turn
// when it is judged, or at the gate, when it has been asked about.
int process_past_quick_handlers(request_rec *r, request_state &state) {
    state.passed_quick_handlers_by = true;
    const int status = ap_process_request_internal(r);
    return status == request_ok ? ap_invoke_handler(r) : status;
}

// Subrequests of ours get something other than OK, so that no other quick handler is asked and they
// go on; that of a detection gets its target. Out of line for the same reason as the next one.
[[gnu::noinline]] int handle_lookup(request_rec *r) {
    if (state_of_lookup(r) != nullptr) {
        set_lookup_target(r);
    }
    return is_own_subrequest(r) ? DONE : DECLINED;
}

// Answers a rejected request, or has a waiting one judged before it is answered. Does nothing when
// the gate asks the quick handlers for one that has been. Out of line, so that requests without the
// field, for which the hook runs too, save no registers for it.
[[gnu::noinline]] int handle_quickly(request_rec *r, request_state &state) {
    const int status = ask_before_core(r, state);
    if (status != DECLINED) {
        return status;
    }
    if (state.has_passed_gate) {
        return DECLINED;
    }
    if (state.waits_for == waiting::detection) {
        look_up_section(r, state);
    }
    if (state.refused_with != 0) {
        return state.refused_with;
    }
    if (state.passed_quick_handlers_by) {
        return DECLINED; // now is the turn of the others
    }
    const bool comes_to_gate = !has_no_section(r);
    return state.waits_for == waiting::section || (is_asked(state) && comes_to_gate)
               ? process_past_quick_handlers(r, state)
               : DECLINED;
}

// Whether a request is the one with which an upgrade to HTTP/2 began, which comes once more as the
// first stream (RFC 7540, 3.2): it was judged before the upgrade was granted. Gives it its verdict.
bool was_judged_before_upgrade(request_rec *r) {
    const conn_rec *master = r->connection->master;
    const connection_hold *hold = master != nullptr ? hold_of(master) : nullptr;
    if (hold == nullptr || hold->upgrading == nullptr) {
        return false;
    }
    const auto look_up = APR_RETRIEVE_OPTIONAL_FN(http2_var_lookup);
    char variable[] = "H2_STREAM_ID";
    const char *stream =
        look_up != nullptr ? look_up(r->pool, r->server, r->connection, r, variable) : nullptr;
    if (stream == nullptr || std::strcmp(stream, "1") != 0) {
        return false;
    }
    // What of the field goes on came with the stream; a state is what is remembered of its log.
    request_state *state = make_state(r, hold->upgrading->sent);
    state->verdict = hold->upgrading->verdict;
    state->rule = hold->upgrading->rule;
    publish_field(r, *state);
    publish_verdict(r, *state);
    return true;
}

// The state of a request or of the one around it that was first; null for subrequests.
request_state *state_of_main(request_rec *r) noexcept {
    return r->main == nullptr ? state_of(initial_request(r)) : nullptr;
}

// Judges a client's request; a redirected one inherits. Apart from its hook, as all that few
// requests need: the others would pay for its registers.
[[gnu::noinline]] int judge_once(request_rec *r, request_state *state) {
    if (r->prev != nullptr) {
        inherit(r);
        return DECLINED;
    }
    if (was_judged_before_upgrade(r)) {
        return DECLINED;
    }
    if (state == nullptr) { // not held: a bare 100-continue, which the core lets through
        const char *field = apr_table_get(r->headers_in, field_name);
        if (field == nullptr || mode_of(*settings_of(r->server)) == expect::policy_mode::off) {
            return DECLINED;
        }
        state = make_state(r, field);
    }
    return judge_by_host(r, *state);
}

// Lets a request through the gate that has a state, its own or that of the initial one.
[[gnu::noinline]] int pass_gate_once(request_rec *r) {
    request_state *state = state_of_main(r);
    return state != nullptr ? pass_gate(r, *state) : DECLINED;
}

// Answers a request that was judged in front of mod_ssl. Apart from its hook, as above.
[[gnu::noinline]] int answer_behind_tls(request_rec *r, request_state &state) {
    if (state.judged == nullptr || r->prev != nullptr || !is_behind_tls(r)) {
        return DECLINED;
    }
    r->expecting_100 = 0;
    return follow_policy(r, state, *state.judged, answering_hook::post_read_request);
}

// Shuts the content of a request, or of the initial one that was redirected to it.
[[gnu::noinline]] int shut_if_unread(request_rec *r) {
    request_state *state = state_of_main(r);
    return state != nullptr ? shut_before_discard(r, *state) : DECLINED;
}

} // namespace

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
    return state == nullptr ? DECLINED : handle_quickly(r, *state);
}

// The subrequest of a detection has found the section; more of it is not wanted.
static int expect_post_perdir_config(request_rec *r) {
    request_state *state = state_of_lookup(r);
    if (state == nullptr) {
        return DECLINED;
    }
    judge_for_trial(r->main, *state, r, section_settings_of(r));
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
    int status = state->judged != nullptr
                     ? follow_policy(r, *state, *state->judged, answering_hook::header_parser)
                     : DECLINED;
    if (status == DECLINED && !is_asked(*state)) {
        status = ask_quick_handlers(r, *state);
    }
    return status == request_ok ? DONE : status; // of this hook OK means to go on
}

// ------------------------------------------------------------------------------------- content

// The first of all handlers but the core's, which switches protocols, and in front of mod_cache: a
// handler that ran before would run twice.
static int expect_gate(request_rec *r) {
    return r->prev != nullptr || state_of(r) != nullptr ? pass_gate_once(r) : DECLINED;
}

// Just before the core's default handler, which is the last of all.
static int expect_shut_before_default_handler(request_rec *r) {
    return r->prev != nullptr || state_of(r) != nullptr ? shut_if_unread(r) : DECLINED;
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
constexpr modules judge_after = {"mod_http2.c", "mod_remoteip.c", "mod_headers.c", nullptr};
constexpr modules judge_before = {"mod_setenvif.c", "mod_security2.c", nullptr};

} // namespace

// Every hook costs every request, so that none is registered before a directive wants it, or for a
// module that is not there: modules are loaded before, and httpd sorts hooks when all directives
// have been read.
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
    ap_hook_post_read_request(expect_judge, judge_after, judge_before, APR_HOOK_FIRST);
    // Before mod_http2 switches, and begins with the first stream.
    ap_hook_protocol_switch(expect_protocol_switch, nullptr, nullptr, APR_HOOK_FIRST);
    if (ap_find_linked_module("mod_ssl.c") != nullptr) {
        static constexpr modules answer_after = {"mod_ssl.c", nullptr};
        ap_hook_post_read_request(expect_answer_behind_tls, answer_after, nullptr, APR_HOOK_MIDDLE);
    }
    ap_hook_quick_handler(expect_quick_handler, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
    static constexpr modules gate_after = {"core.c", nullptr};
    static constexpr modules gate_before = {"mod_cache.c", nullptr};
    ap_hook_handler(expect_gate, gate_after, gate_before, APR_HOOK_REALLY_FIRST);
    ap_hook_handler(expect_shut_before_default_handler, nullptr, nullptr, APR_HOOK_REALLY_LAST - 1);
    static constexpr modules shut_before = {"mod_autoindex.c", "mod_dav.c", nullptr};
    if (ap_find_linked_module(shut_before[0]) || ap_find_linked_module(shut_before[1])) {
        ap_hook_handler(expect_shut_before_discarding_handler, nullptr, shut_before,
                        APR_HOOK_MIDDLE);
    }
    // Before filters of other modules look at the field.
    ap_hook_insert_error_filter(expect_insert_error_filter, nullptr, nullptr,
                                APR_HOOK_REALLY_FIRST);
    // Most configurations have no use for this one.
    if (name_status_handler(ap_conftree)) {
        ap_hook_handler(expect_status_handler, nullptr, nullptr, APR_HOOK_MIDDLE);
    }
}

void want_subrequest_hooks() noexcept {
    if (request_hooks.subrequests) {
        return;
    }
    request_hooks.subrequests = true;
    const as_this_module named;
    ap_hook_insert_filter(expect_insert_filter, nullptr, nullptr, APR_HOOK_REALLY_LAST);
}

void want_section_hooks() noexcept {
    if (request_hooks.sections) {
        return;
    }
    request_hooks.sections = true;
    const as_this_module named;
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
}

} // namespace mod_expect

extern "C" {

static const command_rec expect_directives[] = {
    take_one(policy_directive, expect_set_policy, RSRC_CONF, policy_help),
    take_words(rule_directive, expect_set_rule, RSRC_CONF | ACCESS_CONF, rule_help),
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
