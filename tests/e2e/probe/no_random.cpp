// Preloaded into httpd: the system has no random bytes for mod_expect, and for nobody else.
#include <apr_general.h>

#include <cstring>
#include <dlfcn.h>

extern "C" __attribute__((visibility("default"))) apr_status_t
apr_generate_random_bytes(unsigned char *bytes, apr_size_t length) {
    Dl_info caller = {};
    if (dladdr(__builtin_return_address(0), &caller) != 0 &&
        std::strstr(caller.dli_fname, "mod_expect") != nullptr) {
        return APR_EGENERAL;
    }
    using generator = apr_status_t (*)(unsigned char *, apr_size_t);
    return reinterpret_cast<generator>(dlsym(RTLD_NEXT, "apr_generate_random_bytes"))(bytes,
                                                                                      length);
}
