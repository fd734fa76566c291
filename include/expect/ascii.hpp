// Which bytes may stand where in a field value, and comparison without regard to ASCII case.
// RFC 9110, sections 5.6.2 (token), 5.6.3 (OWS) and 5.6.4 (quoted-string).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace expect {

// Classes of bytes. A byte may belong to several.
enum byte_class : std::uint8_t {
    tchar = 1,           // may stand in a token
    ows = 2,             // optional white space: SP and HTAB
    qdtext = 4,          // may stand bare in a quoted-string
    quoted_pair_char = 8 // may follow a backslash in a quoted-string
};

namespace detail {

constexpr std::uint8_t classes_of(unsigned byte) noexcept {
    constexpr std::string_view token_marks = "!#$%&'*+-.^_`|~";
    const bool visible = byte >= 0x21 && byte <= 0x7e;
    const bool space = byte == ' ' || byte == '\t';
    const bool obs_text = byte >= 0x80;
    bool token = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                 (byte >= 'a' && byte <= 'z');
    for (const char mark : token_marks) {
        token = token || byte == static_cast<unsigned char>(mark);
    }
    unsigned classes = 0;
    classes |= token ? unsigned{tchar} : 0u;
    classes |= space ? unsigned{ows} : 0u;
    const bool bare = space || obs_text || (visible && byte != '"' && byte != '\\');
    classes |= bare ? unsigned{qdtext} : 0u;
    classes |= (space || obs_text || visible) ? unsigned{quoted_pair_char} : 0u;
    return static_cast<std::uint8_t>(classes);
}

constexpr std::array<std::uint8_t, 256> make_class_table() noexcept {
    std::array<std::uint8_t, 256> table{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        table[byte] = classes_of(byte);
    }
    return table;
}

inline constexpr std::array<std::uint8_t, 256> class_table = make_class_table();

} // namespace detail

// Whether byte belongs to the class.
constexpr bool is(byte_class wanted, char byte) noexcept {
    return (detail::class_table[static_cast<unsigned char>(byte)] & wanted) != 0;
}

// The lower-case form of an ASCII letter; every other byte as it is.
constexpr char fold(char byte) noexcept {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

// Whether two texts are the same but for ASCII case.
constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) {
        return false;
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a.data()[i] != b.data()[i] && fold(a.data()[i]) != fold(b.data()[i])) {
            return false;
        }
    }
    return true;
}

// The part of text from offset on, at most length bytes. Unlike std::string_view::substr it cannot
// throw, so it needs nothing of the C++ runtime. Offsets past the end give an empty view.
constexpr std::string_view slice(std::string_view text, std::size_t offset,
                                 std::size_t length = std::string_view::npos) noexcept {
    if (offset > text.size()) {
        offset = text.size();
    }
    const std::size_t rest = text.size() - offset;
    return {text.data() + offset, length < rest ? length : rest};
}

} // namespace expect
