// Hosts of which sections hold rules: their requests are judged in header_parser, when the
// resource's configuration is known. What is only detected must not wait so long, because the core
// would have answered long before: a subrequest finds out.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// Requests that are answered before sections are looked up: TRACE, by the core's map_to_storage,
// and OPTIONS for the server as a whole (RFC 9110, 9.3.7). The host's rules are all there is.
inline bool has_no_section(const request_rec *r) noexcept {
    return r->method_number == M_TRACE || (r->uri[0] == '*' && r->uri[1] == '\0');
}

// Sets the core's flag for as long as the policy has not answered. Should an error or a redirect
// answer before, nobody waits for content that a client may withhold, and the connection closes
// (ap_set_keepalive()).
inline void await_content(request_rec *r, const expect::request_facts &facts) noexcept {
    r->expecting_100 = facts.content != expect::content_kind::none ? 1 : 0;
}

// Lets a request wait until its section is known.
inline void wait_for_section(request_rec *r, request_state &state) noexcept {
    expect::request_facts facts;
    read_content(r, facts);
    state.waits_for = waiting::section;
    await_content(r, facts);
}

// Lets a request wait until it is known what expressions will see.
inline void wait_for_detection(request_rec *r, request_state &state) noexcept {
    state.waits_for = waiting::detection;
    state.environment = apr_table_copy(r->pool, r->subprocess_env);
}

// Looks the resource up by a subrequest that comes as far as post_perdir_config, where it is
// detected what the policy would do. Nothing that answers the request, be it the core or a cache,
// is held up or passed by.
inline void look_up_section(request_rec *r, request_state &state) noexcept {
    state.waits_for = waiting::lookup;
    request_rec *resource = ap_sub_req_method_uri(r->method, "/", r, r->output_filters);
    state.waits_for = waiting::nothing;
    if (resource != nullptr) {
        ap_destroy_sub_req(resource);
    }
}

// The state of the request that waits for a subrequest of ours: a look-up, or a question to an
// application. Null where it is another one.
inline request_state *state_of_waiting(const request_rec *sub) noexcept {
    request_state *state = sub->main != nullptr ? state_of(initial_request(sub->main)) : nullptr;
    return state != nullptr &&
                   (state->waits_for == waiting::lookup || state->waits_for == waiting::application)
               ? state
               : nullptr;
}

// Gives the subrequest the target of the request: a subrequest is made for paths, but the target
// may be a whole URI, and then mod_proxy knows it by more than the path.
inline void set_lookup_target(request_rec *resource) noexcept {
    const request_rec *r = resource->main;
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
}

} // namespace mod_expect
