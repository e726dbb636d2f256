/* Why the stored rows forbid a change, in words for people. */
#include "sipfront/directory/memory.h"

static const struct connection *connection_of(const struct memory *m, const char *user)
{
    const struct row *r = table_find(&m->tables[ROW_CONNECTION], str_of(user));
    return r ? &((const struct connection_row *)r)->c : NULL;
}

static void no_connection(struct change *c, const char *user)
{
    sbuf_fmt(&c->why, "there is no Connection '%s'", user);
}

static void no_flow(struct change *c, const char *flow)
{
    sbuf_fmt(&c->why, "there is no flow '%s'; deploy it first", flow);
}

static void no_message(struct change *c) { sbuf_fmt(&c->why, "there is no message '%s'", c->key); }

static void words_add_connection(const struct memory *m, struct change *c)
{
    const struct connection *k = change_connection(c);
    const struct connection *other = connection_of(m, k->user);
    if (c->e == ERR_NOT_FOUND)
        no_flow(c, k->flow);
    else
        sbuf_fmt(&c->why, "SIP user '%s' is taken by the Connection '%s'", k->user, other ? other->name : "");
}

static void words_set_connection(const struct memory *m, struct change *c)
{
    const struct connection *k = change_connection(c);
    if (connection_of(m, k->user))
        no_flow(c, k->flow);
    else
        no_connection(c, k->user);
}

static void words_remove_connection(const struct memory *m, struct change *c)
{
    (void)m;
    no_connection(c, c->key);
}

static void words_add_number(const struct memory *m, struct change *c)
{
    const struct number *n = change_number(c);
    const struct row *other = table_find(&m->tables[ROW_NUMBER], str_of(n->digits));
    if (c->e == ERR_NOT_FOUND)
        no_connection(c, n->user);
    else
        sbuf_fmt(&c->why, "the Number %s is there already; it reaches '%s'", n->digits,
                 other ? ((const struct number_row *)other)->n.user : "");
}

static void words_remove_number(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "there is no Number '%s'", c->key);
}

static void words_deploy(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "the flow '%s' cannot be stored: %s", change_flow(c)->flow, err_text(c->e));
}

static void words_remove_flow(const struct memory *m, struct change *c)
{
    if (table_find(&m->tables[ROW_FLOW], str_of(c->key)))
        sbuf_fmt(&c->why, "the flow '%s' handles the calls of a Connection", c->key);
    else
        sbuf_fmt(&c->why, "there is no flow '%s'", c->key);
}

static void words_attach(const struct memory *m, struct change *c)
{
    if (connection_of(m, c->key))
        no_flow(c, c->value);
    else
        no_connection(c, c->key);
}

static void words_put_binding(const struct memory *m, struct change *c)
{
    (void)m;
    no_connection(c, change_binding(c)->user);
}

static void words_drop_binding(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "'%s' has no binding '%s'", c->key, c->value);
}

static void words_put_ban(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "the ban of %s is there already", change_ban(c)->source);
}

static void words_drop_ban(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "%s is not banned", c->key);
}

static void words_add_message(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "the message '%s' is there already", change_message(c)->id);
}

static void words_mark_heard(const struct memory *m, struct change *c)
{
    (void)m;
    no_message(c);
}

static void words_delete_message(const struct memory *m, struct change *c)
{
    (void)m;
    no_message(c);
}

static void words_set_transcript(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "there is no message '%s'", change_message(c)->id);
}

static void words_put_box(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "the box '%s' cannot be stored: %s", change_box(c)->name, err_text(c->e));
}

static void no_box(struct change *c, const char *name)
{
    sbuf_fmt(&c->why, "the box '%s' has no settings of its own", name);
}

static void words_lock_box(const struct memory *m, struct change *c)
{
    (void)m;
    no_box(c, change_box(c)->name);
}

static void words_remove_box(const struct memory *m, struct change *c)
{
    (void)m;
    no_box(c, c->key);
}

static void words_put_letter(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "'%s' cannot be stored: %s", change_letter(c)->id, err_text(c->e));
}

static void words_drop_letter(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "nothing is on its way as '%s'", c->key);
}

static void no_trunk(struct change *c, const char *name) { sbuf_fmt(&c->why, "there is no trunk '%s'", name); }

static void words_add_trunk(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "there is a trunk '%s' already", change_trunk(c)->t.name);
}

static void words_set_trunk(const struct memory *m, struct change *c)
{
    (void)m;
    no_trunk(c, change_trunk(c)->t.name);
}

static void words_remove_trunk(const struct memory *m, struct change *c)
{
    (void)m;
    no_trunk(c, c->key);
}

static void words_put_dial_rule(const struct memory *m, struct change *c)
{
    (void)m;
    no_connection(c, change_dial_rule(c)->user);
}

static void words_put_usage(const struct memory *m, struct change *c)
{
    (void)m;
    no_connection(c, change_usage(c)->user);
}

static void words_put_note(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "'%s' cannot be kept: %s", change_note(c)->key, err_text(c->e));
}

static void words_drop_note(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_fmt(&c->why, "the flow '%s' remembers no '%s'", c->key, c->value);
}

static void words_forget_notes(const struct memory *m, struct change *c)
{
    (void)m;
    sbuf_cstr(&c->why, err_text(c->e));
}

void memory_words(const struct memory *m, struct change *c)
{
    static void (*const words[CHANGE_KINDS])(const struct memory *m, struct change *c) = {
#define CHANGE(name, verb) words_##verb,
#include "sipfront/directory/change.def"
#undef CHANGE
    };
    if (!c->why.len)
        words[c->kind](m, c);
}
