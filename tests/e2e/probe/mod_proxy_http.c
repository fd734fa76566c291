/* Has the name of mod_proxy_http and asks no function of mod_proxy: what a future version could be. */
#include "httpd.h"
#include "http_config.h"

AP_DECLARE_MODULE(proxy_http) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, NULL, NULL};
