#include "sipfront/media/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "vm/base/log.h"
#include "vm/base/str.h"

enum { SYNC_EVERY_MS = 1000, BEHIND_MOST = RECORDER_BEHIND_MS / 60 };

enum piece_kind { PIECE_BEGIN, PIECE_AUDIO, PIECE_END };

struct recorder_piece {
    struct recorder_piece *next;
    struct recorder_file *file;
    enum piece_kind kind;
    unsigned n;
    int16_t samples[];
};

struct recorder {
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t more;
    struct recorder_piece *first, **last;
    bool closing;
};

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Keeps the first reason. */
static void fail(struct recorder_file *f, const char *what, int error)
{
    if (f->why[0])
        return;
    snprintf(f->why, sizeof f->why, "%s: %s", what, strerror(error));
    log_error("media", "recording %s: %s", f->path, f->why);
    atomic_store(&f->failed, true);
}

/* The note is on the disk before the audio: no file is ever without a name. */
static bool write_note(const struct recorder_file *f)
{
    struct sbuf path = { 0 };
    ssize_t len = (ssize_t)strlen(f->note);
    sbuf_fmt(&path, "%s.note", f->path);
    int fd = open(path.p, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, f->note, (size_t)len) == len && (fdatasync(fd) == 0 || errno == EINVAL);
    if (fd >= 0)
        close(fd);
    sbuf_free(&path);
    return ok;
}

static void begin(struct recorder_file *f)
{
    if (f->note && !write_note(f))
        fail(f, "cannot write the note", errno);
    else if (wav_create(&f->wav, f->path) || wav_reserve(&f->wav, f->reserve))
        fail(f, "cannot create the file", errno);
    f->synced_ms = now_ms();
}

static void append(struct recorder_file *f, const struct recorder_piece *p)
{
    atomic_fetch_sub(&f->behind, 1);
    if (f->why[0])
        return;
    if (wav_append(&f->wav, p->samples, p->n))
        fail(f, "cannot write", errno);
    if (now_ms() - f->synced_ms < SYNC_EVERY_MS)
        return;
    if (wav_sync(&f->wav))
        fail(f, "cannot write", errno);
    f->synced_ms = now_ms();
}

static void end(struct recorder_file *f)
{
    if (wav_close(&f->wav))
        fail(f, "cannot write", errno);
    if (atomic_load(&f->failed) && !f->why[0])
        snprintf(f->why, sizeof f->why, "the disk was more than %d s behind", RECORDER_BEHIND_MS / 1000);
    f->on_end(f);
}

static void handle(struct recorder_piece *p)
{
    switch (p->kind) {
    case PIECE_BEGIN: begin(p->file); break;
    case PIECE_AUDIO: append(p->file, p); break;
    case PIECE_END: end(p->file); break;
    }
    free(p);
}

/* All that waits, NULL when closing and nothing is left. */
static struct recorder_piece *take(struct recorder *r)
{
    struct recorder_piece *list;

    pthread_mutex_lock(&r->lock);
    while (!r->first && !r->closing)
        pthread_cond_wait(&r->more, &r->lock);
    list = r->first;
    r->first = NULL;
    r->last = &r->first;
    pthread_mutex_unlock(&r->lock);
    return list;
}

static void *run(void *arg)
{
    struct recorder *r = arg;
    struct recorder_piece *list;

    pthread_setname_np(pthread_self(), "recorder");
    while ((list = take(r)))
        while (list) {
            struct recorder_piece *p = list;
            list = p->next;
            handle(p);
        }
    return NULL;
}

enum err recorder_new(struct recorder **out)
{
    struct recorder *r = calloc(1, sizeof *r);

    *out = NULL;
    if (!r)
        return ERR_NOMEM;
    r->last = &r->first;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->more, NULL);
    if (pthread_create(&r->thread, NULL, run, r) != 0) {
        free(r);
        return ERR_LIMIT;
    }
    *out = r;
    return ERR_OK;
}

void recorder_free(struct recorder **rp)
{
    struct recorder *r = *rp;

    *rp = NULL;
    if (!r)
        return;
    pthread_mutex_lock(&r->lock);
    r->closing = true;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
    pthread_join(r->thread, NULL);
    pthread_cond_destroy(&r->more);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

static void hand_over(struct recorder *r, struct recorder_piece *p)
{
    pthread_mutex_lock(&r->lock);
    *r->last = p;
    r->last = &p->next;
    pthread_cond_signal(&r->more);
    pthread_mutex_unlock(&r->lock);
}

/* Short of memory the process ends, as with loop_post(). */
static struct recorder_piece *piece_new(struct recorder_file *f, enum piece_kind kind, unsigned n)
{
    struct recorder_piece *p = malloc(sizeof *p + n * sizeof p->samples[0]);

    if (!p)
        abort();
    *p = (struct recorder_piece){ .file = f, .kind = kind, .n = n };
    return p;
}

void recorder_begin(struct recorder *r, struct recorder_file *file)
{
    file->wav.fd = -1;
    hand_over(r, piece_new(file, PIECE_BEGIN, 0));
}

void recorder_add(struct recorder *r, struct recorder_file *file, const int16_t *samples, unsigned n)
{
    struct recorder_piece *p;

    if (n == 0 || atomic_load(&file->failed))
        return;
    if (atomic_fetch_add(&file->behind, 1) >= BEHIND_MOST) {
        atomic_fetch_sub(&file->behind, 1);
        atomic_store(&file->failed, true);
        return;
    }
    p = piece_new(file, PIECE_AUDIO, n);
    memcpy(p->samples, samples, n * sizeof *samples);
    hand_over(r, p);
}

void recorder_end(struct recorder *r, struct recorder_file *file) { hand_over(r, piece_new(file, PIECE_END, 0)); }
