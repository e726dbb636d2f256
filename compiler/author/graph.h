/* A flow as a picture: what a colleague looks at instead of reading. One thread at a time.
 * The actions of a checked flow are nodes, their outcomes edges; each function that the flow calls is a group of its
 * own. All of a graph lives in the arena it was made with; texts are borrowed from the sources. */
#ifndef COMPILER_AUTHOR_GRAPH_H
#define COMPILER_AUTHOR_GRAPH_H

#include "compiler/ast_decl.h"
#include "compiler/source.h"

/* What a node is to the one who looks: each has a shape and a colour. */
enum graph_look {
    GRAPH_START,
    GRAPH_SAY,     /* the caller hears something */
    GRAPH_ASK,     /* and presses digits */
    GRAPH_FAR,     /* another line is dialled */
    GRAPH_MESSAGE, /* something is recorded or listened to */
    GRAPH_WORK,    /* the machine does something that the caller does not notice */
    GRAPH_DECIDE,
    GRAPH_LOOP,
    GRAPH_CALL,
    GRAPH_LINK,   /* another flow takes over */
    GRAPH_RETURN, /* a function's outcome */
    GRAPH_END,
};
enum { GRAPH_LOOK_COUNT = GRAPH_END + 1 };

struct graph_node {
    enum graph_look look;
    unsigned group; /* index into groups */
    struct str title;
    struct str text; /* lines, '\n' between them; may be empty */
    struct graph_node *next;
    unsigned id; /* from 0, in order */
};

struct graph_edge {
    const struct graph_node *from, *to;
    struct str label; /* may be empty */
    bool back;        /* leads back into a loop or a menu */
    struct graph_edge *next;
};

struct graph_group {
    bool framed;      /* a function; else the flow itself */
    struct str title; /* the file it comes from, when it is another one */
    struct graph_group *next;
};

/* Lists in the order in which they are read. */
struct graph {
    struct str name; /* of the flow, or the path of a module */
    struct graph_node *nodes;
    struct graph_edge *edges;
    struct graph_group *groups;
    unsigned node_count, group_count;
};

/* The picture of a file that was checked without mistakes; a module shows all its functions. Never NULL. */
struct graph *graph_of(struct arena *arena, const struct sources *sources, const struct file *file);

/* As text for Graphviz (DOT) and for Mermaid. */
void graph_dot(const struct graph *g, struct sbuf *out);
void graph_mermaid(const struct graph *g, struct sbuf *out);

#endif
