/* call_port.box: the box actions in a live call. What the directory's memory knows is answered at once (still from the
 * loop); the rest is box_work.c's. */
#include "sipfront/call/port_box.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/base/log.h"

static void asked_free(struct box_asked *a)
{
    for (unsigned i = 0; i < BOX_PAYLOAD_MAX; i++)
        sbuf_free(&a->texts[i]);
    free(a);
}

static void stop(struct call_op *op)
{
    struct box_asked *a = (struct box_asked *)op;
    call_op_cancel_later(op);
    work_forget(a);
    asked_free(a);
}

static void finish(struct call_op *op)
{
    struct box_asked *a = (struct box_asked *)op;
    a->done(&a->answer, a->owner);
    asked_free(a);
}

void asked_answer(struct box_asked *a, unsigned outcome)
{
    a->answer.outcome = outcome;
    call_op_later(&a->op);
}

void asked_put_text(struct box_asked *a, unsigned i, enum type type, const char *text)
{
    sbuf_cstr(&a->texts[i], text);
    a->answer.payload[i] = (struct vm_value){ .type = type, .text = sbuf_view(&a->texts[i]), .sound = SOUND_RECORDING };
}

void asked_put_num(struct box_asked *a, unsigned i, enum type type, int64_t n)
{
    a->answer.payload[i] = (struct vm_value){ .type = type, .num = n };
}

static void put_sound(struct box_asked *a, unsigned i, const char *path)
{
    struct sbuf sound = { 0 };
    visit_sound(path, &sound);
    asked_put_text(a, i, TYPE_SOUND, sound.p);
    sbuf_free(&sound);
}

/* ---- leaving a message ---- */

/* The Connection's Name, or the shared box's own. */
static const char *name_of(const struct call *c, const char *box)
{
    const struct connection *k = directory_connection(c->server->directory, box);
    return k ? k->name : box;
}

static void say_silence(struct box_asked *a)
{
    a->answer.payload[0] = (struct vm_value){ .type = TYPE_SOUND, .sound = SOUND_SAY };
    asked_answer(a, OUT_box_open_greeted);
}

static void greet(struct box_asked *a, const struct visit *v)
{
    struct call *c = a->op.call;
    struct box b = directory_box_settings(c->server->directory, v->box);
    const char *own = c->was_busy && *b.busy_greeting ? b.busy_greeting : b.greeting;
    if (v->greeted) {
        say_silence(a);
    } else if (*own) {
        put_sound(a, 0, own);
        asked_answer(a, OUT_box_open_greeted);
    } else if (*b.spoken_name) {
        put_sound(a, 0, b.spoken_name);
        asked_answer(a, OUT_box_open_named);
    } else {
        asked_put_text(a, 0, TYPE_TEXT, name_of(c, v->box));
        asked_answer(a, OUT_box_open_ready);
    }
}

static void ask_open(struct box_asked *a, const struct box_request *rq)
{
    struct call *c = a->op.call;
    struct visit *v = visit_of(c);
    if (rq->text.len)
        visit_open_box(v, rq->text);
    else if (!*v->box)
        visit_open_box(v, str_of(c->facts.dialed));
    v->full = directory_box_full(c->server->directory, v->box);
    if (!v->full) {
        greet(a, v);
        return;
    }
    asked_put_text(a, 0, TYPE_TEXT, name_of(c, v->box));
    asked_answer(a, OUT_box_open_full);
}

static void on_kept(enum err e, const char *id, int64_t length_ms, void *arg)
{
    struct box_asked *a = arg;
    struct visit *v = visit_of(a->op.call);
    a->keeping = NULL;
    if (e) {
        v->failed = true;
        asked_answer(a, OUT_box_keep_failed);
        return;
    }
    snprintf(v->left_id, sizeof v->left_id, "%s", id);
    v->left_ms = length_ms;
    asked_put_text(a, 0, TYPE_TEXT, id);
    asked_put_num(a, 1, TYPE_DURATION, length_ms);
    asked_answer(a, OUT_box_keep_kept);
}

static void ask_keep(struct box_asked *a, const struct box_request *rq)
{
    struct visit *v = visit_of(a->op.call);
    v->draft.urgent = rq->flag;
    if (v->draft.path)
        a->keeping = message_keep(a->op.call->server, &v->draft, on_kept, a);
    else
        asked_answer(a, OUT_box_keep_failed);
}

static void ask_drop(struct box_asked *a, const struct box_request *rq)
{
    (void)rq;
    visit_drop_draft(a->op.call);
    asked_answer(a, OUT_box_drop_done);
}

/* ---- entering ---- */

int64_t box_locked_ms(const struct call *c, const struct box *b)
{
    int64_t left = b->locked_until_wall_ms - clock_wall(c->port.clock);
    return left > 0 ? left : 0;
}

