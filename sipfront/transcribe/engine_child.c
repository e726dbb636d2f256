/* flowscribe as a child: its standard input is the message, its output what it understood. It inherits nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jansson.h>

#include "sipfront/transcribe/engine.h"

enum { ANSWER_MOST = 8 << 20, MOST_ARGS = 8 };

static void say(struct engine_try *t, enum heard_how how, const char *what, const char *more)
{
    t->how = how;
    snprintf(t->why, sizeof t->why, "%s%s", what, more);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Signals as a program expects them, not as this process's threads have them. */
static int set_signals(posix_spawnattr_t *attr)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(attr, &none);
    posix_spawnattr_setsigdefault(attr, &all);
    return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

/* The errno of what failed, or 0. */
static int start(const struct engine_try *t, int in, int out, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    char memory[32], seconds[32];
    snprintf(memory, sizeof memory, "--memory=%u", t->config->memory_mib);
    snprintf(seconds, sizeof seconds, "--seconds=%lld", t->limit_ms / 1000LL + 1);
    const char *const argv[MOST_ARGS] = { "flowscribe", memory, seconds, NULL };
    static char *const environment[] = { NULL };
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    int error = set_signals(&attr);
    if (!error)
        error = posix_spawn(pid, t->config->program, &files, &attr, (char *const *)(uintptr_t)argv, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/* Reads until the child closes its end. false: why says what was enough. */
static bool read_answer(struct engine_try *t, int fd, struct sbuf *answer)
{
    int64_t end = now_ms() + t->limit_ms;
    char piece[16384];
    for (;;) {
        struct pollfd fds[] = { { fd, POLLIN, 0 }, { t->config->stop_fd, POLLIN, 0 } };
        int64_t left = end - now_ms();
        if (left <= 0) {
            snprintf(t->why, sizeof t->why, "it took longer than %lld s", t->limit_ms / 1000LL);
            return false;
        }
        if (poll(fds, 2, (int)left) < 0 && errno != EINTR)
            return false;
        if (fds[1].revents) {
            snprintf(t->why, sizeof t->why, "the server was stopped");
            return false;
        }
        ssize_t n = fds[0].revents ? read(fd, piece, sizeof piece) : -1;
        if (n == 0)
            return true;
        if (n > 0)
            sbuf_add(answer, piece, (size_t)n);
        if (answer->len > ANSWER_MOST) {
            snprintf(t->why, sizeof t->why, "the transcriber said more than %d MiB", ANSWER_MOST >> 20);
            return false;
        }
    }
}

/* It wrote {"error": why} and ended with 1 (for good) or 2 (maybe not the next time). */
static void take_error(struct engine_try *t, int status, struct str answer)
{
    json_t *o = json_loadb(answer.p ? answer.p : "", answer.len, 0, NULL);
    const char *why = json_string_value(json_object_get(o, "error"));
    if (why)
        say(t, status == 1 ? HEARD_NEVER : HEARD_LATER, why, "");
    else /* libraries end the process where they get no memory */
        snprintf(t->why, sizeof t->why,
                 "the transcriber gave up, as without memory: it may take %u MiB (flowd --transcribe-memory)",
                 t->config->memory_mib);
    json_decref(o);
}

static void judge(struct engine_try *t, int status, const struct sbuf *answer)
{
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
        say(t, HEARD_LATER, "the transcriber used up its time", "");
    else if (WIFSIGNALED(status))
        say(t, HEARD_LATER, "the transcriber was ended by ", strsignal(WTERMSIG(status)));
    else if (WEXITSTATUS(status))
        take_error(t, WEXITSTATUS(status), sbuf_view(answer));
    else if (said_read(&t->said, sbuf_view(answer)))
        say(t, HEARD_LATER, "the transcriber's answer cannot be understood", "");
    else
        t->how = HEARD;
}

/* A child that does not end, stopped ones too, is killed; then waiting for it does not last. */
static void listen_to(struct engine_try *t, pid_t pid, int fd)
{
    struct sbuf answer = { 0 };
    int status = 0;
    t->how = HEARD_LATER;
    bool whole = read_answer(t, fd, &answer);
    if (!whole)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (whole)
        judge(t, status, &answer);
    sbuf_free(&answer);
}

void engine_child(struct engine_try *t)
{
    int in = open(t->file, O_RDONLY | O_CLOEXEC), out[2];
    pid_t pid;
    if (in < 0) {
        say(t, HEARD_NEVER, "its audio cannot be read: ", strerror(errno));
        return;
    }
    if (pipe2(out, O_CLOEXEC)) {
        say(t, HEARD_LATER, "no pipe: ", strerror(errno));
        close(in);
        return;
    }
    int error = start(t, in, out[1], &pid);
    close(in);
    close(out[1]);
    if (error)
        say(t, HEARD_LATER, "flowscribe cannot be started: ", strerror(error));
    else
        listen_to(t, pid, out[0]);
    close(out[0]);
}
