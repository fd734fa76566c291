// The configurations that README.md and other pages give, as they stand there, so that what people
// copy is what is tested. The tests run at the top of the repository.
#ifndef EXPECT_E2E_MANUAL_HPP
#define EXPECT_E2E_MANUAL_HPP

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

namespace e2e {

// The text with every `from` replaced; throws where there is none, because it is no longer the text
// that people read.
inline std::string with_instead(std::string text, const std::string &from, const std::string &to) {
    size_t at = text.find(from);
    if (at == std::string::npos)
        throw std::runtime_error("the manual's configuration has no " + from + ":\n" + text);
    for (; at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

// The `number`th block for Apache (from 1) behind a heading, up to the next heading of any level.
inline std::string manual_block(const std::string &page, const std::string &heading,
                                int number = 1) {
    std::ifstream file(page);
    std::string line, block;
    bool is_there = false, is_inside = false;
    for (int seen = 0; std::getline(file, line);) {
        const size_t indent = line.find_first_not_of(' ');
        const std::string word = indent == std::string::npos ? "" : line.substr(indent);
        if (is_inside && word == "```") {
            return block;
        } else if (is_inside) {
            block += line + "\n";
        } else if (word == "```apache") {
            is_inside = is_there && ++seen == number;
        } else if (line.compare(0, 1, "#") == 0) {
            is_there = line.substr(line.find_first_not_of("# ")) == heading;
        }
    }
    throw std::runtime_error(page + " has no such block behind \"" + heading + "\"");
}

} // namespace e2e

#endif
