// Hosts of which sections hold rules: their requests are judged in header_parser, when the
// resource's configuration is known, and until then nothing may answer them.
#ifndef MOD_EXPECT_JUDGE_SECTIONS_HPP
#define MOD_EXPECT_JUDGE_SECTIONS_HPP

#include "mod_expect/answer/answer.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/judge/judge.hpp"
#include "mod_expect/record/report.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Requests that are answered before sections are looked up: TRACE, by the core's map_to_storage,
// and OPTIONS for the server as a whole (RFC 9110, 9.3.7). The host's rules are all there is.
inline bool has_no_section(const request_rec *r) noexcept {
    return r->method_number == M_TRACE || (r->uri[0] == '*' && r->uri[1] == '\0');
}

// Lets a request wait for its section. Should an error or a redirect answer it before, nobody waits
// for content that a client may withhold, and the connection closes (ap_set_keepalive()).
inline void wait_for_section(request_rec *r, request_state &state) noexcept {
    expect::request_facts facts;
    read_content(r, facts);
    state.waits_for = waiting::section;
    publish_field(r, state); // for the log of a request that comes no further
    r->expecting_100 = facts.content != expect::content_kind::none ? 1 : 0;
}

// Finds out what the policy would do, by a subrequest that comes as far as post_perdir_config.
// Nothing that answers the request, be it the core or a cache, is held up or passed by.
inline void detect_by_lookup(request_rec *r, request_state &state) noexcept {
    state.waits_for = waiting::lookup;
    request_rec *resource = ap_sub_req_method_uri(r->method, "/", r, r->output_filters);
    state.waits_for = waiting::nothing;
    if (resource != nullptr) {
        ap_destroy_sub_req(resource);
    }
    publish_field(r, state); // also where no section was found
}

// Gives that subrequest the request's target: a subrequest is made for paths, but the target may be
// a whole URI, and then mod_proxy knows it by more than the path. Answers for the quick handler:
// something other than OK, so that no other one is asked and the subrequest goes on.
[[gnu::noinline]] inline int set_lookup_target(request_rec *resource) noexcept {
    const request_rec *r = resource->main;
    const request_state *state = r != nullptr ? state_of(r) : nullptr;
    if (state == nullptr || state->waits_for != waiting::lookup) {
        return DECLINED;
    }
    resource->unparsed_uri = r->unparsed_uri;
    resource->args = r->args;
    resource->parsed_uri = r->parsed_uri;
    // Normalized and decoded in place, as one text under two names (ap_parse_uri()).
    resource->uri = apr_pstrdup(resource->pool, r->uri);
    resource->parsed_uri.path = resource->uri;
    if (r->proxyreq != PROXYREQ_NONE) {
        resource->proxyreq = r->proxyreq;
        resource->filename = r->filename;
        resource->handler = r->handler;
    }
    return DONE;
}

// What a host with section rules does in post_read_request. The caller knows that the request has a
// section to wait for.
inline int act_before_sections(request_rec *r, request_state &state,
                               const server_settings &settings) noexcept {
    if (mode_of(settings) == expect::policy_mode::on) {
        wait_for_section(r, state);
    } else {
        state.waits_for = waiting::detection;
        state.environment = apr_table_copy(r->pool, r->subprocess_env);
    }
    return DECLINED;
}

// Processes a waiting request without asking the quick handlers of other modules: a cache must not
// answer what was not judged. This is what ap_process_async_request() does when they decline.
inline int process_past_quick_handlers(request_rec *r) noexcept {
    const int status = ap_process_request_internal(r);
    return status == request_ok ? ap_invoke_handler(r) : status;
}

} // namespace mod_expect

extern "C" {

// What the core would have answered, had the policy not been there to be detected: before variables
// were set that could change how it is said (nokeepalive, say), but which expressions may ask for.
static int expect_answer_as_core(request_rec *r) {
    using namespace mod_expect;
    request_state *state = state_of(r);
    if (state == nullptr || state->waits_for != waiting::detection || r->prev != nullptr) {
        return DECLINED;
    }
    const int status = do_as_core(r, state->sent);
    if (status != DECLINED) {
        detect_by_lookup(r, *state);
        r->subprocess_env = state->environment;
        if (state->verdict != nullptr) {
            publish_environment(r, *state);
        }
    }
    return status;
}

static int expect_header_parser(request_rec *r) {
    using namespace mod_expect;
    request_state *state = state_of(r);
    return state != nullptr && state->waits_for == waiting::section
               ? judge_and_answer(r, *state, *settings_of(r->server),
                                  apr_table_get(r->headers_in, field_name),
                                  judged_at::header_parser)
               : DECLINED;
}

// The subrequest of a detection has found the section; more of it is not wanted.
static int expect_post_perdir_config(request_rec *r) {
    using namespace mod_expect;
    request_state *state = r->main != nullptr ? state_of(r->main) : nullptr;
    if (state == nullptr || state->waits_for != waiting::lookup) {
        return DECLINED;
    }
    detect(r->main, *state, *settings_of(r->server), r);
    return HTTP_EXPECTATION_FAILED;
}

// No request that waits for a section may be served without having been judged.
static int expect_unjudged_handler(request_rec *r) {
    const mod_expect::request_state *state = mod_expect::state_of(r);
    if (state == nullptr || state->waits_for != mod_expect::waiting::section) {
        return DECLINED;
    }
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                  "expect: the request came to its handler without having been judged");
    return HTTP_INTERNAL_SERVER_ERROR;
}

} // extern "C"

#endif
