/* Mistakes of the author, collected while a file is read and checked, printed together at the end.
 * One thread at a time. All memory comes from the list's arena. Nothing here prints: the text is put into a buffer. */
#ifndef COMPILER_DIAG_H
#define COMPILER_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/source.h"

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/* A second place that explains the first: "it was named here". */
struct diag_note {
    struct span span;
    struct str text;
    struct diag_note *next;
};

struct diag {
    enum diag_severity severity;
    struct span span;
    struct str message;      /* one sentence without a full stop */
    struct diag_note *notes; /* in the order they were added */
    struct str help;         /* the mend; empty when there is none */
    uint32_t order;          /* when it was reported: keeps the order at one place */
    struct diags *list;
};

struct diags;

/* An empty list. It lives as long as the arena; diags_close() frees what is not in the arena. */
struct diags *diags_new(struct arena *arena, const struct sources *sources);
void diags_close(struct diags *list); /* accepts NULL */

/* Reports a mistake. The result is never NULL and takes notes and a help until the next report. */
struct diag *diag_error(struct diags *list, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
struct diag *diag_warning(struct diags *list, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diag_note(struct diag *d, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
void diag_help(struct diag *d, const char *fmt, ...) PRINTF_LIKE(2, 3);

const struct sources *diags_sources(const struct diags *list);

/* Takes back all that was reported since diags_count() was `mark`, for a reader that learns it read on a wrong track.
 */
void diags_drop(struct diags *list, size_t mark);

/* How many errors were reported (warnings do not count). */
size_t diags_errors(const struct diags *list);

/* Sorts by file and place and drops what was said twice of one place. Afterwards the list can be read with
 * diags_count() and diags_at(). Call when reporting is over. */
void diags_finish(struct diags *list);
size_t diags_count(const struct diags *list);
const struct diag *diags_at(const struct diags *list, size_t index);

/* Adds one diagnostic as text: file:line:column, the source line, a caret under the span, notes, help.
 * color: with ANSI colours. */
void diag_render(struct sbuf *out, const struct diags *list, const struct diag *d, bool color);

#endif
