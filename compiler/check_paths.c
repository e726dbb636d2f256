/* Paths: what nothing reaches, loops that never wait, functions that end without saying how.
 * A function's paths hang on those of the functions it calls. All begin as never coming back; each is looked at again
 * when one that it calls turns out to come back after all, which can happen twice at most. Then everything is walked
 * once more to report. */
#include "compiler/check_paths.h"
#include "compiler/check_context.h"

struct loop_paths {
    enum path breaks, turns; /* joined at each `break`; at each way back to the start */
    bool waits;              /* something in it does */
};

enum walk_kind { WALK_FINDS_CALLS, WALK_SETTLES, WALK_REPORTS };

struct walker {
    struct check *c;
    struct fn_info *fn;
    enum walk_kind kind;
    enum path returns; /* joined at each `return` */
    struct loop_paths *loop;
    bool broken; /* something could not be read: nothing is said of paths */
};

static enum path join(enum path a, enum path b) { return a > b ? a : b; }

static enum path walk_block(struct walker *w, const struct block *b, enum path at);

/* Passes over something after which paths stand so, beginning from `at`. */
static enum path pass(enum path at, enum path after)
{
    if (at == PATH_DEAD || after == PATH_DEAD)
        return PATH_DEAD;
    return at == PATH_WET ? PATH_WET : after;
}

static void note_wait(struct walker *w, enum path after)
{
    if (w->loop && after == PATH_WET)
        w->loop->waits = true;
}

static void note_caller(struct walker *w, struct fn_info *callee)
{
    if (w->kind != WALK_FINDS_CALLS || (callee->callers && callee->callers->fn == w->fn))
        return;
    struct fn_caller *caller = ARENA_NEW(w->c->arena, struct fn_caller);
    *caller = (struct fn_caller){ w->fn, callee->callers };
    callee->callers = caller;
}

static enum path walk_clauses(struct walker *w, const struct stmt *s, const struct outcome_set *set, enum path at)
{
    bool *whole = ARENA_ARRAY(w->c->arena, bool, set->count + 1);
    bool has_else = false, open = s->u.call.has_mistakes;
    enum path after = PATH_DEAD;
    for (const struct clause *k = s->u.call.clauses; k; k = k->next) {
        after = join(after, walk_block(w, k->body, at));
        has_else |= k->kind == CLAUSE_ELSE;
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            if (o->outcome < 0)
                open = true;
            else if (!o->literal)
                whole[o->outcome] = true;
    }
    bool menu = s->u.call.action && str_is(str_of(s->u.call.action->name), "menu");
    for (unsigned i = 0; i < set->count && !has_else;
         i++) /* a menu's tries lead into gave_up, choices into their blocks */
        open |= !whole[i] && !(menu && !str_is(set->items[i].name, "gave_up"));
    return open ? join(after, at) : after;
}

static enum path walk_action(struct walker *w, const struct stmt *s, enum path at)
{
    const struct action_row *row = s->u.call.action;
    if (!row)
        return at;
    if (row->flags & ACTION_NO_RETURN)
        return PATH_DEAD;
    at = pass(at, row->flags & ACTION_WAITS ? PATH_WET : PATH_DRY);
    note_wait(w, at);
    return walk_clauses(w, s, check_action_set(w->c, row), at);
}

static enum path walk_call(struct walker *w, const struct stmt *s, enum path at)
{
    if (!s->u.call.fn)
        return at;
    struct fn_info *callee = s->u.call.fn->u.fn.info;
    note_caller(w, callee);
    at = pass(at, callee->falls);
    note_wait(w, at);
    if (!callee->outcomes)
        return at;
    return walk_clauses(w, s, callee->outcomes, at);
}

static enum path walk_match(struct walker *w, const struct stmt_match *m, enum path at)
{
    enum path after = match_is_complete(m) ? PATH_DEAD : at;
    for (const struct match_arm *arm = m->arms; arm; arm = arm->next)
        after = join(after, walk_block(w, arm->body, at));
    return after;
}

static enum path walk_body(struct walker *w, const struct block *b, enum path at, struct loop_paths *loop)
{
    struct loop_paths *outer = w->loop;
    w->loop = loop;
    loop->turns = join(loop->turns, walk_block(w, b, at));
    w->loop = outer;
    if (outer)
        outer->waits |= loop->waits;
    return loop->turns;
}

