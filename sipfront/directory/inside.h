/* The directory's object, for the files that read it and change it. Loop thread. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_INSIDE_H
#define SIPFRONT_DIRECTORY_INSIDE_H

#include "sipfront/directory/memory.h"

struct batch;
struct query;

struct directory {
    struct loop *loop;
    struct workers *worker; /* one thread: the store's */
    struct store *store;    /* the worker's from directory_open() to directory_close() */
    struct memory memory;
    struct change *first, *last; /* waiting; last counts only with a first */
    size_t waiting;              /* with those on their way */
    size_t refused;              /* in a row, for want of room */
    size_t failed;               /* in a row, by the database */
    struct batch *in_flight;
    struct query *asked; /* on their way */
    unsigned nasked;
    struct clock_timer *gathering;                   /* until what nobody waits for is written too */
    void (*on_messages)(const char *box, void *arg); /* may be NULL */
    void *on_messages_arg;
    struct clock_timer *forget; /* what is over of the notes */
};

/* Takes the change; its done comes on the loop, never from inside. */
void directory_change(struct directory *d, struct change *c);

/* Each question on its way is answered now, with ERR_BUSY: the worker is joined (query.c). */
void queries_end(struct directory *d);

#endif
