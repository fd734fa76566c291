/* A third module for the tests: handlers by name, each of which says in the error log that it ran; an access checker
 * that reads the content of requests with X-Read-Early, and of those that it refuses for X-Read-Refused; and a quick
 * handler before all others that processes requests with X-Past without them. */
#include "httpd.h"
#include "http_config.h"
#include "http_log.h"
#include "http_protocol.h"
#include "http_request.h"
#include "apr_file_info.h"

module AP_MODULE_DECLARE_DATA handlers_module;
APLOG_USE_MODULE(handlers);

static apr_off_t read_content(request_rec *r)
{
    char buffer[4096];
    apr_off_t all = 0;
    long some;

    if (ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK) != OK || !ap_should_client_block(r))
        return 0;
    while ((some = ap_get_client_block(r, buffer, sizeof buffer)) > 0)
        all += some;
    return all;
}

/* Nothing of the content is asked for before the test says so. */
static void wait_until_opened(request_rec *r)
{
    apr_finfo_t found;
    const char *path = ap_server_root_relative(r->pool, "run/open");
    int i;

    for (i = 0; i < 1000 && apr_stat(&found, path, APR_FINFO_MIN, r->pool) != APR_SUCCESS; ++i)
        apr_sleep(apr_time_from_msec(20));
}

static int answer(request_rec *r, int status)
{
    ap_set_content_type(r, "text/plain");
    ap_rprintf(r, "read %" APR_OFF_T_FMT " bytes\n", strcmp(r->handler, "probe-wait") ? 0 : read_content(r));
    return status;
}

static int handlers_handler(request_rec *r)
{
    if (r->handler == NULL || strncmp(r->handler, "probe-", 6))
        return DECLINED;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "probe: %s ran", r->handler);
    if (!strcmp(r->handler, "probe-declined"))
        return DECLINED;
    if (!strcmp(r->handler, "probe-refused"))
        return HTTP_CONFLICT;
    if (!strcmp(r->handler, "probe-wait"))
        wait_until_opened(r);
    return answer(r, strcmp(r->handler, "probe-done") ? OK : DONE);
}

static int handlers_access(request_rec *r)
{
    if (ap_is_initial_req(r) && apr_table_get(r->headers_in, "X-Read-Refused")) {
        r->status = HTTP_FORBIDDEN;
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "probe: refused, read %" APR_OFF_T_FMT " bytes",
                      read_content(r));
        return HTTP_FORBIDDEN;
    }
    if (ap_is_initial_req(r) && apr_table_get(r->headers_in, "X-Read-Early"))
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "probe: access control read %" APR_OFF_T_FMT " bytes",
                      read_content(r));
    return DECLINED;
}

static int handlers_past(request_rec *r, int lookup)
{
    int status;
    if (lookup || !ap_is_initial_req(r) || !apr_table_get(r->headers_in, "X-Past"))
        return DECLINED;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r, "probe: past all quick handlers");
    status = ap_process_request_internal(r);
    return status == OK ? ap_invoke_handler(r) : status;
}

static void handlers_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_handler(handlers_handler, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_quick_handler(handlers_past, NULL, NULL, APR_HOOK_REALLY_FIRST - 10);
    ap_hook_access_checker(handlers_access, NULL, NULL, APR_HOOK_FIRST);
}

module AP_MODULE_DECLARE_DATA handlers_module = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, handlers_register_hooks};
