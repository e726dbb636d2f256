/* The calls that are up, on disk: so that those which a crash ends have a record too. DATA/calls.up has a slot of 512
 * bytes for each of 4096 calls, mapped into memory: noting a call is copying a line, without a system call; what was
 * noted outlives the process, though not the machine. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_CALLS_UP_H
#define SIPFRONT_CALL_CALLS_UP_H

#include "vm/base/err.h"
#include "vm/base/str.h"

struct calls_up;

enum { CALLS_UP_NONE = -1, CALLS_UP_LINE = 510 };

/* Opens the file, or makes it. Each line that is there is told first: calls of a server that has died. Blocks: before
 * the loop runs. */
enum err calls_up_open(struct calls_up **out, const char *path, void (*each)(const char *line)) MUST_USE;
/* Lines that are left stay for the next start. */
void calls_up_close(struct calls_up **u);

/* A slot of one's own; CALLS_UP_NONE, which the others accept, when all are taken or u is NULL. */
int calls_up_take(struct calls_up *u);
/* What is known of the call now; cut off behind CALLS_UP_LINE bytes. */
void calls_up_note(struct calls_up *u, int slot, struct str line);
void calls_up_give(struct calls_up *u, int slot);

#endif
