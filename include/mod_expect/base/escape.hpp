// What a client sent, or an administrator wrote, made harmless for a page, JSON, an exposition of
// metrics or a log line. All results live as long as the pool.
#pragma once

#include "mod_expect/base/server.hpp"

#include "expect/ascii.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

// Which bytes may stand as they are in HTML text and attributes.
constexpr std::array<bool, 256> make_plain_html_table() noexcept {
    std::array<bool, 256> plain{};
    for (unsigned byte = ' '; byte <= '~'; ++byte) {
        plain[byte] = byte != '<' && byte != '>' && byte != '&' && byte != '"';
    }
    plain['\t'] = true;
    return plain;
}

inline constexpr std::array<bool, 256> plain_html_table = make_plain_html_table();

inline bool is_plain_html(char byte) noexcept {
    return plain_html_table[static_cast<unsigned char>(byte)];
}

// How any other byte is written there. Bytes beyond ASCII are taken for ISO 8859-1, as HTTP fields
// once were. Control characters have no place in HTML, not even as references, so they become
// U+FFFD.
inline const char *html_for(apr_pool_t *pool, char byte) noexcept {
    const auto code = static_cast<unsigned char>(byte);
    switch (byte) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    default:
        return code >= 0xa0 ? apr_psprintf(pool, "&#%d;", code) : "&#65533;";
    }
}

inline const char *escape_html(apr_pool_t *pool, const char *text) noexcept {
    const char *at = text;
    while (is_plain_html(*at)) {
        ++at;
    }
    if (*at == '\0') {
        return text; // nearly always
    }
    char *escaped = static_cast<char *>(apr_palloc(pool, std::strlen(text) * sizeof("&#65533;")));
    char *end = escaped;
    for (at = text; *at != '\0'; ++at) {
        if (is_plain_html(*at)) {
            *end++ = *at;
        } else {
            end = apr_cpystrn(end, html_for(pool, *at), sizeof("&#65533;"));
        }
    }
    *end = '\0';
    return escaped;
}

// Text as a JSON string with its quotes (RFC 8259, 7). Bytes beyond ASCII are taken for ISO 8859-1,
// as HTTP fields once were, so that the result is valid whatever was sent.
inline const char *quote_json(apr_pool_t *pool, const char *text) noexcept {
    char *quoted = static_cast<char *>(apr_palloc(pool, std::strlen(text) * 6 + 3));
    char *end = quoted;
    *end++ = '"';
    for (; *text != '\0'; ++text) {
        const auto byte = static_cast<unsigned char>(*text);
        if (byte < 0x20 || byte >= 0x7f || byte == '<' || byte == '>' || byte == '&') {
            end += apr_snprintf(end, 7, "\\u%04x", byte);
        } else {
            if (byte == '"' || byte == '\\') {
                *end++ = '\\';
            }
            *end++ = *text;
        }
    }
    *end++ = '"';
    *end = '\0';
    return quoted;
}

// Text as the value of a Prometheus label, without its quotes. Bytes beyond ASCII become "?",
// because a label must be UTF-8.
inline const char *escape_label(apr_pool_t *pool, const char *text) noexcept {
    char *escaped = static_cast<char *>(apr_palloc(pool, std::strlen(text) * 2 + 1));
    char *end = escaped;
    for (; *text != '\0'; ++text) {
        if (*text == '"' || *text == '\\') {
            *end++ = '\\';
        }
        *end++ = *text >= ' ' && *text <= '~' ? *text : '?';
    }
    *end = '\0';
    return escaped;
}

// The longest piece of what a client sent that goes to a log or a page, in bytes before escaping.
inline constexpr std::size_t longest_quote = 128;

// A piece of what was sent, to stand between quotation marks in a log line: cut, and with a
// backslash before those inside and before backslashes, so that nobody can fake the end. httpd
// escapes control characters, 8-bit bytes and, once more, backslashes of every message by itself.
inline const char *quote_for_log(apr_pool_t *pool, std::string_view sent) noexcept {
    const std::string_view shown = expect::slice(sent, 0, longest_quote);
    char *quoted = static_cast<char *>(apr_palloc(pool, 2 * shown.size() + sizeof("...")));
    char *end = quoted;
    for (const char byte : shown) {
        if (byte == '"' || byte == '\\') {
            *end++ = '\\';
        }
        *end++ = byte;
    }
    apr_cpystrn(end, sent.size() > shown.size() ? "..." : "", sizeof("..."));
    return quoted;
}

} // namespace mod_expect
