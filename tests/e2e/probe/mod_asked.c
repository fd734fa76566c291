/* A module for the tests: a function for expressions, asked('NAME'), that says in the error log that it was asked, and
 * answers "yes". */
#include "httpd.h"
#include "http_config.h"
#include "http_log.h"
#include "ap_expr.h"

module AP_MODULE_DECLARE_DATA asked_module;
APLOG_USE_MODULE(asked);

static const char *say_yes(ap_expr_eval_ctx_t *ctx, const void *data, const char *name)
{
    (void)data;
    ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, ctx->r, "asked: %s", name);
    return "yes";
}

static int look_up(ap_expr_lookup_parms *looked)
{
    if (looked->type != AP_EXPR_FUNC_STRING || strcasecmp(looked->name, "asked"))
        return DECLINED;
    *looked->func = (const void *)say_yes;
    *looked->data = NULL;
    return OK;
}

static void asked_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_expr_lookup(look_up, NULL, NULL, APR_HOOK_FIRST);
}

module AP_MODULE_DECLARE_DATA asked_module = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, asked_register_hooks};
