// Deals with one line of a header section at a time: gives the Expect field another name in it,
// wherever its buckets keep the bytes.
#ifndef MOD_EXPECT_HOLD_HOLD_LINES_HPP
#define MOD_EXPECT_HOLD_HOLD_LINES_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/hold/connection_hold.hpp"
#include "mod_expect/hold/header_scanner.hpp"
#include "mod_expect/hold/unread.hpp"

#include <cstring>

namespace mod_expect {

// Notes how a line that is given the other name spells its own.
inline void note_field(connection_hold &hold, const char *name) noexcept {
    if (!hold.has_field) {
        hold.has_field = true;
        std::memcpy(hold.spelled, name, header_scanner::name_size);
    }
}

// Gives a line the other name in the place of its own.
inline void rename_field(connection_hold &hold, char *name) noexcept {
    note_field(hold, name);
    std::memcpy(name, held_field_name.text, header_scanner::name_size);
}

// The bytes of a bucket whose memory may be written to; empty for every other bucket.
inline char *writable_bytes(const apr_bucket *bucket, std::size_t &size) noexcept {
    size = 0;
    if (bucket->type == &apr_bucket_type_heap) {
        size = bucket->length;
        return heap_bytes(bucket);
    }
    return nullptr;
}

// The last byte of a brigade; '\0' for one without bytes.
inline char last_byte(const apr_bucket_brigade *brigade) noexcept {
    for (apr_bucket *at = APR_BRIGADE_LAST(brigade); at != APR_BRIGADE_SENTINEL(brigade);
         at = APR_BUCKET_PREV(at)) {
        std::size_t size = 0;
        if (const char *writable = writable_bytes(at, size); size > 0) {
            return writable[size - 1];
        }
        const char *bytes = nullptr;
        if (!APR_BUCKET_IS_METADATA(at) &&
            apr_bucket_read(at, &bytes, &size, APR_BLOCK_READ) == APR_SUCCESS && size > 0) {
            return bytes[size - 1];
        }
    }
    return '\0';
}

// Puts the held name in the place of a line's first bytes, wherever their buckets keep them.
inline apr_status_t replace_name(apr_bucket_brigade *line) noexcept {
    apr_bucket *behind = nullptr;
    const apr_status_t status = apr_brigade_partition(line, header_scanner::name_size, &behind);
    if (status != APR_SUCCESS) {
        return status;
    }
    while (APR_BRIGADE_FIRST(line) != behind) {
        // A macro, which in APR-util up to 1.6.1 evaluates its argument again once it is removed.
        apr_bucket *first = APR_BRIGADE_FIRST(line);
        apr_bucket_delete(first);
    }
    apr_bucket *name = apr_bucket_heap_create(held_field_name.text, header_scanner::name_size,
                                              nullptr, line->bucket_alloc);
    APR_BRIGADE_INSERT_HEAD(line, name);
    return APR_SUCCESS;
}

// Looks at a line whose first bytes do not lie in one writable bucket; reads on until they are
// there. Bytes that were handed on cannot be changed any more, so nothing is handed on before.
inline apr_status_t hold_scattered_line(connection_hold &hold, apr_bucket_brigade *line) noexcept {
    for (;;) {
        char head[header_scanner::head_size];
        apr_size_t size = sizeof(head);
        apr_status_t status = apr_brigade_flatten(line, head, &size);
        if (status != APR_SUCCESS) {
            return status;
        }
        const line_kind kind = hold.scanner.begin_line({head, size});
        if (kind == line_kind::expect_field) {
            note_field(hold, head);
            return replace_name(line);
        }
        if (kind == line_kind::other) {
            return APR_SUCCESS;
        }
        apr_bucket_brigade *more = spare_brigade(hold);
        status = ap_get_brigade(hold.filter->next, more, AP_MODE_GETLINE, APR_BLOCK_READ, 0);
        if (status == APR_SUCCESS && APR_BRIGADE_EMPTY(more)) {
            status = APR_EGENERAL; // a name that cannot be told must not pass
        }
        if (status != APR_SUCCESS) {
            apr_brigade_cleanup(more);
            return status;
        }
        APR_BRIGADE_CONCAT(line, more);
    }
}

// Whether a line is none of those that matter. This runs for every line of many requests, so it
// looks at the bucket in place.
inline bool is_ordinary_line(connection_hold &hold, const apr_bucket_brigade *line) noexcept {
    const std::string_view bytes = bytes_of_only_bucket(line);
    return !bytes.empty() &&
           (hold.scanner.pass_ordinary_line(bytes.front(), bytes.data()[bytes.size() - 1]) ||
            hold.scanner.pass_last_line(bytes));
}

// The same for a line in several buckets. httpd's look for a pipelined request cuts off a byte.
inline bool is_ordinary_cut_line(connection_hold &hold, const apr_bucket_brigade *line) noexcept {
    std::size_t size = 0;
    const char *bytes = writable_bytes(APR_BRIGADE_FIRST(line), size);
    return size > 0 && hold.scanner.pass_ordinary_line(bytes[0], last_byte(line));
}

// Looks at a line and renames the field in it. A first bucket with all that decides is the rule.
[[gnu::noinline]] inline apr_status_t hold_line(connection_hold &hold,
                                                apr_bucket_brigade *line) noexcept {
    if (APR_BRIGADE_EMPTY(line) || is_ordinary_cut_line(hold, line)) {
        return APR_SUCCESS;
    }
    if (hold.scanner.is_at_line_start()) {
        std::size_t size = 0;
        char *bytes = writable_bytes(APR_BRIGADE_FIRST(line), size);
        switch (hold.scanner.begin_line({bytes, size})) {
        case line_kind::expect_field:
            rename_field(hold, bytes);
            break;
        case line_kind::other:
            break;
        case line_kind::undecided:
            if (const apr_status_t status = hold_scattered_line(hold, line)) {
                return status;
            }
        }
    }
    hold.scanner.end_bytes(last_byte(line));
    return APR_SUCCESS;
}

} // namespace mod_expect

#endif
