/* Handlers that treat content as no handler of httpd's own does, by name:
 *   turns-done       answers, reads nothing, returns DONE
 *   turns-declined   reads nothing and leaves the request to the handlers behind it
 *   turns-suspended  answers later, from a thread of its own, where the MPM can; at once elsewhere
 *   turns-nonblock   looks at the content without waiting for it, then answers
 *   turns-refuses    returns 403, reads nothing
 *   turns-reads      reads a few bytes, then returns 409
 */
#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"
#include "ap_mpm.h"
#include "mpm_common.h"
#include "util_filter.h"
#include "apr_thread_proc.h"

static void say(request_rec *r)
{
    ap_set_content_type(r, "text/plain");
    ap_set_content_length(r, 6);
    ap_rputs("turns\n", r);
}

/* A thread, as event's timers wait for a connection to come. httpd 2.4 cannot take a suspended connection back: who
 * suspends it ends it. */
static void *APR_THREAD_FUNC go_on(apr_thread_t *thread, void *baton)
{
    request_rec *r = baton;
    conn_rec *c = r->connection;
    apr_socket_t *socket = ap_get_conn_socket(c);

    (void)thread;
    apr_sleep(apr_time_from_msec(100));
    apr_thread_mutex_lock(r->invoke_mtx);
    c->keepalive = AP_CONN_CLOSE;
    say(r);
    apr_thread_mutex_unlock(r->invoke_mtx);
    ap_finalize_request_protocol(r);
    ap_process_request_after_handler(r);
    ap_lingering_close(c);
    apr_socket_close(socket);
    return NULL;
}

/* Only now has the MPM let go of the connection. */
static void turns_suspend(conn_rec *c, request_rec *r)
{
    apr_thread_t *thread;

    if (r != NULL && strcmp(r->handler ? r->handler : "", "turns-suspended") == 0 && c->cs
        && c->cs->state == CONN_STATE_SUSPENDED)
        apr_thread_create(&thread, NULL, go_on, r, c->pool);
}

static apr_status_t read_once(request_rec *r, apr_read_type_e block)
{
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);

    apr_status_t status = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, block, 8);
    apr_brigade_destroy(brigade);
    return status;
}

static int turns_handler(request_rec *r)
{
    const char *name = r->handler;

    if (strncmp(name, "turns-", 6) != 0)
        return DECLINED;
    name += 6;
    if (strcmp(name, "declined") == 0)
        return DECLINED;
    if (strcmp(name, "refuses") == 0)
        return HTTP_FORBIDDEN;
    if (strcmp(name, "reads") == 0) {
        apr_status_t status = read_once(r, APR_BLOCK_READ);
        return status == APR_SUCCESS ? HTTP_CONFLICT : ap_map_http_request_error(status, HTTP_BAD_REQUEST);
    }
    if (strcmp(name, "nonblock") == 0)
        read_once(r, APR_NONBLOCK_READ);
    if (strcmp(name, "suspended") == 0) {
        int is_async = 0;
        if (ap_mpm_query(AP_MPMQ_IS_ASYNC, &is_async) == APR_SUCCESS && is_async)
            return SUSPENDED; /* turns_suspend() takes over */
    }
    say(r);
    return strcmp(name, "done") == 0 ? DONE : OK;
}

static void turns_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_suspend_connection(turns_suspend, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(turns_handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(turns) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, turns_register_hooks};
