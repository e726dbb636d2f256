/* What flows remember: values by flow and key, each until its time. Part of directory.h, with its rules on threads and
 * texts. Bounded a flow and overall: a flow that keeps something for each number that ever calls cannot fill the
 * server. */
#ifndef SIPFRONT_DIRECTORY_NOTE_H
#define SIPFRONT_DIRECTORY_NOTE_H

#include "sipfront/directory/directory.h"

enum {
    NOTE_MOST_A_FLOW = 10000,
    NOTE_MOST = 100000,
    NOTE_MOST_BYTES = 64 << 20, /* keys and values of all */
    NOTE_MOST_KEY = 255,        /* bytes */
    NOTE_MOST_VALUE = 4096,
};

struct note {
    const char *flow, *key, *value;
    int64_t until_wall_ms;
};

/* NULL when there is none, or its time is over. */
const struct note *directory_note(const struct directory *d, const char *flow, const char *key);
/* Those whose time is not over, by flow and key; flow NULL: of all. */
void directory_each_note(const struct directory *d, const char *flow, void (*each)(const struct note *n, void *arg),
                         void *arg);

/* Keeps it, in place of one of the same key. ERR_LIMIT: the flow, or the server, keeps as many as it may, or as large
 * ones. What is on its way to the database is not counted yet. ERR_INVALID: the key or value is too long. */
void directory_put_note(struct directory *d, const struct note *n, struct directory_done done);
/* ERR_NOT_FOUND */
void directory_drop_note(struct directory *d, const char *flow, const char *key, struct directory_done done);

#endif
