#include "compiler/check_context.h"

/* From a cell into another. `at` is the expression through which the value goes. */
struct qual_edge {
    struct cell *to;
    struct span at;
    uint8_t mask; /* the qualifiers that pass */
    struct qual_edge *next;
};

struct sink {
    const struct action_row *row;
    unsigned index;
    struct arg *arg;
    struct sink *next;
};

/* A place in an expression that gives qualifiers: a cell, or (cell NULL) the language itself. */
struct source_seen {
    struct cell *cell;
    uint8_t quals; /* without a cell */
    uint8_t mask;
    const struct expr *at;
};
typedef void source_fn(void *ctx, const struct source_seen *s);

struct walk {
    source_fn *seen;
    void *ctx;
};

static void walk_expr(const struct walk *w, const struct expr *e, uint8_t mask);

static void walk_items(const struct walk *w, const struct expr *e, uint8_t mask)
{
    if (e->kind == EXPR_LIST)
        for (const struct list_item *i = e->u.items; i; i = i->next)
            walk_expr(w, i->value, mask);
    else if (e->kind == EXPR_OBJECT)
        for (const struct object_item *i = e->u.object; i; i = i->next)
            walk_expr(w, i->value, mask);
    else
        for (const struct text_part *p = e->u.parts; p; p = p->next)
            if (p->expr)
                walk_expr(w, p->expr, mask);
}

static void walk_call(const struct walk *w, const struct expr *e, uint8_t mask)
{
    const struct expr_call *call = &e->u.call;
    if (call->fn) {
        if (call->fn->u.fn.info)
            w->seen(w->ctx, &(struct source_seen){ &call->fn->u.fn.info->cell, 0, mask, e });
        return;
    }
    if (str_is(call->name.name->text, "header"))
        w->seen(w->ctx, &(struct source_seen){ NULL, QUAL_OUTSIDE, mask, e });
    if (str_is(call->name.name->text, "reveal"))
        mask &= (uint8_t)~QUAL_SECRET;
    for (const struct arg *a = call->args; a; a = a->next)
        walk_expr(w, a->value, mask);
}

/* A comparison tells next to nothing of what it compares: its result is clean. */
static void walk_operation(const struct walk *w, const struct expr *e, uint8_t mask)
{
    if (e->u.op.op >= OPER_EQUAL || e->u.op.op == OPER_NOT)
        return;
    walk_expr(w, e->u.op.left, mask);
    if (e->u.op.right)
        walk_expr(w, e->u.op.right, mask);
}

static void walk_field(const struct walk *w, const struct expr *e, uint8_t mask)
{
    static const struct {
        const char *name;
        bool outside;
    } fields[] = { { "from", true }, { "from_name", true }, { "to", true } };
    if (e->u.field.base->type != T(CALL)) {
        walk_expr(w, e->u.field.base, mask);
        return;
    }
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (str_is(e->u.field.name.name->text, fields[i].name))
            w->seen(w->ctx, &(struct source_seen){ NULL, QUAL_OUTSIDE, mask, e });
}

static void walk_pair(const struct walk *w, const struct expr *a, const struct expr *b, uint8_t mask)
{
    walk_expr(w, a, mask);
    if (b)
        walk_expr(w, b, mask);
}

static void walk_expr(const struct walk *w, const struct expr *e, uint8_t mask)
{
    if (!e->type || type_is_bad(e->type))
        return;
    switch (e->kind) {
    case EXPR_NAME:
        if (e->symbol)
            w->seen(w->ctx, &(struct source_seen){ &e->symbol->cell, 0, mask, e });
        return;
    case EXPR_FIELD: walk_field(w, e, mask); return;
    case EXPR_INDEX: walk_pair(w, e->u.index.base, e->u.index.other, mask); return;
    case EXPR_AS: walk_pair(w, e->u.as.base, e->u.as.other, mask); return;
    case EXPR_UNARY:
    case EXPR_BINARY: walk_operation(w, e, mask); return;
    case EXPR_CALL: walk_call(w, e, mask); return;
    case EXPR_JOIN:
    case EXPR_LIST:
    case EXPR_OBJECT: walk_items(w, e, mask); return;
    case EXPR_BAD:
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_TEXT:
    case EXPR_DURATION:
    case EXPR_DATE: return;
    }
}

