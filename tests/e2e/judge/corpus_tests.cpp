// From DetectionOnly to On without surprise: a generated corpus is sent to a server that only
// detects, to one that decides by the same policy, and to httpd without the module. What the first
// says it would reject is what the second rejects; what the first answers is what the third does.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/versions.hpp"
#include "harness/wire.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>

using namespace e2e;

namespace {

// Statuses of rules are such as nothing else here answers, so that the wire alone shows who is
// rejected.
const char *const policy = R"(ExpectRule meet good
ExpectRule meet foo=bar;*
ExpectRule reject no status=451
ExpectRule reject 100-continue longer-than=40 status=421
ExpectRule reject agent "expr=%{HTTP_USER_AGENT} =~ /Old/" status=424
ExpectRule meet agent
ExpectRule reject marked "expr=reqenv('marked') == 'yes'" status=424
ExpectRule meet marked
)";

const char *const sections = R"(<Location "/upload">
    ExpectRule reject good status=422
    ExpectRule meet no
    ExpectRule reject 100-continue no-content status=423
</Location>
<Directory "@ROOT@/docs/dir">
    ExpectRule reject foo=* status=426
    ExpectRule reject good "expr=%{REQUEST_FILENAME} =~ m#/dir/f#" status=428
    ExpectRule ignore @malformed
</Directory>
<Files "inner.html">
    ExpectRule reject * status=409
</Files>
<If "%{REQUEST_METHOD} == 'DELETE'">
    ExpectRule ignore unknown
</If>
<If "reqenv('marked') == 'yes'">
    ExpectRule ignore unknown
</If>
<Proxy "http://127.0.0.1:@PORT2@/*">
    ExpectRule reject foo=bar;* status=409
</Proxy>
<Location "/proxied">
    ExpectRule reject good status=429
</Location>
)";

const char *const site = R"(TraceEnable on
ProxyPass "/proxied" "http://127.0.0.1:@PORT2@/upload"
SetEnvIf User-Agent Marked marked=yes
SetEnvIf User-Agent Forced nokeepalive force-response-1.0
DirectoryIndex inner.html
Redirect "/moved" "http://b.test/"
RewriteEngine On
RewriteRule "^/forbidden" "-" [F]
RewriteRule "^/passed/(.*)$" "/upload/$1" [PT]
<VirtualHost *:@PORT2@>
    ExpectPolicy Off
</VirtualHost>
<Directory "@ROOT@/docs/dir">
    RewriteEngine On
    RewriteRule "^again$" "/upload/f"
</Directory>
<Location "/closed">
    Require all denied
</Location>
)";

const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "TRACE", "BREW"};
const char *const targets[] = {"/plain.txt",
                               "/upload/f",
                               "/%75pload/f",
                               "//upload/f",
                               "/x/../upload/",
                               "/upload;a",
                               "/upload?q=1",
                               "http://a.test/upload/f",
                               "/dir/f",
                               "/dir/none",
                               "/dir/again",
                               "/dir/",
                               "/inner.html",
                               "/none",
                               "/cgi/count",
                               "/closed",
                               "/moved",
                               "/forbidden",
                               "/passed/f",
                               "/proxied/f",
                               "*",
                               "/encoded%2fslash",
                               "/dir/../dir/f"};
const char *const expectations[] = {"Expect: 100-continue",
                                    "Expect: 100-Continue",
                                    "Expect: good",
                                    "Expect: no",
                                    "Expect: unknown",
                                    "Expect: foo=bar;p=1",
                                    "Expect: foo=baz",
                                    "Expect: good, 100-continue",
                                    "Expect: 100-continue\r\nExpect: unknown",
                                    "Expect: ,, good ,",
                                    "Expect: y 100-continue",
                                    "Expect: foo=",
                                    "Expect:\r\n 100-continue",
                                    "Expect:",
                                    "Expect: ,",
                                    "Expect: agent",
                                    "Expect: marked",
                                    "Expect: no, good, unknown",
                                    "X-None: 1"};
const char *const agents[] = {"New", "Old", "Marked", "Forced"};

enum class framing { none, length, chunked, count };
const std::string content = "forty bytes and a few more, as the rule says\n";

struct row {
    std::string id; // in the Referer field, which httpd appends to what it logs of a request
    std::string bytes;
    bool is_head;
};

// Numbers that are the same everywhere, so that a failing row can be sent again.
class dice {
public:
    template <class Item, size_t N>
    const Item &one_of(const Item (&items)[N]) {
        return items[below(N)];
    }
    size_t below(size_t limit) {
        state_ = state_ * 6364136223846793005u + 1442695040888963407u;
        return static_cast<size_t>(state_ >> 33) % limit;
    }

private:
    std::uint64_t state_ = 8417;
};

row make_row(size_t number, const std::string &target, const std::string &expectation, dice &die) {
    row made;
    made.id = "row" + std::to_string(number) + ".";
    const std::string method = target == "*" ? "OPTIONS" : die.one_of(methods);
    made.is_head = method == "HEAD";
    std::vector<std::string> fields = {expectation, "Referer: " + made.id,
                                       std::string("User-Agent: ") + die.one_of(agents)};
    std::string body;
    switch (static_cast<framing>(die.below(static_cast<size_t>(framing::count)))) {
    case framing::length:
        body = content.substr(0, die.below(2) == 0 ? content.size() : 10);
        fields.push_back("Content-Length: " + std::to_string(body.size()));
        break;
    case framing::chunked:
        body = "2\r\nhi\r\n0\r\n\r\n";
        fields.push_back("Transfer-Encoding: chunked");
        break;
    default:
        break;
    }
    const bool is_old = die.below(5) == 0 && body.find("\r\n") == std::string::npos;
    made.bytes = request(method + " " + target + (is_old ? " HTTP/1.0" : ""), fields, body);
    return made;
}

