// The words that administrators write: parsers, error texts, dumps and logs take them from here.
// Behind a table is what mistakes say of it.
#pragma once

#include "expect/ascii.hpp"
#include "expect/decision.hpp"
#include "expect/policy.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace expect {

// Whether a policy is in force.
enum class policy_mode : std::uint8_t {
    off,           // the server behaves as if there were no policy
    on,            // the policy decides
    detection_only // the policy is only reported
};

template <class Value>
struct word {
    std::string_view text;
    Value value;
};

namespace detail {

// A text that is put together when the program is compiled, which fails where one is too long.
// Ends with NUL.
struct static_text {
    char bytes[128] = {};
    std::size_t size = 0;

    constexpr void put(std::string_view text) noexcept {
        for (const char byte : text) {
            bytes[size++] = byte;
        }
        bytes[size] = '\0';
    }
};

// The words of a table as a part of a sentence: "A, B or C".
template <class Value, std::size_t N>
constexpr static_text join(std::string_view before, const std::array<word<Value>, N> &words,
                           std::string_view last, std::string_view behind = "") noexcept {
    static_text joined;
    joined.put(before);
    for (std::size_t i = 0; i < N; ++i) {
        joined.put(i == 0 ? "" : i + 1 == N ? last : ", ");
        joined.put(words[i].text);
    }
    joined.put(behind);
    return joined;
}

} // namespace detail

inline constexpr std::array<word<policy_mode>, 3> policy_mode_words = {{
    {"On", policy_mode::on},
    {"Off", policy_mode::off},
    {"DetectionOnly", policy_mode::detection_only},
}};
inline constexpr detail::static_text any_policy_mode = detail::join("", policy_mode_words, " or ");

inline constexpr std::array<word<action>, 5> action_words = {{
    {"meet", action::meet},
    {"continue", action::continue_at_gate},
    {"ignore", action::ignore},
    {"ask", action::ask},
    {"reject", action::reject},
}};
inline constexpr detail::static_text any_action = detail::join("", action_words, " or ");

inline constexpr std::array<word<verdict>, 6> verdict_words = {{
    {"none", verdict::none},
    {"ignored", verdict::ignored},
    {"met", verdict::met},
    {"asked", verdict::asked},
    {"rejected", verdict::rejected},
    {"failed", verdict::failed},
}};

enum class rule_option : std::uint8_t {
    status,
    retry_after,
    longer_than,
    shorter_than,
    no_content,
    early,
    url,
    expression
};

// Options as they begin; those that end in "=" take a value.
inline constexpr std::array<word<rule_option>, 8> option_words = {{
    {"status=", rule_option::status},
    {"retry-after=", rule_option::retry_after},
    {"longer-than=", rule_option::longer_than},
    {"shorter-than=", rule_option::shorter_than},
    {"no-content", rule_option::no_content},
    {"early", rule_option::early},
    {"url=", rule_option::url},
    {"expr=", rule_option::expression},
}};
inline constexpr detail::static_text each_option =
    detail::join("each of ", option_words, " and ", " at most once");

// The value that a word stands for, ignoring case, if it is one of the table's.
template <class Value, std::size_t N>
constexpr std::optional<Value> find_word(const std::array<word<Value>, N> &words,
                                         std::string_view text) noexcept {
    for (const word<Value> &each : words) {
        if (equal_ignoring_case(each.text, text)) {
            return each.value;
        }
    }
    return std::nullopt;
}

// The word for a value; empty where the table has none.
template <class Value, std::size_t N>
constexpr std::string_view word_for(const std::array<word<Value>, N> &words, Value value) noexcept {
    for (const word<Value> &each : words) {
        if (each.value == value) {
            return each.text;
        }
    }
    return {};
}

} // namespace expect
