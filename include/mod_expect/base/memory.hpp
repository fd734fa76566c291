// Values and text in pool memory, which nothing destroys one by one.
#pragma once

#include "mod_expect/base/server.hpp"

#include <new>
#include <type_traits>

namespace mod_expect {

// A value in pool memory, made of the values of its first members. Nothing destroys it, so its type
// must not need that.
template <class Type, class... Members>
Type *make_in_pool(apr_pool_t *pool, const Members &...members) noexcept {
    static_assert(std::is_trivially_destructible_v<Type>);
    static_assert(alignof(Type) <= 8, "apr_palloc aligns to 8 bytes");
    return new (apr_palloc(pool, sizeof(Type))) Type{members...};
}

// A copy of text that ends with NUL and lives as long as the pool.
inline const char *copy_text(apr_pool_t *pool, std::string_view text) noexcept {
    return apr_pstrmemdup(pool, text.data(), text.size());
}

} // namespace mod_expect
