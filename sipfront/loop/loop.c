/* The loop: su_root, a queue of posted functions behind an eventfd, timers (timers.c) behind a timerfd. */
#include "sipfront/loop/loop.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <sofia-sip/su.h>
#include <sofia-sip/su_wait.h>

#include "sipfront/loop/timers.h"
#include "sipfront/loop/wait.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

struct posted {
    void (*fn)(void *arg);
    void *arg;
};

/* How often timers of no time may start others before descriptors are looked at again. */
enum { PASSES = 4 };

typedef int wake_fn(su_root_magic_t *, su_wait_t *, su_wakeup_arg_t *);

struct loop {
    su_root_t *root;
    struct timers *timers;
    int wake_fd;    /* eventfd: something was posted, or stop */
    int wake_index; /* su_root's number of it, -1: not registered */
    int timers_index;
    bool awake; /* before_sleep() is at work, or will be before the loop sleeps */
    atomic_bool stopping;
    atomic_bool left;     /* something is in posts, waked or not */
    pthread_mutex_t lock; /* guards posts, waked */
    bool waked;           /* for what is in posts */
    VEC(struct posted) posts;
    VEC(struct posted) running; /* the batch being run; its memory is swapped with posts */
};

static void wake(struct loop *l)
{
    uint64_t one = 1;
    ssize_t n;
    do {
        n = write(l->wake_fd, &one, sizeof one); /* EAGAIN: the counter is full, so it is awake anyway */
    } while (n < 0 && errno == EINTR);
}

static void take_posts(struct loop *l)
{
    struct posted *spare = l->running.items;
    size_t cap = l->running.cap;
    pthread_mutex_lock(&l->lock);
    l->running.items = l->posts.items;
    l->running.len = l->posts.len;
    l->running.cap = l->posts.cap;
    l->posts.items = spare;
    l->posts.len = 0;
    l->posts.cap = cap;
    l->waked = false;
    atomic_store_explicit(&l->left, false, memory_order_relaxed);
    pthread_mutex_unlock(&l->lock);
}

/* How many there were. */
static size_t run_posts(struct loop *l)
{
    size_t n;
    take_posts(l);
    n = l->running.len;
    for (size_t i = 0; i < l->running.len; i++)
        l->running.items[i].fn(l->running.items[i].arg);
    l->running.len = 0;
    return n;
}

static int on_wake(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
    struct loop *l = arg;
    uint64_t n;
    (void)magic, (void)wait;
    if (read(l->wake_fd, &n, sizeof n) < 0 && errno != EAGAIN && errno != EINTR)
        log_error("loop", "eventfd cannot be read");
    run_posts(l);
    if (atomic_exchange(&l->stopping, false))
        su_root_break(l->root);
    return 0;
}

static int on_timer(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
    struct loop *l = arg;
    (void)magic, (void)wait;
    timers_read(l->timers); /* before_sleep() fires them */
    return 0;
}

/* su_root calls this before each poll; a message to itself keeps it from sleeping until then. */
static void before_sleep(su_prepoll_magic_t *magic, su_root_t *root)
{
    struct loop *l = (struct loop *)magic;
    (void)root;
    l->awake = true;
    if (atomic_load_explicit(&l->left, memory_order_relaxed))
        run_posts(l);
    for (int i = 0; i < PASSES && timers_fire(l->timers); i++)
        continue;
    timers_arm(l->timers);
    l->awake = false;
}

void loop_lag(const struct loop *l, struct loop_lag *out) { timers_lag(l->timers, out); }

static void on_message(su_root_magic_t *magic, su_msg_r msg, su_msg_arg_t *arg) { (void)magic, (void)msg, (void)arg; }

static void stay_awake(void *arg)
{
    struct loop *l = arg;
    su_msg_r msg = SU_MSG_R_INIT;
    if (l->awake)
        return;
    if (su_msg_create(msg, su_root_task(l->root), su_root_task(l->root), on_message, 0) != 0 || su_msg_send(msg) != 0)
        timers_arm(l->timers);
    else
        l->awake = true;
}

