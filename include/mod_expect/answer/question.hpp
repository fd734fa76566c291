// The question to an application: a GET subrequest with the client's fields, without its content,
// and what comes of it. Nothing of it reaches the client by itself.
#ifndef MOD_EXPECT_ANSWER_QUESTION_HPP
#define MOD_EXPECT_ANSWER_QUESTION_HPP

#include "mod_expect/answer/content.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/request_state.hpp"
#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

inline ap_filter_rec_t *capture_filter_record = nullptr;

// Before every filter of the request itself, so that what was captured is what the subrequest's own
// filters made of it.
inline constexpr auto capture_type = static_cast<ap_filter_type>(AP_FTYPE_RESOURCE - 1);

// What an application answers, in the pool of the request that asks.
struct app_answer {
    static constexpr std::size_t most_bytes = 64 * 1024;

    int status = 0;                     // of the answer; meaningless where it failed
    const char *status_line = nullptr;  // or null
    const char *failure = nullptr;      // why there is none, as a clause; null where there is one
    const char *content_type = nullptr; // or null
    apr_table_t *fields = nullptr;      // those that go on to the client
    char *body = nullptr;
    std::size_t body_size = 0;
    bool is_too_long = false;

    [[nodiscard]] bool meets() const noexcept {
        return failure == nullptr && ap_is_HTTP_SUCCESS(status);
    }
};

// Fields by which the application learns what it is asked about.
inline constexpr const char *method_field = "X-Original-Method";
inline constexpr const char *target_field = "X-Original-URI";
inline constexpr const char *length_field = "X-Original-Content-Length";
inline constexpr const char *members_field = "X-Expect";

