/* TLS by another module than mod_ssl, as far as httpd can tell: each connection is said to be behind it. A request with
 * an X-Redirect field goes somewhere else before mod_ssl has seen it. */
#include "httpd.h"
#include "http_config.h"
#include "http_protocol.h"
#include "http_request.h"
#include "http_ssl.h"

static int is_ssl(conn_rec *c)
{
    (void)c;
    return OK;
}

static int redirect(request_rec *r)
{
    const char *target = apr_table_get(r->headers_in, "X-Redirect");
    if (!target || r->prev)
        return DECLINED;
    ap_internal_redirect(target, r);
    return DONE;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_ssl_conn_is_ssl(is_ssl, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_read_request(redirect, NULL, NULL, APR_HOOK_FIRST + 5);
}

AP_DECLARE_MODULE(other_tls) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, register_hooks};
