#include "sipfront/call/cdr_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sipfront/loop/workers.h"
#include "vm/base/log.h"
#include "vm/base/vec.h"

enum { WAITING_MAX = 16 << 20, AGAIN_MS = 2000 };

/* Records on their way, and the slots that they hold. */
struct batch {
    struct sbuf text;
    unsigned records;
    VEC(int) slots;
};

struct cdr_file {
    struct loop *loop;
    struct workers *worker;
    struct cdr_file_port port;
    char *path;
    struct batch waiting; /* the loop's */
    /* The worker's while it is busy. */
    struct batch out;
    size_t at; /* what of out is written */
    int fd;    /* -1: closed */
    bool anew;
    int error; /* 0: all of out is written */
    /* The loop's. */
    bool busy, reopen, failing, full, closed;
    struct clock_timer *again;
    struct cdr_file_counts counts;
};

/* ---- on the worker ---- */

/* Is the file at the path another one than ours, or none? */
static bool has_moved(const struct cdr_file *f)
{
    struct stat ours, there;
    return fstat(f->fd, &ours) != 0 || stat(f->path, &there) != 0 || ours.st_ino != there.st_ino ||
           ours.st_dev != there.st_dev;
}

static int open_it(struct cdr_file *f)
{
    if (f->fd >= 0 && (f->anew || has_moved(f))) {
        close(f->fd);
        f->fd = -1;
    }
    if (f->fd < 0)
        f->fd = open(f->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    f->anew = false;
    return f->fd < 0 ? errno : 0;
}

/* A record that is cut off, by a disk that is full, is taken back: it may be another file in which the rest is. */
static void cut_back(struct cdr_file *f, off_t from)
{
    const char *written = f->out.text.p + from, *at = f->out.text.p + f->at;
    struct stat st;
    off_t torn = 0;
    while (at > written && at[-1] != '\n')
        at--, torn++;
    if (torn && fstat(f->fd, &st) == 0 && ftruncate(f->fd, st.st_size - torn) == 0)
        f->at -= (size_t)torn;
}

static void write_out(struct cdr_file *f)
{
    off_t from = (off_t)f->at;
    f->error = open_it(f);
    while (!f->error && f->at < f->out.text.len) {
        ssize_t n = write(f->fd, f->out.text.p + f->at, f->out.text.len - f->at);
        if (n > 0)
            f->at += (size_t)n;
        else if (n < 0 && errno != EINTR)
            f->error = errno;
    }
    if (!f->error && fdatasync(f->fd) != 0 && errno != EINVAL && errno != EROFS) /* EINVAL: no file, but a pipe */
        f->error = errno;
    if (f->error && f->fd >= 0)
        cut_back(f, from);
}

static void run(void *job) { write_out(job); }

/* ---- on the loop ---- */

static void go(struct cdr_file *f);

static void on_again(void *owner)
{
    struct cdr_file *f = owner;
    f->again = NULL;
    go(f);
}

static void clear(struct cdr_file *f, struct batch *b)
{
    for (size_t i = 0; i < b->slots.len; i++)
        f->port.written(f->port.owner, b->slots.items[i]);
    b->slots.len = 0;
    sbuf_clear(&b->text);
    b->records = 0;
}

/* What became of the batch. */
static void settle(struct cdr_file *f)
{
    f->busy = false;
    if (f->error) {
        f->counts.failures++;
        if (!f->failing)
            log_error("cdr", "%s: %s: call records wait in memory until it can be written", f->path,
                      strerror(f->error));
        f->failing = true;
        return;
    }
    if (f->failing)
        log_info("cdr", "%s: call records are written again", f->path);
    f->failing = f->full = false;
    f->counts.written += f->out.records;
    f->at = 0;
    clear(f, &f->out);
}

static void free_it(struct cdr_file *f)
{
    vec_free(&f->out.slots);
    vec_free(&f->waiting.slots);
    sbuf_free(&f->out.text);
    sbuf_free(&f->waiting.text);
    free(f->path);
    free(f);
}

static void on_done(void *job)
{
    struct cdr_file *f = job;
    if (f->closed) {
        free_it(f);
        return;
    }
    settle(f);
    if (f->failing)
        f->again = clock_start(loop_clock(f->loop), AGAIN_MS, on_again, f);
    else
        go(f);
}

static void next_batch(struct cdr_file *f)
{
    struct batch empty = f->out;
    if (f->out.records)
        return; /* the one before is not written yet */
    f->out = f->waiting;
    f->waiting = empty;
}

static void go(struct cdr_file *f)
{
    if (f->busy || f->again || (!f->out.records && !f->waiting.records && !f->reopen))
        return;
    next_batch(f);
    f->anew = f->reopen;
    f->reopen = false;
    f->busy = workers_submit(f->worker, run, on_done, f) == ERR_OK;
}

void cdr_file_add(struct cdr_file *f, struct str line, int slot)
{
    if (f->waiting.text.len + line.len > WAITING_MAX) {
        if (!f->full)
            log_error("cdr", "%s: %d MiB of call records wait to be written: further ones are in the log only", f->path,
                      WAITING_MAX >> 20);
        f->full = true;
        f->counts.lost++;
        if (slot >= 0)
            f->port.written(f->port.owner, slot);
        return;
    }
    sbuf_str(&f->waiting.text, line);
    f->waiting.records++;
    if (slot >= 0)
        vec_push(&f->waiting.slots, slot);
    go(f);
}

void cdr_file_reopen(struct cdr_file *f)
{
    if (!f)
        return;
    f->reopen = true;
    go(f);
}

struct cdr_file_counts cdr_file_counts(const struct cdr_file *f)
{
    struct cdr_file_counts c = f ? f->counts : (struct cdr_file_counts){ 0 };
    if (f)
        c.waiting = f->out.records + f->waiting.records;
    return c;
}

enum err cdr_file_open(struct cdr_file **out, struct loop *l, const char *path, const struct cdr_file_port *port,
                       struct sbuf *why)
{
    struct cdr_file *f = calloc(1, sizeof *f);
    enum err e = ERR_NOMEM;
    *out = NULL;
    if (!f)
        return e;
    *f = (struct cdr_file){ .loop = l, .port = *port, .path = strdup(path), .fd = -1 };
    int error = f->path ? open_it(f) : ENOMEM;
    if (error) {
        sbuf_fmt(why, "call records cannot be written to %s: %s", path, strerror(error));
        e = ERR_IO;
    } else {
        e = workers_new(&f->worker, l, "cdr", 1, 2);
    }
    if (!e)
        *out = f;
    else
        cdr_file_close(&f);
    return e;
}

/* Twice: what the worker had, and what came meanwhile. */
static void write_rest(struct cdr_file *f)
{
    if (f->busy)
        settle(f);
    for (int i = 0; i < 2 && (f->out.records || f->waiting.records); i++) {
        next_batch(f);
        write_out(f);
        settle(f);
    }
    unsigned left = f->out.records + f->waiting.records;
    if (left)
        log_error("cdr", "%s: %u call records are not in it; the next start tries again", f->path, left);
}

void cdr_file_close(struct cdr_file **fp)
{
    struct cdr_file *f = *fp;
    *fp = NULL;
    if (!f)
        return;
    clock_stop(loop_clock(f->loop), &f->again);
    workers_free(&f->worker);
    bool is_on_its_way = f->busy; /* on_done() of the worker's last job, posted by now */
    write_rest(f);
    if (f->fd >= 0)
        close(f->fd);
    f->closed = true;
    if (!is_on_its_way)
        free_it(f);
}
