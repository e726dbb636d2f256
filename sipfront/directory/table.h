/* A hash table of rows (row.h) by their keys. Owns its rows. One thread at a time. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_TABLE_H
#define SIPFRONT_DIRECTORY_TABLE_H

#include "sipfront/directory/row.h"

struct table { /* zero it to begin */
    struct row **buckets;
    size_t nbuckets, len;
};

struct row *table_find(const struct table *t, struct str key);
/* Takes r. Returns the row that had this key before, now the caller's, or NULL. */
struct row *table_put(struct table *t, struct row *r);
/* Takes the row out: the caller's now; NULL when there is none. */
struct row *table_take(struct table *t, struct str key);
/* Frees each row for which want(row, arg) is true. */
void table_drop_if(struct table *t, bool (*want)(const struct row *r, const void *arg), const void *arg);
/* All rows in the order of their keys (sorted) or of the table: an array of t->len that the caller frees, NULL when
 * there are none. */
struct row **table_rows(const struct table *t, bool sorted);
/* Frees all rows and the table's own memory. */
void table_free(struct table *t);

#endif
