/* What a box action needs a worker or the directory for: hashes of PINs, copies of audio, settings. The work goes on
 * when the question is stopped: what was asked for is done all the same. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sipfront/call/pin.h"
#include "sipfront/call/port_box.h"
#include "vm/base/log.h"

enum { WRONG_PINS_MOST = 5, LOCK_MS = 10 * 60 * 1000, LOCK_MOST_MS = 24 * 3600 * 1000 };

struct box_work {
    struct server *server;
    struct box_asked *asked; /* NULL: stopped */
    struct box_work *next;   /* in the line of PINs */
    char *box, *digits, *hash, *from, *to, *kind;
    char made[PIN_HASH]; /* the new PIN's */
    bool ok;
    struct message_file copy; /* box_forward */
};

static char *copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return p;
}

static struct box_work *work_new(struct box_asked *a)
{
    struct box_work *w = calloc(1, sizeof *w);
    if (!w)
        abort();
    w->server = a->op.call->server;
    w->asked = a;
    w->box = copy(str_of(visit_of(a->op.call)->box));
    a->work = w;
    return w;
}

static void work_free(struct box_work *w)
{
    if (w->digits)
        explicit_bzero(w->digits, strlen(w->digits));
    free(w->box);
    free(w->digits);
    free(w->hash);
    free(w->from);
    free(w->to);
    free(w->kind);
    message_file_free(&w->copy);
    free(w);
}

void work_forget(struct box_asked *a)
{
    if (a->work)
        a->work->asked = NULL;
    message_forget(a->keeping);
}

/* The question, still there or not; the work is over. */
static struct box_asked *work_over(struct box_work *w)
{
    struct box_asked *a = w->asked;
    if (a)
        a->work = NULL;
    work_free(w);
    return a;
}

static void answer(struct box_work *w, unsigned outcome)
{
    struct box_asked *a = work_over(w);
    if (a)
        asked_answer(a, outcome);
}

/* ---- trying a PIN: one at a time, so that each is counted before the next is looked at ---- */

static void pin_begin(struct server *s);

static void pin_next(struct server *s, struct box_work *w)
{
    s->pins = w->next;
    pin_begin(s);
}

static void tell_locked(struct box_asked *a, int64_t ms)
{
    asked_put_num(a, 0, TYPE_DURATION, ms);
    asked_answer(a, OUT_box_pin_locked);
}

/* The count is in the database before the caller hears of it. */
static void on_counted(enum err e, const char *why, void *arg)
{
    struct box_work *w = arg;
    struct server *s = w->server;
    struct box b = directory_box_settings(s->directory, w->box);
    bool ok = w->ok && !e;
    if (e)
        log_error("voicemail", "a try of the PIN of %s cannot be counted: %s", w->box, why);
    pin_next(s, w);
    struct box_asked *a = work_over(w);
    if (!a)
        return;
    int64_t locked = box_locked_ms(a->op.call, &b);
    if (ok)
        asked_enter(a, OUT_box_pin_open);
    else if (locked)
        tell_locked(a, locked);
    else
        asked_answer(a, OUT_box_pin_wrong);
}

static int64_t lock_of(int64_t wrong)
{
    int64_t ms = wrong < WRONG_PINS_MOST ? 0 : LOCK_MS;
    for (int64_t i = WRONG_PINS_MOST; i < wrong && ms < LOCK_MOST_MS; i++)
        ms *= 2;
    return ms < LOCK_MOST_MS ? ms : LOCK_MOST_MS;
}

static void on_tried(void *job)
{
    struct box_work *w = job;
    struct server *s = w->server;
    struct box b = directory_box_settings(s->directory, w->box);
    struct directory_done done = { on_counted, w };
    int64_t wrong = w->ok ? 0 : b.wrong_pins + 1, ms = lock_of(wrong);
    if (ms)
        log_warn("voicemail", "the box %s is locked for %lld s after %lld wrong PINs", w->box, (long long)ms / 1000,
                 (long long)wrong);
    if (w->ok && !b.wrong_pins)
        on_counted(ERR_OK, "", w);
    else
        directory_lock_box(s->directory, w->box, wrong, ms ? clock_wall(loop_clock(s->loop)) + ms : 0, done);
}

static void try_pin(void *job)
{
    struct box_work *w = job;
    w->ok = pin_matches(str_of(w->digits), w->hash);
}

/* Locked meanwhile, by a try before it in the line: not even looked at. */
static void pin_begin(struct server *s)
{
    struct box_work *w = s->pins;
    if (!w)
        return;
    struct box b = directory_box_settings(s->directory, w->box);
    free(w->hash);
    w->hash = copy(str_of(b.pin));
    if (b.locked_until_wall_ms > clock_wall(loop_clock(s->loop)) || workers_submit(s->workers, try_pin, on_tried, w)) {
        pin_next(s, w);
        struct box_asked *a = work_over(w);
        if (a)
            tell_locked(a, box_locked_ms(a->op.call, &b));
    }
}

void work_try_pin(struct box_asked *a, struct str digits)
{
    struct box_work *w = work_new(a), **last = &a->op.call->server->pins;
    w->digits = copy(digits);
    while (*last)
        last = &(*last)->next;
    *last = w;
    if (w->server->pins == w)
        pin_begin(w->server);
}

/* ---- a new PIN ---- */

static void on_pin_set(enum err e, const char *why, void *arg)
{
    if (e)
        log_error("voicemail", "a new PIN cannot be stored: %s", why);
    answer(arg, e ? OUT_box_new_pin_failed : OUT_box_new_pin_done);
}

static void on_hashed(void *job)
{
    struct box_work *w = job;
    struct box b = directory_box_settings(w->server->directory, w->box);
    b.pin = w->made;
    if (w->ok)
        directory_put_box(w->server->directory, &b, (struct directory_done){ on_pin_set, w });
    else
        answer(w, OUT_box_new_pin_failed);
}

