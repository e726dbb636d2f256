#include "tests/fuzz/differential/program.h"

#include "tests/fuzz/differential/grow.h"

enum { BLOCKS = 3, FLOW_BLOCKS = 6, CONSTANTS_MOST = 4 };

unsigned grow_choose(struct grow *g, unsigned below)
{
    unsigned byte = g->at < g->choices.len ? (unsigned char)g->choices.p[g->at++] : 0;
    return below ? byte % below : 0;
}

void grow_begin(struct grow *g, const char *fmt, ...)
{
    va_list ap;
    if (!g->out->len || g->out->p[g->out->len - 1] == '\n')
        for (unsigned i = 0; i < g->indent; i++)
            sbuf_cstr(g->out, "    ");
    va_start(ap, fmt);
    sbuf_vfmt(g->out, fmt, ap);
    va_end(ap);
}

void grow_line(struct grow *g, const char *fmt, ...)
{
    va_list ap;
    grow_begin(g, "%s", "");
    va_start(ap, fmt);
    sbuf_vfmt(g->out, fmt, ap);
    va_end(ap);
    sbuf_char(g->out, '\n');
}

unsigned grow_number(struct grow *g) { return g->named++; }

void grow_name(struct grow *g, enum grow_type type, unsigned number, bool may_change)
{
    if (g->nvars < GROW_VARS)
        g->vars[g->nvars++] = (struct grow_var){ type, number, may_change };
}

const char *grow_type_text(enum grow_type type)
{
    static const char *const texts[GROW_TYPES] = { "int",   "bool",        "text",        "duration",
                                                   "cause", "list of int", "list of text" };
    return texts[type];
}

static enum grow_type any_type(struct grow *g) { return (enum grow_type)grow_choose(g, GROW_TYPES); }

static void params(struct grow *g, struct grow_fn *f)
{
    f->nparams = grow_choose(g, GROW_PARAMS + 1);
    if (f->kind == GROW_DEEP && !f->nparams)
        f->nparams = 1;
    for (unsigned i = 0; i < f->nparams; i++) {
        unsigned number = grow_number(g);
        f->params[i] = f->kind == GROW_DEEP && !i ? GROW_INT : any_type(g);
        sbuf_fmt(g->out, "%sv%u: %s", i ? ", " : "", number, grow_type_text(f->params[i]));
        grow_name(g, f->params[i], number, false);
    }
}

static void outcomes(struct grow *g, struct grow_fn *f)
{
    f->noutcomes = 2 + grow_choose(g, GROW_OUTCOMES - 1);
    for (unsigned i = 0; i < GROW_OUTCOMES; i++)
        f->payload[i] = any_type(g);
    sbuf_cstr(g->out, " -> ");
    for (unsigned k = 0; k < f->noutcomes; k++) {
        sbuf_fmt(g->out, "%so%u%s", k ? " | " : "", k, k ? "(" : "");
        for (unsigned i = 0; i < k; i++)
            sbuf_fmt(g->out, "%sp%u: %s", i ? ", " : "", i, grow_type_text(f->payload[i]));
        sbuf_cstr(g->out, k ? ")" : "");
    }
}

/* Calls itself once, one less deep, and goes on with what came of it. */
static void deep(struct grow *g, const struct grow_fn *f, unsigned number)
{
    unsigned depth = g->vars[g->nconsts].number, inner = grow_number(g);
    grow_line(g, "if v%u <= 0 {", depth);
    g->indent++;
    grow_begin(g, "return ");
    grow_expr(g, f->result, BLOCKS);
    grow_line(g, "%s", "");
    g->indent--;
    grow_line(g, "}");
    grow_begin(g, "let v%u = f%u(v%u - 1", inner, number, depth);
    for (unsigned i = 1; i < f->nparams; i++) {
        sbuf_cstr(g->out, ", ");
        grow_expr(g, f->params[i], BLOCKS);
    }
    sbuf_cstr(g->out, ")\n");
    grow_name(g, f->result, inner, false);
}

static void last_return(struct grow *g, const struct grow_fn *f)
{
    if (f->kind == GROW_ENDS) {
        grow_line(g, "return o0");
    } else if (f->kind <= GROW_DEEP) {
        grow_begin(g, "return ");
        grow_expr(g, f->result, BLOCKS);
        sbuf_char(g->out, '\n');
    }
}

static void function(struct grow *g)
{
    struct grow_fn f = { .kind = (enum grow_kind)grow_choose(g, 4), .result = any_type(g) };
    unsigned number = g->nfns;
    g->nvars = g->nconsts;
    grow_begin(g, "fn f%u(", number);
    params(g, &f);
    sbuf_cstr(g->out, ")");
    if (f.kind == GROW_ENDS)
        outcomes(g, &f);
    else if (f.kind <= GROW_DEEP)
        sbuf_fmt(g->out, " -> %s", grow_type_text(f.result));
    sbuf_cstr(g->out, " {\n");
    g->indent++;
    g->inside = &f;
    if (f.kind == GROW_DEEP)
        deep(g, &f, number);
    grow_block(g, BLOCKS);
    last_return(g, &f);
    g->inside = NULL;
    g->indent--;
    grow_line(g, "}\n");
    g->fns[g->nfns++] = f;
    g->nvars = g->nconsts;
}

/* Of literals: what folding does with them stands in the code that uses them. */
static void constants(struct grow *g)
{
    for (unsigned n = grow_choose(g, CONSTANTS_MOST); n; n--) {
        unsigned number = grow_number(g);
        enum grow_type type = any_type(g);
        grow_begin(g, "const v%u = ", number);
        grow_literal(g, type);
        sbuf_char(g->out, '\n');
        grow_name(g, type, number, false);
    }
    g->nconsts = g->nvars;
}

/* Whatever a name holds in the end is logged, so that nothing computed goes unseen. */
static void log_all(struct grow *g)
{
    for (unsigned i = 0; i < g->nvars; i++) {
        const struct grow_var *v = &g->vars[i];
        switch (v->type) {
        case GROW_INT:
        case GROW_TEXT:
        case GROW_CAUSE: grow_line(g, "log \"v%u {v%u}\"", v->number, v->number); break;
        case GROW_BOOL: grow_line(g, "if v%u { log \"v%u\" }", v->number, v->number); break;
        case GROW_DURATION: grow_line(g, "pause v%u", v->number); break;
        case GROW_INTS:
        case GROW_TEXTS: grow_line(g, "for x%u in v%u { log \"{x%u}\" }", v->number, v->number, v->number); break;
        case GROW_TYPES: break;
        }
    }
}

void program_make(struct sbuf *out, struct str choices)
{
    struct grow g = { .choices = choices, .out = out };
    constants(&g);
    for (unsigned n = grow_choose(&g, GROW_FNS + 1); n; n--)
        function(&g);
    grow_line(&g, "flow f {");
    g.indent++;
    for (unsigned n = 1 + grow_choose(&g, FLOW_BLOCKS); n; n--)
        grow_block(&g, BLOCKS);
    log_all(&g);
    g.indent--;
    grow_line(&g, "}");
}
