/* Statements. No block ends early but in an `if` of its own, so nothing is ever unreachable. */
#include "tests/fuzz/differential/grow.h"

enum { DEPTH = 3 }; /* of expressions */

/* Actions stand in the flow and in functions that give no value. */
static bool may_act(const struct grow *g) { return !g->inside || g->inside->kind >= GROW_PLAIN; }

static void end_line(struct grow *g) { sbuf_char(g->out, '\n'); }

static void set(struct grow *g)
{
    enum grow_type type = (enum grow_type)grow_choose(g, GROW_TYPES);
    unsigned number = grow_number(g);
    bool may_change = grow_choose(g, 3) != 0;
    grow_begin(g, "%s v%u = ", may_change ? "var" : "let", number);
    grow_expr(g, type, DEPTH);
    end_line(g);
    grow_name(g, type, number, may_change);
}

static void change(struct grow *g)
{
    unsigned from = grow_choose(g, GROW_VARS);
    for (unsigned i = 0; i < g->nvars; i++) {
        const struct grow_var *v = &g->vars[(from + i) % g->nvars];
        if (!v->may_change)
            continue;
        grow_begin(g, "v%u = ", v->number);
        grow_expr(g, v->type, DEPTH);
        end_line(g);
        return;
    }
    set(g);
}

static void body(struct grow *g, unsigned depth, const char *end)
{
    unsigned seen = g->nvars;
    sbuf_cstr(g->out, "{\n");
    g->indent++;
    grow_block(g, depth);
    g->indent--;
    g->nvars = seen;
    grow_begin(g, "}%s", end);
}

static void branch(struct grow *g, unsigned depth)
{
    grow_begin(g, "if ");
    grow_expr(g, GROW_BOOL, DEPTH);
    sbuf_char(g->out, ' ');
    body(g, depth, "");
    if (grow_choose(g, 2)) {
        sbuf_cstr(g->out, " else ");
        body(g, depth, "");
    }
    end_line(g);
}

/* Literals of different values, so that no arm comes twice. */
static void arms(struct grow *g, enum grow_type type, unsigned depth)
{
    static const char *const ints[] = { "0", "1, 2", "-1", "127", "128, 100", "9223372036854775807" };
    static const char *const texts[] = { "\"\"", "\"a\", \"abc\"", "\"1\"", "\"yes\"", "\"Zażółć\", \"<\"", "\"12\"" };
    unsigned from = grow_choose(g, 6);
    for (unsigned n = 1 + grow_choose(g, 5), i = 0; i < n; i++) {
        grow_begin(g, "%s ", (type == GROW_INT ? ints : texts)[(from + i) % 6]);
        body(g, depth, "\n");
    }
    grow_begin(g, "else ");
    body(g, depth, "\n");
}

static void match(struct grow *g, unsigned depth)
{
    enum grow_type type = grow_choose(g, 2) ? GROW_TEXT : GROW_INT;
    grow_begin(g, "match ");
    grow_expr(g, type, DEPTH);
    sbuf_cstr(g->out, " {\n");
    g->indent++;
    arms(g, type, depth);
    g->indent--;
    grow_line(g, "}");
}

static void repeat(struct grow *g, unsigned depth)
{
    grow_begin(g, "repeat ");
    if (grow_choose(g, 4)) {
        sbuf_fmt(g->out, "%u ", grow_choose(g, 4));
    } else {
        sbuf_char(g->out, '(');
        grow_expr(g, GROW_INT, DEPTH);
        sbuf_cstr(g->out, ") % 4 ");
    }
    g->loops++;
    body(g, depth, "");
    g->loops--;
    if (grow_choose(g, 2)) {
        sbuf_cstr(g->out, " else ");
        body(g, depth, "");
    }
    end_line(g);
}

static void each(struct grow *g, unsigned depth)
{
    enum grow_type element = grow_choose(g, 2) ? GROW_TEXT : GROW_INT;
    unsigned number = grow_number(g), seen = g->nvars;
    grow_begin(g, "for v%u in ", number);
    grow_expr(g, element == GROW_INT ? GROW_INTS : GROW_TEXTS, DEPTH);
    sbuf_char(g->out, ' ');
    grow_name(g, element, number, false);
    g->loops++;
    body(g, depth, "\n");
    g->loops--;
    g->nvars = seen;
}

/* Bounded by a counter that nothing else changes. */
static void loop(struct grow *g, unsigned depth)
{
    unsigned number = grow_number(g);
    grow_line(g, "var v%u = 0", number);
    grow_line(g, "loop {");
    g->indent++;
    grow_line(g, "pause 1s");
    grow_line(g, "v%u = v%u + 1", number, number);
    grow_line(g, "if v%u > %u { break }", number, grow_choose(g, 4));
    grow_begin(g, "if yes ");
    g->loops++;
    body(g, depth, "\n");
    g->loops--;
    g->indent--;
    grow_line(g, "}");
    grow_name(g, GROW_INT, number, false);
}

static void leave_fn(struct grow *g)
{
    const struct grow_fn *f = g->inside;
    if (f && f->kind <= GROW_DEEP) {
        grow_begin(g, "return ");
        grow_expr(g, f->result, DEPTH);
    } else if (f && f->kind == GROW_ENDS) {
        unsigned outcome = grow_choose(g, f->noutcomes);
        grow_begin(g, "return o%u%s", outcome, outcome ? "(" : "");
        for (unsigned i = 0; i < outcome; i++) {
            sbuf_cstr(g->out, i ? ", " : "");
            grow_expr(g, f->payload[i], DEPTH);
        }
        sbuf_cstr(g->out, outcome ? ")" : "");
    } else {
        grow_begin(g, "return");
    }
    end_line(g);
}

