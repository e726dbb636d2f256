/* Expressions of a given type. Everything with two sides is in parentheses: precedence is the parser's own matter. */
#include "tests/fuzz/differential/grow.h"

static const char *const ints[] = { "0",  "1",   "2",   "7",          "(-1)",
                                    "10", "100", "127", "(-128)",     "128",
                                    "3",  "60",  "999", "2147483648", "9223372036854775807",
                                    "5",  "255", "256", "4294967296", "(-9223372036854775807)" };
static const char *const texts[] = { "\"\"",
                                     "\"a\"",
                                     "\"1\"",
                                     "\"12\"",
                                     "\"-5\"",
                                     "\"yes\"",
                                     "\"abc\"",
                                     "\"a b\"",
                                     "\"\\\"\\n\"",
                                     "\"\\{x\"",
                                     "\"Zażółć\"",
                                     "\"+48221234567\"",
                                     "\"9223372036854775808\"",
                                     "\"no\"",
                                     "\" 1\"" };
static const char *const durations[] = { "0s", "500ms", "20s", "1h30m", "1d", "3m" };
static const char *const causes[] = { "busy", "declined", "no_answer", "failed", "not_found", "forbidden" };
static const char *const patterns[] = { "\"*\"", "\"?\"", "\"1*\"", "\"[0-5]?\"", "\"a*c\"", "\"\"", "\"??*\"" };

#define PICK(g, table) (table)[grow_choose((g), sizeof(table) / sizeof *(table))]

static void put(struct grow *g, const char *text) { sbuf_cstr(g->out, text); }

static void list(struct grow *g, enum grow_type element, unsigned depth)
{
    unsigned n = 1 + grow_choose(g, 4);
    put(g, "[");
    for (unsigned i = 0; i < n; i++) {
        put(g, i ? ", " : "");
        if (depth)
            grow_expr(g, element, depth - 1);
        else
            grow_literal(g, element);
    }
    put(g, "]");
}

void grow_literal(struct grow *g, enum grow_type type)
{
    switch (type) {
    case GROW_INT: put(g, PICK(g, ints)); break;
    case GROW_BOOL: put(g, grow_choose(g, 2) ? "yes" : "no"); break;
    case GROW_TEXT: put(g, PICK(g, texts)); break;
    case GROW_DURATION: put(g, PICK(g, durations)); break;
    case GROW_CAUSE: put(g, PICK(g, causes)); break;
    case GROW_INTS: list(g, GROW_INT, 0); break;
    case GROW_TEXTS: list(g, GROW_TEXT, 0); break;
    case GROW_TYPES: break;
    }
}

static void two(struct grow *g, enum grow_type left, const char *sign, enum grow_type right, unsigned depth)
{
    put(g, "(");
    grow_expr(g, left, depth);
    sbuf_fmt(g->out, " %s ", sign);
    grow_expr(g, right, depth);
    put(g, ")");
}

void grow_args(struct grow *g, const struct grow_fn *f, unsigned depth)
{
    put(g, "(");
    if (f->kind == GROW_DEEP)
        sbuf_fmt(g->out, "%u", grow_choose(g, 6));
    for (unsigned i = f->kind == GROW_DEEP; i < f->nparams; i++) {
        put(g, i ? ", " : "");
        grow_expr(g, f->params[i], depth);
    }
    put(g, ")");
}

/* false: there is no function of that type yet. */
static bool call(struct grow *g, enum grow_type type, unsigned depth)
{
    unsigned from = grow_choose(g, GROW_FNS);
    for (unsigned i = 0; i < g->nfns; i++) {
        const struct grow_fn *f = &g->fns[(from + i) % g->nfns];
        if (f->result != type || (f->kind != GROW_VALUE && f->kind != GROW_DEEP))
            continue;
        sbuf_fmt(g->out, "f%u", (unsigned)(f - g->fns));
        grow_args(g, f, depth);
        return true;
    }
    return false;
}

/* false: no name of that type can be seen. */
static bool name(struct grow *g, enum grow_type type)
{
    unsigned back = grow_choose(g, 8);
    const struct grow_var *found = NULL;
    for (unsigned i = g->nvars; i-- > 0 && (!found || back);)
        if (g->vars[i].type == type) {
            back -= found != NULL;
            found = &g->vars[i];
        }
    if (found)
        sbuf_fmt(g->out, "v%u", found->number);
    return found != NULL;
}

static void from_list(struct grow *g, enum grow_type lists, enum grow_type element, unsigned depth)
{
    put(g, "(");
    grow_expr(g, lists, depth);
    put(g, ")[");
    grow_expr(g, GROW_INT, depth);
    put(g, "] else ");
    grow_literal(g, element);
}

