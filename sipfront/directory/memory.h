/* The directory in memory: what directory.h reads. Loop thread. Owns its rows. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_MEMORY_H
#define SIPFRONT_DIRECTORY_MEMORY_H

#include "sipfront/directory/memory_boxes.h"
#include "sipfront/directory/notes.h"
#include "sipfront/directory/store.h"
#include "sipfront/directory/table.h"
#include "vm/base/vec.h"

struct memory { /* zero it to begin */
    struct table tables[ROW_KINDS];
    VEC(struct message_row *) by_time; /* oldest first; the rows of tables[ROW_MESSAGE] */
    struct note_counts notes;          /* of tables[ROW_NOTE] */
    struct table boxes;                /* of struct box_index; the same rows by box */
};

/* Takes the row; one of the same key is replaced. */
void memory_put(struct memory *m, enum row_kind kind, struct row *row);
/* Takes over a change that the store has written (e is ERR_OK): its row is the memory's then. */
void memory_take(struct memory *m, struct change *c);
/* Says in c->why, if it says nothing yet, why the stored rows forbade the change (ERR_EXISTS, ERR_NOT_FOUND). Called
 * in the order of the changes, so that the memory is what the store decided upon. */
void memory_words(const struct memory *m, struct change *c);
void memory_free(struct memory *m);

#endif