// Every target with every field at least once; the rest is thrown.
std::vector<row> make_corpus() {
    std::vector<row> corpus;
    dice die;
    for (const char *target : targets) {
        for (const char *expectation : expectations)
            corpus.push_back(make_row(corpus.size(), target, expectation, die));
    }
    return corpus;
}

void make_site(httpd &server, const std::string &policy_word, const std::string &rules) {
    server.site().with({"dir", "rewrite", "setenvif", "proxy", "proxy_http"});
    for (const char *path : {"upload/f", "dir/f", "inner.html", "dir/inner.html", "x/f"})
        server.file("docs/" + std::string(path), std::string(path) + "\n");
    const std::string off = "    ExpectPolicy Off\n";
    std::string text = site;
    if (policy_word.empty())
        text.erase(text.find(off), off.size());
    else
        text += "ExpectPolicy " + policy_word + "\n" + rules;
    // The messages of httpd about these requests are not this suite's matter.
    server.config(text).timeout(10).allow("AH[0-9]{5}:|client sent an unrecognized expectation");
    server.allow("expect: (rejected|would reject) ");
}

struct outcome {
    message answer;
    std::string said; // our line, from the member on: `"foo" with 417 by FILE:LINE`
};

using outcomes = std::map<std::string, outcome>;

outcomes send_all(httpd &server, const std::vector<row> &corpus, const std::string &phrase) {
    outcomes found;
    for (const row &one : corpus)
        found[one.id].answer = ask(server, one.bytes);
    server.stop();
    for (std::string line : lines_with(server.error_log(), phrase)) {
        const size_t at = line.rfind(", referer: ");
        BOOST_REQUIRE_MESSAGE(at != std::string::npos, line);
        outcome &of = found[line.substr(at + 11)];
        BOOST_TEST(of.said.empty(), "said twice: " << line);
        of.said = line.substr(phrase.size(), at - phrase.size());
    }
    return found;
}

int predicted_status(const std::string &said) {
    const size_t at = said.rfind(" with ");
    return at == std::string::npos ? 0 : std::stoi(said.substr(at + 6));
}

bool is_a_rules_status(int status) {
    for (int each : {409, 417, 421, 422, 423, 424, 426, 428, 429, 451}) {
        if (status == each)
            return true;
    }
    return false;
}

// An answer as it is compared: the words of Allow, and the fields that TRACE sends back, come in an
// order that httpd does not promise.
std::string comparable(const message &answer) {
    std::string text = answer.without_date();
    const bool is_trace = holds(answer.field("Content-Type"), "message/http");
    const size_t start = is_trace ? text.find("\r\n\r\n") : text.find("\r\nAllow: ");
    if (start == std::string::npos)
        return text;
    const size_t end = is_trace ? text.size() : text.find("\r\n", start + 2);
    std::sort(text.begin() + static_cast<std::ptrdiff_t>(start),
              text.begin() + static_cast<std::ptrdiff_t>(end));
    return text;
}

// The places of rules are told apart by the folder of each server.
std::string without_folder(std::string text, const httpd &server) {
    for (size_t at; (at = text.find(server.root())) != std::string::npos;)
        text.erase(at, server.root().size());
    return text;
}

void check_agreement(const std::string &rules) {
    const std::vector<row> corpus = make_corpus();
    httpd detects("detects");
    httpd decides("decides");
    httpd stock("stock");
    make_site(detects, "DetectionOnly", rules);
    make_site(decides, "On", rules);
    detects.announce("takes no part in the trial"); // a host with a policy of its own
    make_site(stock.stock(), "", "");
    for (httpd *server : {&detects, &decides, &stock})
        server->start();
    outcomes detected = send_all(detects, corpus, "expect: would reject ");
    outcomes decided = send_all(decides, corpus, "expect: rejected ");
    outcomes stocks = send_all(stock, corpus, "expect: ");
    size_t rejected = 0;
    for (const row &one : corpus) {
        BOOST_TEST_CONTEXT("request: " << one.bytes) {
            const outcome &would = detected[one.id];
            const outcome &did = decided[one.id];
            BOOST_TEST(without_folder(would.said, detects) == without_folder(did.said, decides));
            BOOST_TEST(is_a_rules_status(did.answer.status) == !would.said.empty(),
                       "answered " << did.answer.status << ", detected: " << would.said);
            if (!would.said.empty()) {
                BOOST_TEST(did.answer.status == predicted_status(would.said));
                ++rejected;
            }
            BOOST_TEST(would.answer.status != 0);
            BOOST_TEST(comparable(would.answer) == comparable(stocks[one.id].answer));
            BOOST_TEST(would.answer.interims == stocks[one.id].answer.interims,
                       boost::test_tools::per_element());
        }
    }
    // A corpus that is all of one kind would prove little.
    BOOST_TEST(corpus.size() >= 200u);
    BOOST_TEST(rejected >= 80u);
    BOOST_TEST(corpus.size() - rejected >= 80u);
    for (const auto &[server, verdict] :
         {std::pair<httpd *, const char *>(&detects, "would-reject"),
          std::pair<httpd *, const char *>(&decides, "rejected")}) {
        size_t noted = 0;
        for (const access_entry &entry : server->served(0))
            noted += entry.verdict == verdict ? 1u : 0u;
        BOOST_TEST(noted == rejected);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(corpus_tests)

BOOST_AUTO_TEST_CASE(a_host_without_section_rules, *where_proxies_decide()) {
    check_agreement(policy);
}

BOOST_AUTO_TEST_CASE(a_host_with_section_rules, *where_proxies_decide()) {
    check_agreement(std::string(policy) + sections);
}

BOOST_AUTO_TEST_SUITE_END()
