// In which order httpd merges sections: what is merged last applies first. The kinds come in the
// order of "How the sections are merged" in httpd's manual; ap_process_request_internal() walks
// them.
#ifndef MOD_EXPECT_CONFIG_SECTION_ORDER_HPP
#define MOD_EXPECT_CONFIG_SECTION_ORDER_HPP

#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

// How late a section is merged, seen for itself. Of <Directory>, longer paths come later.
inline int merge_rank(const ap_directive_t *section) noexcept {
    static constexpr std::array<const char *, 5> kinds = {"<DirectoryMatch", "<Files", "<Location",
                                                          "<Proxy", "<If"};
    constexpr int between_kinds = 10000;
    for (std::size_t i = kinds.size(); i-- > 0;) {
        if (ap_cstr_casecmpn(section->directive, kinds[i], std::strlen(kinds[i])) == 0) {
            return static_cast<int>(i + 1) * between_kinds;
        }
    }
    int depth = 1;
    for (const char *at = section->args; *at != '\0'; ++at) {
        depth += *at == '/' ? 1 : 0;
    }
    return depth < between_kinds ? depth : between_kinds - 1;
}

inline bool is_virtual_host(const ap_directive_t *section) noexcept {
    return ap_cstr_casecmp(section->directive, "<VirtualHost") == 0;
}

// Notes in a book where it stands among the others: its section's rank, and that of the section
// around it, which decides among those of one kind.
inline void set_section_order(rule_book &book, const ap_directive_t *section) noexcept {
    if (section == nullptr || is_virtual_host(section)) {
        return;
    }
    book.rank = merge_rank(section);
    const ap_directive_t *outer = section->parent;
    book.outer_rank = outer == nullptr || is_virtual_host(outer) ? 0 : merge_rank(outer);
}

// Whether the rules of a section apply before another's that is written earlier. The main server's
// sections are merged before a virtual host's, and each kind as written.
inline bool applies_before(const rule_book &later, const rule_book &earlier) noexcept {
    if (later.rank != earlier.rank) {
        return later.rank > earlier.rank;
    }
    if (later.outer_rank != earlier.outer_rank) {
        return later.outer_rank > earlier.outer_rank;
    }
    return later.server == earlier.server || later.server->is_virtual != 0;
}

} // namespace mod_expect

#endif
