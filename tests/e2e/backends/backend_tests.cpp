// The module in front of real servers by mod_proxy: httpd and Python's http.server, over HTTP/1 and
// HTTP/2, forwarding 100-continue and not. What bytes do exactly is in proxy_tests.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <map>
#include <memory>

using namespace e2e;

namespace {

// A backend that is not httpd: says what Expect it got and how much content. /denied is refused
// before its content is read, and no 100 is sent for it.
const char *const python_server = R"(
import http.server, os, sys
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self, status, text):
        self.send_response(status)
        self.send_header("X-Seen", self.headers.get("Expect", ""))
        self.send_header("Content-Length", str(len(text)))
        if status != 200:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(text.encode())
    def handle_expect_100(self):
        if not self.path.startswith("/denied"):
            return super().handle_expect_100()
        self.answer(403, "denied\n")
        return False
    def do_POST(self):
        if self.path.startswith("/denied"):
            return self.answer(403, "denied\n")
        content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.answer(200, f"read {len(content)} bytes\n")
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(sys.argv[1] + "/port.new", "w") as out:
    print(server.server_address[1], file=out)
os.rename(sys.argv[1] + "/port.new", sys.argv[1] + "/port")
server.serve_forever()
)";

// A server behind the front, whatever it is. It says in X-Seen which Expect field came.
class backend {
public:
    virtual ~backend() = default;
    virtual std::string url() = 0; // what ProxyPass maps /back/ to
};

// httpd that meets whatever comes, so that nothing is hidden by its core.
class httpd_backend : public backend {
public:
    explicit httpd_backend(const std::string &scheme, const std::string &label = "backend")
        : scheme_(scheme), server_(label) {
        server_.threaded().site().with({"http2", "headers"});
        server_.config("Protocols h2c http/1.1\nExpectPolicy On\nExpectRule meet *\n"
                       "Header always set X-Seen \"expr=%{note:expect-field}\"\n"
                       "Header always set X-Backend " +
                       label +
                       "\nScriptAlias /denied \"@ROOT@/cgi/count\"\n"
                       "<Location /denied>\nRequire all denied\n</Location>\n"
                       "ScriptAlias /count \"@ROOT@/cgi/count\"");
        server_.allow("AH01630: client denied").start();
    }
    std::string url() override {
        return scheme_ + "://127.0.0.1:" + std::to_string(server_.port()) + "/";
    }
    httpd &server() { return server_; }

private:
    std::string scheme_;
    httpd server_;
};

class python_backend : public backend {
public:
    python_backend() : root_(the_settings().scratch + "/" + current_test_path() + "/python") {
        write_file(root_ + "/server.py", python_server);
        std::remove((root_ + "/port").c_str());
        process_.start({"python3", root_ + "/server.py", root_}, root_ + "/output.log");
        for (int i = 0; i < 2000 && read_file(root_ + "/port").empty(); ++i)
            std::this_thread::sleep_for(milliseconds(5));
        BOOST_REQUIRE_MESSAGE(!read_file(root_ + "/port").empty(),
                              read_file(root_ + "/output.log"));
    }
    std::string url() override {
        return "http://127.0.0.1:" + std::to_string(std::stoi(read_file(root_ + "/port"))) + "/";
    }

private:
    std::string root_;
    child_process process_;
};

enum kind { httpd_by_http_1, httpd_by_http_2, python_by_http_1 };

struct setup {
    const char *name;
    kind behind;
    bool forwards; // Proxy100Continue
};

const setup setups[] = {
    {"httpd by HTTP/1.1, forwarding", httpd_by_http_1, true},
    {"httpd by HTTP/1.1, not forwarding", httpd_by_http_1, false},
    {"Python by HTTP/1.1, forwarding", python_by_http_1, true},
    {"Python by HTTP/1.1, not forwarding", python_by_http_1, false},
    {"httpd by HTTP/2, forwarding", httpd_by_http_2, true},
    {"httpd by HTTP/2, not forwarding", httpd_by_http_2, false},
};

