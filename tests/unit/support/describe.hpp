// An expectation as text, with the parts that the reader found set apart.
#ifndef UNIT_SUPPORT_DESCRIBE_HPP
#define UNIT_SUPPORT_DESCRIBE_HPP

#include "expect/field.hpp"
#include "expect/value.hpp"

#include <string>
#include <string_view>

namespace unit {

// <raw>, or q<raw> where the value was written as a quoted-string.
inline std::string describe(expect::value_text value) {
    return (value.quoted ? "q<" : "<") + std::string(value.raw) + ">";
}

// name, name=<value>, name=<value>;p=<v>
inline std::string describe(const expect::expectation &member) {
    std::string out(member.name);
    if (member.has_value) {
        out += "=" + describe(member.value);
    }
    expect::parameter_reader reader(member.parameters);
    expect::parameter each;
    while (reader.next(each)) {
        out += ";" + std::string(each.name) + "=" + describe(each.value);
    }
    return out;
}

} // namespace unit

#endif
