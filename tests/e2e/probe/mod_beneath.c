/* An unkind neighbour for the tests: an input filter beneath the module's that delivers the header section in
 * any shape a filter is allowed to, and fails where it is told to; and a hook that leaves no memory.
 *
 * The request line itself says what is to happen, so that one server serves a whole table:
 *   GET /x?beneath=SHAPE,CUT,THEN HTTP/1.1
 * SHAPE  how each line is put into buckets: whole, bytes, immortal, transient, pool, mmap, file, empties; readonly: heap
 *        buckets over memory that cannot be written to; kept: heap buckets over memory of which the filter keeps a copy, and
 *        compares the two afterwards; mixed: some bytes of each; or broken: an Expect line cannot be read at all
 * CUT    after how many bytes of an Expect line a call returns; 0: the line is never cut
 * THEN   what the next call does: more, nothing (and more behind it), later (says "again", and more behind it), reset,
 *        timeout, eof, fault, again, end
 * and ?starve as the query leaves the process without memory before the request is judged. With "Define UNHELD"
 * in the configuration the module's own filter is taken from every connection. With "Define IMPATIENT" a filter above it
 * reads lines without blocking until it has one. */
#include "apr_file_io.h"
#include "apr_mmap.h"
#include "apr_portable.h"
#include "apr_strings.h"
#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"
#include "http_core.h"
#include "http_log.h"
#include "http_protocol.h"
#include "http_request.h"
#include "util_filter.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

APLOG_USE_MODULE(beneath);

typedef struct kept kept;
struct kept {
    const char *memory; /* what a bucket was made of */
    const char *copy;
    apr_size_t size;
    kept *next;
};

typedef struct {
    conn_rec *c;
    kept *all;
    char shape[16];
    char then[16];
    int cut;
    int is_cut;       /* the next call does what `then` says */
    const char *rest; /* of the line that was cut */
    apr_size_t rest_size;
} beneath_plan;

static ap_filter_rec_t *beneath_record;
static ap_filter_rec_t *impatient_record;

/* A copy that nobody can write to: who does, ends with a signal. */
static const char *read_only(const char *bytes, apr_size_t size)
{
    char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(page, bytes, size);
    mprotect(page, size, PROT_READ);
    return page;
}

/* A file that is nowhere but in memory. */
static apr_file_t *file_with(apr_pool_t *pool, const char *bytes, apr_size_t size)
{
    apr_file_t *file = NULL;
    apr_off_t start = 0;
    apr_os_file_t descriptor = memfd_create("beneath", MFD_CLOEXEC);
    apr_os_file_put(&file, &descriptor, APR_FOPEN_READ | APR_FOPEN_WRITE, pool);
    apr_file_write_full(file, bytes, size, NULL);
    apr_file_seek(file, APR_SET, &start);
    return file;
}

static void leave(void *memory)
{
    (void)memory;
}

/* Memory for a bucket, with a copy that it is compared with. */
static const char *keep(beneath_plan *plan, const char *bytes, apr_size_t size)
{
    kept *one = apr_palloc(plan->c->pool, sizeof(*one));
    one->memory = apr_pmemdup(plan->c->pool, bytes, size);
    one->copy = apr_pmemdup(plan->c->pool, bytes, size);
    one->size = size;
    one->next = plan->all;
    plan->all = one;
    return one->memory;
}

static apr_status_t compare(void *context)
{
    beneath_plan *plan = context;
    for (; plan->all != NULL; plan->all = plan->all->next) {
        if (memcmp(plan->all->memory, plan->all->copy, plan->all->size) != 0) {
            ap_log_cerror(APLOG_MARK, APLOG_ERR, 0, plan->c, "beneath: bytes were changed");
        }
    }
    return APR_SUCCESS;
}