void asked_enter(struct box_asked *a, unsigned outcome)
{
    struct call *c = a->op.call;
    struct visit *v = visit_of(c);
    struct box_holds h = directory_box_holds(c->server->directory, v->box);
    v->entered = true;
    v->wants_pin = false;
    asked_put_num(a, 0, TYPE_INT, h.unheard);
    asked_put_num(a, 1, TYPE_INT, h.heard);
    asked_put_num(a, 2, TYPE_INT, h.urgent);
    asked_put_num(a, 3, TYPE_BOOL, v->own);
    asked_answer(a, outcome);
}

static bool box_exists(const struct call *c, const char *name)
{
    const struct connection *k = directory_connection(c->server->directory, name);
    return (k && k->has_voicemail) || directory_box(c->server->directory, name);
}

static void ask_enter(struct box_asked *a, const struct box_request *rq)
{
    struct call *c = a->op.call;
    struct visit *v = visit_of(c);
    if (rq->text.len)
        visit_open_box(v, rq->text);
    else if (!*v->box)
        visit_open_box(v, str_of(c->caller.user));
    struct box b = directory_box_settings(c->server->directory, v->box);
    v->own = party_is(&c->caller, v->box);
    v->entered = false;
    v->wants_pin = *b.pin && box_exists(c, v->box);
    if (v->own && box_exists(c, v->box) && !(v->wants_pin && b.pin_always)) {
        asked_enter(a, OUT_box_enter_open);
    } else if (!v->wants_pin) {
        asked_answer(a, OUT_box_enter_closed);
    } else if (box_locked_ms(c, &b)) {
        asked_put_num(a, 0, TYPE_DURATION, box_locked_ms(c, &b));
        asked_answer(a, OUT_box_enter_locked);
    } else {
        asked_answer(a, OUT_box_enter_pin);
    }
}

static void ask_pin(struct box_asked *a, const struct box_request *rq)
{
    if (visit_of(a->op.call)->wants_pin)
        work_try_pin(a, rq->text);
    else
        asked_answer(a, OUT_box_pin_wrong);
}

/* ---- listening ---- */

static void list_begin(const struct directory *d, struct visit *v, bool saved)
{
    const struct message *m;
    for (size_t i = 0; i < v->list.len; i++)
        free(v->list.items[i]);
    v->list.len = v->at = 0;
    v->saved = saved;
    v->listed = true;
    for (unsigned n = 0; (m = directory_box_message(d, v->box, saved, n)); n++)
        vec_push(&v->list, strdup(m->id));
}

static bool is_deleted(const struct visit *v, const char *id)
{
    for (size_t i = 0; i < v->deleted.len; i++)
        if (strcmp(v->deleted.items[i], id) == 0)
            return true;
    return false;
}

/* The next one of the list that is still there; NULL at its end. */
static const struct message *list_next(const struct directory *d, struct visit *v)
{
    while (v->at < v->list.len) {
        const struct message *m = directory_message(d, v->list.items[v->at++]);
        if (m && !is_deleted(v, m->id))
            return m;
    }
    v->listed = false;
    return NULL;
}

static void ask_next(struct box_asked *a, const struct box_request *rq)
{
    struct visit *v = visit_of(a->op.call);
    const struct directory *d = a->op.call->server->directory;
    if (v->entered && (!v->listed || v->saved != rq->flag))
        list_begin(d, v, rq->flag);
    const struct message *m = v->entered ? list_next(d, v) : NULL;
    free(v->current);
    v->current = m ? strdup(m->id) : NULL;
    if (!m) {
        asked_answer(a, OUT_box_next_end);
        return;
    }
    put_sound(a, 0, m->path);
    asked_put_text(a, 1, TYPE_TEXT, m->from);
    asked_put_text(a, 2, TYPE_TEXT, m->from_name);
    asked_put_num(a, 3, TYPE_BOOL, m->urgent);
    asked_put_num(a, 4, TYPE_DURATION, m->length_ms);
    asked_put_num(a, 5, TYPE_MOMENT, m->left_wall_ms);
    asked_answer(a, OUT_box_next_message);
}

static void ask_save(struct box_asked *a, const struct box_request *rq)
{
    const struct visit *v = visit_of(a->op.call);
    struct directory *d = a->op.call->server->directory;
    const struct message *m = v->current ? directory_message(d, v->current) : NULL;
    (void)rq;
    if (m && !m->heard)
        directory_mark_heard(d, m->id, true, (struct directory_done){ 0 });
    asked_answer(a, OUT_box_save_done);
}

static void ask_delete(struct box_asked *a, const struct box_request *rq)
{
    struct visit *v = visit_of(a->op.call);
    (void)rq;
    if (v->current && !is_deleted(v, v->current))
        vec_push(&v->deleted, strdup(v->current));
    asked_answer(a, OUT_box_delete_done);
}

static void ask_undelete(struct box_asked *a, const struct box_request *rq)
{
    struct visit *v = visit_of(a->op.call);
    (void)rq;
    asked_put_num(a, 0, TYPE_INT, (int64_t)v->deleted.len);
    for (size_t i = 0; i < v->deleted.len; i++)
        free(v->deleted.items[i]);
    v->deleted.len = 0;
    v->listed = false; /* the list is made anew: they are in it again */
    asked_answer(a, OUT_box_undelete_done);
}

