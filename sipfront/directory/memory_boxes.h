/* The messages of each box in the order in which they are heard, and what they sum up to. Loop thread. Borrows the rows
 * of messages. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_MEMORY_BOXES_H
#define SIPFRONT_DIRECTORY_MEMORY_BOXES_H

#include "sipfront/directory/table.h"
#include "vm/base/vec.h"

struct box_index {
    struct row row;                     /* key: the box's name, kept behind the struct */
    VEC(struct message_row *) lists[2]; /* unheard, heard: urgent ones first, then oldest first */
    unsigned urgent;                    /* of the unheard */
    int64_t ms, bytes;
};

void boxes_add(struct table *boxes, struct message_row *m);
/* Before the row is freed or its heard changes. */
void boxes_remove(struct table *boxes, const struct message_row *m);
/* NULL: never had a message. */
const struct box_index *boxes_find(const struct table *boxes, const char *box);
void boxes_free(struct table *boxes);

#endif
