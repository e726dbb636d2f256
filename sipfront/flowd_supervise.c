#include "sipfront/flowd_supervise.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/log.h"

enum { QUICK_DEATHS = 10, PAUSE_MS = 200 };

static void watched(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGHUP);
    sigaddset(set, SIGCHLD);
}

static pid_t start_child(const sigset_t *before, pid_t parent)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    sigprocmask(SIG_SETMASK, before, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* or its ports would be taken when the parent is started again */
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    return 0;
}

/* Waits for its end; what else comes is passed on. */
static int wait_for(pid_t pid, const sigset_t *set)
{
    int status, got;
    for (;;) {
        if (sigwait(set, &got) != 0)
            continue;
        if (got != SIGCHLD)
            kill(pid, got);
        else if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
    }
}

int supervise(void)
{
    sigset_t set, before;
    pid_t parent = getpid();
    unsigned quick = 0;
    watched(&set);
    sigprocmask(SIG_BLOCK, &set, &before);
    for (;;) {
        time_t begun = time(NULL);
        pid_t pid = start_child(&before, parent);
        if (pid <= 0)
            return pid == 0 ? -1 : EXIT_FAILURE;
        int status = wait_for(pid, &set);
        if (WIFEXITED(status))
            return WEXITSTATUS(status);
        quick = time(NULL) - begun < 1 ? quick + 1 : 0;
        log_error("flowd", "the server died by signal %d%s", WTERMSIG(status),
                  quick >= QUICK_DEATHS ? " again and again: given up" : " and is started again");
        if (quick >= QUICK_DEATHS)
            return EXIT_FAILURE;
        if (quick)
            usleep(PAUSE_MS * 1000);
    }
}
