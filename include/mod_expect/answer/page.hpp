// The body of an answer where the administrator gave no ErrorDocument: which expectation was not
// met, why, and which would be. HTML as httpd's own pages are, or problem details (RFC 9457).
#pragma once

#include "mod_expect/base/escape.hpp"
#include "mod_expect/base/memory.hpp"
#include "mod_expect/base/server.hpp"
#include "mod_expect/judge/judgement.hpp"

#include "expect/expect.hpp"

#include <array>
#include <cstring>

namespace mod_expect {

inline ap_filter_rec_t *problem_type_filter_record = nullptr;

// How much a client wants a media type, and by how exact a range it says so.
struct preference {
    int quality = 0;   // thousandths
    int precision = 0; // 3: the type itself, 2: its top-level type, 1: anything, 0: not named
};

// The weight of a range as ap_get_list_item() hands it out, without white space, in thousandths.
inline int quality_of(const char *range) noexcept {
    const char *weight = std::strstr(range, ";q=");
    if (weight == nullptr || weight[3] == '1') {
        return 1000;
    }
    int quality = 0;
    const bool has_digits = weight[3] == '0' && weight[4] == '.';
    for (int at = 5, unit = 100; has_digits && apr_isdigit(weight[at]) && unit > 0; ++at) {
        quality += (weight[at] - '0') * unit;
        unit /= 10;
    }
    return quality;
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
    const auto is_preferred = [&html](const preference &type) noexcept {
        return type.quality > html.quality || (type.quality > 0 && type.quality == html.quality &&
                                               type.precision > html.precision);
    };
    return is_preferred(problem) || is_preferred(json);
}

// Expectations as rules spell them: views that live as long as the configuration, each followed by
// NUL. So many are named at most.
struct accepted_list {
    static constexpr std::size_t most_named = 8;
    std::array<std::string_view, most_named> named;
    std::size_t count = 0;

    [[nodiscard]] const std::string_view *begin() const noexcept { return named.data(); }
    [[nodiscard]] const std::string_view *end() const noexcept { return named.data() + count; }

