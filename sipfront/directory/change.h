/* A change on its way: made on the loop, written by the store on the worker, taken over by the memory on the loop. One
 * holder at a time. Private to sipfront/directory. */
#ifndef SIPFRONT_DIRECTORY_CHANGE_H
#define SIPFRONT_DIRECTORY_CHANGE_H

#include "sipfront/directory/row.h"

enum change_kind {
#define CHANGE(name, verb) CHANGE_##name,
#include "sipfront/directory/change.def"
#undef CHANGE
};
enum {
#define CHANGE(name, verb) +1
    CHANGE_KINDS = 0
#include "sipfront/directory/change.def"
#undef CHANGE
};

struct change {
    struct change *next; /* in its queue */
    enum change_kind kind;
    struct row *row;   /* the new row of ADD_, SET_, PUT_ and DEPLOY; owned until the memory takes it */
    char *key, *value; /* the others: what is meant (user, digits, id), and flow or contact; owned */
    bool flag;         /* MARK_HEARD: heard; DEPLOY, set by the store: the bytes are those of the current version */
    enum err e;        /* refused before it came to the store, or the store's result */
    struct sbuf why;   /* for people, when e is set */
    struct directory_done done;
};

/* Never NULL. Texts are copied. */
struct change *change_new(enum change_kind kind, struct directory_done done);
struct change *change_by_key(enum change_kind kind, const char *key, const char *value, struct directory_done done);
void change_set_value(struct change *c, const char *value); /* NULL: "" */
/* Accepts NULL; sets *c to NULL. */
void change_free(struct change **c);

/* What is wrong with the values of a change before any database sees it: sets e and why (check.c). */
void change_check(struct change *c);

static inline struct connection *change_connection(const struct change *c)
{
    return &((struct connection_row *)c->row)->c;
}
static inline struct number *change_number(const struct change *c) { return &((struct number_row *)c->row)->n; }
static inline struct flow_version *change_flow(const struct change *c) { return &((struct flow_row *)c->row)->f; }
static inline struct stored_binding *change_binding(const struct change *c)
{
    return &((struct binding_row *)c->row)->b;
}
static inline struct box *change_box(const struct change *c) { return &((struct box_row *)c->row)->b; }
static inline struct note *change_note(const struct change *c) { return &((struct note_row *)c->row)->n; }
static inline struct letter *change_letter(const struct change *c) { return &((struct letter_row *)c->row)->l; }
static inline struct trunk_row *change_trunk(const struct change *c) { return (struct trunk_row *)c->row; }
static inline struct dial_rule *change_dial_rule(const struct change *c)
{
    return &((struct dial_rule_row *)c->row)->r;
}
static inline struct dial_usage *change_usage(const struct change *c) { return &((struct usage_row *)c->row)->u; }
static inline struct stored_ban *change_ban(const struct change *c) { return &((struct ban_row *)c->row)->b; }
static inline struct message *change_message(const struct change *c) { return &((struct message_row *)c->row)->m; }

#endif
