// What lies unread behind the line that the hold was handed. Most requests arrive in one piece, and
// the core keeps what is left of it in its input filter, so that a whole header section can be
// looked over at once (look_ahead.hpp).
#ifndef MOD_EXPECT_HOLD_UNREAD_HPP
#define MOD_EXPECT_HOLD_UNREAD_HPP

#include "mod_expect/base/server.hpp"

#include <array>
#include <string_view>

namespace mod_expect {

// Input filters that hand on what they get, byte for byte, and keep none: those of mod_reqtimeout
// and mod_logio. Null where a module is not loaded.
inline std::array<const ap_filter_rec_t *, 2> transparent_filters = {};

// The filter of mod_ssl, which keeps what it has decrypted and can show it; null without mod_ssl.
inline const ap_filter_rec_t *tls_filter = nullptr;

// Finds these filters by their names, when all modules are there.
inline void find_known_filters() noexcept {
    transparent_filters = {ap_get_input_filter_handle("reqtimeout"),
                           ap_get_input_filter_handle("log_input_output")};
    tls_filter = ap_get_input_filter_handle("ssl/tls filter");
}

inline bool is_transparent(const ap_filter_t *filter) noexcept {
    return filter->frec == transparent_filters[0] || filter->frec == transparent_filters[1];
}

// Where a heap bucket's bytes are; its memory is the connection's and may be written to.
inline char *heap_bytes(const apr_bucket *bucket) noexcept {
    return static_cast<apr_bucket_heap *>(bucket->data)->base + bucket->start;
}

// The bytes of a brigade that has one bucket, in memory, as the core and mod_ssl hand out lines;
// empty for every other brigade. They are there as long as the bucket.
inline std::string_view bytes_of_only_bucket(const apr_bucket_brigade *brigade) noexcept {
    apr_bucket *only = APR_BRIGADE_FIRST(brigade);
    if (only != APR_BRIGADE_LAST(brigade) || only == APR_BRIGADE_SENTINEL(brigade)) {
        return {};
    }
    if (only->type == &apr_bucket_type_heap) {
        return {heap_bytes(only), only->length};
    }
    const char *bytes = nullptr;
    std::size_t size = 0;
    return only->type == &apr_bucket_type_transient &&
                   apr_bucket_read(only, &bytes, &size, APR_NONBLOCK_READ) == APR_SUCCESS
               ? std::string_view(bytes, size)
               : std::string_view();
}

struct unread_bytes {
    char *begin = nullptr;
    std::size_t size = 0;

    [[nodiscard]] std::string_view view() const noexcept { return {begin, size}; }
};

// Whether bytes of a bucket follow the end of a line, in the memory that both came in.
inline bool follow_line(const apr_bucket *bytes) noexcept {
    return bytes->start > 0 && heap_bytes(bytes)[-1] == '\n';
}

// What the next read from a chain of input filters begins with, if a line was read before, as far
// as the core has it in one piece; empty where it goes through filters that may change it, TLS say,
// or where the core has none. Nobody else has seen it yet, so it may be written to. It is there
// until the next read.
inline unread_bytes find_unread_behind_line(const ap_filter_t *chain) noexcept {
#if AP_MODULE_MAGIC_AT_LEAST(20120211, 116) // 2.4.49: core_ctx_t is public
    while (chain->frec != ap_core_input_filter_handle) {
        if (!is_transparent(chain)) {
            return {};
        }
        chain = chain->next;
    }
    const apr_bucket_brigade *brigade = static_cast<core_net_rec *>(chain->ctx)->in_ctx->b;
    const apr_bucket *first = APR_BRIGADE_FIRST(brigade);
    if (first != APR_BRIGADE_SENTINEL(brigade) && first->type == &apr_bucket_type_heap &&
        follow_line(first)) {
        return {heap_bytes(first), first->length};
    }
#else
    static_cast<void>(chain);
#endif
    return {};
}

// What the next reads from mod_ssl's filter would give, without taking it, as far as that is there
// by now; they are in the brigade, which is empty before. A line that the filter handed out before
// is overwritten.
inline std::string_view peek(ap_filter_t *filter, apr_bucket_brigade *shown) noexcept {
    return ap_get_brigade(filter, shown, AP_MODE_SPECULATIVE, APR_NONBLOCK_READ, AP_IOBUFSIZE) ==
                   APR_SUCCESS
               ? bytes_of_only_bucket(shown)
               : std::string_view();
}

} // namespace mod_expect

#endif