static enum err watch(struct loop *l, int fd, wake_fn *on_ready, int *index)
{
    su_wait_t wait[1] = { SU_WAIT_INIT };
    if (su_wait_create(wait, fd, SU_WAIT_IN) != 0)
        return ERR_IO;
    *index = su_root_register(l->root, wait, on_ready, l, su_pri_normal);
    if (*index > 0)
        return ERR_OK;
    su_wait_destroy(wait);
    return ERR_IO;
}

static enum err loop_open(struct loop *l)
{
    enum err e;
    l->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (l->wake_fd < 0)
        return ERR_IO;
    l->root = su_root_create(NULL);
    if (!l->root)
        return ERR_IO;
    su_root_threading(l->root, 0);
    e = timers_new(&l->timers, stay_awake, l);
    if (e)
        return e;
    if (su_root_add_prepoll(l->root, before_sleep, (su_prepoll_magic_t *)l) < 0)
        return ERR_IO;
    e = watch(l, l->wake_fd, on_wake, &l->wake_index);
    if (e)
        return e;
    return watch(l, timers_fd(l->timers), on_timer, &l->timers_index);
}

enum err loop_new(struct loop **out)
{
    struct loop *l = calloc(1, sizeof *l);
    enum err e;
    *out = NULL;
    if (!l)
        return ERR_NOMEM;
    signal(SIGPIPE, SIG_IGN); /* a closed connection is an error code, not the end */
    su_init();
    pthread_mutex_init(&l->lock, NULL);
    l->wake_fd = l->wake_index = l->timers_index = -1;
    e = loop_open(l);
    if (!e) {
        *out = l;
        l = NULL;
    }
    loop_free(&l);
    return e;
}

void loop_free(struct loop **lp)
{
    struct loop *l = *lp;
    if (!l)
        return;
    *lp = NULL;
    if (l->wake_index > 0)
        su_root_deregister(l->root, l->wake_index);
    if (l->timers_index > 0)
        su_root_deregister(l->root, l->timers_index);
    if (l->root) {
        su_root_remove_prepoll(l->root);
        su_root_step(l->root, 0); /* takes what stay_awake() has sent: the root does not free it */
    }
    timers_free(&l->timers);
    if (l->root)
        su_root_destroy(l->root);
    if (l->wake_fd >= 0)
        close(l->wake_fd);
    vec_free(&l->posts);
    vec_free(&l->running);
    pthread_mutex_destroy(&l->lock);
    su_deinit();
    free(l);
}

void loop_run(struct loop *l)
{
    wait_of_loop(true);
    su_root_run(l->root);
    wait_of_loop(false);
}

void loop_drain(struct loop *l)
{
    while (run_posts(l))
        continue;
}

void loop_stop(struct loop *l)
{
    atomic_store(&l->stopping, true);
    wake(l);
}

/* true: the loop has to be waked for it. */
static bool put(struct loop *l, struct posted p, bool urgent)
{
    bool wanted;
    pthread_mutex_lock(&l->lock);
    wanted = urgent && !l->waked;
    l->waked |= wanted;
    vec_push(&l->posts, p);
    atomic_store_explicit(&l->left, true, memory_order_relaxed);
    pthread_mutex_unlock(&l->lock);
    return wanted;
}

void loop_post(struct loop *l, void (*fn)(void *arg), void *arg)
{
    if (put(l, (struct posted){ fn, arg }, true))
        wake(l);
}

void loop_leave(struct loop *l, void (*fn)(void *arg), void *arg) { put(l, (struct posted){ fn, arg }, false); }

const struct clock *loop_clock(struct loop *l) { return timers_clock(l->timers); }

void *loop_root(struct loop *l) { return l->root; }
