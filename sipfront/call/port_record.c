/* call_port: recording the caller. The file is written while it is spoken; when it ends, by whatever means, it becomes
 * a row of the directory. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sipfront/call/call_op.h"
#include "sipfront/call/server_parts.h"
#include "vm/base/log.h"

struct recording {
    struct call_op op;
    record_done_cb *done;
    void *owner;
    char until[20];
    char *box, *path; /* box "": a recording for the flow */
    char id[40];
    enum record_outcome how;
    int64_t length_ms;
    bool running, storing;
};

static void release(struct recording *r)
{
    call_op_cancel_later(&r->op);
    r->op.call->recording = NULL;
    free(r->box);
    free(r->path);
    free(r);
}

/* Nobody waits for it any more, but what was said is kept: the stream is told to stop and the rest goes its way. */
static void stop(struct call_op *op)
{
    struct recording *r = (struct recording *)op;
    r->done = NULL;
    if (r->running)
        stream_record_stop(op->call->media.stream);
    else if (!r->storing)
        release(r);
}

static void finish(struct call_op *op)
{
    struct recording *r = (struct recording *)op;
    struct call *c = op->call;
    struct record_end end = { .how = r->how, .length_ms = r->length_ms };
    char id[sizeof r->id];
    record_done_cb *done = r->done;
    void *owner = r->owner;
    memcpy(id, r->id, sizeof id);
    end.id = str_of(id);
    release(r);
    if (done)
        done(&end, owner);
    else
        call_check_over(c);
}

static void end(struct recording *r, enum record_outcome how)
{
    r->how = how;
    call_op_later(&r->op);
}

/* The row is in the database, or is not: the audio stays on the disk either way. */
static void on_stored(enum err e, const char *why, void *arg)
{
    struct recording *r = arg;
    r->storing = false;
    if (e)
        log_error("voicemail", "message %s is on disk, but could not be listed: %s", r->path, why);
    else
        log_info("voicemail", "message %s for %s, %lld ms", r->id, r->box, (long long)r->length_ms);
    end(r, e ? RECORD_FAILED : RECORD_SAVED);
}

static void store(struct recording *r)
{
    struct call *c = r->op.call;
    struct message m = {
        .id = r->id,
        .box = r->box,
        .from = c->facts.from,
        .from_name = c->facts.from_name,
        .path = r->path,
        .left_wall_ms = clock_wall(c->port.clock),
        .length_ms = r->length_ms,
    };
    r->storing = true;
    directory_add_message(c->server->directory, &m, (struct directory_done){ on_stored, r });
}

void recording_done(struct recording *r, const struct stream_recorded *how)
{
    if (!r || !r->running)
        return;
    r->running = false;
    r->length_ms = how->length_ms;
    if (how->failed)
        log_error("voicemail", "call %s: recording stopped: %s", r->op.call->facts.id, how->why);
    if (!how->heard) {
        (void)unlink(r->path);
        end(r, how->failed ? RECORD_FAILED : RECORD_EMPTY);
    } else if (*r->box) {
        store(r);
    } else {
        end(r, RECORD_SAVED);
    }
}

bool recording_digit(struct recording *r, char digit)
{
    if (!r || !r->running || !digit || !strchr(r->until, digit))
        return false;
    stream_record_stop(r->op.call->media.stream);
    return true;
}

void recording_caller_gone(struct recording *r)
{
    if (r && r->running)
        stream_record_stop(r->op.call->media.stream);
}

static void begin(struct recording *r, const struct record_request *rq)
{
    struct call *c = r->op.call;
    struct stream_record sr = { .path = r->path, .max_ms = rq->max_ms, .silence_ms = rq->silence_ms, .beep = rq->beep };
    r->running = true;
    stream_record(c->media.stream, &sr);
}

struct call_op *call_record_start(void *self, const struct record_request *rq, record_done_cb *done, void *owner)
{
    struct call *c = self;
    struct recording *r = calloc(1, sizeof *r);
    if (!r || c->recording)
        abort(); /* one action at a time asks for one recording */
    r->op = (struct call_op){ .call = c, .stop = stop, .finish = finish };
    r->done = done;
    r->owner = owner;
    snprintf(r->until, sizeof r->until, "%.*s", STR_ARG(rq->until));
    snprintf(r->id, sizeof r->id, "%s-%u", c->facts.id, ++c->recordings);
    r->box = strndup(rq->box.p ? rq->box.p : "", rq->box.len);
    c->recording = r;
    if (!r->box)
        abort();
    if (server_recording_path(c->server, r->box, r->id, &r->path) == ERR_OK)
        begin(r, rq);
    else
        end(r, RECORD_FAILED);
    return &r->op;
}
