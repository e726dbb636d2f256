/* From the syntax tree to nodes and edges: a walk along all paths, with those that are open at each place. */
#include "compiler/author/graph.h"

#include "compiler/author/graph_build.h"

enum { CONDITION_LINES = 3 };

/* ---- nodes, edges, open paths ---- */

static struct str both(struct graph_builder *b, struct str x, struct str y)
{
    return x.len && y.len ? graph_format(b, "%.*s, %.*s", STR_ARG(x), STR_ARG(y)) : STR("");
}

/* Leads all open paths to a node. Two outcomes of one action are one edge. */
static void lead_to(struct graph_builder *b, struct graph_node *to, bool back)
{
    struct graph_edge **first = b->edge_end;
    for (const struct graph_tail *t = b->open; t; t = t->next) {
        struct graph_edge *e = *first;
        while (e && e->from != t->node)
            e = e->next;
        if (e) {
            e->label = both(b, e->label, t->label);
            continue;
        }
        e = ARENA_NEW(b->arena, struct graph_edge);
        *e = (struct graph_edge){ t->node, to, t->label, back, NULL };
        *b->edge_end = e;
        b->edge_end = &e->next;
    }
    b->open = NULL;
}

struct graph_node *graph_place(struct graph_builder *b, enum graph_look look, struct str title, struct str text)
{
    struct graph_node *n = ARENA_NEW(b->arena, struct graph_node);
    *n = (struct graph_node){ look, b->graph->group_count - 1, title, text, NULL, b->graph->node_count++ };
    *b->node_end = n;
    b->node_end = &n->next;
    lead_to(b, n, false);
    return n;
}

void graph_go_back(struct graph_builder *b, struct graph_node *to) { lead_to(b, to, true); }

void graph_leave(struct graph_builder *b, struct graph_node *from, struct str label)
{
    struct graph_tail *t = ARENA_NEW(b->arena, struct graph_tail);
    *t = (struct graph_tail){ from, label, NULL };
    b->open = graph_join(b->open, t);
}

struct graph_tail *graph_join(struct graph_tail *a, struct graph_tail *b)
{
    struct graph_tail *last = a;
    if (!a)
        return b;
    while (last->next)
        last = last->next;
    last->next = b;
    return a;
}

/* ---- statements ---- */

/* A condition reads better without its `not`: the answers change places instead. */
static void walk_if(struct graph_builder *b, const struct stmt_if *s)
{
    const struct expr *e = s->condition;
    bool not = e->kind == EXPR_UNARY && e->u.op.op == OPER_NOT;
    struct str asked = graph_format(b, "%.*s ?", STR_ARG(graph_expr(b, not ? e->u.op.left : e)));
    struct graph_node *n = graph_place(b, GRAPH_DECIDE, STR(""), graph_wrapped(b, asked, CONDITION_LINES));
    graph_leave(b, n, not ? STR("no") : STR("yes"));
    graph_walk(b, s->then);
    struct graph_tail *after = b->open;
    b->open = NULL;
    graph_leave(b, n, not ? STR("yes") : STR("no"));
    if (s->other)
        graph_walk(b, s->other);
    b->open = graph_join(after, b->open);
}

static struct str literals_of(struct graph_builder *b, const struct match_arm *arm)
{
    struct str all = { 0 };
    for (const struct list_item *i = arm->literals; i; i = i->next)
        all = graph_format(b, "%.*s%s%.*s", STR_ARG(all), all.len ? ", " : "", STR_ARG(graph_expr(b, i->value)));
    return all.len ? all : STR("otherwise");
}

static void walk_match(struct graph_builder *b, const struct stmt_match *s)
{
    struct str asked = graph_format(b, "%.*s ?", STR_ARG(graph_expr(b, s->value)));
    struct graph_node *n = graph_place(b, GRAPH_DECIDE, STR(""), graph_wrapped(b, asked, CONDITION_LINES));
    struct graph_tail *after = NULL;
    for (const struct match_arm *arm = s->arms; arm; arm = arm->next) {
        b->open = NULL;
        graph_leave(b, n, literals_of(b, arm));
        graph_walk(b, arm->body);
        after = graph_join(after, b->open);
    }
    b->open = after;
}

/* The body between the node and itself; what `break` has opened is open afterwards. */
static void walk_body(struct graph_builder *b, struct graph_node *n, const struct block *body, struct str each)
{
    struct graph_loop loop = { n, NULL, b->loop };
    b->loop = &loop;
    graph_leave(b, n, each);
    graph_walk(b, body);
    graph_go_back(b, n);
    b->loop = loop.outer;
    b->open = loop.breaks;
}

static void walk_repeat(struct graph_builder *b, const struct stmt_repeat *s)
{
    struct str times = graph_format(b, "%.*s times", STR_ARG(graph_expr(b, s->count)));
    struct graph_node *n = graph_place(b, GRAPH_LOOP, STR("repeat"), times);
    walk_body(b, n, s->body, STR("each time"));
    struct graph_tail *broken = b->open;
    b->open = NULL;
    graph_leave(b, n, STR("after the last"));
    if (s->other)
        graph_walk(b, s->other);
    b->open = graph_join(broken, b->open);
}

static void walk_for(struct graph_builder *b, const struct stmt_for *s)
{
    struct str title = graph_format(b, "for each %.*s", STR_ARG(s->item->word.name->text));
    struct str of = graph_format(b, "of %.*s", STR_ARG(graph_expr(b, s->list)));
    struct graph_node *n = graph_place(b, GRAPH_LOOP, title, graph_wrapped(b, of, CONDITION_LINES));
    walk_body(b, n, s->body, STR("next"));
    graph_leave(b, n, STR("after the last"));
}

