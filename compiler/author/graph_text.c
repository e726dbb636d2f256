/* What stands on the nodes of a graph: arguments, made short. */
#include "compiler/author/graph_build.h"

#include <string.h>

enum { LINE_WIDTH = 30, TEXT_LINES = 3, OPTION_LINES = 2, OPTION_WIDTH = 24 };

static struct str keep(struct graph_builder *b, struct sbuf *text)
{
    struct str s = { arena_dup(b->arena, text->p ? text->p : "", text->len), text->len };
    sbuf_free(text);
    return s;
}

struct str graph_format(struct graph_builder *b, const char *fmt, ...)
{
    struct sbuf text = { 0 };
    va_list ap;
    va_start(ap, fmt);
    sbuf_vfmt(&text, fmt, ap);
    va_end(ap);
    return keep(b, &text);
}

/* The source of an expression on one line, without the quotes around a text. */
static void put_source(struct sbuf *out, struct str text)
{
    bool quoted = text.len > 1 && text.p[0] == '"' && text.p[text.len - 1] == '"';
    bool space = false;
    for (size_t i = quoted; i + quoted < text.len; i++) {
        char c = text.p[i];
        if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
            space = true;
            continue;
        }
        if (space && out->len)
            sbuf_char(out, ' ');
        space = false;
        sbuf_char(out, c);
    }
}

struct str graph_expr(struct graph_builder *b, const struct expr *e)
{
    struct sbuf out = { 0 };
    if (e->kind != EXPR_LIST)
        put_source(&out, source_text(b->sources, e->span));
    else
        for (const struct list_item *i = e->u.items; i; i = i->next) {
            sbuf_str(&out, graph_expr(b, i->value));
            sbuf_cstr(&out, i->next ? ", " : "");
        }
    return keep(b, &out);
}

/* Where a line that begins at p ends: before the last space within the width, else in the middle of a long word. */
static size_t line_end(struct str s)
{
    size_t end = 0, columns = 0, space = 0;
    for (; end < s.len && columns < LINE_WIDTH; columns++) {
        if (s.p[end] == ' ')
            space = end;
        do
            end++;
        while (end < s.len && ((unsigned char)s.p[end] & 0xC0) == 0x80);
    }
    if (end == s.len || s.p[end] == ' ')
        return end;
    return space ? space : end;
}

struct str graph_wrapped(struct graph_builder *b, struct str text, unsigned max_lines)
{
    struct sbuf out = { 0 };
    for (unsigned line = 0; text.len; line++) {
        if (line == max_lines) {
            sbuf_cstr(&out, "…");
            break;
        }
        size_t n = line_end(text);
        sbuf_cstr(&out, line ? "\n" : "");
        sbuf_add(&out, text.p, n);
        n += n < text.len && text.p[n] == ' ';
        text = (struct str){ text.p + n, text.len - n };
    }
    return keep(b, &out);
}

struct str graph_outcome(struct graph_builder *b, struct str name)
{
    char *p = arena_dup(b->arena, name.p, name.len);
    for (size_t i = 0; i < name.len; i++)
        if (p[i] == '_')
            p[i] = ' ';
    return (struct str){ p, name.len };
}

/* ---- arguments ---- */

struct label {
    struct sbuf text, options;
};

static void put_line(struct sbuf *out, struct str line)
{
    sbuf_cstr(out, out->len ? "\n" : "");
    sbuf_str(out, line);
}

static void put_speech(struct graph_builder *b, struct label *l, const char *name, struct str said)
{
    const char *gap = *name ? ": " : "";
    put_line(&l->text, graph_wrapped(b, graph_format(b, "%s%s“%.*s”", name, gap, STR_ARG(said)), TEXT_LINES));
}

/* "ring 20s", "hunt", "no hunt"; what is long gets a line of its own, and is cut off there. */
static void put_option(struct graph_builder *b, struct label *l, const char *name, const struct expr *value)
{
    struct str text = graph_expr(b, value);
    const char *gap = l->options.len ? " · " : "";
    if (value->kind != EXPR_BOOL && text.len + strlen(name) > OPTION_WIDTH) {
        put_line(&l->text, graph_wrapped(b, graph_format(b, "%s: %.*s", name, STR_ARG(text)), OPTION_LINES));
        return;
    }
    if (value->kind == EXPR_BOOL)
        sbuf_fmt(&l->options, "%s%s%s", gap, value->u.boolean ? "" : "no ", name);
    else
        sbuf_fmt(&l->options, "%s%s %.*s", gap, name, STR_ARG(text));
}

/* What a colleague wants to know of an action: what is said, who is dialled, how long. Not how it is asked or sounds.
 */
static void put_action_arg(struct graph_builder *b, struct label *l, const struct action_arg *row,
                           const struct arg *arg)
{
    struct str text = graph_expr(b, arg->value);
    bool place = row->flags & ARG_PLACE;
    bool prompt = place || !strcmp(row->label, "prompt");
    switch (row->type) {
    case ARG_SPEECH: put_speech(b, l, prompt ? "" : row->label, text); return;
    case ARG_JSON: return;
    case ARG_SOUND:
    case ARG_SOUNDS:
        if (!place)
            return;
        break;
    default: break;
    }
    if (place)
        put_line(&l->text, graph_wrapped(b, text, TEXT_LINES));
    else
        put_option(b, l, row->label, arg->value);
}

static void put_args(struct graph_builder *b, struct label *l, const struct arg *args)
{
    struct sbuf all = { 0 };
    for (const struct arg *a = args; a; a = a->next)
        sbuf_fmt(&all, "%s%.*s", all.len ? ", " : "", STR_ARG(graph_expr(b, a->value)));
    if (all.len)
        put_line(&l->text, graph_wrapped(b, keep(b, &all), OPTION_LINES));
    sbuf_free(&all);
}

struct str graph_call_text(struct graph_builder *b, const struct stmt_call *call)
{
    struct label l = { 0 };
    struct arg *args[ACTION_ARGS_MAX];
    if (call->action) {
        action_args(call->action, call->args, args);
        for (unsigned i = 0; i < call->action->nargs; i++)
            if (args[i])
                put_action_arg(b, &l, &call->action->args[i], args[i]);
    } else {
        put_args(b, &l, call->args);
    }
    if (l.options.len)
        put_line(&l.text, graph_wrapped(b, sbuf_view(&l.options), OPTION_LINES));
    sbuf_free(&l.options);
    return keep(b, &l.text);
}
