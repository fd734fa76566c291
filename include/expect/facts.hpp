// What a decision needs to know of a request besides the field.
#ifndef EXPECT_FACTS_HPP
#define EXPECT_FACTS_HPP

#include "expect/policy.hpp"

#include <cstdint>

namespace expect {

// What a request says of its content (RFC 9112, 6.3).
enum class content_kind : std::uint8_t {
    none,      // neither Content-Length nor Transfer-Encoding
    declared,  // Content-Length; of 0 bytes, it is no content for every condition
    undeclared // its length is known only at its end
};

// What the server answers when it is asked for a condition of its own.
enum class condition_result : std::uint8_t { fails, holds, error };

// Evaluates rule::expression. Must not throw. One decision may ask for the same expression again,
// for another member; and what it answers must not depend on the member, so a server to which the
// answer is dear remembers it for the length of a request.
using condition_evaluator = condition_result (*)(void *context, const void *expression) noexcept;

struct request_facts {
    bool http_1_1 = true; // HTTP/1.1 or later; in HTTP/1.0 100-continue is ignored
    content_kind content = content_kind::none;
    std::uint64_t content_length = 0;       // bytes, below 2^63, for content_kind::declared
    condition_evaluator evaluate = nullptr; // without one, a rule with an expression is an error
    void *context = nullptr;                // handed to evaluate

    // Where the content lies on the line of content_range.
    [[nodiscard]] constexpr std::uint64_t content_place() const noexcept {
        return content == content_kind::none       ? 0
               : content == content_kind::declared ? content_length
                                                   : content_range::undeclared;
    }
    [[nodiscard]] constexpr bool has_content() const noexcept { return content_place() != 0; }
    // Whether a 100 means anything to the client (RFC 9110, 10.1.1).
    [[nodiscard]] constexpr bool allows_100() const noexcept { return http_1_1 && has_content(); }
};

} // namespace expect

#endif
