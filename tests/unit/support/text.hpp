// Copies of a text behind which one byte too many is noticed, and texts fit for a message.
#ifndef UNIT_SUPPORT_TEXT_HPP
#define UNIT_SUPPORT_TEXT_HPP

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <ostream>
#include <string>
#include <string_view>

namespace unit {

// A text with everything that is not visible ASCII written as \xHH, for messages.
inline std::string escaped(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    for (const char byte : text) {
        const auto code = static_cast<unsigned char>(byte);
        if (code >= 0x20 && code < 0x7f) {
            out += byte;
        } else {
            out += {'\\', 'x', digits[code >> 4], digits[code & 15]};
        }
    }
    return out;
}

// What every row of a table begins with. Boost.Test prints it when the row fails.
struct row {
    std::string_view input;
    const char *why;
};

inline std::ostream &operator<<(std::ostream &out, const row &printed) {
    return out << '[' << escaped(printed.input) << "]: " << printed.why;
}

// A copy in a heap buffer of exactly its size: AddressSanitizer sees the first byte too many.
class heap_text {
public:
    explicit heap_text(std::string_view text) : size_(text.size()), bytes_(new char[text.size()]) {
        std::memcpy(bytes_.get(), text.data(), text.size());
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<char[]> bytes_;
};

// A copy that ends where an unreadable page begins: the hardware sees the first byte too many, also
// of an empty text and without a sanitizer.
class guarded_text {
public:
    explicit guarded_text(std::string_view text) : size_(text.size()) {
        const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
        const std::size_t readable = (text.size() + page - 1) / page * page;
        mapped_ = readable + page;
        void *map =
            mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (map == MAP_FAILED) {
            throw std::bad_alloc();
        }
        base_ = static_cast<char *>(map);
        start_ = base_ + readable - text.size();
        std::memcpy(start_, text.data(), text.size());
        if (mprotect(base_ + readable, page, PROT_NONE) != 0) {
            munmap(base_, mapped_);
            throw std::bad_alloc();
        }
    }
    guarded_text(const guarded_text &) = delete;
    guarded_text &operator=(const guarded_text &) = delete;
    ~guarded_text() { munmap(base_, mapped_); }

    [[nodiscard]] std::string_view view() const { return {start_, size_}; }

private:
    std::size_t size_;
    std::size_t mapped_ = 0;
    char *base_ = nullptr;
    char *start_ = nullptr;
};

// Calls check with both kinds of copies.
template <class Check>
void on_each_copy(std::string_view text, Check check) {
    const heap_text heap(text);
    check(heap.view());
    const guarded_text guarded(text);
    check(guarded.view());
}

// Whether a view lies within another; an empty one that points nowhere does.
inline bool is_inside(std::string_view part, std::string_view whole) {
    return (part.empty() && part.data() == nullptr) ||
           (part.data() >= whole.data() &&
            part.data() + part.size() <= whole.data() + whole.size());
}

} // namespace unit

#endif
