/* Boxes as operators set them (server.h): PINs are hashed and greetings written on a worker. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/pin.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/directory/box.h"

enum { GREETING_MOST = 20 << 20, WAV_HEADER_BYTES = 44 };

struct box_change_under_way {
    struct server *server;
    struct directory_done done;
    char *name, *mail, *webhook, *pin, *kind, *path, *transcribe_by;
    struct box_change change; /* its texts are those above */
    struct sbuf wav;
    char hash[PIN_HASH];
    enum err e;
    bool unlock;
};

static char *copy(const char *s)
{
    char *p = s ? strdup(s) : NULL;
    if (s && !p)
        abort();
    return p;
}

static struct box_change_under_way *under_way(struct server *s, const char *name, struct directory_done done)
{
    struct box_change_under_way *u = calloc(1, sizeof *u);
    if (!u)
        abort();
    u->server = s;
    u->done = done;
    u->name = copy(name);
    return u;
}

static void finish(struct box_change_under_way *u, enum err e, const char *why)
{
    if (u->done.done)
        u->done.done(e, why, u->done.arg);
    if (u->pin)
        explicit_bzero(u->pin, strlen(u->pin));
    free(u->name);
    free(u->mail);
    free(u->webhook);
    free(u->pin);
    free(u->kind);
    free(u->transcribe_by);
    free(u->path);
    sbuf_free(&u->wav);
    free(u);
}

static void on_unlocked(enum err e, const char *why, void *arg) { finish(arg, e, why); }

static void on_put(enum err e, const char *why, void *arg)
{
    struct box_change_under_way *u = arg;
    if (e || !u->unlock)
        finish(u, e, why);
    else
        directory_lock_box(u->server->directory, u->name, 0, 0, (struct directory_done){ on_unlocked, u });
}

static void set_number(int64_t *to, int64_t n)
{
    if (n >= 0)
        *to = n;
}

static void set_flag(bool *to, int n)
{
    if (n >= 0)
        *to = n != 0;
}

/* The settings are read when they are written, so that two changes at a time lose none. */
static void put_settings(struct box_change_under_way *u)
{
    const struct box_change *ch = &u->change;
    struct box b = directory_box_settings(u->server->directory, u->name);
    b.mail = u->mail ? u->mail : b.mail;
    b.webhook = u->webhook ? u->webhook : b.webhook;
    b.pin = u->pin ? u->hash : b.pin;
    b.transcribe_by = u->transcribe_by ? u->transcribe_by : b.transcribe_by;
    set_flag(&b.pin_always, ch->pin_always);
    set_flag(&b.delete_mailed, ch->delete_mailed);
    set_flag(&b.transcribe, ch->transcribe);
    set_number(&b.most_messages, ch->most_messages);
    set_number(&b.most_ms, ch->most_ms);
    set_number(&b.most_bytes, ch->most_bytes);
    set_number(&b.message_ms, ch->message_ms);
    directory_put_box(u->server->directory, &b, (struct directory_done){ on_put, u });
}

static void hash_pin(void *job)
{
    struct box_change_under_way *u = job;
    if (*u->pin)
        u->e = pin_hash(str_of(u->pin), u->hash);
}

static void on_hashed(void *job)
{
    struct box_change_under_way *u = job;
    if (u->e)
        finish(u, u->e, "the PIN cannot be hashed: there are no random numbers");
    else
        put_settings(u);
}

/* An engine that the server lacks is refused here, not at the first message. */
static bool has_engine(struct box_change_under_way *u)
{
    struct sbuf why = { 0 };
    const struct scribe *scribe = u->server->scribe;
    enum err e = ERR_OK;
    if (u->transcribe_by && scribe)
        e = scribe_check_engine(scribe, u->transcribe_by, &why);
    if (u->transcribe_by && !scribe)
        sbuf_cstr(&why, "this server transcribes nothing: it runs with --no-transcribe");
    if (why.len)
        finish(u, e ? e : ERR_INVALID, why.p);
    bool has = !why.len;
    sbuf_free(&why);
    return has;
}

void server_set_box(struct server *s, const struct box_change *ch, struct directory_done done)
{
    struct box_change_under_way *u = under_way(s, ch->name, done);
    u->change = *ch;
    u->mail = copy(ch->mail);
    u->webhook = copy(ch->webhook);
    u->pin = copy(ch->pin);
    u->transcribe_by = copy(ch->transcribe_by);
    u->unlock = ch->unlock || ch->pin;
    if (!has_engine(u))
        return;
    if (!u->pin)
        put_settings(u);
    else if (*u->pin && !pin_is_good(str_of(u->pin)))
        finish(u, ERR_INVALID, "a PIN has 4 to 12 digits, not all the same and not one after another");
    else if (workers_submit(s->workers, hash_pin, on_hashed, u))
        finish(u, ERR_BUSY, "the server is busy: try again");
}

/* ---- greetings ---- */

static const char **greeting_of(struct box *b, const char *kind)
{
    if (strcmp(kind, "unavailable") == 0)
        return &b->greeting;
    if (strcmp(kind, "busy") == 0)
        return &b->busy_greeting;
    return strcmp(kind, "name") == 0 ? &b->spoken_name : NULL;
}

static void write_greeting(void *job)
{
    struct box_change_under_way *u = job;
    u->e = file_write(u->path, u->wav.p, u->wav.len);
}

/* The file that it replaces stays on the disk: a caller may be hearing it. */
static void put_greeting(struct box_change_under_way *u)
{
    struct box b = directory_box_settings(u->server->directory, u->name);
    *greeting_of(&b, u->kind) = u->path ? u->path : "";
    directory_put_box(u->server->directory, &b, (struct directory_done){ on_put, u });
}

static void on_greeting_written(void *job)
{
    struct box_change_under_way *u = job;
    if (u->e)
        finish(u, u->e, "the greeting cannot be written");
    else
        put_greeting(u);
}

static bool is_wav(struct str bytes)
{
    return bytes.len > WAV_HEADER_BYTES && bytes.len <= GREETING_MOST && memcmp(bytes.p, "RIFF", 4) == 0 &&
           memcmp(bytes.p + 8, "WAVE", 4) == 0;
}

void server_set_greeting(struct server *s, const struct greeting_change *g, struct directory_done done)
{
    struct box_change_under_way *u = under_way(s, g->box, done);
    struct box b = directory_box_settings(s->directory, g->box);
    u->kind = copy(g->kind);
    if (!greeting_of(&b, g->kind)) {
        finish(u, ERR_INVALID, "a greeting is 'unavailable', 'busy' or 'name'");
        return;
    }
    if (!g->wav.len) {
        put_greeting(u);
        return;
    }
    sbuf_str(&u->wav, g->wav);
    if (!is_wav(g->wav))
        finish(u, ERR_INVALID, "a greeting is a WAV file of at most 20 MB");
    else if (server_greeting_path(s, u->name, u->kind, &u->path))
        finish(u, ERR_INVALID, "the box's name is too long for a greeting");
    else if (workers_submit(s->workers, write_greeting, on_greeting_written, u))
        finish(u, ERR_BUSY, "the server is busy: try again");
}
