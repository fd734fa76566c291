// The one place where httpd's and APR's headers come in.
#pragma once

// Standard headers that httpd's would otherwise pull in inside extern "C".
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <ap_release.h>

// The line ends the build (-Wfatal-errors in the Makefile): what is behind it would be pages of
// errors. Older ones lack what is called here, and 2.5 reads header sections in another way.
#if AP_SERVER_MAJORVERSION_NUMBER != 2 || AP_SERVER_MINORVERSION_NUMBER != 4 ||                    \
    AP_SERVER_PATCHLEVEL_NUMBER < 52
#error "mod_expect needs Apache httpd 2.4.52 or a later 2.4; see Installation in README.md"
#endif

#include <httpd.h>

#include <http_config.h>
#include <http_connection.h>
#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include <http_ssl.h>

extern "C" { // mod_core.h has no linkage specification of its own
#include <mod_core.h>
}

#include <ap_expr.h>
#include <apr_general.h>
#include <apr_hash.h>
#include <apr_lib.h>
#include <apr_shm.h>
#include <apr_strings.h>
#include <mod_proxy.h>
#include <mod_status.h>
#include <unistd.h>
#include <util_filter.h>

// Not every package of httpd brings mod_http2's header: that of 2.4.52 in Ubuntu 22.04 does not.
#if __has_include(<mod_http2.h>)
#include <mod_http2.h>
#else
APR_DECLARE_OPTIONAL_FN(char *, http2_var_lookup,
                        (apr_pool_t *, server_rec *, conn_rec *, request_rec *, char *));
#endif

// httpd.h says OK as a macro; everything of ours says request_ok.
inline constexpr int request_ok = OK;
#undef OK

extern "C" {
// All else is hidden (-fvisibility=hidden), which also spares calls through the linkage table.
extern module AP_MODULE_DECLARE_DATA __attribute__((visibility("default"))) expect_module;
}

// http_log.h asks C++ sources for this before the first log call.
APLOG_USE_MODULE(expect);

namespace mod_expect {

// The name of the field, as RFC 9110, 10.1.1 spells it.
inline constexpr const char *field_name = "Expect";

} // namespace mod_expect
