#include "sipfront/call/message_keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sipfront/call/message_note.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

void message_file_free(struct message_file *f)
{
    free(f->path);
    free(f->id);
    free(f->box);
    free(f->from);
    free(f->from_name);
    *f = (struct message_file){ 0 };
}

/* ---- what is being worked on ---- */

void message_claim(struct server *s, const char *path)
{
    char *copy = strdup(path);
    if (!copy)
        abort();
    vec_push(&s->claimed, copy);
}

void message_release(struct server *s, const char *path)
{
    for (size_t i = 0; i < s->claimed.len; i++)
        if (strcmp(s->claimed.items[i], path) == 0) {
            free(s->claimed.items[i]);
            s->claimed.items[i] = vec_pop(&s->claimed);
            return;
        }
}

bool message_is_claimed(const struct server *s, const char *path)
{
    for (size_t i = 0; i < s->claimed.len; i++)
        if (strcmp(s->claimed.items[i], path) == 0)
            return true;
    return false;
}

/* ---- files, on a worker ---- */

struct removal {
    struct server *server;
    char *path;
    bool audio; /* else its note alone */
};

static void remove_files(void *job)
{
    const struct removal *r = job;
    struct sbuf note = { 0 };
    if (r->audio && unlink(r->path) && errno != ENOENT)
        log_warn("voicemail", "%s cannot be removed: %s", r->path, strerror(errno));
    message_note_path(r->path, &note);
    if (unlink(note.p) && errno != ENOENT)
        log_warn("voicemail", "%s cannot be removed: %s", note.p, strerror(errno));
    sbuf_free(&note);
}

static void on_removed(void *job)
{
    struct removal *r = job;
    message_release(r->server, r->path);
    free(r->path);
    free(r);
}

/* Of no room in the workers' queue comes no harm: the note says again what is listed already, the file is listed. */
static void remove_later(struct server *s, const char *path, bool audio)
{
    struct removal *r = calloc(1, sizeof *r);
    char *copy = strdup(path);
    if (!r || !copy)
        abort();
    *r = (struct removal){ s, copy, audio };
    if (workers_submit(s->workers, remove_files, on_removed, r))
        on_removed(r);
}

void message_file_drop(struct server *s, struct message_file *f)
{
    if (f->path)
        remove_later(s, f->path, true);
    message_file_free(f);
}

/* ---- telling ---- */

static void subject_of(const struct message *m, struct sbuf *out)
{
    sbuf_fmt(out, "%s from %s for %s", m->urgent ? "Urgent voicemail" : "Voicemail",
             *m->from_name ? m->from_name : m->from, m->box);
}

struct telling {
    struct server *server;
    char *path;
    unsigned waiting; /* letters that are not yet safely queued */
    bool failed;
};

/* The note goes last: until then a restart tells again. */
static void on_queued(enum err e, const char *why, void *arg)
{
    struct telling *t = arg;
    if (e)
        log_error("voicemail", "%s is listed, but cannot be told: %s", t->path, why);
    t->failed = t->failed || e;
    if (--t->waiting)
        return;
    if (t->failed)
        message_release(t->server, t->path);
    else
        remove_later(t->server, t->path, false);
    free(t->path);
    free(t);
}

static void tell_one(struct telling *t, enum letter_kind kind, const char *to, const struct message *m)
{
    struct sbuf subject = { 0 };
    if (!*to)
        return;
    subject_of(m, &subject);
    struct notify_item it = { .kind = kind, .to = to, .subject = subject.p, .text = "", .about = m->id };
    t->waiting++;
    notify_add(t->server->notify, &it, (struct directory_done){ on_queued, t });
    sbuf_free(&subject);
}

/* The row is there: mail and web hook are queued, what transcribes is told. The lamp has seen the row itself. */
void message_tell(struct server *s, const struct message *m)
{
    struct box b = directory_box_settings(s->directory, m->box);
    struct telling *t = calloc(1, sizeof *t);
    char *path = strdup(m->path);
    if (!t || !path)
        abort();
    *t = (struct telling){ .server = s, .path = path, .waiting = 1 };
    if (s->scribe)
        scribe_look(s->scribe);
    tell_one(t, LETTER_MAIL, b.mail, m);
    tell_one(t, LETTER_WEBHOOK, b.webhook, m);
    on_queued(ERR_OK, "", t);
}

void message_sent(const struct letter *l, void *owner)
{
    struct server *s = owner;
    const struct message *m = *l->about ? directory_message(s->directory, l->about) : NULL;
    if (m && l->kind == LETTER_MAIL && directory_box_settings(s->directory, m->box).delete_mailed)
        directory_delete_message(s->directory, m->id, (struct directory_done){ 0 });
}

/* ---- keeping ---- */

struct keeping {
    struct server *server;
    struct message_file file;
    message_kept_cb *kept;
    void *arg;
};

static void on_listed(enum err e, const char *why, void *arg)
{
    struct keeping *k = arg;
    struct server *s = k->server;
    const struct message *m = directory_message(s->directory, k->file.id);
    if (e) {
        log_error("voicemail", "message %s is on disk, but could not be listed: %s", k->file.path, why);
        message_release(s, k->file.path);
        message_adopt_later(s);
    } else {
        log_info("voicemail", "message %s for %s, %lld ms", k->file.id, k->file.box, (long long)k->file.length_ms);
        message_tell(s, m);
    }
    if (k->kept)
        k->kept(e, k->file.id, k->file.length_ms, k->arg);
    message_file_free(&k->file);
    free(k);
}

struct keeping *message_keep(struct server *s, struct message_file *f, message_kept_cb *kept, void *arg)
{
    struct keeping *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    *k = (struct keeping){ s, *f, kept, arg };
    *f = (struct message_file){ 0 };
    bool words = s->scribe && k->file.transcribe && directory_box_settings(s->directory, k->file.box).transcribe;
    struct message m = {
        .id = k->file.id,
        .box = k->file.box,
        .from = k->file.from,
        .from_name = k->file.from_name,
        .path = k->file.path,
        .left_wall_ms = k->file.left_wall_ms,
        .length_ms = k->file.length_ms,
        .bytes = k->file.bytes,
        .urgent = k->file.urgent,
        .transcript_state = words ? TRANSCRIPT_WAITING : TRANSCRIPT_NONE,
    };
    directory_add_message(s->directory, &m, (struct directory_done){ on_listed, k });
    return k;
}

void message_forget(struct keeping *k)
{
    if (k)
        k->kept = NULL;
}