std::unique_ptr<backend> make_backend(kind which) {
    if (which == python_by_http_1)
        return std::make_unique<python_backend>();
    return std::make_unique<httpd_backend>(which == httpd_by_http_2 ? "h2c" : "http");
}

// What mod_proxy says of a backend that answers early or is gone.
const char *const proxy_talk = "AH03349|\\[proxy[a-z_0-9]*:(info|warn|error)\\]";

void configure_front(httpd &front, const std::string &urls, bool forwards) {
    front.with({"headers", "proxy", "proxy_http", "proxy_http2", "proxy_balancer",
                "lbmethod_byrequests", "slotmem_shm"});
    front.config(urls + "\nProxyTimeout 20\nProxy100Continue " + (forwards ? "On" : "Off"));
    front.config("ExpectPolicy On\nExpectRule meet good\nExpectRule ignore other\n"
                 "<Location /back/count/ignored>\nExpectRule ignore 100-continue\n</Location>\n"
                 "<Location /back/count/at-once>\nExpectRule continue 100-continue\n</Location>\n"
                 "<Location /back/count/alone>\n"
                 "RequestHeader edit Expect \"^100-continue,.*\" 100-continue\n</Location>");
    front.allow("expect: rejected").allow(proxy_talk);
}

std::string pass_to(const std::string &url) { return "ProxyPass /back/ " + url; }

struct action_row {
    const char *name;
    const char *path;
    const char *field;
    bool has_content;
    bool gets_100; // before its content is sent
    // The field at the backend: by HTTP/1.1 where 100-continue is forwarded, and what handlers see,
    // by HTTP/2. By HTTP/1.1 without forwarding there never is one.
    const char *http_1;
    const char *http_2;
};

const action_row rows[] = {
    {"met", "count", "100-continue", true, true, "100-continue", "100-continue"},
    {"met, in a list", "count", "good, 100-continue, other", true, true, "100-continue, good",
     "100-continue, good"},
    {"met, in a list that is edited", "count/alone", "good, 100-continue", true, true,
     "100-continue", "100-continue"},
    {"met, without content", "count", "100-continue", false, false, "", ""},
    {"continue", "count/at-once", "100-continue", true, true, "", "100-continue"},
    {"ignored", "count/ignored", "100-continue", true, false, "", ""},
    {"another one met", "count", "good", true, false, "", "good"},
    {"another one ignored", "count", "other", true, false, "", ""},
};

// The whole exchange of a client that waits for a 100 where it is to get one. mod_proxy_http2 now
// and then misses a backend's 100, with the module and without; then the client begins anew.
message exchange(httpd &front, const action_row &row, int attempts = 1) {
    wire client(front.port());
    client.send(request("POST /back/" + std::string(row.path),
                        {std::string("Expect: ") + row.field,
                         std::string("Content-Length: ") + (row.has_content ? "5" : "0")}));
    if (row.gets_100) {
        const message interim = client.next();
        if (interim.status == 0 && attempts > 1)
            return exchange(front, row, attempts - 1);
        BOOST_TEST(interim.status == 100);
    } else if (row.has_content)
        BOOST_TEST(client.silent());
    if (row.has_content)
        client.send("hello");
    message answer = client.next(); // no second 100
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body == (row.has_content ? "read 5 bytes\n" : "read 0 bytes\n"));
    return answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(backend_tests)