static void put(ap_filter_t *f, apr_bucket_brigade *out, const char *shape, const char *bytes, apr_size_t size)
{
    static const char *const shapes[] = {"readonly", "transient", "kept", "file", "immortal", "pool", "bytes", "mmap"};
    apr_bucket_alloc_t *list = f->c->bucket_alloc;
    apr_pool_t *pool = f->c->pool;
    apr_size_t i;
    if (strcmp(shape, "mixed") == 0) {
        for (i = 0; i * 3 < size; ++i) {
            put(f, out, shapes[i % 8], bytes + i * 3, size - i * 3 < 3 ? size - i * 3 : 3);
        }
    } else if (strcmp(shape, "readonly") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_heap_create(read_only(bytes, size), size, leave, list));
    } else if (strcmp(shape, "kept") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_heap_create(keep(f->ctx, bytes, size), size, leave, list));
    } else if (strcmp(shape, "pool") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_pool_create(read_only(bytes, size), size, pool, list));
    } else if (strcmp(shape, "bytes") == 0 || strcmp(shape, "empties") == 0) {
        for (i = 0; i < size; ++i) {
            if (shape[0] == 'e') {
                APR_BRIGADE_INSERT_TAIL(out, apr_bucket_immortal_create("", 0, list));
                APR_BRIGADE_INSERT_TAIL(out, apr_bucket_flush_create(list));
            }
            APR_BRIGADE_INSERT_TAIL(out, apr_bucket_heap_create(bytes + i, 1, NULL, list));
        }
    } else if (strcmp(shape, "immortal") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_immortal_create(read_only(bytes, size), size, list));
    } else if (strcmp(shape, "transient") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_transient_create(read_only(bytes, size), size, list));
    } else if (strcmp(shape, "mmap") == 0) {
        apr_mmap_t *map = NULL;
        apr_mmap_create(&map, file_with(pool, bytes, size), 0, size, APR_MMAP_READ, pool);
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_mmap_create(map, 0, size, list));
    } else if (strcmp(shape, "file") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_file_create(file_with(pool, bytes, size), 0, size, pool, list));
    } else {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_heap_create(bytes, size, NULL, list));
    }
}

/* What another module might do to a filter it does not know. */
static void remove_hold(conn_rec *c)
{
    ap_filter_t *filter;
    for (filter = c->input_filters; filter != NULL; filter = filter->next) {
        if (strcasecmp(filter->frec->name, "EXPECT_HOLD") == 0) {
            ap_remove_input_filter(filter);
            return;
        }
    }
}

static void read_plan(beneath_plan *plan, const char *line)
{
    const char *at = strstr(line, "beneath=");
    if (at == NULL || sscanf(at, "beneath=%15[a-z],%d,%15[a-z]", plan->shape, &plan->cut, plan->then) != 3) {
        strcpy(plan->shape, "");
    }
}

/* The call behind a cut. */
static apr_status_t go_on(ap_filter_t *f, apr_bucket_brigade *out, beneath_plan *plan)
{
    plan->is_cut = 0;
    if (strcmp(plan->then, "nothing") == 0 || strcmp(plan->then, "later") == 0) {
        const apr_status_t status = plan->then[0] == 'n' ? APR_SUCCESS : APR_EAGAIN;
        strcpy(plan->then, "more");
        plan->is_cut = 1;
        return status;
    }
    if (strcmp(plan->then, "end") == 0) {
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_eos_create(f->c->bucket_alloc));
        return APR_SUCCESS;
    }
    if (strcmp(plan->then, "more") != 0) {
        return strcmp(plan->then, "reset") == 0     ? APR_ECONNRESET
               : strcmp(plan->then, "timeout") == 0 ? APR_TIMEUP
               : strcmp(plan->then, "eof") == 0     ? APR_EOF
               : strcmp(plan->then, "again") == 0   ? APR_EAGAIN
                                                    : APR_EGENERAL;
    }
    put(f, out, plan->shape, plan->rest, plan->rest_size);
    return APR_SUCCESS;
}

