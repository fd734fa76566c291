// A rule read word by word, as httpd hands the words over.
#ifndef UNIT_SUPPORT_READ_RULE_HPP
#define UNIT_SUPPORT_READ_RULE_HPP

#include "expect/rule_reader.hpp"

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace unit {

// Reads a rule; false at the first word that does not fit, which is then the number of words read,
// or behind the last one.
inline bool read_rule(expect::rule_reader &reader, const std::vector<std::string> &words,
                      std::size_t &done) {
    done = 0;
    for (const std::string &word : words) {
        const bool well = done == 0   ? reader.read_action(word)
                          : done == 1 ? reader.read_pattern(word)
                                      : reader.read_option(word);
        if (!well) {
            return false;
        }
        ++done;
    }
    return reader.finish();
}

// At each space, as the words of a rule in a row are.
inline std::vector<std::string> split_at_spaces(std::string_view text) {
    std::istringstream in{std::string(text)};
    std::vector<std::string> words;
    for (std::string word; std::getline(in, word, ' ');) {
        words.push_back(word);
    }
    return words;
}

} // namespace unit

#endif
