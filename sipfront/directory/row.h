/* Rows of the directory: one allocation holds a struct of directory.h and all its texts, so that a change can carry it
 * to the database and the memory can keep it afterwards without another copy. One thread at a time; the holder frees.
 * Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_ROW_H
#define SIPFRONT_DIRECTORY_ROW_H

#include "sipfront/directory/box.h"
#include "sipfront/directory/directory.h"
#include "sipfront/directory/letter.h"
#include "sipfront/directory/outside.h"
#include "sipfront/directory/note.h"

struct row {
    struct row *next; /* in its bucket, see table.h */
    uint64_t hash;
    struct str key; /* points into this row */
};
struct connection_row {
    struct row row; /* key: user */
    struct connection c;
};
struct number_row {
    struct row row; /* key: digits */
    struct number n;
};
struct flow_row {
    struct row row; /* key: flow */
    struct flow_version f;
};
struct binding_row {
    struct row row; /* key: user, NUL, contact */
    struct stored_binding b;
};
struct ban_row {
    struct row row; /* key: source */
    struct stored_ban b;
};
struct message_row {
    struct row row; /* key: id */
    struct message m;
};

struct box_row {
    struct row row; /* key: name */
    struct box b;
};
struct letter_row {
    struct row row; /* key: id */
    struct letter l;
};

struct trunk_row {
    struct row row; /* key: name */
    struct trunk_settings t;
};
struct dial_rule_row {
    struct row row; /* key: user */
    struct dial_rule r;
};
struct usage_row {
    struct row row; /* key: user */
    struct dial_usage u;
};
struct note_row {
    struct row row; /* key: flow, NUL, key */
    struct note n;
};

/* Deep copies. NULL texts become "". Never NULL: running out of memory ends the process, as in vm/base/vec.h. Free
 * with free(). */
struct connection_row *row_connection(const struct connection *c) MUST_USE;
struct number_row *row_number(const struct number *n) MUST_USE;
struct flow_row *row_flow(const struct flow_version *f) MUST_USE;
struct binding_row *row_binding(const struct stored_binding *b) MUST_USE;
struct ban_row *row_ban(const struct stored_ban *b) MUST_USE;
struct message_row *row_message(const struct message *m) MUST_USE;
struct box_row *row_box(const struct box *b) MUST_USE;
struct letter_row *row_letter(const struct letter *l) MUST_USE;
struct trunk_row *row_trunk(const struct trunk_settings *t) MUST_USE;
struct dial_rule_row *row_dial_rule(const struct dial_rule *r) MUST_USE;
struct usage_row *row_usage(const struct dial_usage *u) MUST_USE;
struct note_row *row_note(const struct note *n) MUST_USE;

/* The key of a binding, added to b. */
void row_binding_key(struct sbuf *b, const char *user, const char *contact);
/* That of a note. */
void row_note_key(struct sbuf *b, const char *flow, const char *key);

#endif
