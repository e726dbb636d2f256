/* The store: where the directory is kept. directory.c knows no other way to a database; a second back end stands beside
 * SQLite by offering these functions. One thread at a time: the opener's until the worker takes over, then the
 * worker's. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_STORE_H
#define SIPFRONT_DIRECTORY_STORE_H

#include "sipfront/directory/change.h"

struct store;

enum row_kind {
    ROW_CONNECTION,
    ROW_NUMBER,
    ROW_FLOW,
    ROW_BINDING,
    ROW_MESSAGE,
    ROW_BOX,
    ROW_LETTER,
    ROW_TRUNK,
    ROW_DIAL_RULE,
    ROW_USAGE,
    ROW_BAN,
    ROW_NOTE,
    ROW_KINDS
};

/* Opens the database in that folder, makes it or brings its schema up to date. *why says what is wrong, for people:
 * ERR_DB (damaged, or not ours), ERR_BAD_VERSION (of a newer server), ERR_BUSY (another server has it), ERR_IO. */
enum err store_open(struct store **out, const char *folder, struct sbuf *why) MUST_USE;
void store_close(struct store **st);

/* Hands each stored row to each, which owns it then. Bindings that have run out are forgotten. Messages come oldest
 * first. */
enum err store_load(struct store *st, void (*each)(enum row_kind kind, struct row *row, void *arg), void *arg,
                    struct sbuf *why) MUST_USE;

/* Writes the changes of the list that have no error yet, in order, all in one transaction, and sets e of each:
 * ERR_EXISTS and ERR_NOT_FOUND for what the stored rows forbid. When the transaction fails as a whole, each change is
 * tried alone, so that one that cannot be written takes no other along: ERR_DB and why say what the database said.
 * Returns after what succeeded is safe on the disk. */
void store_write(struct store *st, struct change *list);

/* Answers a question (query.h) into its texts; sets its e and why. */
struct query;
void store_ask(struct store *st, struct query *q);

#endif
