// Which patterns are well formed and yet probably not what was meant. For warnings: each of them
// means what pattern.hpp says.
#pragma once

#include "expect/ascii.hpp"
#include "expect/pattern.hpp"
#include "expect/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace expect {

// What is doubtful, as clauses to stand behind the pattern.
namespace pattern_doubt {

// foo*, name=foo*
inline constexpr const char *glob =
    "spells an asterisk: patterns have no wildcards; \"*\" alone stands for any expectation, "
    "\"name=*\" for any value";
// ^foo$, foo.*, foo|bar, ~foo
inline constexpr const char *regular_expression =
    "is taken literally: patterns are no regular expressions; \"*\" alone stands for any "
    "expectation, \"name=*\" for any value";
// !foo
inline constexpr const char *negation =
    "is taken literally: patterns have no negation; write a rule for what is excepted, and behind "
    "it one for \"*\"";
// all, any: a word for *
inline constexpr const char *any = "is the name of an expectation; any expectation is \"*\"";
// malformed, or nearly so
inline constexpr const char *malformed =
    "is the name of an expectation; a field that does not parse is \"@malformed\"";
inline constexpr const char *nearly_100_continue = "is another expectation than \"100-continue\"";
// status=413, early: the pattern is missing
inline constexpr const char *option =
    "is the name of an expectation, not an option; the pattern in front of the options seems to be "
    "missing";

} // namespace pattern_doubt

namespace detail {

inline constexpr std::array<word<const char *>, 8> doubtful_names = {{
    {"all", pattern_doubt::any},
    {"any", pattern_doubt::any},
    {"every", pattern_doubt::any},
    {"everything", pattern_doubt::any},
    {"default", pattern_doubt::any},
    {"invalid", pattern_doubt::malformed},
    {"continue", pattern_doubt::nearly_100_continue},
    {"100", pattern_doubt::nearly_100_continue},
}};

// Whether at most two bytes have to be added, left out or exchanged to make one text of the other
// (Levenshtein's distance). Texts longer than longest are nothing like it.
inline bool is_nearly(std::string_view a, std::string_view b) noexcept {
    constexpr std::size_t longest = 16;
    if (a.size() > longest || b.size() > longest) {
        return false;
    }
    std::array<std::size_t, longest + 1> row{};
    for (std::size_t j = 0; j <= b.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = fold(a.data()[i - 1]) == fold(b.data()[j - 1]);
            const std::size_t exchanged = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({exchanged, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row[b.size()] <= 2;
}

inline bool holds(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

// Of a name, or of a value that is a token; null for none.
inline const char *doubt_of_token(std::string_view token) noexcept {
    if (token.front() == '!') {
        return pattern_doubt::negation;
    }
    const bool is_anchored = token.front() == '^' || token.front() == '~' || token.back() == '$';
    if (is_anchored || holds(token, ".*") || holds(token, ".+") || holds(token, "|")) {
        return pattern_doubt::regular_expression;
    }
    return holds(token, "*") ? pattern_doubt::glob : nullptr;
}

inline bool is_option(const expectation &spelled) noexcept {
    for (const auto &each : option_words) {
        const bool takes_value = each.text.back() == '=';
        if (takes_value == spelled.has_value &&
            equal_ignoring_case(slice(each.text, 0, each.text.size() - (takes_value ? 1 : 0)),
                                spelled.name)) {
            return true;
        }
    }
    return false;
}

} // namespace detail

// Why a pattern that was read without error may not be what was meant; null where nothing says so.
inline const char *find_doubt(const pattern &read) noexcept {
    const expectation &spelled = read.spelled;
    if (read.kind != pattern_kind::member || spelled.is_100_continue) {
        return nullptr;
    }
    if (detail::is_option(spelled)) {
        return pattern_doubt::option;
    }
    if (const char *doubt = detail::doubt_of_token(spelled.name)) {
        return doubt;
    }
    if (spelled.has_value) {
        return spelled.value.quoted || read.any_value ? nullptr
                                                      : detail::doubt_of_token(spelled.value.raw);
    }
    if (const auto found = find_word(detail::doubtful_names, spelled.name)) {
        return *found;
    }
    if (detail::is_nearly(spelled.name, slice(malformed_keyword, 1))) {
        return pattern_doubt::malformed;
    }
    return detail::is_nearly(spelled.name, name_100_continue) ? pattern_doubt::nearly_100_continue
                                                              : nullptr;
}

} // namespace expect
