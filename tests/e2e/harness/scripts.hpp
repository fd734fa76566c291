// The CGI scripts that tests put behind /cgi/. Each shows one way in which a handler treats the
// body.
#ifndef EXPECT_E2E_SCRIPTS_HPP
#define EXPECT_E2E_SCRIPTS_HPP

namespace e2e {

struct script {
    const char *name;
    const char *text;
};

inline constexpr script cgi_scripts[] = {
    // The environment a handler sees. Reads its input first: mod_cgid loses the output of a script
    // that leaves input unread.
    {"env", "#!/bin/sh\ncat >/dev/null\necho 'Content-Type: text/plain'\necho\nenv | sort\n"},
    // Reads the whole body and says how much it was.
    {"count", "#!/bin/sh\necho 'Content-Type: text/plain'\necho\n"
              "printf 'read %s bytes\\n' \"$(cat | wc -c | tr -d ' ')\"\n"},
    // An error page that, unwisely, reads its standard input before it says anything.
    {"error",
     "#!/bin/sh\nread_in=$(cat | wc -c | tr -d ' ')\necho 'Content-Type: text/plain'\necho\n"
     "printf 'error page for %s, read %s bytes\\n' \"$REDIRECT_STATUS\" \"$read_in\"\n"},
};

} // namespace e2e

#endif
