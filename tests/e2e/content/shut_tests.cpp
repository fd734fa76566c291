// Content in vain: what httpd discards before it answers is neither asked for nor waited for, in
// each situation where nothing wants it, and what is wanted is asked for.
#include "harness/ask.hpp"
#include "harness/httpd.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"
#include "harness/wire.hpp"

#include <boost/test/unit_test.hpp>
#include <filesystem>

using namespace e2e;

namespace {

const char *const site = R"(Redirect 410 /gone
Redirect 301 /moved http://b.test/
<Directory "@ROOT@/docs">
    Options +MultiViews
    DirectoryIndex index.html
</Directory>
<Directory "@ROOT@/docs/listed">
    Options +Indexes
    DirectoryIndex disabled
</Directory>
<Directory "@ROOT@/docs/bare">
    DirectoryIndex disabled
</Directory>
<Location /server-status>
    SetHandler server-status
</Location>
<Location /server-info>
    SetHandler server-info
</Location>
<Files "lazy.lua">
    SetHandler lua-script
</Files>
<Files "*.var">
    SetHandler type-map
</Files>
<Location /paged>
    ErrorDocument 404 /page.html
</Location>
<LocationMatch "^/(denied|denied-paged)$">
    Require all denied
</LocationMatch>
<Location /denied-paged>
    ErrorDocument 403 /page.html
</Location>
<Location /get-only>
    AllowMethods GET
</Location>
<Location /small>
    LimitRequestBody 4
</Location>
<Location /dav>
    Dav On
</Location>
DavLockDB "@ROOT@/run/davlock"
RewriteEngine On
RewriteRule ^/forbidden$ - [F]
)";

void make_documents(httpd &server) {
    server.site().with({"dir", "autoindex", "status", "info", "negotiation", "lua", "dav", "dav_fs",
                        "dav_lock", "rewrite", "allowmethods", "mime"});
    for (const char *path : {"page.html", "folder/index.html", "listed/f", "bare/f", "small",
                             "get-only", "views.html", "dav/kept", "dav/thrown"})
        server.file(std::string("docs/") + path, "here\n");
    server.file("docs/lazy.lua", "function handle(r)\n  r.content_type = 'text/plain'\n"
                                 "  r:puts('lazy\\n')\n  return apache2.OK\nend\n");
    server.file("docs/map.var", "URI: views.html\nContent-type: text/html\n\n");
    if (!the_settings().user.empty())
        for (const char *folder : {"/docs/dav", "/run"})
            run_program({"chown", "-R", the_settings().user, server.root() + folder});
    server.config("TypesConfig /dev/null\nAddType text/html .html").config(site);
    server.allow("AH01630|AH01276|AH00128|AH01588|AH00670|AH01623|dav:|AH01264|AH02811|"
                 "AH00129|AH00540|AH00591");
}

enum class asks {
    in_vain,    // stock httpd asks, and nothing reads
    never,      // nor does stock httpd: refused before any handler
    no_handler, // likewise, but by a handler
    to_read     // something reads
};

struct situation {
    asks how;
    const char *line;
    std::vector<std::string> fields = {};
};

const std::vector<situation> situations = {
    {asks::in_vain, "POST /plain.txt"},
    {asks::in_vain, "PUT /plain.txt"},
    {asks::in_vain, "PATCH /plain.txt"},
    {asks::in_vain, "DELETE /plain.txt"},
    {asks::in_vain, "GET /plain.txt"},
    {asks::in_vain, "OPTIONS /plain.txt"},
    {asks::in_vain, "GET /plain.txt", {"If-None-Match: *"}},
    {asks::in_vain, "PUT /missing"},
    {asks::in_vain, "POST /missing"},
    {asks::in_vain, "DELETE /missing"},
    {asks::in_vain, "POST /paged"},
    {asks::in_vain, "POST /folder/"},
    {asks::in_vain, "POST /bare/"},
    {asks::in_vain, "GET /listed/"},
    {asks::in_vain, "POST /listed/"},
    {asks::in_vain, "GET /server-status"},
    {asks::in_vain, "POST /server-status"},
    {asks::in_vain, "GET /server-status?auto"},
    {asks::in_vain, "GET /server-info?server"},
    {asks::in_vain, "GET /lazy.lua"},
    {asks::in_vain, "POST /lazy.lua"},
    {asks::in_vain, "POST /map.var"},
    {asks::in_vain, "POST /views"},
    {asks::in_vain, "DELETE /dav/thrown"},
    {asks::in_vain, "POST /dav/kept"},
    {asks::never, "POST /denied"},
    {asks::never, "POST /denied-paged"},
    {asks::never, "POST /moved"},
    {asks::never, "POST /gone"},
    {asks::never, "POST /forbidden"},
    {asks::never, "POST /get-only"},
    {asks::never, "POST /small"},
    {asks::no_handler, "POST /cgi/missing"},
    {asks::never, "POST /folder"},
    {asks::no_handler, "PUT /dav/kept", {"If-Match: \"other\""}},
    {asks::no_handler, "PUT /dav/kept", {"If-None-Match: *"}},
    {asks::no_handler, "PUT /dav/new", {"If: bad"}},
    {asks::no_handler, "PUT /dav/none/new"},
    {asks::no_handler, "PUT /dav/"},
    {asks::no_handler, "PUT /dav/new", {"Content-Range: bad"}},
    {asks::no_handler, "MKCOL /dav/made"},
    {asks::no_handler, "MOVE /dav/kept"},
    {asks::to_read, "POST /cgi/count"},
    {asks::to_read, "PUT /dav/put"},
    {asks::to_read, "PROPFIND /dav/"},
};

