/* The file of call records (`flowd --cdr`): one JSON object a line, appended by a worker of its own and flushed to the
 * disk, many at once when many come. The loop never waits for it. What cannot be written (a full disk) waits in memory
 * and is tried again; its slots in calls_up.h are given back only once it is written, so that a crash loses nothing
 * either. When the path leads to another file, or to none, the next record opens it anew (logrotate). Private to
 * sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_CDR_FILE_H
#define SIPFRONT_CALL_CDR_FILE_H

#include "sipfront/loop/loop.h"
#include "vm/base/err.h"
#include "vm/base/str.h"

struct cdr_file;

struct cdr_file_port {
    void (*written)(void *owner, int slot); /* or given up; once a record that has a slot */
    void *owner;
};

/* *why says what is wrong with the path. Blocks: before the loop runs. */
enum err cdr_file_open(struct cdr_file **out, struct loop *l, const char *path, const struct cdr_file_port *port,
                       struct sbuf *why) MUST_USE;
/* Writes what waits; blocks, when the loop has ended, which is drained later. What cannot be written keeps its slot.
 * Accepts NULL. */
void cdr_file_close(struct cdr_file **f);

/* line: a whole one, with its end. slot: -1 none. Beyond 16 MiB of waiting records the newest is lost, and counted. */
void cdr_file_add(struct cdr_file *f, struct str line, int slot);
/* Opens it anew. Accepts NULL. */
void cdr_file_reopen(struct cdr_file *f);

struct cdr_file_counts {
    uint64_t written, lost, failures; /* records; failures: tries to write */
    unsigned waiting;
};
struct cdr_file_counts cdr_file_counts(const struct cdr_file *f); /* of NULL: zeros */

#endif
