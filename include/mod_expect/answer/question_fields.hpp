// What an application is told in a question: the client's fields but those that are about content,
// ranges, conditions and the connection, and a few that no client can forge.
#pragma once

#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

// Fields by which the application learns what it is asked about.
inline constexpr const char *method_field = "X-Original-Method";
inline constexpr const char *target_field = "X-Original-URI";
inline constexpr const char *length_field = "X-Original-Content-Length";
inline constexpr const char *members_field = "X-Expect";

// Fields of the client that the application does not get: about content, ranges and conditions, of
// which the question has none; of the connection, which could name others to be dropped on the way;
// codings of the answer, which goes on as it comes; and those that are ours alone. A "-" at the end
// stands for all that begin so.
inline constexpr std::array<const char *, 23> withheld_fields = {{
    "Content-",
    "If",
    "If-",
    "Digest",
    "Repr-Digest",
    "Max-Forwards",
    "Range",
    "Expect",
    "Transfer-Encoding",
    "TE",
    "Trailer",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Upgrade",
    "HTTP2-Settings",
    "Accept-Encoding",
    "Cache-Control",
    "Pragma",
    method_field,
    target_field,
    length_field,
    members_field,
}};

// Whether a field is called so for somebody who takes every other mark for a "-", as CGI and its
// kin do with "_".
inline bool is_called(const char *name, const char *wanted) noexcept {
    for (; *wanted != '\0'; ++name, ++wanted) {
        const bool is_same = *wanted == '-' ? *name != '\0' && !apr_isalnum(*name)
                                            : apr_tolower(*name) == apr_tolower(*wanted);
        if (!is_same) {
            return false;
        }
    }
    return *name == '\0' || wanted[-1] == '-';
}

inline bool is_withheld(const char *name) noexcept {
    for (const char *each : withheld_fields) {
        if (is_called(name, each)) {
            return true;
        }
    }
    return false;
}

// The target of the request as the client sent it, but without scheme and host, which httpd looks
// at no more: "/a?b" for "http://a.test/a?b", so that the application decides about the same path.
inline const char *original_target(const request_rec *initial) noexcept {
    const char *target = initial->unparsed_uri;
    const char *authority = std::strstr(target, "://");
    if (*target == '/' || authority == nullptr || initial->proxyreq == PROXYREQ_PROXY) {
        return target;
    }
    const char *path = std::strpbrk(authority + 3, "/?#");
    return path != nullptr && *path == '/' ? path : "/";
}

// The fields of the question. declared: of the content, in bytes; null where it is not declared.
inline apr_table_t *fields_of_question(request_rec *r, const char *members,
                                       const char *declared) noexcept {
    const apr_array_header_t *sent = apr_table_elts(r->headers_in);
    apr_table_t *fields = apr_table_make(r->pool, sent->nelts + 5);
    for (int i = 0; i < sent->nelts; ++i) {
        const apr_table_entry_t &each = APR_ARRAY_IDX(sent, i, apr_table_entry_t);
        if (!is_withheld(each.key)) {
            apr_table_addn(fields, each.key, each.val);
        }
    }
    const request_rec *initial = initial_request(r);
    apr_table_setn(fields, method_field, initial->method);
    apr_table_setn(fields, target_field, original_target(initial));
    apr_table_setn(fields, members_field, members);
    if (declared != nullptr) {
        apr_table_setn(fields, length_field, declared);
    }
    apr_table_setn(fields, "Cache-Control", "no-store"); // no cache's answer counts
    return fields;
}

} // namespace mod_expect
