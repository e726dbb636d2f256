/* Lines on their way to the page, for fmt*.c only. */
#ifndef COMPILER_AUTHOR_FMT_LINE_H
#define COMPILER_AUTHOR_FMT_LINE_H

#include "compiler/lex.h"

#define FMT_INDENT      4
#define FMT_RUN_SPREAD  20 /* heads whose widths differ by more than this are not brought into one column */
#define FMT_COMMENT_GAP 2
#define FMT_KEPT_SLIP   1 /* or when it misses the long clause below by so little */
#define FMT_KEPT_GAP    4 /* a column that the author gave to clauses is kept when it is so little wider than needed */

enum fmt_align { FMT_ALIGN_NONE, FMT_ALIGN_OUTCOME, FMT_ALIGN_CHOICE, FMT_ALIGN_VALUE };

/* A line: what stands before the column that neighbours share, what stands from it on, and a comment behind. */
struct fmt_line {
    enum fmt_align align; /* NONE: all of it is head */
    bool empty_before;    /* an empty line stands before it */
    unsigned indent;
    size_t written; /* where the shared column stood in the source, counted from the line's first token; 0: nowhere */
    struct sbuf head, rest, comment;
};

struct fmt_lines {
    struct fmt_line *items;
    size_t len, cap;
};

/* Does a space stand between two neighbours on a line? `before` is what stands before `left`; hours: in an hours block.
 */
struct fmt_pair {
    const struct token *before, *left, *right;
    bool left_is_head; /* left is the first word of a statement: an action, whose argument follows */
    bool before_is_head;
    bool hours;
};
bool fmt_space(const struct fmt_pair *pair);

/* Brings neighbours into columns and prints all lines. */
void fmt_print(struct fmt_lines *lines, struct sbuf *out);

#endif
