// Which connections need the hold: those to an address on which some host has a policy.
#pragma once

#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/config/settings.hpp"

#include "expect/expect.hpp"

namespace mod_expect {

// An address that virtual hosts share, as a key. All wildcard addresses are one to httpd.
inline const char *address_key(apr_pool_t *pool, const server_addr_rec *address) noexcept {
    char *text = nullptr;
    const bool is_any = apr_sockaddr_is_wildcard(address->host_addr) != 0 ||
                        apr_sockaddr_ip_get(&text, address->host_addr) != APR_SUCCESS;
    return apr_psprintf(pool, "%s %d", is_any ? "*" : text, static_cast<int>(address->host_port));
}

// Marks every server of which a connection may turn out to belong to a host with a policy: which
// host it is, is known only when the field has been read (ap_update_vhost_from_headers()).
inline void mark_holds(apr_pool_t *pool, apr_pool_t *temporary, server_rec *main) noexcept {
    apr_hash_t *addresses = apr_hash_make(temporary);
    for (server_rec *s = main; s != nullptr; s = s->next) {
        if (is_in_force(s)) {
            for (const server_addr_rec *each = s->addrs; each != nullptr; each = each->next) {
                apr_hash_set(addresses, address_key(temporary, each), APR_HASH_KEY_STRING, "");
            }
        }
    }
    for (server_rec *s = main; s != nullptr; s = s->next) {
        server_settings *settings = settings_of(s);
        const bool has_policy = is_in_force(s);
        bool holds = has_policy;
        for (const server_addr_rec *each = s->addrs; each != nullptr && !holds; each = each->next) {
            holds = apr_hash_get(addresses, address_key(temporary, each), APR_HASH_KEY_STRING) !=
                    nullptr;
        }
        if (s != main && settings == settings_of(main) &&
            (has_policy || holds != settings->holds_field)) {
            // A host without a directive of ours shares the main server's settings, but not its
            // counters, and not always its addresses.
            auto *own = make_in_pool<server_settings>(pool);
            *own = *settings;
            settings = own;
            ap_set_module_config(s->module_config, &expect_module, own);
        }
        settings->holds_field = holds;
    }
}

} // namespace mod_expect
