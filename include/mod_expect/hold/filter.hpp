// The input filter that keeps the Expect field from the core, which would answer 417 before any
// module is asked: the lines of a header section pass through it one by one, and an Expect line
// gets another name on its way. Folding, merging, limits and validation stay the core's.
//
// Nothing passes unseen: the core reads a header section in no other mode, each line's first bytes
// are known before any of it is handed on, and what cannot be read is not handed on.
#pragma once

#include "mod_expect/base/server.hpp"
#include "mod_expect/hold/scanner.hpp"

#include <cstring>

namespace mod_expect {

inline ap_filter_rec_t *hold_filter_record = nullptr;

// The name that stands in for the field's while the core reads a header section: as long, so that
// httpd's limits mean the same, and not to be guessed by a client. Made anew whenever the
// configuration is read, before any connection is served.
inline char held_field_name[scanner::name_size + 1] = {};

// Makes the name from random bytes: token characters, with a mark in front that no field's name
// has, so that it never is the name of another field.
inline apr_status_t make_held_name() noexcept {
    static constexpr char marks[] = "!#$%&*+~";
    static constexpr char letters[] = "0123456789abcdefghijklmnopqrstuvwxyz!#$%&*+~";
    unsigned char random[scanner::name_size];
    const apr_status_t status = apr_generate_random_bytes(random, sizeof(random));
    if (status == APR_SUCCESS) {
        held_field_name[0] = marks[random[0] % (sizeof(marks) - 1)];
        for (std::size_t i = 1; i < scanner::name_size; ++i) {
            held_field_name[i] = letters[random[i] % (sizeof(letters) - 1)];
        }
    }
    return status;
}

// What a connection knows of the request whose header section it reads.
struct connection_hold {
    // In which mode a usual line may come next: AP_MODE_GETLINE, or none.
    static constexpr int no_mode = -1;
    int usual_mode = no_mode;
    apr_read_type_e block = APR_BLOCK_READ; // how its reader waits
    scanner lines;
    const request_rec *reading = nullptr;      // from pre_read_request until the field is restored
    bool has_field = false;                    // an Expect line was given the other name
    char spelled[scanner::name_size + 1] = {}; // the name as the first such line has it
    // Of the request with which HTTP/2 began, if it was judged: its state, in the connection's
    // pool.
    const request_state *upgrading = nullptr;
    apr_bucket_brigade *waiting = nullptr; // the first bytes of a line that cannot be told yet
};

// Null where the connection needs no hold.
inline connection_hold *hold_of(const conn_rec *c) noexcept {
    return static_cast<connection_hold *>(ap_get_module_config(c->conn_config, &expect_module));
}

inline bool has_waiting(const connection_hold &hold) noexcept {
    return hold.waiting != nullptr && !APR_BRIGADE_EMPTY(hold.waiting);
}

// Whether a line cannot matter: its first bucket has all of it. This is what nearly all lines of
// all requests cost. Sets its first byte where it is usual.
inline bool is_usual_line(const apr_bucket_brigade *line, char &first_byte) noexcept {
    const char *bytes; // set by apr_bucket_read()
    apr_size_t size;
    apr_bucket *first = APR_BRIGADE_FIRST(line);
    if (first == APR_BRIGADE_SENTINEL(line) ||
        apr_bucket_read(first, &bytes, &size, APR_BLOCK_READ) != APR_SUCCESS || size == 0) {
        return false;
    }
    first_byte = bytes[0];
    return scanner::is_usual_line(bytes[0], bytes[size - 1]);
}

// The first bytes of a line, as many as the scanner wants and there are, and the last one. They are
// where they lie, nearly always in one bucket; those of several are put together in room, which has
// space for them.
inline apr_status_t read_ends(apr_bucket_brigade *line, char *room, std::string_view &head,
                              char &last) noexcept {
    for (apr_bucket *each = APR_BRIGADE_FIRST(line); each != APR_BRIGADE_SENTINEL(line);
         each = APR_BUCKET_NEXT(each)) {
        const char *bytes = nullptr;
        apr_size_t count = 0;
        const apr_status_t status = apr_bucket_read(each, &bytes, &count, APR_BLOCK_READ);
        if (status != APR_SUCCESS) {
            return status;
        }
        if (count == 0) {
            continue;
        }
        last = bytes[count - 1];
        const std::string_view more =
            expect::slice({bytes, count}, 0, scanner::head_size - head.size());
        if (head.empty()) {
            head = more;
        } else if (!more.empty()) {
            std::memmove(room, head.data(), head.size());
            std::memcpy(room + head.size(), more.data(), more.size());
            head = {room, head.size() + more.size()};
        }
    }
    return APR_SUCCESS;
}

// Puts the held name in the place of a line's first bytes, in a bucket of our own. All buckets of
// the line have been read, so that their lengths are known, and there are as many bytes.
inline apr_status_t replace_name(apr_bucket_brigade *line) noexcept {
    for (apr_size_t left = scanner::name_size; left > 0;) {
        apr_bucket *first = APR_BRIGADE_FIRST(line);
        if (first == APR_BRIGADE_SENTINEL(line)) {
            return APR_INCOMPLETE; // a bucket was not as long as what was read from it
        }
        if (first->length > left) {
            if (const apr_status_t status = apr_bucket_split(first, left)) {
                return status;
            }
        }
        left -= first->length;
        apr_bucket_delete(first);
    }
    apr_bucket *name =
        apr_bucket_immortal_create(held_field_name, scanner::name_size, line->bucket_alloc);
    APR_BRIGADE_INSERT_HEAD(line, name);
    return APR_SUCCESS;
}

// Tells what a line is, or the bytes that there are of it, and gives an Expect line the other name.
inline apr_status_t tell_line(connection_hold &hold, apr_bucket_brigade *line,
                              line_kind &kind) noexcept {
    char room[scanner::head_size];
    std::string_view head;
    char last = '\0';
    if (const apr_status_t status = read_ends(line, room, head, last)) {
        return status;
    }
    // The core names the method as soon as it has the request line, and skips empty lines before.
    kind = hold.lines.take(head, last, hold.reading->method == nullptr);
    if (kind != line_kind::expect_field) {
        return APR_SUCCESS;
    }
    if (!hold.has_field) {
        hold.has_field = true;
        std::memcpy(hold.spelled, head.data(), scanner::name_size);
    }
    return replace_name(line);
}

// Deals with what a read brought, and how it ended. Bytes that were handed on cannot be changed any
// more, so a line that cannot be told yet waits while more is read as its reader reads: one who
// does not block may get nothing for now.
[[gnu::noinline]] inline apr_status_t hold_line(ap_filter_t *f, apr_bucket_brigade *line,
                                                apr_status_t status) noexcept {
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    for (;;) {
        const bool came = !APR_BRIGADE_EMPTY(line);
        if (has_waiting(hold)) {
            APR_BRIGADE_PREPEND(line, hold.waiting);
        }
        line_kind kind = line_kind::other;
        apr_status_t failure = tell_line(hold, line, kind);
        hold.usual_mode = connection_hold::no_mode;
        if (failure == APR_SUCCESS && kind == line_kind::undecided) {
            failure = ap_save_brigade(f, &hold.waiting, &line, f->c->pool);
        } else if (hold.lines.is_behind_line()) {
            hold.usual_mode = AP_MODE_GETLINE;
        }
        if (failure != APR_SUCCESS) {
            apr_brigade_cleanup(line);
            return failure;
        }
        if (kind != line_kind::undecided || !came || status != APR_SUCCESS) {
            return status;
        }
        status = ap_get_brigade(f->next, line, AP_MODE_GETLINE, hold.block, 0);
    }
}

// The same behind a usual line; told to be rare, so that the compiler makes the way of the others
// short.
[[gnu::noinline, gnu::cold]] inline apr_status_t
hold_unusual_line(ap_filter_t *f, apr_bucket_brigade *line, apr_status_t status) noexcept {
    return hold_line(f, line, status);
}

// Reads a line where none may be taken for usual yet. Behind an Expect line it nearly always is.
[[gnu::noinline]] inline apr_status_t read_line(ap_filter_t *f, apr_bucket_brigade *line,
                                                apr_off_t readbytes) noexcept {
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    const apr_status_t status =
        ap_get_brigade(f->next, line, AP_MODE_GETLINE, hold.block, readbytes);
    char first_byte;
    if (status == APR_SUCCESS && !has_waiting(hold) && is_usual_line(line, first_byte) &&
        hold.lines.pass_usual_line(first_byte)) {
        hold.usual_mode = AP_MODE_GETLINE;
        return APR_SUCCESS;
    }
    return hold_line(f, line, status);
}

// Reads where no usual line may come next. In the middle of a line that waits nobody reads anything
// else, and nobody shall read past it. Out of line, so that usual lines save no registers for it,
// and the other for what is no line.
[[gnu::noinline]] inline apr_status_t read_apart(ap_filter_t *f, apr_bucket_brigade *brigade,
                                                 ap_input_mode_t mode, apr_read_type_e block,
                                                 apr_off_t readbytes) noexcept {
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    if (hold.reading == nullptr || mode != AP_MODE_GETLINE) {
        return has_waiting(hold) ? APR_EGENERAL
                                 : ap_get_brigade(f->next, brigade, mode, block, readbytes);
    }
    hold.block = block;
    return read_line(f, brigade, readbytes);
}

extern "C" inline apr_status_t expect_hold_filter(ap_filter_t *f, apr_bucket_brigade *brigade,
                                                  ap_input_mode_t mode, apr_read_type_e block,
                                                  apr_off_t readbytes) {
    auto &hold = *static_cast<connection_hold *>(f->ctx);
    if (static_cast<int>(mode) != hold.usual_mode) {
        return read_apart(f, brigade, mode, block, readbytes);
    }
    hold.block = block;
    // In memory, not in registers, which would be saved and restored for each line.
    ap_filter_t *volatile kept = f;
    apr_bucket_brigade *volatile line = brigade;
    const apr_status_t status = ap_get_brigade(f->next, brigade, mode, block, readbytes);
    if (status != APR_SUCCESS) {
        return hold_unusual_line(kept, line, status);
    }
    char first_byte;
    return is_usual_line(line, first_byte) ? APR_SUCCESS
                                           : hold_unusual_line(kept, line, APR_SUCCESS);
}

} // namespace mod_expect
