/* Stands before the C library's function of that name, in which su_root waits. su_root counts in whole milliseconds,
 * rounded down: as long as a timer is due in less than one it asks again and again without waiting, hundreds of times a
 * call. It also asks so when there are messages, which it takes before it asks again; they come in short runs. So the
 * first time nobody is asked, what is asked a third time waits a little, and what is asked with a time waits until that
 * millisecond is over. */
#include "sipfront/loop/wait.h"

#include <errno.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <time.h>

enum { AT_ONCE = 2, A_LITTLE_NS = 500000 };

static _Thread_local bool is_loop;
static _Thread_local unsigned asked; /* times without waiting that brought nothing */

void wait_of_loop(bool on)
{
    is_loop = on;
    asked = 0;
}

int wait_for_events(int fd, struct epoll_event *events, int most, int ms) __asm__("epoll_wait");

static int wait_a_little(int fd, struct epoll_event *events, int most)
{
    struct timespec little = { .tv_nsec = A_LITTLE_NS };
    int n = epoll_pwait2(fd, events, most, &little, NULL);
    return n < 0 && errno == ENOSYS ? epoll_pwait(fd, events, most, 0, NULL) : n;
}

int wait_for_events(int fd, struct epoll_event *events, int most, int ms)
{
    int n;
    if (!is_loop || ms < 0)
        return epoll_pwait(fd, events, most, ms, NULL);
    if (ms == 0 && asked == 0) {
        asked = 1;
        return 0;
    }
    if (ms == 0 && asked >= AT_ONCE)
        return wait_a_little(fd, events, most);
    n = epoll_pwait(fd, events, most, ms ? ms + 1 : 0, NULL);
    asked = ms == 0 && n == 0 ? asked + 1 : 0;
    return n;
}
