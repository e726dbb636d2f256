#include "sipfront/directory/memory.h"

#include <stdlib.h>
#include <string.h>

static struct message_row *message_of(struct row *r) { return (struct message_row *)r; }

/* Messages come in the order in which they were left, but for clocks that were set back. */
static void index_message(struct memory *m, struct message_row *row)
{
    size_t at = m->by_time.len;
    vec_push(&m->by_time, row);
    for (; at > 0 && m->by_time.items[at - 1]->m.left_wall_ms > row->m.left_wall_ms; at--)
        m->by_time.items[at] = m->by_time.items[at - 1];
    m->by_time.items[at] = row;
    boxes_add(&m->boxes, row);
}

static void forget_message(struct memory *m, const struct message_row *row)
{
    boxes_remove(&m->boxes, row);
    size_t at = 0;
    while (m->by_time.items[at] != row)
        at++;
    m->by_time.len--;
    memmove(&m->by_time.items[at], &m->by_time.items[at + 1], (m->by_time.len - at) * sizeof m->by_time.items[0]);
}

void memory_put(struct memory *m, enum row_kind kind, struct row *row)
{
    struct row *old = table_put(&m->tables[kind], row);
    if (kind == ROW_MESSAGE) {
        if (old)
            forget_message(m, message_of(old));
        index_message(m, message_of(row));
    }
    if (kind == ROW_NOTE) {
        if (old)
            notes_remove(&m->notes, old);
        notes_add(&m->notes, row);
    }
    free(old);
}

static void drop(struct memory *m, enum row_kind kind, struct str key)
{
    struct row *row = table_take(&m->tables[kind], key);
    if (row && kind == ROW_MESSAGE)
        forget_message(m, message_of(row));
    if (row && kind == ROW_NOTE)
        notes_remove(&m->notes, row);
    free(row);
}

static void adopt(struct memory *m, enum row_kind kind, struct change *c)
{
    memory_put(m, kind, c->row);
    c->row = NULL;
}

static void take_add_connection(struct memory *m, struct change *c) { adopt(m, ROW_CONNECTION, c); }

static void take_set_connection(struct memory *m, struct change *c) { adopt(m, ROW_CONNECTION, c); }

static bool number_reaches(const struct row *r, const void *user)
{
    return strcmp(((const struct number_row *)r)->n.user, user) == 0;
}

static bool binding_is_of(const struct row *r, const void *user)
{
    return strcmp(((const struct binding_row *)r)->b.user, user) == 0;
}

static void take_remove_connection(struct memory *m, struct change *c)
{
    drop(m, ROW_DIAL_RULE, str_of(c->key));
    drop(m, ROW_USAGE, str_of(c->key));
    table_drop_if(&m->tables[ROW_NUMBER], number_reaches, c->key);
    table_drop_if(&m->tables[ROW_BINDING], binding_is_of, c->key);
    drop(m, ROW_CONNECTION, str_of(c->key));
}

static void take_add_number(struct memory *m, struct change *c) { adopt(m, ROW_NUMBER, c); }

static void take_remove_number(struct memory *m, struct change *c) { drop(m, ROW_NUMBER, str_of(c->key)); }

static void take_deploy(struct memory *m, struct change *c)
{
    if (!c->flag) /* else nothing has changed */
        adopt(m, ROW_FLOW, c);
}

static void take_remove_flow(struct memory *m, struct change *c) { drop(m, ROW_FLOW, str_of(c->key)); }

static void take_attach(struct memory *m, struct change *c)
{
    struct row *row = table_find(&m->tables[ROW_CONNECTION], str_of(c->key));
    struct connection with = ((struct connection_row *)row)->c;
    with.flow = c->value;
    memory_put(m, ROW_CONNECTION, &row_connection(&with)->row);
}

static void take_put_binding(struct memory *m, struct change *c) { adopt(m, ROW_BINDING, c); }

static void take_drop_binding(struct memory *m, struct change *c)
{
    struct sbuf key = { 0 };
    row_binding_key(&key, c->key, c->value);
    drop(m, ROW_BINDING, sbuf_view(&key));
    sbuf_free(&key);
}

static void take_put_ban(struct memory *m, struct change *c) { adopt(m, ROW_BAN, c); }

static void take_drop_ban(struct memory *m, struct change *c) { drop(m, ROW_BAN, str_of(c->key)); }