/* ---- spreading ---- */

static void cell_gain(struct check *c, struct cell *cell, uint8_t quals, struct span at)
{
    uint8_t gained = quals & (uint8_t)~cell->quals;
    if (!gained)
        return;
    if (gained & QUAL_OUTSIDE)
        cell->came[0] = at;
    if (gained & QUAL_SECRET)
        cell->came[1] = at;
    cell->quals |= gained;
    if (cell->queued)
        return;
    cell->queued = true;
    cell->next_queued = c->queue;
    c->queue = cell;
}

struct flow_into {
    struct check *c;
    struct cell *to;
};

static void connect(void *ctx, const struct source_seen *s)
{
    struct flow_into *f = ctx;
    if (!s->cell) {
        cell_gain(f->c, f->to, s->quals & s->mask, s->at->span);
        return;
    }
    struct qual_edge *edge = ARENA_NEW(f->c->arena, struct qual_edge);
    *edge = (struct qual_edge){ f->to, s->at->span, s->mask, s->cell->out };
    s->cell->out = edge;
    cell_gain(f->c, f->to, s->cell->quals & s->mask, s->at->span);
}

void quals_flow(struct check *c, struct cell *to, const struct expr *e)
{
    struct flow_into f = { c, to };
    walk_expr(&(struct walk){ connect, &f }, e, QUAL_ALL);
}

void quals_seed(struct check *c, struct cell *to, uint8_t quals, struct span at) { cell_gain(c, to, quals, at); }

void quals_join(struct check *c, struct cell *to, struct cell *from, struct span at)
{
    struct qual_edge *edge = ARENA_NEW(c->arena, struct qual_edge);
    *edge = (struct qual_edge){ to, at, QUAL_ALL, from->out };
    from->out = edge;
    cell_gain(c, to, from->quals, at);
}

static void spread(struct check *c)
{
    while (c->queue) {
        struct cell *cell = c->queue;
        c->queue = cell->next_queued;
        cell->queued = false;
        for (struct qual_edge *edge = cell->out; edge; edge = edge->next)
            cell_gain(c, edge->to, cell->quals & edge->mask, edge->at);
    }
}

/* ---- judging ---- */

struct witness {
    uint8_t wanted; /* the qualifier that is looked for */
    bool found;
    const struct expr *at;
    struct cell *cell;
    bool only_from; /* every source is call.from */
};

static void look_for(void *ctx, const struct source_seen *s)
{
    struct witness *w = ctx;
    uint8_t quals = (s->cell ? s->cell->quals : s->quals) & s->mask;
    if (!(quals & w->wanted))
        return;
    bool from = !s->cell && s->at->kind == EXPR_FIELD && str_is(s->at->u.field.name.name->text, "from");
    w->only_from = (w->only_from || !w->found) && from;
    if (w->found)
        return;
    w->found = true;
    w->at = s->at;
    w->cell = s->cell;
}

static struct witness find_witness(const struct expr *e, uint8_t qual)
{
    struct witness w = { .wanted = qual };
    walk_expr(&(struct walk){ look_for, &w }, e, QUAL_ALL);
    return w;
}

static void add_way(struct diag *d, const struct witness *w)
{
    const struct cell *cell = w->cell;
    bool secret = w->wanted == QUAL_SECRET;
    if (!cell || !cell->came[secret].len || cell->came[secret].start == w->at->span.start)
        return;
    diag_note(d, cell->came[secret], secret ? "the secret comes from here" : "it comes from outside here");
}

