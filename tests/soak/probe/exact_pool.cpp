// Preloaded into httpd for the sanitizers and memcheck: what the module takes from a pool comes
// from malloc, piece by piece, so that a byte beyond one piece is seen. A pool hands out pieces of
// one mapped block, in which nothing is beyond.
#include <apr_pools.h>

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

namespace {

apr_status_t give_back(void *memory) {
    std::free(memory);
    return APR_SUCCESS;
}

// apr_pool_cleanup_register() asks for memory itself.
thread_local bool is_registering = false;

bool is_wanted(const void *caller) {
    static const char *const choice = std::getenv("EXACT_POOL");
    if (choice != nullptr && std::strcmp(choice, "all") == 0) {
        return true;
    }
    Dl_info found = {};
    return dladdr(caller, &found) != 0 && std::strstr(found.dli_fname, "mod_expect") != nullptr;
}

} // namespace

#undef apr_palloc

extern "C" __attribute__((visibility("default"))) void *apr_palloc(apr_pool_t *pool,
                                                                   apr_size_t size) {
    if (!is_registering && is_wanted(__builtin_return_address(0))) {
        void *memory = std::malloc(size);
        is_registering = true;
        apr_pool_cleanup_register(pool, memory, give_back, apr_pool_cleanup_null);
        is_registering = false;
        return memory;
    }
    using allocator = void *(*)(apr_pool_t *, apr_size_t);
    static const auto next = reinterpret_cast<allocator>(dlsym(RTLD_NEXT, "apr_palloc"));
    return next(pool, size);
}
