/* match: arms of literals, each once, and an else unless they are all there are. */
#include "compiler/check_context.h"
#include "compiler/check_keys.h"
#include "compiler/check_paths.h"

/* The literals seen so far, found by their value. */
struct seen {
    struct seen_item {
        bool set;
        struct const_value value;
        struct span at;
    } * items;
    size_t mask;
};

static uint64_t hash_value(const struct const_value *v)
{
    return v->type->slot == TYPE_TEXT ? str_hash(v->text) : (uint64_t)v->num * 0x9e3779b97f4a7c15u;
}

static bool same_value(const struct const_value *a, const struct const_value *b)
{
    return a->type->slot == TYPE_TEXT ? str_eq(a->text, b->text) : a->num == b->num;
}

/* Adds the value, or finds the place where it stood before. */
static const struct seen_item *seen_add(struct seen *seen, const struct const_value *v, struct span at)
{
    size_t i = (hash_value(v) >> 7) & seen->mask;
    for (; seen->items[i].set; i = (i + 1) & seen->mask)
        if (same_value(&seen->items[i].value, v))
            return &seen->items[i];
    seen->items[i] = (struct seen_item){ true, *v, at };
    return NULL;
}

static size_t count_literals(const struct stmt_match *m)
{
    size_t n = 0;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next)
        for (const struct list_item *l = arm->literals; l; l = l->next)
            n++;
    return n;
}

static void check_literal(struct check *c, struct expr *e, const struct expr *matched, const struct check_type *want,
                          struct seen *seen)
{
    struct const_value v;
    const struct check_type *t = check_expr(c, e, NULL);
    if (type_is_bad(t) || type_is_bad(want))
        return;
    if (!const_eval(c->arena, e, &v)) {
        diag_error(c->diags, e->span, "'match' takes literals");
        return;
    }
    if (!type_fits(t, want)) {
        diag_error(c->diags, e->span, "%s and %s cannot be compared", want->article, t->article);
        return;
    }
    check_keys_literal(c, matched, e);
    const struct seen_item *old = seen_add(seen, &v, e->span);
    if (old)
        diag_note(diag_error(c->diags, e->span, "this value has an arm already"), old->at, "it is here");
}

static bool can_match(const struct check_type *t) { return t->kind >= KIND_INT && t->kind <= KIND_TEXT; }

static const struct check_type *check_matched(struct check *c, struct expr *e)
{
    const struct check_type *t = check_expr(c, e, NULL);
    if (t == T(CONNECTION))
        return T(TEXT);
    if (type_is_bad(t) || can_match(t))
        return t;
    check_mismatch(c, e, "'match'", "a text or a number");
    return T(BAD);
}

bool match_is_complete(const struct stmt_match *m)
{
    bool values[2] = { false, false };
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next) {
        if (!arm->literals)
            return true;
        for (const struct list_item *l = arm->literals; l; l = l->next)
            if (l->value->kind == EXPR_BOOL)
                values[l->value->u.boolean] = true;
    }
    return values[0] && values[1];
}

void check_match(struct check *c, struct stmt *s)
{
    struct stmt_match *m = &s->u.match;
    const struct check_type *want = check_matched(c, m->value);
    size_t room = 4, count = count_literals(m);
    bool has_else = false;
    while (room < count * 2)
        room *= 2;
    struct seen seen = { ARENA_ARRAY(c->arena, struct seen_item, room), room - 1 };
    for (struct match_arm *arm = m->arms; arm; arm = arm->next) {
        if (has_else)
            diag_error(c->diags, arm->span, "nothing is left for an arm after 'else'");
        has_else |= !arm->literals;
        for (struct list_item *l = arm->literals; l; l = l->next)
            check_literal(c, l->value, m->value, want, &seen);
        check_block(c, arm->body);
    }
    if (match_is_complete(m) || type_is_bad(want))
        return;
    struct diag *d = diag_error(c->diags, span_join(s->span, m->value->span),
                                "this match can meet other values, and nothing says what happens then");
    diag_help(d, "add 'else { … }'");
}
