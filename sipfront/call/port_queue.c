/* call_port: waiting in a queue. The line and whom to ring for whom is waiting.h's; the ringing and the talk are a
 * dial's; here are music, announcements, and what becomes of the caller.
 *
 *   waiting.h                 queueing                      dial
 *    ring          ----->  on_ring         ----------->  INVITE (each phone of the agents)
 *    unanswered    <-----  on_dialled      <-----------  nobody has answered
 *    first         <-----  on_answered     <-----------  200: it is for the first in line, who may be another
 *    answered      <-----  on_joined       <-----------  connected: no more music
 *    leave         <-----  stop                          the phones that ring are handed on, or CANCEL */
#include <stdlib.h>
#include <string.h>

#include "sipfront/call/dial.h"
#include "sipfront/call/far_leg.h"
#include "sipfront/call/queueing.h"
#include "sipfront/call/server_parts.h"
#include "sipfront/call/waiting.h"
#include "vm/base/log.h"

struct queueing {
    struct call_op op;
    queue_done_cb *done;
    void *owner;
    struct queue_request rq; /* its texts are copies */
    struct waiter *waiter;
    struct call_op *dial, *music, *telling;
    struct clock_timer *patience, *next; /* next: the next announcement */
    enum queue_outcome how;
    struct dial_end talk;
};

/* ---- the request's copy ---- */

static struct str copy(struct str s)
{
    char *p = strndup(s.p ? s.p : "", s.len);
    if (!p)
        abort();
    return (struct str){ p, s.len };
}

static void *room(size_t n, size_t size)
{
    void *p = calloc(n + 1, size);
    if (!p)
        abort();
    return p;
}

static void keep(struct queueing *q, const struct queue_request *rq)
{
    struct str *agents = room(rq->count, sizeof *agents);
    struct vm_sound *music = room(rq->nmusic, sizeof *music);
    for (unsigned i = 0; i < rq->count; i++)
        agents[i] = copy(rq->agents[i]);
    for (unsigned i = 0; i < rq->nmusic; i++)
        music[i] = (struct vm_sound){ rq->music[i].kind, copy(rq->music[i].text) };
    q->rq = *rq;
    q->rq.name = copy(rq->name);
    q->rq.words = copy(rq->words);
    q->rq.agents = agents;
    q->rq.music = music;
}

static void drop(struct queueing *q)
{
    for (unsigned i = 0; i < q->rq.count; i++)
        free((char *)q->rq.agents[i].p);
    for (unsigned i = 0; i < q->rq.nmusic; i++)
        free((char *)q->rq.music[i].text.p);
    free((struct str *)q->rq.agents);
    free((struct vm_sound *)q->rq.music);
    free((char *)q->rq.name.p);
    free((char *)q->rq.words.p);
}

/* ---- ending ---- */

static void stop_waiting(struct queueing *q)
{
    struct call *c = q->op.call;
    clock_stop(c->port.clock, &q->patience);
    clock_stop(c->port.clock, &q->next);
    call_op_stop(c, &q->telling);
    call_op_stop(c, &q->music);
}

static void stop(struct call_op *op)
{
    struct queueing *q = (struct queueing *)op;
    call_op_cancel_later(op);
    stop_waiting(q);
    waiter_leave(&q->waiter);
    call_op_stop(op->call, &q->dial); /* what has not been handed on */
    drop(q);
    free(q);
}

static void finish(struct call_op *op)
{
    struct queueing *q = (struct queueing *)op;
    queue_done_cb *done = q->done;
    void *owner = q->owner;
    enum queue_outcome how = q->how;
    struct dial_end talk = q->talk;
    stop(op);
    done(how, how == QUEUE_SERVED ? &talk : NULL, owner);
}

static void on_impatient(void *arg)
{
    struct queueing *q = arg;
    q->patience = NULL;
    q->how = QUEUE_TIMEOUT;
    finish(&q->op);
}

/* ---- what the caller hears ---- */

static void on_music_over(enum play_end how, void *owner)
{
    struct queueing *q = owner;
    (void)how; /* without that folder it is quiet */
    q->music = NULL;
}

static void play(struct queueing *q)
{
    struct play_request rq = {
        .sounds = q->rq.music, .count = q->rq.nmusic, .loops = PLAY_FOR_EVER, .image = q->rq.image
    };
    if (q->rq.nmusic)
        q->music = call_play_start(q->op.call, &rq, on_music_over, q);
}

static void on_told(enum play_end how, void *owner)
{
    struct queueing *q = owner;
    (void)how;
    q->telling = NULL;
    play(q);
}

static void tell(void *arg)
{
    struct queueing *q = arg;
    struct call *c = q->op.call;
    struct sbuf words = { 0 };
    for (size_t i = 0; i < q->rq.words.len; i++)
        if (q->rq.words.p[i] == '*')
            sbuf_fmt(&words, "%u", waiter_place(q->waiter));
        else
            sbuf_char(&words, q->rq.words.p[i]);
    struct vm_sound sound = { SOUND_SAY, sbuf_view(&words) };
    struct play_request rq = { .sounds = &sound, .count = 1, .loops = 1, .image = q->rq.image };
    call_op_stop(c, &q->music);
    call_op_stop(c, &q->telling);
    q->telling = call_play_start(c, &rq, on_told, q);
    q->next = clock_start(c->port.clock, q->rq.every_ms, tell, q);
    sbuf_free(&words);
}

