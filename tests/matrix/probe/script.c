/* The CGI programs of the matrix, one binary under several names. Each appends a line to $MATRIX_LOG that says for
 * which cell it ran and how many bytes of content it was given: that is how content that reaches the wrong script is
 * seen. C, because some thousands of them are started. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t read_content(size_t most)
{
    char buffer[65536];
    size_t sum = 0;
    ssize_t got;

    while (sum < most) {
        size_t room = most - sum < sizeof buffer ? most - sum : sizeof buffer;
        if ((got = read(0, buffer, room)) <= 0)
            break;
        sum += (size_t)got;
    }
    return sum;
}

static void record(const char *name, size_t count)
{
    const char *cell = getenv("HTTP_X_CELL");
    const char *file = getenv("MATRIX_LOG");
    char line[256];
    int length = snprintf(line, sizeof line, "%s %s %zu\n", cell ? cell : "-", name, count);
    int log = open(file ? file : "/dev/null", O_WRONLY | O_APPEND | O_CREAT, 0666);

    if (log < 0 || write(log, line, (size_t)length) != length)
        exit(1);
    close(log);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *name = slash ? slash + 1 : argv[0];
    const char *status = "";
    char text[128];
    size_t count = 0;

    (void)argc;
    if (strcmp(name, "none") != 0 && strcmp(name, "refuses") != 0)
        count = read_content(strcmp(name, "some") == 0 ? 10 : (size_t)-1);
    record(name, count);
    if (strcmp(name, "refuses") == 0 || strcmp(name, "asked-refuses") == 0)
        status = "Status: 403 Forbidden\n";
    else if (strcmp(name, "error-status") == 0)
        status = "Status: 404 Not Found\n";
    snprintf(text, sizeof text, "%s read %zu\n", name, count);
    /* Lengths are declared, so that the connection can be kept whatever the version of the request. */
    printf("%sContent-Type: text/html\nContent-Length: %zu\n\n%s", status, strlen(text), text);
    return 0;
}
