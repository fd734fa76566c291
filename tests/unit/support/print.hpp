// How the core's enumerations stand in a failure's message.
#ifndef UNIT_SUPPORT_PRINT_HPP
#define UNIT_SUPPORT_PRINT_HPP

#include "expect/decision.hpp"
#include "expect/rule_reader.hpp"
#include "expect/words.hpp"

#include <ostream>

// In the core's own namespace, where Boost.Test looks for them.
namespace expect {

inline std::ostream &operator<<(std::ostream &out, parse_error value) {
    return out << static_cast<int>(value) << " (" << text(value) << ')';
}
inline std::ostream &operator<<(std::ostream &out, rule_error value) {
    return out << (value.why == nullptr ? "no error" : value.why);
}
inline std::ostream &operator<<(std::ostream &out, verdict value) {
    return out << word_for(verdict_words, value);
}
inline std::ostream &operator<<(std::ostream &out, action value) {
    return out << word_for(action_words, value);
}
inline std::ostream &operator<<(std::ostream &out, pattern_kind value) {
    return out << "pattern_kind " << static_cast<int>(value);
}
inline std::ostream &operator<<(std::ostream &out, rule_outcome value) {
    return out << "rule_outcome " << static_cast<int>(value);
}

} // namespace expect

#endif