static apr_status_t beneath_filter(ap_filter_t *f, apr_bucket_brigade *out, ap_input_mode_t mode,
                                   apr_read_type_e block, apr_off_t readbytes)
{
    beneath_plan *plan = f->ctx;
    apr_bucket_brigade *in;
    apr_status_t status;
    apr_size_t size;
    char *line;

    if (mode != AP_MODE_GETLINE) {
        return ap_get_brigade(f->next, out, mode, block, readbytes);
    }
    if (plan->is_cut) {
        return go_on(f, out, plan);
    }
    in = apr_brigade_create(f->c->pool, f->c->bucket_alloc);
    status = ap_get_brigade(f->next, in, mode, block, readbytes);
    if (status != APR_SUCCESS) {
        return status;
    }
    apr_brigade_pflatten(in, &line, &size, f->c->pool);
    apr_brigade_cleanup(in);
    if (size == 0) { /* the client is gone */
        return APR_SUCCESS;
    }
    line = apr_pstrmemdup(f->c->pool, line, size);
    if (strstr(line, " HTTP/1.") != NULL) {
        read_plan(plan, line);
    }
    if (plan->shape[0] == '\0') {
        put(f, out, "whole", line, size);
        return APR_SUCCESS;
    }
    if (plan->cut > 0 && (apr_size_t)plan->cut < size && strncasecmp(line, "expect", 6) == 0) {
        plan->is_cut = 1;
        plan->rest = line + plan->cut;
        plan->rest_size = size - plan->cut;
        size = plan->cut;
    }
    if (strcmp(plan->shape, "broken") == 0 && strncasecmp(line, "expect", 6) == 0) {
        apr_file_t *file = file_with(f->c->pool, line, size);
        APR_BRIGADE_INSERT_TAIL(out, apr_bucket_file_create(file, 0, size, f->c->pool, f->c->bucket_alloc));
        apr_file_close(file);
        return APR_SUCCESS;
    }
    put(f, out, plan->shape, line, size);
    return APR_SUCCESS;
}

static apr_status_t impatient_filter(ap_filter_t *f, apr_bucket_brigade *out, ap_input_mode_t mode,
                                     apr_read_type_e block, apr_off_t readbytes)
{
    int round;
    if (mode != AP_MODE_GETLINE || block != APR_BLOCK_READ) {
        return ap_get_brigade(f->next, out, mode, block, readbytes);
    }
    for (round = 0; round < 20000; ++round) {
        const apr_status_t status = ap_get_brigade(f->next, out, mode, APR_NONBLOCK_READ, readbytes);
        if (!APR_STATUS_IS_EAGAIN(status) && (status != APR_SUCCESS || !APR_BRIGADE_EMPTY(out))) {
            return status;
        }
        apr_sleep(1000);
    }
    return APR_TIMEUP;
}

static int beneath_pre_connection(conn_rec *c, void *socket)
{
    beneath_plan *plan;
    (void)socket;
    if (c->master == NULL) {
        plan = apr_pcalloc(c->pool, sizeof(*plan));
        plan->c = c;
        apr_pool_cleanup_register(c->pool, plan, compare, apr_pool_cleanup_null);
        ap_add_input_filter_handle(beneath_record, plan, NULL, c);
        if (ap_exists_config_define("UNHELD")) {
            remove_hold(c);
        }
    }
    return OK;
}

/* Filters of one type are asked in the order in which they were added. */
static int impatient_pre_connection(conn_rec *c, void *socket)
{
    (void)socket;
    if (c->master == NULL && ap_exists_config_define("IMPATIENT")) {
        ap_add_input_filter_handle(impatient_record, NULL, NULL, c);
    }
    return OK;
}

/* From here on no allocation of this process succeeds. */
static int beneath_post_read_request(request_rec *r)
{
    struct rlimit none = {0, 0};
    size_t size;
    if (r->args == NULL || strcmp(r->args, "starve") != 0) {
        return DECLINED;
    }
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "beneath: no memory from here on");
    setrlimit(RLIMIT_AS, &none);
    for (size = 1 << 24; size >= 8; size /= 2) {
        while (malloc(size) != NULL) {
        }
    }
    return DECLINED;
}

static void beneath_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    /* Under the module's filter, which is one of AP_FTYPE_CONNECTION, and above TLS and the socket. */
    beneath_record = ap_register_input_filter("BENEATH", beneath_filter, NULL, AP_FTYPE_CONNECTION + 1);
    impatient_record = ap_register_input_filter("IMPATIENT", impatient_filter, NULL, AP_FTYPE_CONNECTION);
    ap_hook_pre_connection(impatient_pre_connection, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_pre_connection(beneath_pre_connection, NULL, NULL, APR_HOOK_LAST);
    ap_hook_post_read_request(beneath_post_read_request, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

module AP_MODULE_DECLARE_DATA beneath_module = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, beneath_register_hooks};
