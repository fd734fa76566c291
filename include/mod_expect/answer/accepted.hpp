// Which expectations would be accepted of a request, for the client whose own was not.
#ifndef MOD_EXPECT_ANSWER_ACCEPTED_HPP
#define MOD_EXPECT_ANSWER_ACCEPTED_HPP

#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mod_expect {

// Expectations as rules spell them: views that live as long as the configuration, each followed by
// NUL. So many are named at most.
class accepted_list {
public:
    static constexpr std::size_t most_named = 8;

    // Takes one that is not there yet in any case of letters.
    void add(std::string_view spelled) noexcept {
        for (const std::string_view each : *this) {
            if (expect::equal_ignoring_case(each, spelled)) {
                return;
            }
        }
        named_[count_++] = spelled;
    }
    [[nodiscard]] bool is_full() const noexcept { return count_ == most_named; }
    [[nodiscard]] bool is_empty() const noexcept { return count_ == 0; }
    [[nodiscard]] const std::string_view *begin() const noexcept { return named_.data(); }
    [[nodiscard]] const std::string_view *end() const noexcept { return named_.data() + count_; }

private:
    std::array<std::string_view, most_named> named_;
    std::size_t count_ = 0;
};

// The expectations that the rules would accept of this very request. Asks for so many at most, so
// that a rejection stays cheap.
inline void find_accepted(const judgement &judged, accepted_list &found) noexcept {
    int questions_left = 64;
    for (const expect::rule_list *list = judged.rules; list != nullptr; list = list->next) {
        for (std::uint32_t at = list->index.first_accepting; at != expect::rule_index::end;
             at = list->index.next_accepting[at]) {
            if (questions_left-- == 0 || found.is_full()) {
                return;
            }
            const std::string_view spelled = list->rules[at].what.spelled.text;
            const expect::verdict outcome =
                expect::decide(judged.rules, judged.facts, spelled).outcome;
            if (outcome == expect::verdict::met || outcome == expect::verdict::ignored ||
                outcome == expect::verdict::asked) {
                found.add(spelled);
            }
        }
    }
}

} // namespace mod_expect

#endif