static enum path walk_loop(struct walker *w, const struct stmt *s, enum path at)
{
    struct loop_paths loop = { PATH_DEAD, PATH_DEAD, false };
    if (at == PATH_DEAD)
        return at;
    walk_body(w, s->u.loop, PATH_DRY, &loop);
    if (loop.turns == PATH_DRY && w->kind == WALK_REPORTS && !w->broken && !s->u.loop->has_mistakes) {
        const char *what = loop.breaks == PATH_DEAD && w->returns == PATH_DEAD && !loop.waits
                               ? "this loop never ends and never waits"
                               : "this loop can go round without waiting";
        struct diag *d = diag_error(w->c->diags, s->span, "%s", what);
        diag_help(d, "every way round passes an action that takes time, or leaves by 'break'; 'repeat n' and 'for' end "
                     "by themselves");
    }
    return pass(at, loop.breaks);
}

static enum path walk_repeat(struct walker *w, const struct stmt_repeat *r, enum path at)
{
    struct loop_paths loop = { PATH_DEAD, PATH_DEAD, false };
    struct const_value n;
    bool surely = const_eval(w->c->arena, r->count, &n) && n.num > 0;
    enum path turned = walk_body(w, r->body, at, &loop);
    enum path used_up = surely ? turned : join(turned, at);
    if (r->other)
        used_up = walk_block(w, r->other, used_up);
    return join(loop.breaks, used_up);
}

static enum path walk_for(struct walker *w, const struct stmt_for *f, enum path at)
{
    struct loop_paths loop = { PATH_DEAD, PATH_DEAD, false };
    walk_body(w, f->body, at, &loop);
    return join(at, join(loop.breaks, loop.turns));
}

static enum path walk_if(struct walker *w, const struct stmt_if *i, enum path at)
{
    enum path then = walk_block(w, i->then, at);
    return join(then, i->other ? walk_block(w, i->other, at) : at);
}

static enum path leave(struct walker *w, const struct stmt *s, enum path at)
{
    if (s->kind == STMT_RETURN || s->kind == STMT_OUTCOME)
        w->returns = join(w->returns, at);
    else if (w->loop && s->kind == STMT_BREAK)
        w->loop->breaks = join(w->loop->breaks, at);
    else if (w->loop && s->kind == STMT_CONTINUE)
        w->loop->turns = join(w->loop->turns, at);
    return PATH_DEAD;
}

static enum path walk_stmt(struct walker *w, const struct stmt *s, enum path at)
{
    switch (s->kind) {
    case STMT_BAD: w->broken = true; return at;
    case STMT_LET:
    case STMT_VAR:
    case STMT_ASSIGN: return at;
    case STMT_IF: return walk_if(w, &s->u.branch, at);
    case STMT_MATCH: return walk_match(w, &s->u.match, at);
    case STMT_REPEAT: return walk_repeat(w, &s->u.repeat, at);
    case STMT_FOR: return walk_for(w, &s->u.loop_for, at);
    case STMT_LOOP: return walk_loop(w, s, at);
    case STMT_BREAK:
    case STMT_CONTINUE:
    case STMT_CONTINUE_WITH:
    case STMT_RETURN:
    case STMT_OUTCOME:
    case STMT_AGAIN: return leave(w, s, at);
    case STMT_ACTION: return walk_action(w, s, at);
    case STMT_CALL: return walk_call(w, s, at);
    }
    return at;
}

static enum path walk_block(struct walker *w, const struct block *b, enum path at)
{
    bool lived = at != PATH_DEAD;
    w->broken |= b->has_mistakes;
    for (const struct stmt *s = b->first; s; s = s->next) {
        if (at == PATH_DEAD && lived) {
            if (w->kind == WALK_REPORTS && !w->broken)
                diag_error(w->c->diags, s->span, "nothing reaches this line");
            lived = false;
        }
        at = walk_stmt(w, s, at);
    }
    return at;
}

static const struct block *body_of(const struct decl *d)
{
    return d->kind == DECL_FLOW ? d->u.flow.body : d->u.fn.body;
}