// Fields of the client that the application does not get: about content, ranges and conditions, of
// which the question has none; of the connection, which could name others to be dropped on the way;
// codings of the answer, which goes on as it comes; and those that are ours alone. A "-" at the end
// stands for all that begin so.
inline constexpr std::array<const char *, 19> withheld_fields = {{
    "Content-",
    "If-",
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
    apr_table_setn(fields, target_field, initial->unparsed_uri);
    apr_table_setn(fields, members_field, members);
    if (declared != nullptr) {
        apr_table_setn(fields, length_field, declared);
    }
    apr_table_setn(fields, "Cache-Control", "no-store"); // no cache's answer counts
    return fields;
}

// Whether the application redirected locally (RFC 3875, 6.2.2), rather than httpd, to an index or a
// rewritten path: what comes then is the answer of somebody else.
inline bool has_redirected(const request_rec *question) noexcept {
    for (const request_rec *each = question; each->next != nullptr; each = each->next) {
        const char *location = apr_table_get(each->headers_out, "Location");
        if (location != nullptr && *location == '/') {
            return true;
        }
    }
    return false;
}

// Takes over what goes on to the client of the answer of a subrequest.
inline void take_answer(apr_pool_t *pool, const request_rec *last, app_answer &answer) noexcept {
    static constexpr std::array<const char *, 5> kept = {
        {"WWW-Authenticate", "Proxy-Authenticate", "Retry-After", "Location", "Allow"}};
    answer.fields = apr_table_make(pool, 5);
    for (const apr_table_t *from : {last->headers_out, last->err_headers_out}) {
        const apr_array_header_t *sent = apr_table_elts(from);
        for (int i = 0; i < sent->nelts; ++i) {
            const apr_table_entry_t &each = APR_ARRAY_IDX(sent, i, apr_table_entry_t);
            for (const char *name : kept) {
                if (ap_cstr_casecmp(each.key, name) == 0) {
                    apr_table_add(answer.fields, name, each.val);
                }
            }
        }
    }
    answer.content_type =
        last->content_type != nullptr ? apr_pstrdup(pool, last->content_type) : nullptr;
    answer.status_line =
        last->status_line != nullptr ? apr_pstrdup(pool, last->status_line) : nullptr;
}

// Asks the handler of a subrequest that was looked up, and says how it ended.
inline void run_question(request_rec *question, app_answer &answer) noexcept {
    if (question->status != HTTP_OK) { // access control, say
        answer.status = question->status;
        return;
    }
    // No interim response of the application reaches the client, nor makes it send its content
    // (ap_send_interim_response()).
    question->proto_num = HTTP_VERSION(1, 0);
    question->expecting_100 = 0;
    question->no_cache = 1;
    apr_table_setn(question->subprocess_env, "no-cache", "1");
    if (question->user == nullptr) {
        question->user = question->main->user;
        question->ap_auth_type = question->main->ap_auth_type;
    }
    // Not ap_run_sub_req(), which asks quick handlers of other modules: a cache must not answer.
    const int status = ap_invoke_handler(question);
    ap_finalize_sub_req_protocol(question);
    if (answer.is_too_long) {
        answer.failure = "its answer is longer than 64 KiB";
    } else if (has_redirected(question)) {
        answer.failure = "it redirected locally";
    } else if (status == request_ok || status == DONE) {
        answer.status = last_request(question)->status;
    } else if (ap_is_HTTP_VALID_RESPONSE(status) && !ap_is_HTTP_SERVER_ERROR(status)) {
        answer.status = status;
    } else {
        answer.failure = "it failed";
    }
}

// Asks the application at a local URL about the members of a list. The request keeps its content.
inline app_answer ask_application(request_rec *r, request_state &state, const char *url,
                                  const char *members, const char *declared) noexcept {
    app_answer answer;
    apr_table_t *fields = r->headers_in;
    ap_filter_t *capture =
        ap_add_output_filter_handle(capture_filter_record, &answer, r, r->connection);
    ap_filter_t *no_content = hide_content(r);
    r->headers_in = fields_of_question(r, members, declared);
    state.waits_for = waiting::application;
    request_rec *question = ap_sub_req_method_uri("GET", url, r, capture);
    r->headers_in = fields;
    // An error behind an internal redirect is written past all filters but these
    // (ap_send_error_response()).
    question->proto_output_filters = capture;
    run_question(question, answer);
    state.waits_for = waiting::nothing;
    take_answer(r->pool, last_request(question), answer);
    if (answer.failure == nullptr &&
        (!ap_is_HTTP_VALID_RESPONSE(answer.status) || ap_is_HTTP_INFO(answer.status))) {
        answer.failure = "its answer is not a final one";
    }
    ap_destroy_sub_req(question);
    ap_remove_input_filter(no_content);
    ap_remove_output_filter(capture);
    return answer;
}

// Takes the bytes of a brigade. False where there are too many or they cannot be read.
inline bool capture_bytes(apr_pool_t *pool, app_answer &answer,
                          apr_bucket_brigade *brigade) noexcept {
    for (apr_bucket *each = APR_BRIGADE_FIRST(brigade); each != APR_BRIGADE_SENTINEL(brigade);
         each = APR_BUCKET_NEXT(each)) {
        const char *bytes = nullptr;
        apr_size_t size = 0;
        if (APR_BUCKET_IS_METADATA(each)) {
            continue;
        }
        if (apr_bucket_read(each, &bytes, &size, APR_BLOCK_READ) != APR_SUCCESS) {
            return false;
        }
        if (size > app_answer::most_bytes - answer.body_size) {
            answer.is_too_long = true;
            return false;
        }
        if (answer.body == nullptr && size > 0) {
            answer.body = static_cast<char *>(apr_palloc(pool, app_answer::most_bytes));
        }
        if (size > 0) {
            std::memcpy(answer.body + answer.body_size, bytes, size);
            answer.body_size += size;
        }
    }
    return true;
}

} // namespace mod_expect

extern "C" {

// The end of what a question writes. It belongs to the request around it: httpd drops the filters
// of a subrequest when that is redirected internally.
static apr_status_t expect_capture_filter(ap_filter_t *f, apr_bucket_brigade *brigade) {
    using namespace mod_expect;
    const bool is_good = capture_bytes(f->r->pool, *static_cast<app_answer *>(f->ctx), brigade);
    apr_brigade_cleanup(brigade);
    return is_good ? APR_SUCCESS : APR_EGENERAL; // who writes without end is told
}

} // extern "C"

#endif
