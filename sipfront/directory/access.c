/* The directory: reading, and the functions that make changes. */
#include <stdlib.h>
#include <string.h>

#include "sipfront/directory/inside.h"

static const struct row *find(const struct directory *d, enum row_kind kind, const char *key)
{
    return table_find(&d->memory.tables[kind], str_of(key));
}

const struct connection *directory_connection(const struct directory *d, const char *user)
{
    const struct row *r = find(d, ROW_CONNECTION, user);
    return r ? &((const struct connection_row *)r)->c : NULL;
}

const struct number *directory_number(const struct directory *d, const char *digits)
{
    const struct row *r = find(d, ROW_NUMBER, digits);
    return r ? &((const struct number_row *)r)->n : NULL;
}

const struct flow_version *directory_flow(const struct directory *d, const char *flow)
{
    const struct row *r = find(d, ROW_FLOW, flow);
    return r ? &((const struct flow_row *)r)->f : NULL;
}

const struct message *directory_message(const struct directory *d, const char *id)
{
    const struct row *r = find(d, ROW_MESSAGE, id);
    return r ? &((const struct message_row *)r)->m : NULL;
}

void directory_each_connection(const struct directory *d, void (*each)(const struct connection *c, void *arg),
                               void *arg)
{
    const struct table *t = &d->memory.tables[ROW_CONNECTION];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct connection_row *)rows[i])->c, arg);
    free(rows);
}

void directory_each_number(const struct directory *d, void (*each)(const struct number *n, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_NUMBER];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct number_row *)rows[i])->n, arg);
    free(rows);
}

void directory_each_flow(const struct directory *d, void (*each)(const struct flow_version *f, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_FLOW];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct flow_row *)rows[i])->f, arg);
    free(rows);
}

void directory_each_binding(const struct directory *d, void (*each)(const struct stored_binding *b, void *arg),
                            void *arg)
{
    const struct table *t = &d->memory.tables[ROW_BINDING];
    struct row **rows = table_rows(t, false);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct binding_row *)rows[i])->b, arg);
    free(rows);
}

void directory_each_message(const struct directory *d, const char *box,
                            void (*each)(const struct message *m, void *arg), void *arg)
{
    for (size_t i = d->memory.by_time.len; i-- > 0;) {
        const struct message *m = &d->memory.by_time.items[i]->m;
        if (!box || strcmp(m->box, box) == 0)
            each(m, arg);
    }
}

void directory_each_ban(const struct directory *d, void (*each)(const struct stored_ban *b, void *arg), void *arg)
{
    const struct table *t = &d->memory.tables[ROW_BAN];
    struct row **rows = table_rows(t, true);
    for (size_t i = 0, n = t->len; i < n; i++)
        each(&((const struct ban_row *)rows[i])->b, arg);
    free(rows);
}

static void change_row(struct directory *d, enum change_kind kind, struct row *row, struct directory_done done)
{
    struct change *c = change_new(kind, done);
    c->row = row;
    directory_change(d, c);
}

void directory_add_connection(struct directory *d, const struct connection *c, struct directory_done done)
{
    change_row(d, CHANGE_ADD_CONNECTION, &row_connection(c)->row, done);
}

void directory_set_connection(struct directory *d, const struct connection *c, struct directory_done done)
{
    change_row(d, CHANGE_SET_CONNECTION, &row_connection(c)->row, done);
}

void directory_remove_connection(struct directory *d, const char *user, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_REMOVE_CONNECTION, user, NULL, done));
}

void directory_add_number(struct directory *d, const struct number *n, struct directory_done done)
{
    change_row(d, CHANGE_ADD_NUMBER, &row_number(n)->row, done);
}

void directory_remove_number(struct directory *d, const char *digits, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_REMOVE_NUMBER, digits, NULL, done));
}

void directory_deploy(struct directory *d, const char *flow, struct str image, struct directory_done done)
{
    struct flow_version f = { .flow = flow, .image = (const uint8_t *)image.p, .size = image.len };
    change_row(d, CHANGE_DEPLOY, &row_flow(&f)->row, done);
}

void directory_remove_flow(struct directory *d, const char *flow, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_REMOVE_FLOW, flow, NULL, done));
}

void directory_attach(struct directory *d, const char *user, const char *flow, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_ATTACH, user, flow, done));
}

void directory_put_binding(struct directory *d, const struct stored_binding *b, struct directory_done done)
{
    change_row(d, CHANGE_PUT_BINDING, &row_binding(b)->row, done);
}

void directory_drop_binding(struct directory *d, const char *user, const char *contact, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_DROP_BINDING, user, contact, done));
}

void directory_put_ban(struct directory *d, const struct stored_ban *b, struct directory_done done)
{
    change_row(d, CHANGE_PUT_BAN, &row_ban(b)->row, done);
}

void directory_drop_ban(struct directory *d, const char *source, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_DROP_BAN, source, NULL, done));
}

void directory_add_message(struct directory *d, const struct message *m, struct directory_done done)
{
    change_row(d, CHANGE_ADD_MESSAGE, &row_message(m)->row, done);
}

void directory_mark_heard(struct directory *d, const char *id, bool heard, struct directory_done done)
{
    struct change *c = change_by_key(CHANGE_MARK_HEARD, id, NULL, done);
    c->flag = heard;
    directory_change(d, c);
}

void directory_delete_message(struct directory *d, const char *id, struct directory_done done)
{
    directory_change(d, change_by_key(CHANGE_DELETE_MESSAGE, id, NULL, done));
}
