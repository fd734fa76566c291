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
#include <mutex>
#include <pthread.h>
#include <unordered_map>
#include <vector>

namespace {

// The next function of that name, behind ours.
template <class Function>
Function *find_next(const char *name) {
    return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

// The pieces of each pool that has any. Never destroyed: httpd uses pools to its end.
struct known_pools {
    std::mutex access;
    std::unordered_map<apr_pool_t *, std::vector<void *>> pieces;
};

known_pools &all_pools() {
    static auto *const all = new known_pools;
    return *all;
}

// A thread forks to run a script while others ask for memory.
__attribute__((constructor)) void hold_while_forking() {
    pthread_atfork([] { all_pools().access.lock(); }, [] { all_pools().access.unlock(); },
                   [] { all_pools().access.unlock(); });
}

// The pieces of pools that this thread empties. They are given back behind the outermost call that
// empties one: cleanups use them, and so does what waits for a pool's processes after them. Those
// of pools that are emptied at the very end, when the main thread's are no more, stay.
thread_local bool is_over = false;
struct emptied_pools {
    std::vector<void *> pieces;
    unsigned depth = 0;

    ~emptied_pools() {
        give_back();
        is_over = true;
    }
    void give_back() {
        for (void *piece : pieces) {
            std::free(piece);
        }
        pieces.clear();
    }
};

thread_local emptied_pools emptied;

// A cleanup, because APR tells nobody else of pools that it destroys with their parent; and by the
// thread that does, so that no later pool at the same place has to do with them. What cleanups
// behind this one ask for has a cleanup of its own.
apr_status_t let_go(void *pool) {
    if (is_over) {
        return APR_SUCCESS;
    }
    std::vector<void *> pieces;
    {
        const std::lock_guard<std::mutex> guard(all_pools().access);
        const auto found = all_pools().pieces.find(static_cast<apr_pool_t *>(pool));
        if (found != all_pools().pieces.end()) {
            pieces.swap(found->second);
            all_pools().pieces.erase(found);
        }
    }
    emptied.pieces.insert(emptied.pieces.end(), pieces.begin(), pieces.end());
    return APR_SUCCESS;
}

void *new_piece(apr_pool_t *pool, apr_size_t size) {
    void *memory = std::malloc(size);
    bool is_first = false;
    {
        const std::lock_guard<std::mutex> guard(all_pools().access);
        std::vector<void *> &pieces = all_pools().pieces[pool];
        is_first = pieces.empty();
        pieces.push_back(memory);
    }
    if (is_first) { // which asks for memory, too
        apr_pool_cleanup_register(pool, pool, let_go, apr_pool_cleanup_null);
    }
    return memory;
}

// Empties a pool by APR's function.
void empty(apr_pool_t *pool, void (*next)(apr_pool_t *)) {
    if (is_over) {
        next(pool);
        return;
    }
    ++emptied.depth;
    next(pool);
    if (--emptied.depth == 0) {
        emptied.give_back();
    }
}

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
#undef apr_pool_clear
#undef apr_pool_destroy

extern "C" __attribute__((visibility("default"))) void *apr_palloc(apr_pool_t *pool,
                                                                   apr_size_t size) {
    if (is_wanted(__builtin_return_address(0))) {
        return new_piece(pool, size);
    }
    static const auto next = find_next<void *(apr_pool_t *, apr_size_t)>("apr_palloc");
    return next(pool, size);
}

extern "C" __attribute__((visibility("default"))) void apr_pool_clear(apr_pool_t *pool) {
    static const auto next = find_next<void(apr_pool_t *)>("apr_pool_clear");
    empty(pool, next);
}

extern "C" __attribute__((visibility("default"))) void apr_pool_destroy(apr_pool_t *pool) {
    static const auto next = find_next<void(apr_pool_t *)>("apr_pool_destroy");
    empty(pool, next);
}

extern "C" __attribute__((visibility("default"))) void *apr_bucket_alloc(apr_size_t size,
                                                                         apr_bucket_alloc_t *list) {
    if (is_for_all()) {
        return std::malloc(size);
    }
    static const auto next =
        find_next<void *(apr_size_t, apr_bucket_alloc_t *)>("apr_bucket_alloc");
    return next(size, list);
}

extern "C" __attribute__((visibility("default"))) void apr_bucket_free(void *memory) {
    if (is_for_all()) {
        std::free(memory);
        return;
    }
    static const auto next = find_next<void(void *)>("apr_bucket_free");
    next(memory);
}