static void take_add_message(struct memory *m, struct change *c) { adopt(m, ROW_MESSAGE, c); }

static void take_mark_heard(struct memory *m, struct change *c)
{
    struct message_row *row = message_of(table_find(&m->tables[ROW_MESSAGE], str_of(c->key)));
    boxes_remove(&m->boxes, row);
    row->m.heard = c->flag;
    boxes_add(&m->boxes, row);
}

/* The row is replaced: its texts lie within it. */
static void take_set_transcript(struct memory *m, struct change *c)
{
    const struct message *said = change_message(c);
    struct message with = message_of(table_find(&m->tables[ROW_MESSAGE], str_of(said->id)))->m;
    with.transcript_state = said->transcript_state;
    with.transcript = said->transcript;
    with.transcript_why = said->transcript_why;
    with.transcript_tries = said->transcript_tries;
    with.transcript_next_wall_ms = said->transcript_next_wall_ms;
    memory_put(m, ROW_MESSAGE, &row_message(&with)->row);
}

static struct box *box_of(const struct memory *m, const char *name)
{
    struct row *row = table_find(&m->tables[ROW_BOX], str_of(name));
    return row ? &((struct box_row *)row)->b : NULL;
}

/* Settings do not unlock: that is lock_box's alone. */
static void take_put_box(struct memory *m, struct change *c)
{
    const struct box *old = box_of(m, change_box(c)->name);
    change_box(c)->wrong_pins = old ? old->wrong_pins : 0;
    change_box(c)->locked_until_wall_ms = old ? old->locked_until_wall_ms : 0;
    adopt(m, ROW_BOX, c);
}

static void take_lock_box(struct memory *m, struct change *c)
{
    struct box *b = box_of(m, change_box(c)->name);
    b->wrong_pins = change_box(c)->wrong_pins;
    b->locked_until_wall_ms = change_box(c)->locked_until_wall_ms;
}

static void take_remove_box(struct memory *m, struct change *c) { drop(m, ROW_BOX, str_of(c->key)); }

static void take_put_letter(struct memory *m, struct change *c) { adopt(m, ROW_LETTER, c); }

static void take_drop_letter(struct memory *m, struct change *c) { drop(m, ROW_LETTER, str_of(c->key)); }

static void take_delete_message(struct memory *m, struct change *c) { drop(m, ROW_MESSAGE, str_of(c->key)); }

static void take_add_trunk(struct memory *m, struct change *c) { adopt(m, ROW_TRUNK, c); }

static void take_set_trunk(struct memory *m, struct change *c) { adopt(m, ROW_TRUNK, c); }

static void take_remove_trunk(struct memory *m, struct change *c) { drop(m, ROW_TRUNK, str_of(c->key)); }

static void take_put_dial_rule(struct memory *m, struct change *c) { adopt(m, ROW_DIAL_RULE, c); }

static void take_put_usage(struct memory *m, struct change *c) { adopt(m, ROW_USAGE, c); }

static void take_put_note(struct memory *m, struct change *c) { adopt(m, ROW_NOTE, c); }

static void take_drop_note(struct memory *m, struct change *c)
{
    struct sbuf key = { 0 };
    row_note_key(&key, c->key, c->value);
    drop(m, ROW_NOTE, sbuf_view(&key));
    sbuf_free(&key);
}

static void take_forget_notes(struct memory *m, struct change *c)
{
    size_t n = m->tables[ROW_NOTE].len;
    struct row **rows = table_rows(&m->tables[ROW_NOTE], false);
    for (size_t i = 0; i < n; i++)
        if (((struct note_row *)rows[i])->n.until_wall_ms <= change_note(c)->until_wall_ms)
            drop(m, ROW_NOTE, rows[i]->key);
    free(rows);
}

void memory_take(struct memory *m, struct change *c)
{
    static void (*const take[CHANGE_KINDS])(struct memory * m, struct change * c) = {
#define CHANGE(name, verb) take_##verb,
#include "sipfront/directory/change.def"
#undef CHANGE
    };
    take[c->kind](m, c);
}

void memory_free(struct memory *m)
{
    vec_free(&m->by_time);
    notes_free(&m->notes);
    boxes_free(&m->boxes);
    for (int i = 0; i < ROW_KINDS; i++)
        table_free(&m->tables[i]);
}