BOOST_AUTO_TEST_CASE(each_action_before_each_backend) {
    for (const setup &one : setups) {
        if (one.behind == httpd_by_http_2 && core_answers_first_over_http_2())
            continue; // the backend's core does
        BOOST_TEST_CONTEXT(one.name) {
            const auto behind = make_backend(one.behind);
            httpd front("front");
            configure_front(front, pass_to(behind->url()), one.forwards);
            front.start();
            for (const action_row &row : rows) {
                const bool is_list = std::string(row.http_1).find(',') != std::string::npos;
                if (is_list && one.behind == python_by_http_1 && one.forwards)
                    continue; // it sends a 100 for the one member alone, and mod_proxy waits for it
                BOOST_TEST_CONTEXT("row: " << row.name) {
                    const bool sees_all = one.behind == httpd_by_http_2 || !proxies_decide();
                    const std::string expected = sees_all       ? row.http_2
                                                 : one.forwards ? row.http_1
                                                                : "";
                    BOOST_TEST(exchange(front, row, one.behind == httpd_by_http_2 ? 6 : 1)
                                   .field("X-Seen") == expected);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(a_refusal_by_the_backend_comes_without_the_upload) {
    for (const setup &one : setups) {
        if (!one.forwards)
            continue; // then httpd invites the upload before it asks the backend
        BOOST_TEST_CONTEXT(one.name) {
            const auto behind = make_backend(one.behind);
            httpd front("front");
            configure_front(front, pass_to(behind->url()), one.forwards);
            front.start();
            wire client(front.port());
            client.send(withheld("POST /back/denied", "100-continue"));
            const message answer = client.next();
            BOOST_TEST(answer.status == 403);
            BOOST_TEST(answer.announces_close());
            BOOST_TEST(client.closes());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_rejection_reaches_no_backend) {
    for (const kind which : {httpd_by_http_1, httpd_by_http_2}) {
        httpd_backend behind(which == httpd_by_http_2 ? "h2c" : "http",
                             which == httpd_by_http_2 ? "second" : "first");
        httpd front(which == httpd_by_http_2 ? "front-2" : "front-1");
        configure_front(front, pass_to(behind.url()), true);
        front.start();
        for (const char *field : {"foo", "100-continue, foo", "y 100-continue", "good=1"}) {
            wire client(front.port());
            client.send(withheld("POST /back/count", field));
            BOOST_TEST(client.next().status == 417);
            BOOST_TEST(
                ask(front, request("GET /back/count", {std::string("Expect: ") + field})).status ==
                417);
        }
        front.stop();
        behind.server().stop();
        BOOST_TEST(behind.server().served(0).empty());
    }
}

BOOST_AUTO_TEST_CASE(a_balancer_goes_on_when_a_member_dies) {
    httpd_backend first("http", "first");
    httpd_backend second("http", "second");
    httpd front("front");
    configure_front(
        front,
        "<Proxy balancer://pool>\nBalancerMember " + first.url().substr(0, first.url().size() - 1) +
            " retry=1\nBalancerMember " + second.url().substr(0, second.url().size() - 1) +
            " retry=1\n</Proxy>\nProxyPass /back/ balancer://pool/",
        true);
    front.start();
    std::map<std::string, int> answers;
    for (int i = 0; i < 4; ++i)
        ++answers[exchange(front, rows[0]).field("X-Backend")];
    BOOST_TEST(answers["first"] > 0);
    BOOST_TEST(answers["second"] > 0);
    first.server().stop();
    for (int i = 0; i < 8; ++i) {
        BOOST_TEST(exchange(front, rows[0]).field("X-Backend") == "second");
        BOOST_TEST(exchange(front, rows[5]).field("X-Seen") == "");
        wire refused(front.port());
        refused.send(withheld("POST /back/count", "foo"));
        BOOST_TEST(refused.next().status == 417);
    }
}

BOOST_AUTO_TEST_CASE(a_member_that_dies_after_its_100_causes_no_second_one) {
    listener dying;
    listener other;
    httpd front("front");
    configure_front(
        front,
        "<Proxy balancer://pool>\nBalancerMember http://127.0.0.1:" + std::to_string(dying.port()) +
            " loadfactor=100\nBalancerMember http://127.0.0.1:" + std::to_string(other.port()) +
            " status=+H\n</Proxy>\nProxyPass /back/ balancer://pool/",
        true);
    front.start();
    wire client(front.port());
    client.send(request("POST /back/count", {"Expect: 100-continue", "Content-Length: 5"}));
    {
        wire backend = dying.accept();
        backend.read_until("\r\n\r\n");
        backend.send("HTTP/1.1 100 Continue\r\n\r\n");
        BOOST_TEST(client.next().status == 100);
    }
    client.send("hello");
    const message answer = client.next();
    BOOST_TEST(answer.status >= 500);
    BOOST_TEST(!other.called(a_while)); // half a request is not repeated elsewhere
}

BOOST_AUTO_TEST_SUITE_END()
