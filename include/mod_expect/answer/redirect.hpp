// What an internal redirect inherits: httpd makes a new request of it, with tables and a filter
// chain of its own, for an error document, an index or a rewritten path. It is not judged again.
#ifndef MOD_EXPECT_ANSWER_REDIRECT_HPP
#define MOD_EXPECT_ANSWER_REDIRECT_HPP

#include "mod_expect/answer/content_guard.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/record/report.hpp"

namespace mod_expect {

// The request as the client sent it.
inline request_rec *initial_request(request_rec *r) noexcept {
    while (r->prev != nullptr) {
        r = r->prev;
    }
    return r;
}

// Gives a redirected request what its initial one has: the guard over its content, and the verdict.
inline void inherit(request_rec *r) noexcept {
    request_state *state = state_of(initial_request(r));
    if (state == nullptr) {
        return;
    }
    insert_guard(r, *state);
    publish_field(r, *state); // a redirected request has notes and an environment of its own
    publish_verdict(r, *state);
    if (state->guard == no_content_filter_record) {
        // An error document of a refused request has no content: a backend that serves it must not
        // be promised any. The table is the initial request's, which goes on to the log.
        r->headers_in = apr_table_copy(r->pool, r->headers_in);
        apr_table_unset(r->headers_in, "Content-Length");
        apr_table_unset(r->headers_in, "Transfer-Encoding");
    }
}

} // namespace mod_expect

#endif