static void ask_forward(struct box_asked *a, const struct box_request *rq)
{
    struct call *c = a->op.call;
    const struct visit *v = visit_of(c);
    char *to = strndup(rq->text.p ? rq->text.p : "", rq->text.len);
    if (!to)
        abort();
    if (!v->entered || !v->current)
        asked_answer(a, OUT_box_forward_failed);
    else if (!box_exists(c, to))
        asked_answer(a, OUT_box_forward_missing);
    else if (directory_box_full(c->server->directory, to))
        asked_answer(a, OUT_box_forward_full);
    else
        work_forward(a, rq->text);
    free(to);
}

static void ask_greeting(struct box_asked *a, const struct box_request *rq)
{
    if (visit_of(a->op.call)->entered)
        work_greeting(a, rq->text, &rq->sound);
    else
        asked_answer(a, OUT_box_greeting_failed);
}

static void ask_new_pin(struct box_asked *a, const struct box_request *rq)
{
    if (visit_of(a->op.call)->entered)
        work_new_pin(a, rq->text);
    else
        asked_answer(a, OUT_box_new_pin_failed);
}

static struct call_op *ask(void *self, const struct box_request *rq, box_done_cb *done, void *owner)
{
    static const struct {
        unsigned action;
        void (*ask)(struct box_asked *a, const struct box_request *rq);
    } rows[] = {
        { ACTION_ID_box_open, ask_open },         { ACTION_ID_box_keep, ask_keep },
        { ACTION_ID_box_drop, ask_drop },         { ACTION_ID_box_enter, ask_enter },
        { ACTION_ID_box_pin, ask_pin },           { ACTION_ID_box_next, ask_next },
        { ACTION_ID_box_save, ask_save },         { ACTION_ID_box_delete, ask_delete },
        { ACTION_ID_box_undelete, ask_undelete }, { ACTION_ID_box_forward, ask_forward },
        { ACTION_ID_box_greeting, ask_greeting }, { ACTION_ID_box_new_pin, ask_new_pin },
    };
    struct box_asked *a = calloc(1, sizeof *a);
    if (!a)
        abort();
    a->op = (struct call_op){ .call = self, .stop = stop, .finish = finish };
    a->done = done;
    a->owner = owner;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].action == rq->action)
            rows[i].ask(a, rq);
    return &a->op;
}

/* ---- the visit of `voicemail` and `mailbox` ---- */

static struct image *flow(void *self, const char *name)
{
    const struct call *c = self;
    struct flow_ref ref;
    return flows_find(c->server->flows, str_of(name), &ref) ? ref.image : NULL;
}

static void begin(void *self, const struct box_visit *bv)
{
    visit_close(self, NULL, NULL); /* of a flow that used the rows itself */
    struct visit *v = visit_of(self);
    visit_open_box(v, bv->box);
    v->max_ms = bv->max_ms;
    v->silence_ms = bv->silence_ms;
    v->greeted = bv->greeted;
    v->transcribe = bv->transcribe;
}

struct ending {
    struct call_op op;
    box_end_cb *done;
    void *owner;
    struct box_end end;
    char id[40];
    struct keeping *keeping;
};

static void ending_stop(struct call_op *op)
{
    struct ending *e = (struct ending *)op;
    call_op_cancel_later(op);
    message_forget(e->keeping);
    free(e);
}

static void ending_finish(struct call_op *op)
{
    struct ending *e = (struct ending *)op;
    e->end.id = str_of(e->id);
    e->done(&e->end, e->owner);
    free(e);
}

static void on_draft_kept(enum err e, const char *id, int64_t length_ms, void *arg)
{
    struct ending *end = arg;
    end->keeping = NULL;
    end->end.how = e ? BOX_FAILED : BOX_LEFT;
    end->end.length_ms = length_ms;
    snprintf(end->id, sizeof end->id, "%s", id);
    call_op_later(&end->op);
}

static enum box_result result_of(const struct visit *v)
{
    if (*v->left_id)
        return BOX_LEFT;
    return v->failed ? BOX_FAILED : v->full ? BOX_FULL : v->entered ? BOX_ENTERED : BOX_NOTHING;
}

static struct call_op *end(void *self, box_end_cb *done, void *owner)
{
    struct call *c = self;
    struct visit *v = visit_of(c);
    if (!done) {
        visit_close(c, NULL, NULL);
        return NULL;
    }
    struct ending *e = calloc(1, sizeof *e);
    if (!e)
        abort();
    e->op = (struct call_op){ .call = c, .stop = ending_stop, .finish = ending_finish };
    e->done = done;
    e->owner = owner;
    e->end = (struct box_end){ .how = result_of(v), .length_ms = v->left_ms };
    memcpy(e->id, v->left_id, sizeof e->id);
    e->keeping = visit_close(c, on_draft_kept, e);
    if (!e->keeping)
        call_op_later(&e->op);
    return &e->op;
}

const struct box_port call_box_port = { .ask = ask, .flow = flow, .begin = begin, .end = end };
