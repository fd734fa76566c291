// Different members of a field, collected one by one. One without parameters, which is what nearly
// everybody sends, needs no memory.
#ifndef MOD_EXPECT_JUDGE_MEMBER_LIST_HPP
#define MOD_EXPECT_JUDGE_MEMBER_LIST_HPP

#include "mod_expect/base/server.hpp"

#include "expect/expect.hpp"

#include <new>

namespace mod_expect {

class member_list {
public:
    member_list(apr_pool_t *pool, std::string_view field) noexcept : pool_(pool), field_(field) {}

    void add(const expect::expectation &member) noexcept {
        if (list_ == nullptr && alone_.empty() && member.parameters.empty()) {
            alone_ = member.text;
        } else {
            list().add(member);
        }
    }
    void add_100_continue() noexcept {
        if (list_ == nullptr && alone_.empty()) {
            alone_ = expect::name_100_continue;
        } else {
            list().add_100_continue();
        }
    }
    // In the canonical form; empty where nothing was added.
    [[nodiscard]] std::string_view view() const noexcept {
        return list_ != nullptr ? list_->view() : alone_;
    }

private:
    expect::canonical_list &list() noexcept {
        if (list_ == nullptr) {
            auto *memory = static_cast<char *>(
                apr_palloc(pool_, expect::canonical_list::capacity_for(field_.size())));
            list_ = new (apr_palloc(pool_, sizeof(*list_))) expect::canonical_list(memory);
            expect::member_reader reader(alone_);
            expect::expectation member;
            if (reader.next(member)) {
                list_->add(member);
            }
        }
        return *list_;
    }

    apr_pool_t *pool_;
    std::string_view field_;
    std::string_view alone_;
    expect::canonical_list *list_ = nullptr;
};

} // namespace mod_expect

#endif