/* ---- agents ---- */

static void on_dialled(const struct dial_end *end, void *owner)
{
    struct queueing *q = owner;
    q->dial = NULL;
    if (end->how != DIAL_ENDED) {
        waiter_unanswered(q->waiter);
        return;
    }
    q->how = QUEUE_SERVED;
    q->talk = *end;
    finish(&q->op);
}

static const struct dial_hooks hooks;

static struct dial *open_dial(struct queueing *q)
{
    struct dial_request rq = { .ring_ms = q->rq.ring_ms, .max_ms = q->rq.talk_ms, .image = q->rq.image };
    struct dial *d = dial_new(q->op.call, &rq, on_dialled, q);
    d->hooks = &hooks;
    d->music = true; /* the queue's own */
    dial_start_ring_limit(d, q->rq.ring_ms);
    q->dial = &d->op;
    return d;
}

/* The first in line has the phone that was the first to answer; the one that it was called for has his in exchange. */
static void on_answered(struct far_leg *f)
{
    struct queueing *q = f->dial->owner;
    struct waiter *first = waiter_first(q->waiter);
    struct queueing *other = waiter_owner(first);
    struct dial *his = (struct dial *)other->dial;
    if (other == q || !dial_may_pass(f->dial, other->op.call) || (his && !dial_may_pass(his, q->op.call)))
        return;
    waiter_exchange(q->waiter, first);
    dial_exchange(f->dial, his ? his : open_dial(other));
    if (!dial_legs((struct dial *)q->dial))
        call_op_stop(q->op.call, &q->dial);
}

static void on_joined(struct dial *d, const char *user)
{
    struct queueing *q = d->owner;
    log_info("queue", "call=%s %.*s: %s talks", q->op.call->facts.id, STR_ARG(q->rq.name), user);
    stop_waiting(q);
    waiter_answered(q->waiter, user);
    q->rq.joined(q->owner);
}

static const struct dial_hooks hooks = { .answered = on_answered, .joined = on_joined };

static void on_ring(const unsigned *agents, unsigned n, void *owner)
{
    struct queueing *q = owner;
    int *lines = room(n, sizeof *lines);
    struct queue_lines with = { lines, 0 };
    struct dial *d = q->dial ? (struct dial *)q->dial : open_dial(q);
    for (unsigned i = 0; i < n; i++) {
        struct str agent = q->rq.agents[agents[i]];
        if (!q->rq.may_ring(agents[i], &with, &lines[with.count], q->owner))
            continue;
        log_info("queue", "call=%s %.*s: rings %.*s", q->op.call->facts.id, STR_ARG(q->rq.name), STR_ARG(agent));
        dial_also(d, agent, lines[with.count++]);
    }
    dial_check(d);
    free(lines);
}

static bool on_take_over(void *from, void *owner)
{
    struct queueing *leaving = from, *q = owner;
    struct dial *rings = (struct dial *)leaving->dial;
    if (q->op.call->server->closing || q->dial || !rings || !dial_may_pass(rings, q->op.call))
        return false;
    dial_exchange(rings, open_dial(q));
    return true;
}

static void on_deserted(void *owner)
{
    struct queueing *q = owner;
    q->how = QUEUE_NO_AGENTS;
    call_op_later(&q->op);
}

static const struct waiter_events events = { .ring = on_ring, .take_over = on_take_over, .deserted = on_deserted };

/* ---- starting ---- */

/* Agents are known by their Connections, also when a Number of theirs is named. */
static enum waiting_answer enter(struct queueing *q)
{
    const struct server *s = q->op.call->server;
    struct str *users = room(q->rq.count, sizeof *users);
    for (unsigned i = 0; i < q->rq.count; i++) {
        const struct connection *c = router_find(s, q->rq.agents[i].p);
        users[i] = c ? str_of(c->user) : q->rq.agents[i];
    }
    struct waiter_params p = { .name = q->rq.name,
                               .agents = users,
                               .count = q->rq.count,
                               .most = q->rq.most,
                               .all = q->rq.all,
                               .label = q->op.call->facts.id,
                               .events = &events,
                               .owner = q };
    enum waiting_answer answer = waiting_enter(s->waiting, &p, &q->waiter);
    free(users);
    return answer;
}

static void begin(struct queueing *q)
{
    struct call *c = q->op.call;
    log_info("queue", "call=%s %.*s: waits at place %u", c->facts.id, STR_ARG(q->rq.name), waiter_place(q->waiter));
    q->patience = clock_start(c->port.clock, q->rq.wait_ms, on_impatient, q);
    if (q->rq.every_ms)
        tell(q);
    else
        play(q);
}

struct call_op *call_queue_start(void *self, const struct queue_request *rq, queue_done_cb *done, void *owner)
{
    struct call *c = self;
    struct queueing *q = room(1, sizeof *q);
    q->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    q->done = done;
    q->owner = owner;
    keep(q, rq);
    switch (enter(q)) {
    case WAITING_TAKEN: begin(q); break;
    case WAITING_FULL:
        q->how = QUEUE_FULL;
        call_op_later(&q->op);
        break;
    case WAITING_NO_AGENTS:
        q->how = QUEUE_NO_AGENTS;
        call_op_later(&q->op);
        break;
    }
    return &q->op;
}