static void report_end(struct walker *w, const struct block *body, enum path end)
{
    const struct decl *d = w->fn->decl;
    if (end == PATH_DEAD || w->broken || d->kind != DECL_FN || d->u.fn.kind == FN_PLAIN || d->u.fn.has_mistakes)
        return;
    struct diag *e = diag_error(w->c->diags, body->end, "a path comes to the end of '%.*s' without a 'return'",
                                STR_ARG(d->name.name->text));
    diag_help(e, d->u.fn.kind == FN_VALUE ? "every path gives a value: 'return …'"
                                          : "every path ends in 'return' and an outcome, or never comes back");
}

/* Walks a function; true when it comes back in another way than was thought. */
static bool walk_fn(struct check *c, struct fn_info *fn, enum walk_kind kind)
{
    struct walker w = { .c = c, .fn = fn, .kind = kind };
    const struct block *body = body_of(fn->decl);
    enum path before = fn->falls;
    if (!body) {
        fn->falls = PATH_DRY;
        return before != fn->falls;
    }
    enum path end = walk_block(&w, body, PATH_DRY);
    if (kind == WALK_REPORTS)
        report_end(&w, body, end);
    if (fn->is_flow && fn->decl->u.flow.on_hangup)
        walk_block(&w, fn->decl->u.flow.on_hangup, PATH_DRY);
    fn->falls = w.broken ? PATH_DRY : join(end, w.returns);
    return fn->falls != before;
}

static struct fn_info *info_of(const struct decl *d)
{
    return d->kind == DECL_FN ? d->u.fn.info : d->kind == DECL_FLOW ? d->u.flow.info : NULL;
}

/* Functions in an order in which those that are called come before those that call, as far as there are no circles. */
struct order {
    struct fn_info **fns;
    size_t count;
};

static struct order all_functions(struct check *c)
{
    struct order o = { 0 };
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (const struct file *f = c->env->files; f; f = f->next)
            for (const struct decl *d = f->first; d; d = d->next)
                if (info_of(d) && pass)
                    o.fns[n++] = info_of(d);
                else if (info_of(d))
                    n++;
        if (!pass)
            o.fns = ARENA_ARRAY(c->arena, struct fn_info *, n + 1);
        o.count = n;
    }
    return o;
}

/* Goes up from a function to its callers; each is placed, from the end on, when all of its own callers are. */
static void place_callers(struct fn_info *first, struct fn_info **stack, struct order *done)
{
    size_t depth = 0;
    first->placed = true;
    first->next_caller = first->callers;
    stack[depth++] = first;
    while (depth) {
        struct fn_info *fn = stack[depth - 1];
        struct fn_caller *k = fn->next_caller;
        if (!k) {
            done->fns[--done->count] = fn;
            depth--;
            continue;
        }
        fn->next_caller = k->next;
        if (k->fn->placed)
            continue;
        k->fn->placed = true;
        k->fn->next_caller = k->fn->callers;
        stack[depth++] = k->fn;
    }
}

static struct order called_first(struct check *c, const struct order *all)
{
    struct order done = { ARENA_ARRAY(c->arena, struct fn_info *, all->count + 1), all->count };
    struct fn_info **stack = ARENA_ARRAY(c->arena, struct fn_info *, all->count + 1);
    for (size_t i = 0; i < all->count; i++)
        if (!all->fns[i]->placed)
            place_callers(all->fns[i], stack, &done);
    done.count = all->count;
    return done;
}

static bool walk_round(struct check *c, const struct order *o)
{
    bool again = false;
    for (size_t i = 0; i < o->count; i++) {
        struct fn_info *fn = o->fns[i];
        if (!fn->queued)
            continue;
        fn->queued = false;
        if (!walk_fn(c, fn, WALK_SETTLES))
            continue;
        for (const struct fn_caller *k = fn->callers; k; k = k->next)
            again |= k->fn->queued = true;
    }
    return again;
}

void check_paths(struct check *c)
{
    struct order all = all_functions(c);
    for (size_t i = 0; i < all.count; i++) {
        walk_fn(c, all.fns[i], WALK_FINDS_CALLS);
        all.fns[i]->falls = PATH_DEAD;
        all.fns[i]->queued = true;
    }
    struct order order = called_first(c, &all);
    while (walk_round(c, &order))
        ;
    for (size_t i = 0; i < all.count; i++)
        walk_fn(c, all.fns[i], WALK_REPORTS);
}
