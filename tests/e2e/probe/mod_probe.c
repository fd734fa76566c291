/* A second module for the tests: it tells, in an answer's X-Input-Filters field, which input filters the
 * connection and the request have. Only so can a test see that a filter is not there. */
#include "apr_strings.h"
#include "httpd.h"
#include "http_config.h"
#include "http_request.h"
#include "util_filter.h"

static int probe_fixups(request_rec *r)
{
    const char *names = "";
    ap_filter_t *filter;

    for (filter = r->input_filters; filter != NULL; filter = filter->next)
        names = apr_pstrcat(r->pool, names, *names ? " " : "", filter->frec->name, NULL);
    apr_table_setn(r->headers_out, "X-Input-Filters", names);
    return DECLINED;
}

static void probe_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_fixups(probe_fixups, NULL, NULL, APR_HOOK_LAST);
}

AP_DECLARE_MODULE(probe) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, probe_register_hooks};
