/* A graph as text for Graphviz. */
#include "compiler/author/graph.h"

enum { EDGE_LABEL_WIDTH = 20 };

struct look {
    const char *shape, *style, *fill, *line, *text;
};
static const struct look looks[GRAPH_LOOK_COUNT] = {
    [GRAPH_START] = { "box", "rounded,filled", "#1e293b", "#1e293b", "#ffffff" },
    [GRAPH_SAY] = { "box", "rounded,filled", "#ffffff", "#94a3b8", "#0f172a" },
    [GRAPH_ASK] = { "box", "rounded,filled", "#fef3c7", "#d97706", "#0f172a" },
    [GRAPH_FAR] = { "box", "rounded,filled", "#dcfce7", "#16a34a", "#0f172a" },
    [GRAPH_MESSAGE] = { "box", "rounded,filled", "#ede9fe", "#7c3aed", "#0f172a" },
    [GRAPH_WORK] = { "box", "filled", "#e0f2fe", "#0284c7", "#0f172a" },
    [GRAPH_DECIDE] = { "hexagon", "filled", "#f8fafc", "#475569", "#0f172a" },
    [GRAPH_LOOP] = { "hexagon", "filled", "#f1f5f9", "#475569", "#0f172a" },
    [GRAPH_CALL] = { "box", "filled", "#f1f5f9", "#475569", "#0f172a" },
    [GRAPH_LINK] = { "cds", "filled", "#dbeafe", "#2563eb", "#0f172a" },
    [GRAPH_RETURN] = { "box", "rounded,filled", "#e2e8f0", "#64748b", "#0f172a" },
    [GRAPH_END] = { "box", "rounded,filled", "#fee2e2", "#dc2626", "#7f1d1d" },
};

/* In an HTML-like label. */
static void put_html(struct sbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.p[i]) {
        case '&': sbuf_cstr(out, "&amp;"); break;
        case '<': sbuf_cstr(out, "&lt;"); break;
        case '>': sbuf_cstr(out, "&gt;"); break;
        case '\n': sbuf_cstr(out, "<br/>"); break;
        default: sbuf_char(out, text.p[i]);
        }
}

static void put_quoted(struct sbuf *out, struct str text)
{
    sbuf_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.p[i] == '"' || text.p[i] == '\\')
            sbuf_char(out, '\\');
        sbuf_char(out, text.p[i]);
    }
    sbuf_char(out, '"');
}

static void put_node(struct sbuf *out, const struct graph_node *n, const char *indent)
{
    const struct look *l = &looks[n->look];
    sbuf_fmt(out, "%sn%u [shape=%s, style=\"%s\", fillcolor=\"%s\", color=\"%s\", fontcolor=\"%s\"%s, label=<", indent,
             n->id, l->shape, l->style, l->fill, l->line, l->text, n->look == GRAPH_CALL ? ", peripheries=2" : "");
    if (n->title.len) {
        sbuf_cstr(out, "<b>");
        put_html(out, n->title);
        sbuf_cstr(out, "</b>");
    }
    sbuf_cstr(out, n->title.len && n->text.len ? "<br/>" : "");
    put_html(out, n->text);
    sbuf_fmt(out, ">%s];\n", n->look == GRAPH_ASK ? ", ordering=out" : "");
}

/* Several outcomes on one edge stand under each other when they are long. */
static void put_edge_label(struct sbuf *out, struct str label)
{
    size_t column = 0;
    for (size_t i = 0; i < label.len; i++, column++) {
        bool gap = label.p[i] == ' ' && i > 0 && label.p[i - 1] == ',';
        size_t word = 1;
        while (gap && i + word < label.len && label.p[i + word] != ',')
            word++;
        if (gap && column + word > EDGE_LABEL_WIDTH) {
            sbuf_cstr(out, "<br/>");
            column = 0;
        } else {
            put_html(out, (struct str){ label.p + i, 1 });
        }
    }
}

static void put_edge(struct sbuf *out, const struct graph_edge *e)
{
    sbuf_fmt(out, "    n%u -> n%u [", e->from->id, e->to->id);
    if (e->label.len) {
        sbuf_cstr(out, "label=< ");
        put_edge_label(out, e->label);
        sbuf_cstr(out, " >");
    }
    if (e->back)
        sbuf_fmt(out, "%sstyle=dashed, color=\"#94a3b8\"", e->label.len ? ", " : "");
    sbuf_cstr(out, "];\n");
}

static void put_group(struct sbuf *out, const struct graph *g, const struct graph_group *group, unsigned number)
{
    bool framed = group->framed;
    if (framed) {
        sbuf_fmt(out, "    subgraph cluster_%u {\n        label=", number);
        put_quoted(out, group->title);
        sbuf_cstr(out, ";\n        labeljust=l; fontcolor=\"#475569\"; fontsize=11;\n"
                       "        style=\"rounded,filled\"; fillcolor=\"#fafafa\"; color=\"#cbd5e1\"; margin=14;\n");
    }
    for (const struct graph_node *n = g->nodes; n; n = n->next)
        if (n->group == number)
            put_node(out, n, framed ? "        " : "    ");
    if (framed)
        sbuf_cstr(out, "    }\n");
}

void graph_dot(const struct graph *g, struct sbuf *out)
{
    unsigned number = 0;
    sbuf_cstr(out, "digraph ");
    put_quoted(out, g->name);
    sbuf_cstr(out, " {\n    graph [rankdir=TB, nodesep=0.35, ranksep=0.45, pad=0.3, bgcolor=white, charset=\"UTF-8\","
                   " fontname=\"Helvetica,Arial,sans-serif\"];\n"
                   "    node [fontname=\"Helvetica,Arial,sans-serif\", fontsize=11, margin=\"0.16,0.08\", height=0.35,"
                   " penwidth=1.2];\n"
                   "    edge [fontname=\"Helvetica,Arial,sans-serif\", fontsize=10, color=\"#475569\","
                   " fontcolor=\"#334155\", arrowsize=0.7];\n");
    for (const struct graph_group *group = g->groups; group; group = group->next)
        put_group(out, g, group, number++);
    for (const struct graph_edge *e = g->edges; e; e = e->next)
        put_edge(out, e);
    sbuf_cstr(out, "}\n");
}
