/* How many notes there are, so that they can be bounded. Loop thread; owned by the memory. Private to
 * sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_NOTES_H
#define SIPFRONT_DIRECTORY_NOTES_H

#include "sipfront/directory/row.h"
#include "vm/base/vec.h"

struct note_count {
    char *flow;
    size_t n;
};
struct note_counts { /* zero it to begin */
    VEC(struct note_count) flows;
    size_t n, bytes;
};

void notes_add(struct note_counts *c, const struct row *r);
void notes_remove(struct note_counts *c, const struct row *r);
size_t notes_of(const struct note_counts *c, const char *flow);
void notes_free(struct note_counts *c);

struct directory;
/* Has those whose time is over forgotten once an hour, from now on. */
void notes_begin(struct directory *d);

#endif
