/* For the soak: leaves a child that has lived for two seconds next to nothing of a resource. (By then its threads
 * are there, and httpd has seen it healthy: where no child ever was, httpd ends itself.)
 *   Scarce descriptors N   descriptors up to the last one that is open, and N more
 *   Scarce memory N        the address space that there is, and N bytes more */
#include "apr_strings.h"
#include "httpd.h"
#include "http_config.h"
#include "http_connection.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static long descriptors_left, memory_left;
static apr_time_t due; /* 0: not known yet; -1: done */

static long address_space(void)
{
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file != NULL) {
        if (fscanf(file, "%ld", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return pages * sysconf(_SC_PAGESIZE);
}

static int scarce_pre_connection(conn_rec *c, void *socket)
{
    struct rlimit limit;
    (void)c;
    (void)socket;
    if (due == 0) {
        due = apr_time_now() + apr_time_from_sec(2);
    }
    if (due < 0 || apr_time_now() < due) {
        return DECLINED;
    }
    due = -1; /* two threads that come here at once do no harm */
    if (descriptors_left > 0) {
        int next = open("/dev/null", O_RDONLY);
        close(next);
        limit.rlim_cur = limit.rlim_max = (rlim_t)(next + descriptors_left);
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (memory_left > 0) {
        limit.rlim_cur = limit.rlim_max = (rlim_t)(address_space() + memory_left);
        setrlimit(RLIMIT_AS, &limit);
    }
    return DECLINED;
}

static const char *set_scarce(cmd_parms *cmd, void *unused, const char *what, const char *left)
{
    (void)cmd;
    (void)unused;
    *(strcmp(what, "memory") == 0 ? &memory_left : &descriptors_left) = atol(left);
    return NULL;
}

static const command_rec scarce_directives[] = {
    AP_INIT_TAKE2("Scarce", set_scarce, NULL, RSRC_CONF, "descriptors or memory, and how much is left of it"),
    {NULL}};

static void scarce_register_hooks(apr_pool_t *pool)
{
    (void)pool;
    descriptors_left = memory_left = due = 0;
    ap_hook_pre_connection(scarce_pre_connection, NULL, NULL, APR_HOOK_FIRST);
}

AP_DECLARE_MODULE(scarce) = {STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, scarce_directives,
                             scarce_register_hooks};