    // Takes one that is not there yet in any case of letters.
    void add(std::string_view spelled) noexcept {
        for (const std::string_view each : *this) {
            if (expect::equal_ignoring_case(each, spelled)) {
                return;
            }
        }
        named[count++] = spelled;
    }
};

// The expectations that the rules would accept of this very request. Asks for so many at most, so
// that a rejection stays cheap.
inline void find_accepted(const judgement &judged, accepted_list &found) noexcept {
    int questions_left = 64;
    for (const expect::rule_list *list = judged.rules; list != nullptr; list = list->next) {
        for (std::uint32_t at = list->index.first_accepting; at != expect::rule_index::end;
             at = list->index.next_accepting[at]) {
            if (questions_left-- == 0 || found.count == accepted_list::most_named) {
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

// What a page says, not escaped yet.
struct explanation {
    const char *member = nullptr;   // what was rejected, cut; null for a malformed field
    const char *sentence = nullptr; // what went wrong, without the member; plain in HTML text
    accepted_list accepted;         // what would be accepted of this request
};

inline void explain(apr_pool_t *pool, const judgement &judged, explanation &said) noexcept {
    const expect::decision &made = judged.made;
    if (made.error != expect::parse_error::none) {
        said.sentence = apr_psprintf(
            pool, "The request's Expect field does not parse: %s (at offset %" APR_SIZE_T_FMT ").",
            copy_text(pool, expect::text(made.error)), made.error_offset);
        return;
    }
    said.member = copy_text(pool, expect::slice(made.member, 0, longest_quote));
    if (made.member.size() > longest_quote) {
        said.member = apr_pstrcat(pool, said.member, "...", nullptr);
    }
    const char *too_long = limit_clause(pool, judged);
    if (*too_long != '\0') {
        said.sentence = apr_pstrcat(pool, "This server is configured to refuse it for ", too_long,
                                    ".", nullptr);
        return;
    }
    said.sentence = made.by != nullptr && made.by->tag != nullptr
                        ? "This server is configured to refuse it for this request."
                        : "This server does not support it for this request.";
}

// Pieces of a text, of which the pool makes one when all are there.
class text_pieces {
public:
    void add(std::string_view piece) noexcept {
        pieces_[count_++] = {const_cast<char *>(piece.data()), piece.size()};
    }
    [[nodiscard]] const char *join(apr_pool_t *pool) const noexcept {
        return apr_pstrcatv(pool, pieces_.data(), count_, nullptr);
    }

private:
    std::array<iovec, 16 + 3 * accepted_list::most_named> pieces_;
    std::size_t count_ = 0;
};

inline const char *html_body(request_rec *r, const char *title, const explanation &said) noexcept {
    text_pieces page;
    page.add("<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n<title>");
    page.add(title);
    page.add("</title>\n</head><body>\n<h1>");
    page.add(title + sizeof("417"));
    page.add("</h1>\n<p>");
    if (said.member != nullptr) {
        page.add("The expectation <code>");
        page.add(escape_html(r->pool, said.member));
        page.add("</code> is not met.\n");
    }
    page.add(said.sentence);
    page.add(said.accepted.count == 0 ? "</p>\n<p>No expectation would be met for this request."
                                      : "</p>\n<p>What would be accepted for this request: ");
    const char *separator = "<code>";
    for (const std::string_view each : said.accepted) {
        page.add(separator);
        page.add(escape_html(r->pool, each.data()));
        page.add("</code>");
        separator = ", <code>";
    }
    page.add("</p>\n");
    page.add(ap_psignature("<hr>\n", r));
    page.add("</body></html>\n");
    return page.join(r->pool);
}

inline const char *json_body(apr_pool_t *pool, const char *title, int status,
                             const explanation &said) noexcept {
    const char *list = "";
    const char *separator = "";
    for (const std::string_view each : said.accepted) {
        list = apr_pstrcat(pool, list, separator, quote_json(pool, each.data()), nullptr);
        separator = ", ";
    }
    return apr_psprintf(pool,
                        "{\n  \"type\": \"about:blank\",\n  \"title\": %s,\n  \"status\": %d,\n"
                        "  \"detail\": %s,\n%s%s%s  \"accepted\": [%s]\n}\n",
                        quote_json(pool, title + sizeof("417")), status,
                        quote_json(pool, said.sentence),
                        said.member != nullptr ? "  \"expectation\": " : "",
                        said.member != nullptr ? quote_json(pool, said.member) : "",
                        said.member != nullptr ? ",\n" : "", list);
}

// Whether httpd has a status line of its own for a status. To the others it gives that of 500, and
// their ErrorDocument.
inline bool is_known_status(int status, int index) noexcept {
    return status == HTTP_EXPECTATION_FAILED || status == HTTP_INTERNAL_SERVER_ERROR ||
           index != ap_index_of_response(HTTP_INTERNAL_SERVER_ERROR);
}

// Gives the coming error response its body, unless an ErrorDocument stands for the status.
inline void set_body(request_rec *r, request_state &state, const judgement &judged) noexcept {
    const int status = judged.made.status();
    const int index = ap_index_of_response(status);
    const char *title = ap_get_status_line_ex(r->pool, status);
    if (!is_known_status(status, index)) {
        r->status_line = title;
    } else if (ap_response_code_string(r, index) != nullptr) {
        return;
    }
    explanation said;
    explain(r->pool, judged, said);
    find_accepted(judged, said.accepted);
    state.answers_json = prefers_json(r->pool, apr_table_get(r->headers_in, "Accept"));
    ap_custom_response(r, status,
                       state.answers_json ? json_body(r->pool, title, status, said)
                                          : html_body(r, title, said));
}

// ap_send_error_response() says text/html to every text; this says what it is.
extern "C" inline apr_status_t expect_problem_type_filter(ap_filter_t *f,
                                                          apr_bucket_brigade *brigade) {
    ap_set_content_type(f->r, "application/problem+json");
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, brigade);
}

} // namespace mod_expect
