// Whether a client would rather have problem details than a page (RFC 9110, 12.5.1).
#ifndef MOD_EXPECT_ANSWER_NEGOTIATION_HPP
#define MOD_EXPECT_ANSWER_NEGOTIATION_HPP

#include "mod_expect/base/server.hpp"

#include "expect/ascii.hpp"

#include <cstdlib>
#include <cstring>

namespace mod_expect {

// How much a client wants a media type, and by how exact a range it says so.
struct preference {
    int quality = 0;   // thousandths
    int precision = 0; // 3: the type itself, 2: its top-level type, 1: anything, 0: not named
};

// The weight of a range as ap_get_list_item() hands it out, without white space, in thousandths.
inline int quality_of(const char *range) noexcept {
    const char *weight = std::strstr(range, ";q=");
    if (weight == nullptr) {
        return 1000;
    }
    weight += 3;
    int quality = *weight == '1' ? 1000 : 0;
    if ((*weight == '0' || *weight == '1') && weight[1] == '.') {
        int unit = 100;
        for (const char *digit = weight + 2; *digit >= '0' && *digit <= '9' && unit > 0; ++digit) {
            quality += (*digit - '0') * unit;
            unit /= 10;
        }
    }
    return quality < 1000 ? quality : 1000;
}

// Lets a range of the Accept field say what it says about one media type.
inline void consider(preference &known, const char *range, std::string_view type) noexcept {
    const std::string_view name(range, std::strcspn(range, ";"));
    const std::size_t slash = type.find('/');
    int precision = 0;
    if (expect::equal_ignoring_case(name, type)) {
        precision = 3;
    } else if (name.size() == slash + 2 && name.back() == '*' &&
               expect::equal_ignoring_case(expect::slice(name, 0, slash + 1),
                                           expect::slice(type, 0, slash + 1))) {
        precision = 2;
    } else if (name == "*/*") {
        precision = 1;
    }
    if (precision > known.precision) {
        known = {quality_of(range), precision};
    }
}

// Without an Accept field, and where both are as welcome, a page it is; but a client that names
// JSON and takes the rest by a wildcard prefers JSON.
inline bool prefers_json(apr_pool_t *pool, const char *accept) noexcept {
    // Ranges that could name JSON all begin so.
    if (accept == nullptr || ap_strcasestr(accept, "application/") == nullptr) {
        return false;
    }
    preference html;
    preference problem;
    preference json;
    while (const char *range = ap_get_list_item(pool, &accept)) {
        consider(html, range, "text/html");
        consider(problem, range, "application/problem+json");
        consider(json, range, "application/json");
    }
    const preference &best = json.quality > problem.quality || (json.quality == problem.quality &&
                                                                json.precision > problem.precision)
                                 ? json
                                 : problem;
    return best.quality > html.quality ||
           (best.quality > 0 && best.quality == html.quality && best.precision > html.precision);
}

} // namespace mod_expect

#endif