static void leave(struct grow *g)
{
    switch (grow_choose(g, 5)) {
    case 0:
    case 1:
        if (g->loops) {
            grow_line(g, grow_choose(g, 2) ? "break" : "continue");
            return;
        }
        break;
    case 2:
        if (may_act(g)) {
            grow_line(g, "reject %u", 400 + grow_choose(g, 200));
            return;
        }
        break;
    default: break;
    }
    leave_fn(g);
}

static void maybe_leave(struct grow *g, unsigned depth)
{
    grow_begin(g, "if ");
    grow_expr(g, GROW_BOOL, DEPTH);
    sbuf_cstr(g->out, " {\n");
    g->indent++;
    unsigned seen = g->nvars;
    if (grow_choose(g, 2))
        grow_block(g, depth);
    leave(g);
    g->nvars = seen;
    g->indent--;
    grow_line(g, "}");
}

static void say(struct grow *g)
{
    grow_begin(g, "log \"{"); /* in a text: a parenthesis would make it a function's call */
    grow_expr(g, GROW_TEXT, DEPTH);
    sbuf_cstr(g->out, "}\"");
    end_line(g);
}

static void recall(struct grow *g, unsigned depth)
{
    unsigned number = grow_number(g), seen = g->nvars;
    grow_begin(g, "recall \"{"); /* in a text: a parenthesis would make it a function's call */
    grow_expr(g, GROW_TEXT, DEPTH);
    sbuf_cstr(g->out, "}\"");
    sbuf_cstr(g->out, " {\n");
    g->indent++;
    if (grow_choose(g, 2)) {
        grow_begin(g, "on found \"12\" ");
        body(g, depth, "\n");
    }
    grow_begin(g, "on found(v%u) ", number);
    grow_name(g, GROW_TEXT, number, false);
    body(g, depth, "\n");
    g->nvars = seen;
    grow_begin(g, grow_choose(g, 2) ? "else " : "on missing ");
    body(g, depth, "\n");
    g->indent--;
    grow_line(g, "}");
}

/* A clause for outcome k with the names that its payload gets. */
static void clause(struct grow *g, const struct grow_fn *f, unsigned k, unsigned depth)
{
    unsigned seen = g->nvars;
    grow_begin(g, "on o%u%s", k, k ? "(" : "");
    for (unsigned i = 0; i < k; i++) {
        unsigned number = grow_number(g);
        sbuf_fmt(g->out, "%sv%u", i ? ", " : "", number);
        grow_name(g, f->payload[i], number, false);
    }
    sbuf_cstr(g->out, k ? ") " : " ");
    body(g, depth, "\n");
    g->nvars = seen;
}

static void clauses(struct grow *g, const struct grow_fn *f, unsigned depth)
{
    unsigned named = grow_choose(g, 2) ? f->noutcomes : f->noutcomes - 1;
    sbuf_cstr(g->out, " {\n");
    g->indent++;
    for (unsigned k = 0; k < named; k++)
        clause(g, f, k, depth);
    if (named < f->noutcomes) {
        grow_begin(g, "else ");
        body(g, depth, "\n");
    }
    g->indent--;
    grow_line(g, "}");
}

static void call(struct grow *g, unsigned depth)
{
    unsigned from = grow_choose(g, GROW_FNS);
    for (unsigned i = 0; i < g->nfns; i++) {
        const struct grow_fn *f = &g->fns[(from + i) % g->nfns];
        if (f->kind < GROW_PLAIN)
            continue;
        grow_begin(g, "f%u", (unsigned)(f - g->fns));
        grow_args(g, f, DEPTH);
        if (f->kind == GROW_ENDS)
            clauses(g, f, depth);
        else
            end_line(g);
        return;
    }
    say(g);
}

static void act(struct grow *g, unsigned depth)
{
    switch (grow_choose(g, 6)) {
    case 0:
    case 1: say(g); break;
    case 2: loop(g, depth - 1); break;
    case 3: recall(g, depth - 1); break;
    default: call(g, depth - 1); break;
    }
}

static void statement(struct grow *g, unsigned depth)
{
    unsigned kind = grow_choose(g, depth && g->out->len < GROW_MOST ? 12 : 3);
    switch (kind) {
    case 0:
        if (may_act(g))
            say(g);
        else
            change(g);
        break;
    case 1: set(g); break;
    case 2:
    case 3: change(g); break;
    case 4: branch(g, depth - 1); break;
    case 5: match(g, depth - 1); break;
    case 6: repeat(g, depth - 1); break;
    case 7: each(g, depth - 1); break;
    case 8:
        if (grow_choose(g, 2))
            maybe_leave(g, depth - 1);
        else
            set(g);
        break;
    default:
        if (may_act(g))
            act(g, depth);
        else
            change(g);
        break;
    }
}

void grow_block(struct grow *g, unsigned depth)
{
    for (unsigned n = grow_choose(g, depth > 1 ? 6 : 3); n; n--)
        statement(g, depth);
}
