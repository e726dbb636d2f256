/* The syntax tree: what parse_file() makes of a file. One thread at a time.
 * Every node lives in the compilation's arena and is freed with it; lists are linked by `next`, in source order.
 * Every node has a span. Fields below a line "filled by the checker" are zero after parsing.
 * A node of kind *_BAD stands where a mistake was reported already: whatever meets it says nothing more. */
#ifndef COMPILER_AST_H
#define COMPILER_AST_H

#include <stdbool.h>
#include <stdint.h>

#include "compiler/source.h"
#include "vm/base/str.h"

struct check_type; /* a checked type: compiler/check_type.h */
struct symbol;     /* a checked name of a value: compiler/check_scope.h */
struct fn_info;    /* what the checker knows of a function or flow */
struct action_row; /* stdlib/catalog/catalog.h */

struct decl;
struct expr;
struct stmt;
struct test_step;

/* An interned word: two words are the same text exactly when their pointers are equal. ids are dense, from 0. */
struct name {
    struct str text;
    uint32_t id;
    uint16_t keyword; /* enum token_kind when it is a keyword, else 0 */
};

/* A word where it stands. name == NULL: no word there (a missing label, or a mistake already reported). */
struct word {
    const struct name *name;
    struct span span;
};

/* A written text without `{…}`, escapes resolved: a path, a pattern, the name of a test. */
struct literal {
    struct str text;
    struct span span;
};

/* A type as written: a name, or `list of` another. Unknown names are the checker's to report. */
struct type_ref {
    struct span span;
    const struct name *name;
    struct type_ref *element; /* not NULL: `list of element`; name is "list" then */
    /* filled by the checker */
    const struct check_type *type;
};

struct block {
    struct span span; /* from `{` to `}` */
    struct stmt *first;
    struct span end;   /* the `}` */
    bool is_else_if;   /* holds nothing but the `if` of an `else if` */
    bool has_mistakes; /* something in it could not be read: paths through it are not judged */
};

/* A file read. Declarations in source order; tests apart, as they are checked last. */
struct file {
    uint32_t source; /* its index in the source set */
    struct decl *first;
    struct decl *flow; /* the entry: one of the list above; NULL: a module */
    struct file *next; /* for whoever keeps files in a list */
    bool has_mistakes; /* a declaration was lost: an unknown name may be a consequence */
};

#endif
