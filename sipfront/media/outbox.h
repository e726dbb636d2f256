/* Events from the media thread and the recorder to the loop: a queue, and one posted function that empties it, so that
 * many events cost one wake-up. */
#ifndef SIPFRONT_MEDIA_OUTBOX_H
#define SIPFRONT_MEDIA_OUTBOX_H

#include <stdbool.h>

#include "sipfront/loop/loop.h"

struct room;
struct stream;
struct recording;

enum event_kind { EVENT_DIGIT, EVENT_PRESS, EVENT_PLAYED, EVENT_SILENT, EVENT_RECORDED, EVENT_GONE };
struct event {
    struct event *next;
    struct stream *stream; /* or */
    struct room *room;     /* whose event it is */
    enum event_kind kind;
    char digit;
    unsigned tag;
    unsigned ms; /* of a press */
    struct recording *recording;
};

struct outbox;
enum err outbox_new(struct outbox **out, struct loop *l, void (*deliver)(const struct event *e)) MUST_USE;
/* Any thread; copies it. */
void outbox_put(struct outbox *o, const struct event *e);
/* Loop thread, when no other thread puts any more: delivers what is left. A posted function that is still to come finds
 * nothing to do. */
void outbox_free(struct outbox **o);

#endif