static void read_as(struct grow *g, const char *type, enum grow_type other, unsigned depth)
{
    put(g, "((");
    grow_expr(g, GROW_TEXT, depth);
    sbuf_fmt(g->out, ") as %s else ", type);
    grow_literal(g, other);
    put(g, ")");
}

static void number(struct grow *g, unsigned depth)
{
    static const char *const signs[] = { "+", "-", "*", "/", "%" };
    switch (grow_choose(g, 4)) {
    case 0: two(g, GROW_INT, PICK(g, signs), GROW_INT, depth); break;
    case 1: from_list(g, GROW_INTS, GROW_INT, depth); break;
    case 2: read_as(g, "int", GROW_INT, depth); break;
    default:
        put(g, "(-");
        grow_expr(g, GROW_INT, depth);
        put(g, ")");
        break;
    }
}

static void compared(struct grow *g, unsigned depth)
{
    static const char *const equal[] = { "==", "!=" };
    static const char *const order[] = { "<", "<=", ">", ">=", "==", "!=" };
    static const enum grow_type sides[] = { GROW_INT, GROW_TEXT, GROW_DURATION, GROW_CAUSE, GROW_BOOL };
    enum grow_type type = PICK(g, sides);
    bool ordered = type != GROW_CAUSE && type != GROW_BOOL;
    two(g, type, ordered ? PICK(g, order) : PICK(g, equal), type, depth);
}

static void truth(struct grow *g, unsigned depth)
{
    switch (grow_choose(g, 8)) {
    case 0: two(g, GROW_INT, "in", GROW_INTS, depth); break;
    case 1: two(g, GROW_TEXT, "in", GROW_TEXTS, depth); break;
    case 2: two(g, GROW_BOOL, grow_choose(g, 2) ? "and" : "or", GROW_BOOL, depth); break;
    case 3:
        put(g, "(not ");
        grow_expr(g, GROW_BOOL, depth);
        put(g, ")");
        break;
    case 4:
        put(g, "(");
        grow_expr(g, GROW_TEXT, depth);
        sbuf_fmt(g->out, " matches %s)", PICK(g, patterns));
        break;
    case 5: read_as(g, "bool", GROW_BOOL, depth); break;
    default: compared(g, depth); break;
    }
}

static void joined(struct grow *g, unsigned depth)
{
    static const enum grow_type sides[] = { GROW_TEXT, GROW_INT, GROW_CAUSE };
    put(g, "\"");
    for (unsigned n = 1 + grow_choose(g, 3); n; n--) {
        put(g, "<{");
        grow_expr(g, PICK(g, sides), depth);
        put(g, "}");
    }
    put(g, ">\"");
}

static void words(struct grow *g, unsigned depth)
{
    switch (grow_choose(g, 5)) {
    case 0: joined(g, depth); break;
    case 1: from_list(g, GROW_TEXTS, GROW_TEXT, depth); break;
    case 2:
        put(g, "number(");
        grow_expr(g, GROW_INT, depth);
        put(g, ")");
        break;
    case 3:
        put(g, grow_choose(g, 2) ? "spell(" : "digits(");
        grow_expr(g, GROW_TEXT, depth);
        put(g, ")");
        break;
    default: joined(g, depth); break;
    }
}

static void span(struct grow *g, unsigned depth)
{
    switch (grow_choose(g, 4)) {
    case 0: two(g, GROW_DURATION, "+", GROW_DURATION, depth); break;
    case 1: two(g, GROW_DURATION, "-", GROW_DURATION, depth); break;
    case 2: two(g, GROW_DURATION, "*", GROW_INT, depth); break;
    default: two(g, GROW_DURATION, "/", GROW_INT, depth); break;
    }
}

static void made(struct grow *g, enum grow_type type, unsigned depth)
{
    switch (type) {
    case GROW_INT: number(g, depth); break;
    case GROW_BOOL: truth(g, depth); break;
    case GROW_TEXT: words(g, depth); break;
    case GROW_DURATION: span(g, depth); break;
    case GROW_INTS: list(g, GROW_INT, depth); break;
    case GROW_TEXTS: list(g, GROW_TEXT, depth); break;
    case GROW_CAUSE:
    case GROW_TYPES: grow_literal(g, type); break;
    }
}

void grow_expr(struct grow *g, enum grow_type type, unsigned depth)
{
    bool full = g->out->len > GROW_MOST || !depth;
    switch (grow_choose(g, full ? 4 : 10)) {
    case 0: grow_literal(g, type); break;
    case 1:
    case 2:
    case 3:
        if (!name(g, type))
            grow_literal(g, type);
        break;
    case 4:
        if (!call(g, type, depth - 1))
            made(g, type, depth - 1);
        break;
    default: made(g, type, depth - 1); break;
    }
}
