// The question to an application: a GET subrequest with the client's fields, without its content,
// and what comes of it. Nothing of it reaches the client by itself.
//
// It cannot fail open: an answer meets only with a status of 2xx that the application's own handler
// gave, to the end of its body, with nothing in doubt_answer() against it. All else refuses.
#pragma once

#include "mod_expect/answer/content.hpp"
#include "mod_expect/answer/question_fields.hpp"
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
    static constexpr std::size_t most_bytes = std::size_t{64} * 1024;

    int status = 0;                       // of the answer; meaningless where it failed
    const char *status_line = nullptr;    // or null
    const char *failure = nullptr;        // why there is none, as a clause; null where there is one
    const char *content_type = nullptr;   // or null
    const char *content_coding = nullptr; // or null
    apr_table_t *fields = nullptr;        // those that go on to the client
    char *body = nullptr;
    std::size_t body_size = 0;
    bool is_too_long = false;
    bool is_broken = false;      // it ends before its end
    bool has_error_page = false; // what came is a page of httpd's own

    [[nodiscard]] bool meets() const noexcept {
        return failure == nullptr && ap_is_HTTP_SUCCESS(status);
    }
};

// The request that answers a question, of those to which it was internally redirected: the last, or
// the first that ended with an error. What serves the error document of that may well say 200.
inline const request_rec *answering_request(const request_rec *question) noexcept {
    while (question->next != nullptr && question->status == HTTP_OK) {
        question = question->next;
    }
    return question;
}

// Why the answer to a question is nobody's or somebody else's; null where it is the application's.
// A local redirect (RFC 3875, 6.2.2) is the application's; one to an index or a rewritten path is
// httpd's own.
inline const char *find_stranger(const request_rec *question) noexcept {
    for (const request_rec *each = question; each != nullptr; each = each->next) {
        const char *location = apr_table_get(each->headers_out, "Location");
        if (each->next != nullptr && location != nullptr && *location == '/') {
            return "it redirected locally";
        }
        for (const char *variable : {"cache-hit", "cache-revalidate"}) {
            if (apr_table_get(each->subprocess_env, variable) != nullptr) {
                return "a cache answered, which CacheDisable forbids";
            }
        }
    }
    return nullptr;
}

// Whether a backend has answered at all. Words that are not HTTP are HTTP/0.9 for mod_proxy_http,
// and so 200, as is a FastCGI request that ends before a word; what is HTTP leaves a note.
inline bool has_said_something(const request_rec *r) noexcept {
    if (r->proxyreq == PROXYREQ_NONE || r->filename == nullptr) {
        return true;
    }
    const char *worker = apr_table_get(r->subprocess_env, "BALANCER_WORKER_NAME");
    const char *url = worker != nullptr ? worker : r->filename + std::strlen("proxy:");
    if (std::strncmp(url, "http", 4) == 0 || std::strncmp(url, "h2", 2) == 0) {
        return apr_table_get(r->notes, "proxy-status") != nullptr;
    }
    return r->status_line != nullptr || r->content_type != nullptr ||
           !apr_is_empty_table(r->headers_out) || !apr_is_empty_table(r->err_headers_out);
}

// Takes over what goes on to the client of the answer of a subrequest.
inline void take_answer(apr_pool_t *pool, const request_rec *from, app_answer &answer) noexcept {
    static constexpr std::array<const char *, 5> kept = {
        {"WWW-Authenticate", "Proxy-Authenticate", "Retry-After", "Location", "Allow"}};
    answer.fields = apr_table_make(pool, 5);
    for (const char *name : kept) {
        // mod_proxy puts a challenge into both.
        const bool is_error_field = apr_table_get(from->err_headers_out, name) != nullptr;
        const apr_table_t *fields = is_error_field ? from->err_headers_out : from->headers_out;
        const apr_array_header_t *sent = apr_table_elts(fields);
        for (int i = 0; i < sent->nelts; ++i) {
            const apr_table_entry_t &each = APR_ARRAY_IDX(sent, i, apr_table_entry_t);
            if (ap_cstr_casecmp(each.key, name) == 0) {
                apr_table_add(answer.fields, name, each.val);
            }
        }
    }
    const char *coding = from->content_encoding;
    for (const apr_table_t *fields : {from->headers_out, from->err_headers_out}) {
        coding = coding != nullptr ? coding : apr_table_get(fields, "Content-Encoding");
    }
    answer.content_coding = apr_pstrdup(pool, coding); // null for null
    answer.content_type = apr_pstrdup(pool, from->content_type);
    if (from->status_line != nullptr && std::strlen(from->status_line) > 4) { // more than "403"
        answer.status_line = apr_pstrdup(pool, from->status_line);
    }
}

// What httpd answers for the application: its look-up, its handler or a redirect ended with a
// status. A page that came with it is not the application's, and a server error is no answer.
inline void take_status(int status, app_answer &answer) noexcept {
    answer.body_size = 0;
    answer.status = status;
    if (!ap_is_HTTP_VALID_RESPONSE(status) || ap_is_HTTP_SERVER_ERROR(status)) {
        answer.failure = "it failed";
    }
}

