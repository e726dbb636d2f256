/* The calls and legs that are up, on disk: so that those which a crash ends have a record too. DATA/calls.up has a slot
 * of 1 KiB for each of 8192, mapped into memory: noting one is copying a line, without a system call; what was noted
 * outlives the process, though not the machine. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_CALLS_UP_H
#define SIPFRONT_CALL_CALLS_UP_H

#include "vm/base/err.h"
#include "vm/base/str.h"

struct calls_up;

enum { CALLS_UP_NONE = -1, CALLS_UP_LINE = 1022, CALLS_UP_SLOTS = 8192 };

/* A line that was there; true: it stays, and its slot is taken, until calls_up_give(). */
typedef bool calls_up_found_fn(const char *line, int slot, void *arg);
/* Opens the file, or makes it. Each line that is there is told first: of a server that has died. Blocks: before the
 * loop runs. */
enum err calls_up_open(struct calls_up **out, const char *path, calls_up_found_fn *found, void *arg) MUST_USE;
/* Lines that are left stay for the next start. */
void calls_up_close(struct calls_up **u);

/* A slot of one's own; CALLS_UP_NONE, which the others accept, when all are taken or u is NULL. */
int calls_up_take(struct calls_up *u);
/* What is known of it now; cut off at a blank within CALLS_UP_LINE bytes. */
void calls_up_note(struct calls_up *u, int slot, struct str line);
void calls_up_give(struct calls_up *u, int slot);

#endif
