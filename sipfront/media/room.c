/* The loop's side of a room. */
#include "sipfront/media/room.h"

#include <stdlib.h>

#include "sipfront/media/room_state.h"

static void list_add(struct media *m, struct room *r)
{
    r->next = m->rooms;
    r->link = &m->rooms;
    if (r->next)
        r->next->link = &r->next;
    m->rooms = r;
}

enum err room_new(struct room **out, struct media *m, const struct room_events *events, void *owner)
{
    struct room *r = calloc(1, sizeof *r);

    *out = r;
    if (!r)
        return ERR_NOMEM;
    r->media = m;
    r->events = *events;
    r->owner = owner;
    r->narrow.khz = ROOM_NARROW_KHZ;
    r->now_ms = ROOM_RING_MS;
    r->wide.khz = ROOM_WIDE_KHZ;
    r->node.due_ms = m->next_phase++ % ROOM_MS;
    list_add(m, r);
    return ERR_OK;
}

void room_free(struct room **rp)
{
    struct room *r = *rp;

    *rp = NULL;
    if (!r)
        return;
    r->closed = true;
    engine_command(r->media, &(struct command){ .run = command_room_close, .room = r });
}

static void free_when_done(struct room *r)
{
    if (!r->gone || r->recordings > 0)
        return;
    *r->link = r->next;
    if (r->next)
        r->next->link = r->link;
    free(r);
}

static void tell_recorded(struct room *r, struct recording *rec)
{
    struct stream_recorded end;

    recording_describe(rec, &end);
    if (!r->closed && r->events.on_recorded)
        r->events.on_recorded(&end, r->owner);
    recording_free(rec);
    r->recordings--;
}

void room_deliver(const struct event *e)
{
    struct room *r = e->room;

    if (e->kind == EVENT_RECORDED)
        tell_recorded(r, e->recording);
    else if (e->kind == EVENT_GONE)
        r->gone = true;
    if (r->closed)
        free_when_done(r);
}

void room_join(struct room *r, struct stream *s)
{
    engine_command(r->media, &(struct command){ .run = command_room_join, .room = r, .stream = s });
}

void room_leave(struct stream *s)
{
    engine_command(s->media, &(struct command){ .run = command_room_leave, .stream = s });
}

void room_mute(struct stream *s, bool mute)
{
    engine_command(s->media, &(struct command){ .run = command_room_mute, .stream = s, .mute = mute });
}

void room_cue(struct room *r, enum room_cue kind)
{
    engine_command(r->media, &(struct command){ .run = command_room_cue, .room = r, .cue = kind });
}

/* Recorder thread. */
static void on_file_end(struct recorder_file *file)
{
    struct recording *rec = (struct recording *)file; /* its first member */
    struct room *r = rec->owner;

    outbox_put(r->media->outbox, &(struct event){ .room = r, .kind = EVENT_RECORDED, .recording = rec });
}

void room_record(struct room *r, const struct stream_record *how)
{
    struct recording *rec = recording_new(how);

    if (!rec)
        abort(); /* as loop_post() */
    rec->owner = r;
    rec->file.on_end = on_file_end;
    r->recordings++;
    engine_command(r->media, &(struct command){ .run = command_room_record, .room = r, .recording = rec });
}

void room_record_stop(struct room *r)
{
    engine_command(r->media, &(struct command){ .run = command_room_record_stop, .room = r });
}