static const char *witness_name(struct check *c, const struct witness *w)
{
    struct str text = source_text(c->env->sources, w->at->span);
    return text.len <= 40 ? arena_dup(c->arena, text.p, text.len) : "this value";
}

static const char *sink_place(struct check *c, const struct sink *s)
{
    static const struct {
        const char *action, *place;
    } places[] = { { "log", "go into a log" },
                   { "say", "be said" },
                   { "play", "be played" },
                   { "remember", "be remembered" },
                   { "notify", "go into a notification" } };
    struct sbuf text = { 0 };
    if (!s->row)
        return "be given to a function in Lua";
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (str_is(str_of(s->row->name), places[i].action))
            return places[i].place;
    sbuf_fmt(&text, "be the %s of '%s'", s->row->args[s->index].label, s->row->name);
    const char *copy = arena_dup(c->arena, text.p, text.len);
    sbuf_free(&text);
    return copy;
}

static void judge_secret(struct check *c, const struct sink *s, bool reveals)
{
    struct witness w = find_witness(s->arg->value, QUAL_SECRET);
    if (!w.found)
        return;
    struct diag *d =
        diag_error(c->diags, w.at->span, "'%s' is secret and cannot %s", witness_name(c, &w), sink_place(c, s));
    add_way(d, &w);
    if (reveals)
        diag_help(d, "'reveal(…)' lets it out, to a constant https host only");
}

/* Whom a caller may name: nobody, unless the flow's permits say so. */
static void judge_dialled(struct check *c, const struct witness *w, bool dials)
{
    enum permit_kind kind = dials ? PERMIT_DIAL : PERMIT_FETCH;
    const char *word = dials ? "permit dial" : "permit fetch";
    if (check_has_permit(c, kind))
        return;
    struct diag *d =
        diag_error(c->diags, w->at->span, "'%s' comes from outside; no '%s' allows it", witness_name(c, w), word);
    add_way(d, w);
    diag_help(d, dials ? "say whom it may name, before the flow: permit dial \"1??\""
                       : "say whom it may ask, before the flow: permit fetch \"https://crm.example\"");
}

static void judge_outside(struct check *c, const struct sink *s, const struct action_arg *a)
{
    bool caller_id = str_is(str_of(a->label), "caller_id");
    if (!(a->flags & (ARG_DIALS | ARG_FETCHES | ARG_NO_OUTSIDE)) && !caller_id)
        return;
    struct witness w = find_witness(s->arg->value, QUAL_OUTSIDE);
    if (!w.found || (caller_id && w.only_from))
        return;
    if (a->flags & (ARG_DIALS | ARG_FETCHES)) {
        judge_dialled(c, &w, a->flags & ARG_DIALS);
        return;
    }
    struct diag *d = diag_error(c->diags, w.at->span, "'%s' comes from outside and cannot %s", witness_name(c, &w),
                                sink_place(c, s));
    add_way(d, &w);
}

static void add_quals(void *ctx, const struct source_seen *s)
{
    uint8_t *quals = ctx;
    *quals |= (s->cell ? s->cell->quals : s->quals) & s->mask;
}

static void judge(struct check *c, const struct sink *s)
{
    const struct action_arg *a = s->row ? &s->row->args[s->index] : NULL;
    walk_expr(&(struct walk){ add_quals, &s->arg->value->quals }, s->arg->value, QUAL_ALL);
    if (!a || a->flags & (ARG_NO_SECRET | ARG_REVEALS))
        judge_secret(c, s, a && a->flags & ARG_REVEALS);
    if (a)
        judge_outside(c, s, a);
}

void quals_sink(struct check *c, const struct action_row *row, unsigned index, struct arg *arg)
{
    struct sink *s = ARENA_NEW(c->arena, struct sink);
    *s = (struct sink){ row, index, arg, NULL };
    *c->sinks_end = s;
    c->sinks_end = &s->next;
}

void quals_finish(struct check *c)
{
    spread(c);
    for (const struct sink *s = c->sinks; s; s = s->next)
        judge(c, s);
}
