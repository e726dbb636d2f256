#include "sipfront/call/conference.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/guesses.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/media/room.h"
#include "vm/base/log.h"

struct member {
    struct call_op op;
    conference_cb *tell;
    void *owner;
    struct conference *in; /* NULL: he did not get in, or it was ended */
    enum conference_news over;
    struct member *next, **link; /* the first to come first */
    bool muted, tones;
};

struct conference {
    struct server *server;
    struct conference *next, **link;
    char *name;
    struct room *room;
    struct member *members;
    unsigned count;
    bool recorded;
    int64_t started_wall_ms;
};

/* ---- the conferences of a server ---- */

static struct conference *find(const struct server *s, struct str name)
{
    struct conference *k = s->conferences;
    while (k && !str_is(name, k->name))
        k = k->next;
    return k;
}

/* NULL: the media engine cannot make a room. */
static struct conference *found(struct server *s, struct str name)
{
    static const struct room_events none = { 0 };
    struct conference *k = calloc(1, sizeof *k);
    if (!k)
        abort();
    if (room_new(&k->room, s->media, &none, k) != ERR_OK) {
        free(k);
        return NULL;
    }
    *k = (struct conference){ .server = s, .room = k->room, .next = s->conferences, .link = &s->conferences };
    k->name = strndup(name.p ? name.p : "", name.len);
    if (!k->name)
        abort();
    k->started_wall_ms = clock_wall(loop_clock(s->loop));
    if (k->next)
        k->next->link = &k->next;
    s->conferences = k;
    return k;
}

/* With the room a recording ends, and is kept. */
static void dissolve(struct conference *k)
{
    *k->link = k->next;
    if (k->next)
        k->next->link = k->link;
    room_free(&k->room);
    free(k->name);
    free(k);
}

/* ---- members ---- */

static void tell_all(struct conference *k)
{
    for (struct member *m = k->members; m; m = m->next)
        call_op_later(&m->op);
}

static void enter(struct conference *k, struct member *m)
{
    struct member **last = &k->members;
    while (*last)
        last = &(*last)->next;
    m->in = k;
    m->link = last;
    *last = m;
    k->count++;
    room_join(k->room, m->op.call->media.stream);
    room_mute(m->op.call->media.stream, m->muted);
    if (m->tones && k->count > 1)
        room_cue(k->room, ROOM_CUE_CAME);
    tell_all(k);
}

/* A phone that was transferred elsewhere has taken its stream along. */
static void leave_room(const struct member *m)
{
    if (m->op.call->media.stream)
        room_leave(m->op.call->media.stream);
}

static void leave(struct member *m)
{
    struct conference *k = m->in;
    m->in = NULL;
    *m->link = m->next;
    if (m->next)
        m->next->link = m->link;
    k->count--;
    leave_room(m);
    if (m->tones && k->count > 0)
        room_cue(k->room, ROOM_CUE_WENT);
    tell_all(k);
    if (k->count == 0)
        dissolve(k);
}

static void stop(struct call_op *op)
{
    struct member *m = (struct member *)op;
    call_op_cancel_later(op);
    if (m->in)
        leave(m);
    free(m);
}

/* Something has changed; what that is now is told once for all changes until here. */
static void finish(struct call_op *op)
{
    struct member *m = (struct member *)op;
    conference_cb *tell = m->tell;
    void *owner = m->owner;
    enum conference_news over = m->over;
    if (m->in) {
        tell(CONFERENCE_OTHERS, m->in->count - 1, owner);
        return;
    }
    stop(op);
    tell(over, 0, owner);
}

/* recordings/CALL-talkN.wav, as the talks of bridges: of the call that began it, whose CDR names it. */
static void record(struct conference *k, struct call *c)
{
    char id[40];
    char *path;
    snprintf(id, sizeof id, "%s-talk%u", c->facts.id, ++c->facts.talks_recorded);
    if (server_recording_path(c->server, "", id, &path) != ERR_OK)
        return;
    room_record(k->room, &(struct stream_record){ .path = path });
    k->recorded = true;
    log_info("record", "call %s: conference %s is recorded in %s", c->facts.id, k->name, path);
    free(path);
}

