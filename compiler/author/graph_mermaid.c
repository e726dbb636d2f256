/* A graph as text for Mermaid, which many viewers of Markdown draw. */
#include "compiler/author/graph.h"

struct look {
    const char *open, *close, *class, *style;
};
static const struct look looks[GRAPH_LOOK_COUNT] = {
    [GRAPH_START] = { "([", "])", "start", "fill:#1e293b,stroke:#1e293b,color:#ffffff" },
    [GRAPH_SAY] = { "(", ")", "say", "fill:#ffffff,stroke:#94a3b8,color:#0f172a" },
    [GRAPH_ASK] = { "(", ")", "ask", "fill:#fef3c7,stroke:#d97706,color:#0f172a" },
    [GRAPH_FAR] = { "(", ")", "far", "fill:#dcfce7,stroke:#16a34a,color:#0f172a" },
    [GRAPH_MESSAGE] = { "(", ")", "message", "fill:#ede9fe,stroke:#7c3aed,color:#0f172a" },
    [GRAPH_WORK] = { "[", "]", "work", "fill:#e0f2fe,stroke:#0284c7,color:#0f172a" },
    [GRAPH_DECIDE] = { "{{", "}}", "decide", "fill:#f8fafc,stroke:#475569,color:#0f172a" },
    [GRAPH_LOOP] = { "{{", "}}", "turn", "fill:#f1f5f9,stroke:#475569,color:#0f172a" },
    [GRAPH_CALL] = { "[[", "]]", "function", "fill:#f1f5f9,stroke:#475569,color:#0f172a" },
    [GRAPH_LINK] = { ">", "]", "other", "fill:#dbeafe,stroke:#2563eb,color:#0f172a" },
    [GRAPH_RETURN] = { "([", "])", "back", "fill:#e2e8f0,stroke:#64748b,color:#0f172a" },
    [GRAPH_END] = { "([", "])", "finish", "fill:#fee2e2,stroke:#dc2626,color:#7f1d1d" },
};

/* In a quoted label: signs that Mermaid, Markdown or HTML would take for theirs go by their number. */
static void put_text(struct sbuf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        switch (text.p[i]) {
        case '\n': sbuf_cstr(out, "<br/>"); break;
        case '"':
        case '#':
        case '&':
        case '<':
        case '>':
        case '`':
        case '*':
        case '_':
        case ';':
        case '\\': sbuf_fmt(out, "#%d;", text.p[i]); break;
        default: sbuf_char(out, text.p[i]);
        }
}

static void put_node(struct sbuf *out, const struct graph_node *n, const char *indent)
{
    const struct look *l = &looks[n->look];
    sbuf_fmt(out, "%sn%u%s\"", indent, n->id, l->open);
    if (n->title.len) {
        sbuf_cstr(out, "<b>");
        put_text(out, n->title);
        sbuf_cstr(out, "</b>");
    }
    sbuf_cstr(out, n->title.len && n->text.len ? "<br/>" : "");
    put_text(out, n->text);
    sbuf_fmt(out, "\"%s:::%s\n", l->close, l->class);
}

static void put_edge(struct sbuf *out, const struct graph_edge *e)
{
    sbuf_fmt(out, "    n%u %s", e->from->id, e->back ? "-.->" : "-->");
    if (e->label.len) {
        sbuf_cstr(out, "|\"");
        put_text(out, e->label);
        sbuf_cstr(out, "\"|");
    }
    sbuf_fmt(out, " n%u\n", e->to->id);
}

static void put_group(struct sbuf *out, const struct graph *g, const struct graph_group *group, unsigned number)
{
    bool framed = group->framed;
    if (framed) {
        sbuf_fmt(out, "    subgraph g%u[\"", number);
        put_text(out, group->title.len ? group->title : STR(" "));
        sbuf_cstr(out, "\"]\n");
    }
    for (const struct graph_node *n = g->nodes; n; n = n->next)
        if (n->group == number)
            put_node(out, n, framed ? "        " : "    ");
    if (framed)
        sbuf_cstr(out, "    end\n");
}

void graph_mermaid(const struct graph *g, struct sbuf *out)
{
    unsigned number = 0, used = 0;
    sbuf_cstr(out, "flowchart TD\n");
    for (const struct graph_group *group = g->groups; group; group = group->next)
        put_group(out, g, group, number++);
    for (const struct graph_edge *e = g->edges; e; e = e->next)
        put_edge(out, e);
    for (const struct graph_node *n = g->nodes; n; n = n->next)
        used |= 1u << n->look;
    for (unsigned i = 0; i < GRAPH_LOOK_COUNT; i++)
        if (used >> i & 1)
            sbuf_fmt(out, "    classDef %s %s\n", looks[i].class, looks[i].style);
}