std::string waiting(const situation &one, const char *act) {
    std::vector<std::string> fields = one.fields;
    fields.insert(fields.end(), {"Expect: 100-continue", "Content-Length: 5", "Depth: 0",
                                 std::string("X-Action: ") + act});
    return request(one.line, fields);
}

// The final answer of a client that sends its content when it is told to.
message patient(httpd &server, const std::string &bytes) {
    wire client(server.port());
    client.send(bytes);
    message first = client.next();
    if (first.status != 100)
        return first;
    client.send("hello");
    message answer = client.next();
    answer.interims = {100};
    return answer;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shut_tests)

BOOST_AUTO_TEST_CASE(content_in_vain) {
    httpd stock("stock");
    make_documents(stock.stock());
    stock.start();
    httpd server;
    make_documents(server);
    server.config("ExpectPolicy On\n"
                  "ExpectRule continue 100-continue \"expr=%{HTTP:X-Action} == 'continue'\"\n"
                  "ExpectRule ignore 100-continue \"expr=%{HTTP:X-Action} == 'ignore'\"");
    server.start();
    size_t vain = 0;
    for (const situation &one : situations) {
        const message told = patient(stock, waiting(one, "stock"));
        for (const char *act : {"meet", "ignore", "continue"}) {
            BOOST_TEST_CONTEXT(one.line << " " << (one.fields.empty() ? "" : one.fields[0]) << ", "
                                        << act) {
                const std::string does = act;
                const bool is_read = one.how == asks::to_read;
                // The control: what httpd does by itself.
                BOOST_TEST(told.status != 0);
                const bool stock_asks = is_read || one.how == asks::in_vain;
                BOOST_TEST(told.interims.size() == (stock_asks ? 1u : 0u));
                if (is_read && does == "ignore")
                    continue; // it waits for the content
                write_file(server.root() + "/docs/dav/thrown", "here\n");
                std::filesystem::remove(server.root() + "/docs/dav/put");
                const message answer = patient(server, waiting(one, act));
                BOOST_TEST(answer.status == told.status);
                const bool is_asked = is_read || (does == "continue" && one.how != asks::never);
                BOOST_TEST(answer.interims.size() == (is_asked ? 1u : 0u));
                if (!is_asked)
                    BOOST_TEST(answer.announces_close());
                vain += one.how == asks::in_vain && !is_asked ? 1 : 0;
            }
        }
    }
    BOOST_TEST(vain >= 50u);
}

// An error document that reads finds nothing and waits for nobody, be the resource denied or
// missing; behind a refusal nothing is asked for.
BOOST_AUTO_TEST_CASE(error_documents_of_others) {
    const struct {
        const char *name;
        const char *document;
        const char *body;
    } rows[] = {{"none", nullptr, nullptr},
                {"text", "\"no such thing\"", "no such thing"},
                {"file", "/page.html", "here"},
                {"script", "/cgi/error", "read 0 bytes"},
                {"proxied", "/back/cgi/error", "read 0 bytes"}};
    for (const auto &one : rows) {
        httpd server(one.name);
        server.site().with({"proxy", "proxy_http"}).file("docs/page.html", "here\n");
        server.config("ProxyPass /back/ http://127.0.0.1:@PORT2@/\n"
                      "<VirtualHost *:@PORT@>\nServerName a.test\nExpectPolicy On\n"
                      "ExpectRule continue 100-continue \"expr=%{HTTP:X-Action} == 'continue'\"\n"
                      "ExpectRule ignore 100-continue \"expr=%{HTTP:X-Action} == 'ignore'\"\n"
                      "<Location /denied>\nRequire all denied\n</Location>");
        for (const char *status : {"403", "404"})
            if (one.document != nullptr)
                server.config(std::string("ErrorDocument ") + status + " " + one.document);
        server.config("</VirtualHost>\n<VirtualHost *:@PORT2@>\nServerName b.test\n</VirtualHost>");
        server.announce("AH01630").announce("AH00128").start();
        for (const char *act : {"meet", "continue", "ignore"}) {
            for (const char *path : {"/denied", "/missing"}) {
                const bool is_denied = path[1] == 'd';
                if (act == std::string("continue") && !is_denied)
                    continue; // the default handler is behind the gate: it was asked for
                for (const char *length : {"Content-Length: 5", "Transfer-Encoding: chunked"}) {
                    BOOST_TEST_CONTEXT("POST " << path << " with ErrorDocument " << one.name << ", "
                                               << act << ", " << length) {
                        wire client(server.port());
                        client.send(request(
                            std::string("POST ") + path,
                            {"Expect: 100-continue", length, std::string("X-Action: ") + act}));
                        const message answer = client.next();
                        // What a backend answers is the status.
                        const bool is_proxied = one.name == std::string("proxied");
                        BOOST_TEST(answer.status == (is_proxied ? 200 : is_denied ? 403 : 404));
                        if (one.body != nullptr)
                            BOOST_TEST(holds(answer.body, one.body));
                        BOOST_TEST(answer.announces_close());
                        client.send("GET /plain.txt?smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n");
                        BOOST_TEST(client.closes());
                    }
                }
            }
        }
        server.stop();
        for (const access_entry &entry : server.served(0))
            BOOST_TEST(!holds(entry.request, "smuggled"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
