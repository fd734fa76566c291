// The ways from the URL that is asked to the application: what httpd finds, redirects, negotiates,
// includes, guards or serves itself. No byte of the question's answer goes past the capture, and
// nothing that httpd does on the way reads the upload.
#include "harness/application.hpp"
#include "harness/settings.hpp"

#include <boost/test/unit_test.hpp>

using namespace e2e;

namespace {

struct route {
    const char *name;
    const char *url; // what is asked; the query is the answer's status
    std::vector<std::string> modules;
    const char *config;
};

const std::vector<route> &all_routes() {
    static const std::vector<route> all = {
        {"a script", "/cgi/says?", {}, ""},
        {"an index",
         "/asked/?",
         {"dir", "mime"},
         "<Directory \"@ROOT@/docs/asked\">\nOptions ExecCGI\nAddHandler cgi-script .multi\n"
         "DirectoryIndex says.multi\n</Directory>"},
        {"an index that is redirected to", "/empty/?", {"dir"}, "DirectoryIndex /cgi/says"},
        {"what is served for all that is missing",
         "/missing?",
         {"dir"},
         "FallbackResource /cgi/says"},
        {"negotiation",
         "/asked/says?",
         {"negotiation", "mime"},
         "<Directory \"@ROOT@/docs/asked\">\nOptions MultiViews ExecCGI\n"
         "AddHandler cgi-script .multi\nMultiviewsMatch Any\n</Directory>"},
        {"rewriting by the server",
         "/to/says?",
         {"rewrite"},
         "RewriteEngine On\nRewriteRule ^/to/(.*) /cgi/$1 [PT]"},
        {"rewriting by a directory",
         "/asked/to-says?",
         {"rewrite"},
         "<Directory \"@ROOT@/docs/asked\">\nRewriteEngine On\n"
         "RewriteRule ^to-(says)$ /cgi/$1\n</Directory>"},
        {"rewriting by directories, twice",
         "/asked/to-twice?",
         {"rewrite"},
         "<Directory \"@ROOT@/docs/asked\">\nRewriteEngine On\n"
         "RewriteRule ^to-twice$ /asked/to-says\nRewriteRule ^to-(says)$ /cgi/$1\n</Directory>"},
        {"an action",
         "/acted?",
         {"actions"},
         "<Location /acted>\nSetHandler acts\nAction acts /cgi/says virtual\n</Location>"},
        {"an alias", "/alias?", {}, "ScriptAlias /alias \"@ROOT@/cgi/says\""},
    };
    return all;
}

// `content` is "" or a filter over the upload's content, which changes where chains begin.
void check_route(const route &one, const std::string &content) {
    for (const int status : {200, 403}) {
        httpd server(std::to_string(status) + (content.empty() ? "" : "-filtered"));
        add_applications(server);
        server.with(one.modules).with({"case_filter_in"});
        const std::string says = read_file(server.root() + "/cgi/says");
        server.file("mime.types", "")
            .config("<IfModule mime_module>\nTypesConfig \"@ROOT@/mime.types\"\n</IfModule>");
        server.file("docs/asked/says.multi", says, true).file("docs/empty/keep", "");
        server.config(one.config).config(content);
        server.config(ask_about_100(one.url + std::to_string(status)));
        if (status == 403)
            server.announce("expect: rejected");
        server.start();
        if (status == 200) {
            check_read(server, waiting_upload_to("POST /cgi/count"));
            continue;
        }
        for (const char *sent : {"", "hello"}) {
            const message answer =
                check_answered_at_once(server, waiting_upload_to("POST /cgi/count") + sent, 403);
            BOOST_TEST(holds(answer.body, "read 0 bytes\n"));
            BOOST_TEST(holds(answer.body, "HTTP_X_EXPECT=100-continue"));
            BOOST_TEST(answer.field("Content-Type") == "text/x-says");
        }
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(ask_routes_tests)

BOOST_AUTO_TEST_CASE(each_way_to_a_script) {
    for (const route &one : all_routes()) {
        BOOST_TEST_CONTEXT(one.name) {
            check_route(one, "");
            check_route(one, "CaseFilterIn On");
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
