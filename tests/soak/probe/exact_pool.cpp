// Preloaded into httpd for the sanitizers and memcheck: what the module takes from a pool comes
// from malloc, piece by piece, so that a byte beyond one piece is seen. A pool hands out pieces of
// one mapped block, in which nothing is beyond.
//
// With EXACT_POOL=all everybody's memory does, buckets' too: ThreadSanitizer knows how malloc hands
// memory from thread to thread, and not how APR does it, in which it is not built.
#include <apr_buckets.h>
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

bool is_for_all() {
    static const char *const choice = std::getenv("EXACT_POOL");
    return choice != nullptr && std::strcmp(choice, "all") == 0;
}

bool is_wanted(const void *caller) {
    if (is_for_all()) {
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

extern "C" __attribute__((visibility("default"))) void *apr_bucket_alloc(apr_size_t size,
                                                                         apr_bucket_alloc_t *list) {
    if (is_for_all()) {
        return std::malloc(size);
    }
    using allocator = void *(*)(apr_size_t, apr_bucket_alloc_t *);
    static const auto next = reinterpret_cast<allocator>(dlsym(RTLD_NEXT, "apr_bucket_alloc"));
    return next(size, list);
}

extern "C" __attribute__((visibility("default"))) void apr_bucket_free(void *memory) {
    if (is_for_all()) {
        std::free(memory);
        return;
    }
    using deallocator = void (*)(void *);
    static const auto next = reinterpret_cast<deallocator>(dlsym(RTLD_NEXT, "apr_bucket_free"));
    next(memory);
}