static void walk_break(struct graph_builder *b)
{
    if (b->loop)
        b->loop->breaks = graph_join(b->loop->breaks, b->open);
    b->open = NULL;
}

/* `continue` and `again`: the checker has seen to it that there is a loop or a menu around them. */
static void walk_again(struct graph_builder *b, struct graph_node *to)
{
    if (to)
        graph_go_back(b, to);
}

static void walk_return(struct graph_builder *b)
{
    graph_place(b, b->in_flow ? GRAPH_END : GRAPH_RETURN, b->in_flow ? STR("end") : STR("back"), STR(""));
}

static void walk_stmt(struct graph_builder *b, const struct stmt *s)
{
    switch (s->kind) {
    case STMT_BAD:
    case STMT_LET:
    case STMT_VAR:
    case STMT_ASSIGN: return; /* what the machine remembers is not on the way */
    case STMT_IF: walk_if(b, &s->u.branch); return;
    case STMT_MATCH: walk_match(b, &s->u.match); return;
    case STMT_REPEAT: walk_repeat(b, &s->u.repeat); return;
    case STMT_FOR: walk_for(b, &s->u.loop_for); return;
    case STMT_LOOP: walk_body(b, graph_place(b, GRAPH_LOOP, STR("loop"), STR("")), s->u.loop, STR("")); return;
    case STMT_BREAK: walk_break(b); return;
    case STMT_CONTINUE: walk_again(b, b->loop ? b->loop->node : NULL); return;
    case STMT_AGAIN: walk_again(b, b->menu); return;
    case STMT_CONTINUE_WITH: graph_place(b, GRAPH_LINK, STR("continue with"), s->u.flow.name->text); return;
    case STMT_RETURN: walk_return(b); return;
    case STMT_OUTCOME: graph_place(b, GRAPH_RETURN, graph_outcome(b, s->u.outcome.name.name->text), STR("")); return;
    case STMT_ACTION:
    case STMT_CALL: graph_walk_call(b, &s->u.call); return;
    }
}

void graph_walk(struct graph_builder *b, const struct block *block)
{
    for (const struct stmt *s = block->first; s && b->open; s = s->next) /* where no path leads, nothing is drawn */
        walk_stmt(b, s);
}

/* ---- flows and functions ---- */

static void open_group(struct graph_builder *b, bool framed, struct str title)
{
    struct graph_group *g = ARENA_NEW(b->arena, struct graph_group);
    g->framed = framed;
    g->title = title;
    *b->group_end = g;
    b->group_end = &g->next;
    b->graph->group_count++;
    b->open = NULL;
}

static void draw_flow(struct graph_builder *b, const struct decl *flow)
{
    const struct decl_flow *f = &flow->u.flow;
    open_group(b, false, STR(""));
    b->in_flow = true;
    graph_leave(b, graph_place(b, GRAPH_START, flow->name.name->text, STR("")), STR(""));
    graph_walk(b, f->body);
    if (b->open)
        graph_place(b, GRAPH_END, STR("end"), STR(""));
    if (!f->on_hangup || !f->on_hangup->first)
        return;
    graph_leave(b, graph_place(b, GRAPH_START, STR("the caller hangs up"), STR("")), STR(""));
    graph_walk(b, f->on_hangup);
}

static struct str file_name(const struct graph_builder *b, uint32_t source)
{
    struct str path = source_at(b->sources, source)->path;
    for (size_t i = path.len; i > 0; i--)
        if (path.p[i - 1] == '/')
            return (struct str){ path.p + i, path.len - i };
    return path;
}

static void draw_fn(struct graph_builder *b, const struct decl *d)
{
    struct str name = d->name.name->text, params = { 0 };
    for (const struct param *p = d->u.fn.params; p; p = p->next)
        params = graph_format(b, "%.*s%s%.*s", STR_ARG(params), params.len ? ", " : "", STR_ARG(p->name.name->text));
    open_group(b, true, d->source == b->file->source ? STR("") : file_name(b, d->source));
    b->in_flow = false;
    graph_leave(b, graph_place(b, GRAPH_START, name, params), STR(""));
    graph_walk(b, d->u.fn.body);
    if (b->open)
        graph_place(b, GRAPH_RETURN, STR("back"), STR(""));
}

static void draw_module(struct graph_builder *b)
{
    b->graph->name = file_name(b, b->file->source);
    for (const struct decl *d = b->file->first; d; d = d->next)
        if (d->kind == DECL_FN && d->u.fn.body && d->u.fn.kind != FN_VALUE)
            graph_due(b, d);
}

struct graph *graph_of(struct arena *arena, const struct sources *sources, const struct file *file)
{
    struct graph *g = ARENA_NEW(arena, struct graph);
    struct graph_builder b = { .arena = arena, .sources = sources, .file = file, .graph = g };
    b.node_end = &g->nodes;
    b.edge_end = &g->edges;
    b.group_end = &g->groups;
    b.due_end = &b.due;
    if (file->flow) {
        g->name = file->flow->name.name->text;
        draw_flow(&b, file->flow);
    } else {
        draw_module(&b);
    }
    for (const struct graph_due_fn *d = b.due; d; d = d->next)
        draw_fn(&b, d->fn);
    return g;
}