/* ---- the port ---- */

static unsigned others(void *self, struct str name)
{
    const struct call *c = self;
    const struct conference *k = find(c->server, name);
    return k ? k->count : 0;
}

static struct call_op *join(void *self, const struct conference_request *rq, conference_cb *tell, void *owner)
{
    struct call *c = self;
    struct conference *k = find(c->server, rq->name);
    struct member *m = calloc(1, sizeof *m);
    if (!m)
        abort();
    m->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    m->tell = tell;
    m->owner = owner;
    m->over = CONFERENCE_FULL;
    m->muted = rq->muted;
    m->tones = rq->tones;
    if (!k)
        k = found(c->server, rq->name);
    if (!k || k->count >= rq->most) {
        call_op_later(&m->op);
        return &m->op;
    }
    enter(k, m);
    if (rq->record && !k->recorded)
        record(k, c);
    return &m->op;
}

static void mute(struct call_op *op, bool on)
{
    struct member *m = (struct member *)op;
    m->muted = on;
    if (m->in && op->call->media.stream)
        room_mute(op->call->media.stream, on);
}

static bool may_try(void *self, struct str name)
{
    const struct call *c = self;
    const struct guess by = { name, str_of(c->caller.user) };
    return !guesses_shut(c->server->guesses, &by, clock_mono(c->port.clock));
}

static void tried(void *self, struct str name, bool right)
{
    const struct call *c = self;
    const struct guess by = { name, str_of(c->caller.user) };
    if (right) {
        guesses_right(c->server->guesses, &by);
        return;
    }
    int64_t ms = guesses_wrong(c->server->guesses, &by, clock_mono(c->port.clock));
    if (ms)
        log_warn("conference", "%s is shut out of %.*s for %lld s after wrong PINs",
                 *c->caller.user ? c->caller.user : "an unknown caller", STR_ARG(name), (long long)ms / 1000);
}

const struct conference_port call_conference_port = {
    .others = others, .join = join, .mute = mute, .may_try = may_try, .tried = tried
};

void conference_caller_moved(struct call *c)
{
    for (struct conference *k = c->server->conferences; k; k = k->next)
        for (struct member *m = k->members; m; m = m->next)
            if (m->op.call == c) {
                room_join(k->room, c->media.stream);
                room_mute(c->media.stream, m->muted);
            }
}

/* ---- for the console ---- */

static void describe(const struct conference *k, void (*each)(const struct conference_info *c, void *arg), void *arg)
{
    const char **calls = calloc(k->count, sizeof *calls);
    struct conference_info info = {
        .name = k->name, .members = k->count, .recorded = k->recorded, .started_wall_ms = k->started_wall_ms
    };
    unsigned n = 0;
    if (!calls)
        abort();
    for (const struct member *m = k->members; m; m = m->next) {
        calls[n++] = m->op.call->facts.id;
        info.muted += m->muted;
    }
    info.calls = calls;
    each(&info, arg);
    free(calls);
}

void server_each_conference(struct server *s, void (*each)(const struct conference_info *c, void *arg), void *arg)
{
    for (const struct conference *k = s->conferences; k; k = k->next)
        describe(k, each, arg);
}

enum err server_end_conference(struct server *s, const char *name)
{
    struct conference *k = find(s, str_of(name));
    if (!k)
        return ERR_NOT_FOUND;
    for (struct member *m = k->members, *next; m; m = next) {
        next = m->next;
        m->in = NULL;
        m->over = CONFERENCE_CLOSED;
        leave_room(m);
        call_op_later(&m->op);
    }
    dissolve(k);
    return ERR_OK;
}
