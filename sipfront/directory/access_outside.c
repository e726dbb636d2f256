/* The directory: reading and changing its rows about the world outside. */
#include "sipfront/directory/outside.h"

#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"

void trunk_settings_init(struct trunk_settings *t, const char *name)
{
    *t = (struct trunk_settings){
        .name = name,
        .secret = "",
#define TRUNK_TEXT(field, usual, ...) .field = usual,
#define TRUNK_INT(field, usual, ...)  .field = usual,
#define TRUNK_MS(field, usual, ...)   .field = usual,
#define TRUNK_FLAG(field, usual, ...) .field = usual,
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    };
}

static const struct row *find(const struct directory *d, enum row_kind kind, const char *key)
{
    return table_find(&d->memory.tables[kind], str_of(key));
}

const struct trunk_settings *directory_trunk(const struct directory *d, const char *name)
{
    const struct row *r = find(d, ROW_TRUNK, name);
    return r ? &((const struct trunk_row *)r)->t : NULL;
}

void directory_each_trunk(const struct directory *d, void (*each)(const struct trunk_settings *t, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_TRUNK];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct trunk_row *)rows[i])->t, arg);
    free(rows);
}

const struct dial_rule *directory_dial_rule(const struct directory *d, const char *user)
{
    const struct row *r = find(d, ROW_DIAL_RULE, user);
    return r ? &((const struct dial_rule_row *)r)->r : NULL;
}

const struct dial_usage *directory_dial_usage(const struct directory *d, const char *user)
{
    const struct row *r = find(d, ROW_USAGE, user);
    return r ? &((const struct usage_row *)r)->u : NULL;
}

const struct number *directory_number_of(const struct directory *d, const char *user)
{
    const struct table *t = &d->memory.tables[ROW_NUMBER];
    struct row **rows = table_rows(t, false);
    const struct number *found = NULL;
    for (size_t i = 0; i < t->len; i++) {
        const struct number *n = &((const struct number_row *)rows[i])->n;
        if (strcmp(n->user, user) == 0 && (!found || strcmp(n->digits, found->digits) < 0))
            found = n;
    }
    free(rows);
    return found;
}

static void change_row(struct directory *d, enum change_kind kind, struct row *row, struct directory_done done)
{
    struct change *c = change_new(kind, done);
    c->row = row;
    directory_change(d, c);
}

void directory_add_trunk(struct directory *d, const struct trunk_settings *t, struct directory_done done)
{
    change_row(d, CHANGE_ADD_TRUNK, &row_trunk(t)->row, done);
}

void directory_set_trunk(struct directory *d, const struct trunk_settings *t, struct directory_done done)
{
    change_row(d, CHANGE_SET_TRUNK, &row_trunk(t)->row, done);
}

void directory_remove_trunk(struct directory *d, const char *name, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_REMOVE_TRUNK, name, NULL, done));
}

void directory_put_dial_rule(struct directory *d, const struct dial_rule *r, struct directory_done done)
{
    change_row(d, CHANGE_PUT_DIAL_RULE, &row_dial_rule(r)->row, done);
}

void directory_put_usage(struct directory *d, const struct dial_usage *u, struct directory_done done)
{
    change_row(d, CHANGE_PUT_USAGE, &row_usage(u)->row, done);
}
