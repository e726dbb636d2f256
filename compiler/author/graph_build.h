/* How a graph is built, for graph*.c only. */
#ifndef COMPILER_AUTHOR_GRAPH_BUILD_H
#define COMPILER_AUTHOR_GRAPH_BUILD_H

#include "compiler/author/graph.h"
#include "compiler/check_fn.h"

/* A path that has left a node and has not come to the next one yet. */
struct graph_tail {
    struct graph_node *node;
    struct str label;
    struct graph_tail *next;
};

/* A loop around the place: where `continue` leads, and the paths that `break` has opened. */
struct graph_loop {
    struct graph_node *node;
    struct graph_tail *breaks;
    struct graph_loop *outer;
};

/* A function that is to be drawn. */
struct graph_due_fn {
    const struct decl *fn;
    struct graph_due_fn *next;
};

struct graph_builder {
    struct arena *arena;
    const struct sources *sources;
    const struct file *file; /* the one that is drawn */
    struct graph *graph;
    struct graph_node **node_end;
    struct graph_edge **edge_end;
    struct graph_group **group_end;
    struct graph_tail *open; /* paths that lead to whatever comes next */
    struct graph_loop *loop;
    struct graph_node *menu; /* where `again` leads */
    struct graph_due_fn *due, **due_end;
    bool in_flow; /* a `return` ends the call */
};

/* A node to which all open paths lead; from it none leads on yet. */
struct graph_node *graph_place(struct graph_builder *b, enum graph_look look, struct str title, struct str text);
/* Leads all open paths back to a node; none is open then. */
void graph_go_back(struct graph_builder *b, struct graph_node *to);
/* Opens a path from a node. */
void graph_leave(struct graph_builder *b, struct graph_node *from, struct str label);
/* Joins two sets of paths, either of which may be NULL. */
struct graph_tail *graph_join(struct graph_tail *a, struct graph_tail *b);
void graph_walk(struct graph_builder *b, const struct block *block);

/* graph_call.c: an action or a call of a function, with its clauses. */
void graph_walk_call(struct graph_builder *b, const struct stmt_call *call);
/* A function is to be drawn, once. One in Lua has nothing to show. */
void graph_due(struct graph_builder *b, const struct decl *fn);

/* graph_text.c: what stands on nodes and edges. In the builder's arena. */
struct str graph_format(struct graph_builder *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
struct str graph_expr(struct graph_builder *b, const struct expr *e); /* as short as it can be said, on one line */
struct str graph_wrapped(struct graph_builder *b, struct str text, unsigned max_lines);
struct str graph_call_text(struct graph_builder *b, const struct stmt_call *call);
struct str graph_outcome(struct graph_builder *b, struct str name); /* no_answer: "no answer" */

#endif
