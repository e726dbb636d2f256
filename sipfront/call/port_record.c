/* call_port: recording the caller. The file is written while it is spoken; when it ends, by whatever means, what was
 * said is a recording of the flow, a draft of the open box, or a message.
 *   draft:   file, note -> the visit's draft -> box_keep, box_drop, or the visit's end
 *   message: file, note -> message_keep() */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sipfront/call/box_visit.h"
#include "sipfront/call/call_op.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

struct recording {
    struct call_op op;
    record_done_cb *done;
    void *owner;
    char until[20];
    struct message_file file; /* of a recording for the flow only path and id */
    char *path;
    struct sbuf id; /* what the flow gets */
    struct keeping *keeping;
    struct record_end end;
    bool draft, running;
};

static void release(struct recording *r)
{
    call_op_cancel_later(&r->op);
    r->op.call->recording = NULL;
    message_file_free(&r->file);
    sbuf_free(&r->id);
    free(r->path);
    free(r);
}

/* Nobody waits for it any more, but what was said is kept: the stream is told to stop and the rest goes its way. */
static void stop(struct call_op *op)
{
    struct recording *r = (struct recording *)op;
    struct call *c = op->call;
    r->done = NULL;
    if (r->running) {
        stream_record_stop(c->media.stream);
        return;
    }
    message_forget(r->keeping);
    release(r);
}

static void finish(struct call_op *op)
{
    struct recording *r = (struct recording *)op;
    struct call *c = op->call;
    struct record_end end = r->end;
    struct sbuf id = r->id; /* must outlive the request */
    record_done_cb *done = r->done;
    void *owner = r->owner;
    end.id = sbuf_view(&id);
    r->id = (struct sbuf){ 0 };
    release(r);
    if (done)
        done(&end, owner);
    else
        call_check_over(c);
    sbuf_free(&id);
}

static void end(struct recording *r, enum record_outcome how)
{
    r->end.how = how;
    call_op_later(&r->op);
}

static void on_kept(enum err e, const char *id, int64_t length_ms, void *arg)
{
    struct recording *r = arg;
    r->keeping = NULL;
    r->end.length_ms = length_ms;
    sbuf_cstr(&r->id, id);
    end(r, e ? RECORD_FAILED : RECORD_SAVED);
}

/* A draft of a visit that is over already is a message: nobody is there to decide. */
static void take_draft(struct recording *r, bool failed)
{
    struct call *c = r->op.call;
    visit_sound(r->path, &r->id);
    r->end.kept = true;
    if (c->visit) {
        visit_drop_draft(c);
        c->visit->draft = r->file;
        r->file = (struct message_file){ 0 };
    } else {
        message_keep(c->server, &r->file, NULL, NULL);
    }
    end(r, failed ? RECORD_FAILED : RECORD_SAVED);
}

static void take_nothing(struct recording *r, bool failed)
{
    if (r->file.box)
        message_file_drop(r->op.call->server, &r->file);
    else
        (void)unlink(r->path);
    end(r, failed ? RECORD_FAILED : RECORD_EMPTY);
}

void recording_done(struct recording *r, const struct stream_recorded *how)
{
    if (!r || !r->running)
        return;
    r->running = false;
    r->end.length_ms = r->file.length_ms = how->length_ms;
    r->file.bytes = how->bytes;
    if (how->failed)
        log_error("voicemail", "call %s: recording stopped: %s", r->op.call->facts.id, how->why);
    if (!how->heard) {
        take_nothing(r, how->failed);
    } else if (r->draft) {
        take_draft(r, how->failed);
    } else if (r->file.box) {
        r->keeping = message_keep(r->op.call->server, &r->file, on_kept, r);
    } else {
        sbuf_cstr(&r->id, r->file.id);
        end(r, RECORD_SAVED);
    }
}

bool recording_digit(struct recording *r, char digit)
{
    if (!r || !r->running || !digit || !strchr(r->until, digit))
        return false;
    r->end.by_key = true;
    stream_record_stop(r->op.call->media.stream);
    return true;
}

void recording_caller_gone(struct recording *r)
{
    if (r && r->running)
        stream_record_stop(r->op.call->media.stream);
}

static int64_t least(int64_t a, int64_t b) { return b && b < a ? b : a; }

static void begin(struct recording *r, const struct record_request *rq)
{
    struct call *c = r->op.call;
    struct sbuf note = { 0 };
    struct stream_record sr = { .path = r->path, .max_ms = rq->max_ms, .silence_ms = rq->silence_ms, .beep = rq->beep };
    if (r->file.box) {
        message_claim(c->server, r->path);
        message_note(&r->file, &note);
        sr.note = note.p;
        sr.max_ms = least(sr.max_ms, directory_box_settings(c->server->directory, r->file.box).message_ms);
    }
    if (r->draft) {
        sr.max_ms = least(sr.max_ms, visit_of(c)->max_ms);
        sr.silence_ms = visit_of(c)->silence_ms ? visit_of(c)->silence_ms : sr.silence_ms;
    }
    r->running = true;
    stream_record(c->media.stream, &sr);
    sbuf_free(&note);
}

/* Whose message it becomes; a recording for the flow has no box. */
static void take_box(struct recording *r, const struct record_request *rq)
{
    struct call *c = r->op.call;
    struct str box = r->draft ? str_of(visit_of(c)->box) : rq->box;
    if (!box.len)
        return;
    r->file.box = strndup(box.p, box.len);
    r->file.from = strdup(party_shown(&c->caller));
    r->file.from_name = strdup(c->caller.name);
    r->file.left_wall_ms = clock_wall(c->port.clock);
    r->file.transcribe = r->draft ? visit_of(c)->transcribe : rq->transcribe;
    if (!r->file.box || !r->file.from || !r->file.from_name)
        abort();
}

struct call_op *call_record_start(void *self, const struct record_request *rq, record_done_cb *done, void *owner)
{
    struct call *c = self;
    struct recording *r = calloc(1, sizeof *r);
    char id[40];
    if (!r || c->recording)
        abort(); /* one action at a time asks for one recording */
    r->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    r->done = done;
    r->owner = owner;
    r->draft = rq->draft;
    snprintf(r->until, sizeof r->until, "%.*s", STR_ARG(rq->until));
    snprintf(id, sizeof id, "%s-%u", c->facts.id, ++c->recordings);
    c->recording = r;
    take_box(r, rq);
    r->file.id = strdup(id);
    if (!r->file.id)
        abort();
    if (server_recording_path(c->server, r->file.box ? r->file.box : "", id, &r->path) || (r->draft && !r->file.box)) {
        end(r, RECORD_FAILED);
        return &r->op;
    }
    r->file.path = strdup(r->path);
    begin(r, rq);
    return &r->op;
}
