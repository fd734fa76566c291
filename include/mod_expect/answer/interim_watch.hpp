// Counts every 100 (Continue) when it goes to the client. r->expecting_100 cannot tell: HTTP_IN and
// mod_proxy also clear it without sending one, where content came unasked.
#ifndef MOD_EXPECT_ANSWER_INTERIM_WATCH_HPP
#define MOD_EXPECT_ANSWER_INTERIM_WATCH_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"
#include "mod_expect/record/count.hpp"

namespace mod_expect {

inline ap_filter_rec_t *interim_filter_record = nullptr;

// What a connection's watch knows. Interim responses go past all filters of the request
// (ap_send_interim_response()), so the watch is the connection's. It stays there once a request
// has needed it: one that came and went with each request would grow the connection's pool.
struct interim_watch {
    const request_rec *waits; // no final response has been seen; or null
};

struct watched_request {
    interim_watch *watch;
    const request_rec *r;
};

inline interim_watch &watch_of(conn_rec *c) noexcept {
    for (const ap_filter_t *each = c->output_filters; each != nullptr; each = each->next) {
        if (each->frec == interim_filter_record) {
            return *static_cast<interim_watch *>(each->ctx);
        }
    }
    auto *watch = make_in_pool<interim_watch>(c->pool);
    ap_add_output_filter_handle(interim_filter_record, watch, nullptr, c);
    return *watch;
}

// The start of what a brigade brings; empty where it only flushes. "-" is whatever no interim
// response begins with: a header section is text in memory, or, with HTTP/2, a bucket of a kind of
// its own.
inline std::string_view start_of(apr_bucket_brigade *brigade) noexcept {
    for (apr_bucket *each = APR_BRIGADE_FIRST(brigade); each != APR_BRIGADE_SENTINEL(brigade);
         each = APR_BUCKET_NEXT(each)) {
        if (!APR_BUCKET_IS_FLUSH(each)) {
            const char *data = nullptr;
            apr_size_t size = 0;
            const bool is_text = APR_BUCKET_IS_HEAP(each) || APR_BUCKET_IS_POOL(each) ||
                                 APR_BUCKET_IS_TRANSIENT(each) || APR_BUCKET_IS_IMMORTAL(each);
            return is_text && apr_bucket_read(each, &data, &size, APR_BLOCK_READ) == APR_SUCCESS
                       ? std::string_view(data, size)
                       : std::string_view("-");
        }
    }
    return {};
}

// A final response ends the wait, and with 101 the connection is no longer HTTP's.
inline void look_for_100(interim_watch &watch, apr_bucket_brigade *brigade) noexcept {
    static constexpr std::string_view interim = AP_SERVER_PROTOCOL " 1";
    const std::string_view data = start_of(brigade);
    if (data.empty()) {
        return;
    }
    const std::string_view code = expect::slice(data, interim.size(), 2);
    if (expect::slice(data, 0, interim.size()) != interim || code == "01") {
        watch.waits = nullptr;
    } else if (code == "00") {
        count_100(watch.waits);
    }
}

} // namespace mod_expect

extern "C" {

static apr_status_t expect_interim_filter(ap_filter_t *f, apr_bucket_brigade *brigade) {
    auto *watch = static_cast<mod_expect::interim_watch *>(f->ctx);
    if (watch->waits != nullptr) {
        mod_expect::look_for_100(*watch, brigade);
    }
    return ap_pass_brigade(f->next, brigade);
}

// The final response may have gone past the watch that was put in place when it was under way. The
// next request on the connection may be watched already: requests end when their bytes are sent.
static apr_status_t expect_end_watch(void *ended) {
    const auto *which = static_cast<const mod_expect::watched_request *>(ended);
    if (which->watch->waits == which->r) {
        which->watch->waits = nullptr;
    }
    return APR_SUCCESS;
}

} // extern "C"

namespace mod_expect {

// For a request of which the client waits for a 100.
inline void watch_for_100(request_rec *r) noexcept {
    auto *watched = make_in_pool<watched_request>(r->pool);
    *watched = {&watch_of(r->connection), r};
    watched->watch->waits = r;
    apr_pool_cleanup_register(r->pool, watched, expect_end_watch, apr_pool_cleanup_null);
}

} // namespace mod_expect

#endif
