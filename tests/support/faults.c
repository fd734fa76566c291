/* Preloaded into a test's httpd; faults.py tells it by files what the system shall refuse or say.
 *   FAULTS_NO_SHARED_MEMORY   while this file exists there is no new shared memory in pieces of 64 KiB or more; mutexes
 *                             of httpd's own modules, without which it ends, get theirs
 *   FAULTS_CLOCK              eight bytes, the seconds by which the time of day is off; the kernel's is not, so that
 *                             waits until a time of day (pthread_cond_timedwait) are as much longer or shorter
 *   FAULTS_LATE_FOR_SIGNALS   where it is set, a second passes before SIGUSR1 means anything but the end */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef void *map_function(void *, size_t, int, int, int, off_t);
typedef int clock_function(clockid_t, struct timespec *);
typedef int action_function(int, const struct sigaction *, struct sigaction *);

static const volatile long long *seconds_off;

static map_function *real_map(void)
{
    static map_function *real;
    if (!real)
        real = (map_function *)dlsym(RTLD_NEXT, "mmap");
    return real;
}

__attribute__((constructor)) static void find_clock(void)
{
    const char *name = getenv("FAULTS_CLOCK");
    int file = name ? open(name, O_RDONLY) : -1;
    if (file >= 0) {
        void *mapped = real_map()(NULL, sizeof(*seconds_off), PROT_READ, MAP_SHARED, file, 0);
        seconds_off = mapped != MAP_FAILED ? mapped : NULL;
        close(file);
    }
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset)
{
    const char *name = getenv("FAULTS_NO_SHARED_MEMORY");
    if ((flags & MAP_SHARED) && size >= 65536 && name && access(name, F_OK) == 0) {
        errno = ENOMEM;
        return MAP_FAILED;
    }
    return real_map()(address, size, protection, flags, file, offset);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static clock_function *real;
    int status;
    if (!real)
        real = (clock_function *)dlsym(RTLD_NEXT, "clock_gettime");
    status = real(clock, now);
    if (status == 0 && clock == CLOCK_REALTIME && seconds_off)
        now->tv_sec += *seconds_off;
    return status;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec exact;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *where)
{
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (where)
        *where = exact.tv_sec;
    return exact.tv_sec;
}

int sigaction(int number, const struct sigaction *wanted, struct sigaction *before)
{
    static action_function *real;
    if (!real)
        real = (action_function *)dlsym(RTLD_NEXT, "sigaction");
    if (number == SIGUSR1 && getenv("FAULTS_LATE_FOR_SIGNALS"))
        sleep(1);
    return real(number, wanted, before);
}
