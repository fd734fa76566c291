#include "harness/desync_matrix.hpp"

#include "harness/parallel.hpp"
#include "harness/request.hpp"
#include "harness/settings.hpp"

namespace e2e {

const std::vector<handler_row> all_handlers = {
    {"/plain.txt", 200, false}, {"/cgi/count", 200, true},   {"/cgi/lazy", 200, true},
    {"/gone-text", 410, false}, {"/gone-local", 410, false}, {"/gone-script", 410, true},
    {"/gone-url", 302, false},
};

const std::vector<handler_row> two_handlers = {all_handlers[0], all_handlers[1]};

namespace {

const char *const versions[] = {"HTTP/1.1", "HTTP/1.0", "HTTP/1.0 keep-alive"};
const char *const framings[] = {"none", "length", "chunked"};
const char *const methods[] = {"GET", "POST", "HEAD", "OPTIONS"};
const sending ways[] = {sending::whole, sending::withheld, sending::half, sending::late};

piece make_piece(const policy_row &policy, const handler_row &handler, const std::string &version,
                 const std::string &framing, sending how, const std::string &method,
                 size_t number) {
    piece made;
    conversation &script = made.script;
    const std::string id = "n" + std::to_string(number);
    made.first = handler.path + ("?" + id + "-first");
    made.second = "/plain.txt?" + id + "-second";
    script.name = std::string(policy.name) + ": " + method + " " + made.first + " " + version +
                  ", Expect: " + policy.field + ", content " + framing + " " + name_of(how);
    script.http_1_0 = version != "HTTP/1.1";
    script.to_head = method == "HEAD";
    script.how = how;
    std::vector<std::string> fields = {std::string("Expect: ") + policy.field};
    if (version == "HTTP/1.0 keep-alive")
        fields.push_back("Connection: keep-alive");
    if (framing == "length") {
        give_length(script, id);
        fields.push_back("Content-Length: " + std::to_string(2 * script.first_half.size()));
    } else if (framing == "chunked") {
        give_chunks(script, id);
        fields.push_back("Transfer-Encoding: chunked");
    }
    script.head = request(method + " " + made.first + " " + version.substr(0, 8), fields);
    script.second = request("GET " + made.second, {"Connection: close"});

    const bool content = script.has_content();
    const bool is_100 = equal_ignoring_case(policy.field, "100-continue");
    const bool is_served = handler.status == 200;
    const bool waits = content && is_100 && !script.http_1_0;
    // Asked for and read to its end before the answer: of what is served, a script reads; behind a
    // 100 at the gate, httpd drains for the others.
    const bool is_read = is_served && (policy.does == action::continue_at_gate ||
                                       (policy.does == action::meet && handler.reads_content));
    expected &due = made.due;
    due.rejected = policy.does == action::reject && !(is_100 && script.http_1_0);
    if (policy.does == action::as_stock) {
        due.status = is_100 ? handler.status : policy.status;
        due.gets_100 = waits;
        script.may_be_silent = content && !waits;
        return made;
    }
    due.status = due.rejected ? policy.status : handler.status;
    due.gets_100 = waits && is_read;
    if (script.http_1_0 && !due.rejected) {
        // The expectation means nothing; only what has a length can keep the connection.
        const bool is_static = handler.path == std::string("/plain.txt");
        due.must_keep = version != "HTTP/1.0" && is_static && !content;
        script.may_be_silent = content;
        return made;
    }
    due.must_close = content && !(waits && is_read);
    due.must_keep = !script.http_1_0 && !due.must_close;
    script.may_be_silent =
        content && policy.does == action::ignore && is_served && handler.reads_content;
    return made;
}

} // namespace

// mod_cgi, as mod_cgid loses the output of a script that leaves input unread.
void make_site(httpd &server) {
    server.with({"alias", "cgi", "rewrite"});
    server.file("docs/plain.txt", "plain\n");
    server.file("docs/gone.html", "gone\n");
    // With their lengths: only then can HTTP/1.0 keep its connection, which httpd does mostly.
    server.file("cgi/count",
                "#!/bin/sh\ntext=\"read $(wc -c) bytes\"\necho 'Content-Type: text/plain'\n"
                "printf 'Content-Length: %d\\n\\n%s' ${#text} \"$text\"\n",
                true);
    server.file("cgi/lazy",
                "#!/bin/sh\nexec <&-\necho 'Content-Type: text/plain'\n"
                "printf 'Content-Length: 5\\n\\nlazy\\n'\n",
                true);
    server.file("cgi/error",
                "#!/bin/sh\nread_in=$(wc -c)\necho 'Content-Type: text/plain'\necho\n"
                "echo \"error page, read $read_in\"\n",
                true);
    server.config(one_child).config(R"(ScriptAlias /cgi/ "@ROOT@/cgi/"
RewriteEngine On
RewriteRule ^/gone- - [G]
<Location /gone-text>
    ErrorDocument 410 "gone"
</Location>
<Location /gone-local>
    ErrorDocument 410 /gone.html
</Location>
<Location /gone-script>
    ErrorDocument 410 /cgi/error
</Location>
<Location /gone-url>
    ErrorDocument 410 http://b.test/
</Location>)");
    // A script that was left alone says so; none of it is ours.
    server.allow("cgi:|AH01215|AH01220|client sent an unrecognized expectation|expect: ");
}

std::vector<piece> make_matrix(const policy_row &policy, const std::vector<handler_row> &of) {
    std::vector<piece> matrix;
    for (const handler_row &handler : of)
        for (const char *version : versions)
            for (const char *framing : framings)
                for (sending how : ways)
                    for (const char *method : methods) {
                        const std::string without = framing;
                        const bool one_zero = std::string(version) != "HTTP/1.1";
                        if ((without == "none" && how != sending::whole) ||
                            (one_zero && method[0] != 'G' && method[0] != 'P'))
                            continue;
                        matrix.push_back(make_piece(policy, handler, version, framing, how, method,
                                                    matrix.size()));
                    }
    return matrix;
}

std::vector<outcome> converse_all(httpd &server, const std::vector<piece> &matrix) {
    std::vector<outcome> seen(matrix.size());
    report_faults(in_parallel(
        matrix.size(),
        [&](size_t i) {
            wire client(server.port());
            seen[i] = converse(client, matrix[i].script);
            return faults();
        },
        the_settings().mpm == "prefork" ? 8 : 24));
    server.stop();
    return seen;
}

namespace {

// What the client saw, against the model and against what must hold for every server.
faults faults_on_the_wire(const piece &one, const outcome &seen) {
    faults found;
    const auto check = [&](bool good, const std::string &what) {
        if (!good)
            found.push_back(one.script.name + "\n    " + what +
                            "; the answer: " + seen.answer.status_line);
    };
    const bool kept = announced_kept(one.script, seen);
    const size_t most_interims = one.due.gets_100 ? 1 : 0;
    check(!seen.junk, "bytes that are no message");
    check(seen.interims.size() <= most_interims, "a 100 too many");
    // Content that is there already needs none.
    check(seen.interims.size() >= most_interims || seen.gave_up || one.script.how == sending::whole,
          "no 100");
    for (const message &another : seen.more)
        check(another.status >= 200, "a 100 behind the final answer");
    if (seen.gave_up) {
        check(!one.due.rejected, "a rejection waits for the content");
        check(seen.more.empty(), "something was served behind a client that left");
        return found;
    }
    check(seen.answer.status == one.due.status, "not status " + std::to_string(one.due.status));
    check(seen.closed, "not closed in the end");
    check(!one.due.must_keep || kept, "the connection is lost");
    check(!one.due.must_close || !kept, "the close is not announced");
    if (kept) {
        check(seen.content_sent, "kept although the content was not sent");
        check(seen.more.size() == 1 && seen.more[0].status == 200 && seen.more[0].body == "plain\n",
              "the second request was not served, " + std::to_string(seen.more.size()) +
                  " answers behind the first, " + (seen.closed ? "closed" : "not closed"));
    } else {
        check(seen.more.empty(), "something came on a connection announced closed");
    }
    return found;
}

faults faults_in_the_log(const piece &one, const outcome &seen,
                         std::map<std::string, size_t> &served) {
    faults found;
    const size_t first = served[one.first];
    const size_t second = served[one.second];
    if (first > 1 || (first == 0 && !seen.gave_up) || second != seen.more.size())
        found.push_back(one.script.name + "\n    the access log has the first request " +
                        std::to_string(first) + " times and the second " + std::to_string(second) +
                        " times, answers came to it: " + std::to_string(seen.more.size()));
    return found;
}

} // namespace

faults faults_of(const std::vector<piece> &matrix, const std::vector<outcome> &seen,
                 const std::vector<access_entry> &log) {
    std::map<std::string, size_t> served = count_targets(log);
    faults all;
    size_t requests = 0;
    for (size_t i = 0; i < matrix.size(); ++i) {
        for (const faults &some : {faults_on_the_wire(matrix[i], seen[i]),
                                   faults_in_the_log(matrix[i], seen[i], served)})
            all.insert(all.end(), some.begin(), some.end());
        requests += served[matrix[i].first] + served[matrix[i].second];
    }
    size_t lines = 0;
    for (const access_entry &entry : log)
        lines += is_own_call(entry) ? 0 : 1;
    // Nothing else: no content that became a request, whole or as a line that is none.
    if (lines != requests)
        all.push_back("the access log has " + std::to_string(lines) + " lines for " +
                      std::to_string(requests) + " requests");
    return all;
}

} // namespace e2e
