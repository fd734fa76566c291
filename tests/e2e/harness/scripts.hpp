// The CGI scripts that tests put behind /cgi/. Each shows one way in which a handler treats the
// body.
#ifndef EXPECT_E2E_SCRIPTS_HPP
#define EXPECT_E2E_SCRIPTS_HPP

#include <string>

namespace e2e {

// What mod_cgid and mod_cgi say of content that they cannot pass on to a script: it has ended, or
// the client has gone. Which of the two is there depends on the length of a path (cgi_module()).
inline const std::string script_is_not_fed = "AH01270|AH01225";

struct script {
    const char *name;
    const char *text;
};

// Their content has a length of theirs: httpd would count it only if a script has ended by the time
// its content is passed on, which is chance. They say nothing on stderr: which of their commands
// notices that a client has gone, before httpd ends them, is chance as well.
inline constexpr script cgi_scripts[] = {
    // The environment a handler sees. Reads its input first: mod_cgid loses the output of a script
    // that leaves input unread.
    {"env", "#!/bin/sh\nexec 2>/dev/null\ncat >/dev/null\nfound=$(env | sort)\n"
            "printf 'Content-Type: text/plain\\nContent-Length: %d\\n\\n%s\\n' "
            "$((${#found} + 1)) \"$found\"\n"},
    // Reads the whole body and says how much it was.
    {"count", "#!/bin/sh\nexec 2>/dev/null\nread_in=\"read $(cat | wc -c | tr -d ' ') bytes\"\n"
              "printf 'Content-Type: text/plain\\nContent-Length: %d\\n\\n%s\\n' "
              "$((${#read_in} + 1)) \"$read_in\"\n"},
    // An error page that, unwisely, reads its standard input before it says anything.
    {"error", "#!/bin/sh\nexec 2>/dev/null\nread_in=$(cat | wc -c | tr -d ' ')\necho "
              "'Content-Type: text/plain'\necho\n"
              "printf 'error page for %s, read %s bytes\\n' \"$REDIRECT_STATUS\" \"$read_in\"\n"},
};

} // namespace e2e

#endif