static void hash_pin(void *job)
{
    struct box_work *w = job;
    w->ok = pin_hash(str_of(w->digits), w->made) == ERR_OK;
}

void work_new_pin(struct box_asked *a, struct str digits)
{
    if (!pin_is_good(digits)) {
        asked_answer(a, OUT_box_new_pin_weak);
        return;
    }
    struct box_work *w = work_new(a);
    w->digits = copy(digits);
    if (workers_submit(w->server->workers, hash_pin, on_hashed, w))
        answer(w, OUT_box_new_pin_failed);
}

/* ---- forwarding: the same audio under another name, so that deleting one leaves the other ---- */

static void link_audio(void *job)
{
    struct box_work *w = job;
    struct sbuf bytes = { 0 };
    w->ok = link(w->from, w->to) == 0;
    if (!w->ok && errno != ENOENT && sbuf_read_file(&bytes, w->from, 512u << 20) == ERR_OK)
        w->ok = file_write(w->to, bytes.p, bytes.len) == ERR_OK; /* a file system without links */
    sbuf_free(&bytes);
}

static void on_forwarded(enum err e, const char *id, int64_t length_ms, void *arg)
{
    (void)id, (void)length_ms;
    answer(arg, e ? OUT_box_forward_failed : OUT_box_forward_done);
}

static void on_linked(void *job)
{
    struct box_work *w = job;
    if (w->ok) {
        message_keep(w->server, &w->copy, on_forwarded, w);
    } else {
        message_release(w->server, w->to);
        answer(w, OUT_box_forward_failed);
    }
}

void work_forward(struct box_asked *a, struct str to)
{
    struct call *c = a->op.call;
    const struct message *m = directory_message(c->server->directory, visit_of(c)->current);
    struct box_work *w;
    char id[40];
    if (!m) {
        asked_answer(a, OUT_box_forward_failed);
        return;
    }
    w = work_new(a);
    snprintf(id, sizeof id, "%s-%u", c->facts.id, ++c->recordings);
    w->copy = (struct message_file){ .id = copy(str_of(id)),
                                     .box = copy(to),
                                     .from = copy(str_of(m->from)),
                                     .from_name = copy(str_of(m->from_name)),
                                     .left_wall_ms = m->left_wall_ms,
                                     .length_ms = m->length_ms,
                                     .bytes = m->bytes,
                                     .urgent = m->urgent,
                                     .transcribe = true };
    w->from = copy(str_of(m->path));
    if (server_recording_path(c->server, w->copy.box, id, &w->to)) {
        answer(w, OUT_box_forward_failed);
        return;
    }
    w->copy.path = copy(str_of(w->to));
    message_claim(w->server, w->to);
    if (workers_submit(w->server->workers, link_audio, on_linked, w)) {
        message_release(w->server, w->to);
        answer(w, OUT_box_forward_failed);
    }
}

/* ---- greetings ---- */

static const char **greeting_of(struct box *b, const char *kind)
{
    if (strcmp(kind, "busy") == 0)
        return &b->busy_greeting;
    if (strcmp(kind, "name") == 0)
        return &b->spoken_name;
    return strcmp(kind, "unavailable") == 0 ? &b->greeting : NULL;
}

/* from: the one before, which is not needed any more. */
static void remove_old(void *job)
{
    const struct box_work *w = job;
    if (*w->from && unlink(w->from) && errno != ENOENT)
        log_warn("voicemail", "the greeting %s cannot be removed: %s", w->from, strerror(errno));
}

static void on_old_removed(void *job) { answer(job, OUT_box_greeting_done); }

static void on_greeting_set(enum err e, const char *why, void *arg)
{
    struct box_work *w = arg;
    if (e)
        log_error("voicemail", "a greeting of %s cannot be stored: %s", w->box, why);
    if (e)
        answer(w, OUT_box_greeting_failed);
    else if (workers_submit(w->server->workers, remove_old, on_old_removed, w))
        answer(w, OUT_box_greeting_done);
}

static void set_greeting(void *job)
{
    struct box_work *w = job;
    struct box b = directory_box_settings(w->server->directory, w->box);
    const char **place = greeting_of(&b, w->kind);
    if (!w->ok) {
        answer(w, OUT_box_greeting_failed);
        return;
    }
    free(w->from);
    w->from = copy(str_of(*place));
    *place = w->to;
    directory_put_box(w->server->directory, &b, (struct directory_done){ on_greeting_set, w });
}

static void move_audio(void *job)
{
    struct box_work *w = job;
    w->ok = rename(w->from, w->to) == 0;
    if (!w->ok)
        log_error("voicemail", "%s cannot become a greeting: %s", w->from, strerror(errno));
}

void work_greeting(struct box_asked *a, struct str kind, const struct vm_sound *recording)
{
    struct box_work *w = work_new(a);
    struct server *s = w->server;
    struct box b = directory_box_settings(s->directory, w->box);
    char from[4096];
    w->kind = copy(kind);
    if (!greeting_of(&b, w->kind)) {
        answer(w, OUT_box_greeting_failed);
        return;
    }
    if (!recording->text.len) { /* the default again */
        w->to = copy(STR(""));
        w->ok = true;
        set_greeting(w);
        return;
    }
    w->ok = recording->kind == SOUND_RECORDING && server_sound_path(s, recording, from, sizeof from);
    w->from = copy(str_of(w->ok ? from : ""));
    if (!w->ok || server_greeting_path(s, w->box, w->kind, &w->to) ||
        workers_submit(s->workers, move_audio, set_greeting, w))
        answer(w, OUT_box_greeting_failed);
}
