// The input filter that keeps the Expect field from the core, which would answer 417 before any
// module is asked: the lines of a header section pass through it one by one, and an Expect line
// gets another name on its way. Folding, merging, limits and validation stay the core's.
//
// Nothing passes unseen: the core reads a header section in no other mode, each line's first bytes
// are known before any of it is handed on, and what cannot be read is not handed on.
#ifndef MOD_EXPECT_HOLD_FILTER_HPP
#define MOD_EXPECT_HOLD_FILTER_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/hold/held_name.hpp"
#include "mod_expect/hold/scanner.hpp"

#include <cstring>
#include <type_traits>

namespace mod_expect {

inline ap_filter_rec_t *hold_filter_record = nullptr;

// What a connection knows of the request whose header section it reads.
struct connection_hold {
    scanner lines;
    bool is_reading = false;                   // from pre_read_request until the field is restored
    bool has_field = false;                    // an Expect line was given the other name
    char spelled[scanner::name_size + 1] = {}; // the name as the first such line has it
    apr_bucket_brigade *waiting = nullptr;     // the first bytes of a line that cannot be told yet
};

static_assert(std::is_trivially_destructible_v<connection_hold>);

// Null where the connection needs no hold.
inline connection_hold *hold_of(const conn_rec *c) noexcept {
    return static_cast<connection_hold *>(ap_get_module_config(c->conn_config, &expect_module));
}

inline bool has_waiting(const connection_hold &hold) noexcept {
    return hold.waiting != nullptr && !APR_BRIGADE_EMPTY(hold.waiting);
}

// Takes a line that lies in one bucket and cannot matter. This runs for every line of every
// request.
inline bool take_usual_line(connection_hold &hold, apr_bucket_brigade *line) noexcept {
    const char *bytes = nullptr;
    apr_size_t size = 0;
    apr_bucket *first = APR_BRIGADE_FIRST(line);
    return first != APR_BRIGADE_SENTINEL(line) &&
           apr_bucket_read(first, &bytes, &size, APR_BLOCK_READ) == APR_SUCCESS && size > 0 &&
           first == APR_BRIGADE_LAST(line) && !has_waiting(hold) &&
           hold.lines.take_usual_line(bytes[0], bytes[size - 1]);
}

// The last byte of a brigade; unchanged where there is none.
inline apr_status_t read_last_byte(apr_bucket_brigade *line, char &last) noexcept {
    for (apr_bucket *each = APR_BRIGADE_FIRST(line); each != APR_BRIGADE_SENTINEL(line);
         each = APR_BUCKET_NEXT(each)) {
        const char *bytes = nullptr;
        apr_size_t size = 0;
        const apr_status_t status = apr_bucket_read(each, &bytes, &size, APR_BLOCK_READ);
        if (status != APR_SUCCESS) {
            return status;
        }
        last = size > 0 ? bytes[size - 1] : last;
    }
    return APR_SUCCESS;
}

// Puts the held name in the place of a line's first bytes, in a bucket of our own.
inline apr_status_t replace_name(apr_bucket_brigade *line) noexcept {
    apr_bucket *behind = nullptr;
    const apr_status_t status = apr_brigade_partition(line, scanner::name_size, &behind);
    if (status != APR_SUCCESS) {
        return status;
    }
    while (APR_BRIGADE_FIRST(line) != behind) {
        // A macro, which in APR-util up to 1.6.1 evaluates its argument again once it is removed.
        apr_bucket *first = APR_BRIGADE_FIRST(line);
        apr_bucket_delete(first);
    }
    apr_bucket *name =
        apr_bucket_immortal_create(held_field_name.text, scanner::name_size, line->bucket_alloc);
    APR_BRIGADE_INSERT_HEAD(line, name);
    return APR_SUCCESS;
}

// Tells what a line is, or the bytes that there are of it, and gives an Expect line the other name.
inline apr_status_t tell_line(connection_hold &hold, apr_bucket_brigade *line,
                              line_kind &kind) noexcept {
    char head[scanner::head_size];
    char last = '\0';
    apr_size_t size = sizeof(head);
    apr_status_t status = apr_brigade_flatten(line, head, &size);
    if (status == APR_SUCCESS) {
        status = read_last_byte(line, last);
    }
    if (status != APR_SUCCESS) {
        return status;
    }
    kind = hold.lines.take({head, size}, last);
    if (kind != line_kind::expect_field) {
        return APR_SUCCESS;
    }
    if (!hold.has_field) {
        hold.has_field = true;
        std::memcpy(hold.spelled, head, scanner::name_size);
    }
    return replace_name(line);
}

// Deals with any line. Bytes that were handed on cannot be changed any more, so a line that cannot
// be told yet waits: a reader who may block gets it when there is more, another one nothing for
// now. status: what reading the bytes in the brigade ended with.
inline apr_status_t hold_line(ap_filter_t *f, apr_bucket_brigade *line, apr_read_type_e block,
                              apr_off_t readbytes, apr_status_t status) noexcept {
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    for (;;) {
        const bool came = !APR_BRIGADE_EMPTY(line);
        if (has_waiting(hold)) {
            APR_BRIGADE_PREPEND(line, hold.waiting);
        }
        line_kind kind = line_kind::other;
        apr_status_t failure = tell_line(hold, line, kind);
        if (failure == APR_SUCCESS && kind == line_kind::undecided) {
            failure = ap_save_brigade(f, &hold.waiting, &line, f->c->pool);
        }
        if (failure != APR_SUCCESS) {
            apr_brigade_cleanup(line);
            return failure;
        }
        if (kind != line_kind::undecided || !came || status != APR_SUCCESS ||
            block != APR_BLOCK_READ) {
            return status;
        }
        status = ap_get_brigade(f->next, line, AP_MODE_GETLINE, block, readbytes);
    }
}

} // namespace mod_expect

extern "C" {

static apr_status_t expect_hold_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                       ap_input_mode_t mode, apr_read_type_e block,
                                       apr_off_t readbytes) {
    using namespace mod_expect;
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    if (!hold.is_reading || mode != AP_MODE_GETLINE) {
        // Nobody reads anything else in the middle of a line, and nobody shall read past one.
        return has_waiting(hold) ? APR_EGENERAL
                                 : ap_get_brigade(f->next, brigade, mode, block, readbytes);
    }
    const apr_status_t status = ap_get_brigade(f->next, brigade, mode, block, readbytes);
    return take_usual_line(hold, brigade) ? status
                                          : hold_line(f, brigade, block, readbytes, status);
}

} // extern "C"

#endif
