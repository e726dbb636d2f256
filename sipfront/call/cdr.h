/* Call detail records: a line in the log for each call when it has ended (`cdr`), and one for each of its legs (`leg`),
 * and the same in a file where the operator wants one (cdr_file.h); docs/operations.md has their fields. What a crash
 * ends gets its records at the next start, from calls_up.h. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_CDR_H
#define SIPFRONT_CALL_CDR_H

#include "vm/base/err.h"
#include "vm/base/str.h"

struct server;
struct call;
struct far_leg;

/* Writes the records of calls that the last run did not end. file: NULL none. Blocks: before the loop runs. */
enum err cdr_open(struct server *s, const char *file, struct sbuf *why) MUST_USE;
void cdr_close(struct server *s); /* when no call is left */

void cdr_begin(struct call *c); /* its place; what stands there: cdr_note() */
/* Something of it is to outlive a crash that comes after this turn of the loop; all else does within 10 s. */
void cdr_note(struct call *c);
void cdr_begin_leg(struct far_leg *f);
void cdr_note_leg(const struct far_leg *f);
void cdr_write(struct call *c); /* the last of it, with its caller's leg */

/* A leg that has ended so, before its stream is closed; nothing for one that has not begun. */
void cdr_leg(struct far_leg *f, const char *end);
/* The caller's, when another phone takes its place. */
void cdr_caller(struct call *c, const char *end);

#endif