// Asks the handler of a subrequest that was looked up, and says how it ended.
inline void run_question(request_rec *question, app_answer &answer) noexcept {
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
    const request_rec *answering = answering_request(question);
    if (status != request_ok && status != DONE) {
        take_status(status, answer);
    } else if (answering->next != nullptr || answer.has_error_page) {
        take_status(answering->status, answer);
    } else {
        answer.status = answering->status;
        answer.failure = has_said_something(answering) ? nullptr : "it said nothing";
    }
}

// Says why an answer must not count, if so, whatever its status.
inline void doubt_answer(const request_rec *question, app_answer &answer) noexcept {
    if (answer.is_too_long) {
        answer.failure = "its answer is longer than 64 KiB";
    } else if (answer.is_broken) {
        answer.failure = "its answer broke off";
    } else if (question->connection->aborted) {
        answer.failure = "the client has left"; // and a backend is no more asked then
    } else if (const char *stranger = find_stranger(question)) {
        answer.failure = stranger;
    } else if (answer.failure == nullptr &&
               (!ap_is_HTTP_VALID_RESPONSE(answer.status) || ap_is_HTTP_INFO(answer.status))) {
        answer.failure = "its answer is not a final one";
    }
}

// Asks the application at a local URL about the members of a list. The request keeps its content.
//
// Whatever a question is redirected to, and what an index or a negotiation makes of it, starts from
// the fields and the protocol's filters of the request around it: for so long these are those of
// the question, the end of the content and the capture, so that no byte goes past either of them.
inline app_answer ask_application(request_rec *r, request_state &state, const char *url,
                                  const char *members, const char *declared) noexcept {
    app_answer answer;
    apr_table_t *fields = r->headers_in;
    ap_filter_t *proto_input = r->proto_input_filters;
    ap_filter_t *proto_output = r->proto_output_filters;
    ap_filter_t *no_content = hide_content(r);
    ap_filter_t *capture =
        ap_add_output_filter_handle(capture_filter_record, &answer, r, r->connection);
    r->headers_in = fields_of_question(r, members, declared);
    r->proto_input_filters = no_content;
    r->proto_output_filters = capture;
    state.waits_for = waiting::application;
    request_rec *question = ap_sub_req_method_uri("GET", url, r, capture);
    if (question->status != HTTP_OK) { // access control, say
        take_status(question->status, answer);
    } else {
        run_question(question, answer);
    }
    state.waits_for = waiting::nothing;
    doubt_answer(question, answer);
    take_answer(r->pool, answering_request(question), answer);
    ap_destroy_sub_req(question);
    ap_remove_input_filter(no_content);
    ap_remove_output_filter(capture);
    r->headers_in = fields;
    r->proto_input_filters = proto_input;
    r->proto_output_filters = proto_output;
    return answer;
}

// Notes that httpd writes a page of its own in place of what a redirected question was answered.
inline void note_error_page(const request_rec *r) noexcept {
    const ap_filter_t *end = r->output_filters;
    if (end != nullptr && end->frec == capture_filter_record && end->r == r->main) {
        static_cast<app_answer *>(end->ctx)->has_error_page = true;
    }
}

// Takes the bytes of a brigade. False where there are too many or they cannot be read.
inline bool capture_bytes(apr_pool_t *pool, app_answer &answer,
                          apr_bucket_brigade *brigade) noexcept {
    for (apr_bucket *each = APR_BRIGADE_FIRST(brigade); each != APR_BRIGADE_SENTINEL(brigade);
         each = APR_BUCKET_NEXT(each)) {
        const char *bytes = nullptr;
        apr_size_t size = 0;            // of metadata
        if (AP_BUCKET_IS_ERROR(each) || // a backend that broke off, say
            (!APR_BUCKET_IS_METADATA(each) &&
             apr_bucket_read(each, &bytes, &size, APR_BLOCK_READ) != APR_SUCCESS)) {
            answer.is_broken = true;
            return false;
        }
        if (size > app_answer::most_bytes - answer.body_size) {
            answer.is_too_long = true;
            return false;
        }
        if (size > 0) {
            if (answer.body == nullptr) {
                answer.body = static_cast<char *>(apr_palloc(pool, app_answer::most_bytes));
            }
            std::memcpy(answer.body + answer.body_size, bytes, size);
            answer.body_size += size;
        }
    }
    return true;
}

// The end of what a question writes. It belongs to the request around it: httpd drops the filters
// of a subrequest when that is redirected internally.
extern "C" inline apr_status_t expect_capture_filter(ap_filter_t *f, apr_bucket_brigade *brigade) {
    const bool is_good = capture_bytes(f->r->pool, *static_cast<app_answer *>(f->ctx), brigade);
    apr_brigade_cleanup(brigade);
    return is_good ? APR_SUCCESS : APR_EGENERAL; // who writes without end is told
}

} // namespace mod_expect
