/* Declarations of a file. See ast.h for memory and threads. */
#ifndef COMPILER_AST_DECL_H
#define COMPILER_AST_DECL_H

#include "compiler/ast_pronounce.h"
#include "compiler/ast_stmt.h"
#include "vm/isa/image.h"

enum decl_kind {
    DECL_BAD,
    DECL_USE,
    DECL_LANGUAGE,
    DECL_PRONOUNCE,
    DECL_CONST,
    DECL_HOURS,
    DECL_PERMIT,
    DECL_EXTERN,
    DECL_FN,
    DECL_FLOW,
    DECL_TEST
};

/* Minutes of a day: from < to <= 24 * 60, which the parser has checked. */
struct hours_range {
    uint16_t from;
    uint16_t to;
    struct span span;
    struct hours_range *next;
};

struct hours_date {
    struct date date; /* year 0: every year */
    struct span span;
    struct hours_date *next;
};

enum hours_kind { HOURS_DAYS, HOURS_DATES, HOURS_CLOSED };

struct hours_entry {
    enum hours_kind kind;
    uint8_t days; /* HOURS_DAYS: bit 0 Monday … bit 6 Sunday */
    struct hours_date *dates;
    struct hours_range *ranges; /* not for HOURS_CLOSED */
    struct span span;
    struct hours_entry *next;
};

struct decl_hours {
    struct literal zone; /* span.len 0: none was written */
    struct hours_entry *entries;
};

struct permit_item {
    struct literal pattern;
    bool connections; /* the word `connections`: every Connection; pattern is empty */
    struct permit_item *next;
};

struct decl_permit {
    enum permit_kind kind; /* of the image: PERMIT_DIAL or PERMIT_FETCH */
    struct permit_item *items;
    struct expr *at_most; /* NULL: no limit */
};

struct param {
    struct word name;
    struct type_ref *type;
    struct param *next;
    /* filled by the checker */
    struct symbol *symbol;
};

/* An outcome that a function declares. */
struct fn_outcome {
    struct word name;
    struct param *payload;
    struct fn_outcome *next;
    struct span span;
};

enum fn_kind { FN_PLAIN, FN_VALUE, FN_OUTCOMES }; /* no arrow, `-> type`, `-> a | b(x: text)` */

struct decl_fn {
    enum fn_kind kind;
    struct param *params;
    struct type_ref *result;     /* FN_VALUE */
    struct fn_outcome *outcomes; /* FN_OUTCOMES */
    struct block *body;          /* NULL: a Lua function */
    struct span head;            /* from `fn` to the arrow's end */
    bool has_mistakes;           /* the head could not be read: say nothing of its callers */
    struct decl *lua;            /* the `extern lua` it stands in, or NULL */
    /* filled by the checker */
    struct fn_info *info;
};

struct decl_flow {
    struct block *body;
    struct block *on_hangup;    /* NULL: none */
    struct span on_hangup_head; /* the words `on hangup` */
    /* filled by the checker */
    struct fn_info *info;
};

struct decl_extern {
    struct literal path;
    struct decl *fns; /* DECL_FN each */
    /* filled by the loader: the file among the sources, when it could be read */
    bool there;
    uint32_t file;
    /* the emitter's: its place in the image + 1, 0 when it is not there yet */
    uint32_t number;
};

struct decl_use {
    struct literal path;
    /* filled by the loader */
    struct file *file;
};

struct decl_test {
    struct literal title;
    struct test_step *steps; /* compiler/ast_test.h */
    struct span end;         /* the `}` */
    bool has_mistakes;       /* steps were lost */
};

struct decl {
    enum decl_kind kind;
    struct span span;
    struct word name; /* CONST, HOURS, FN, FLOW */
    struct decl *next;
    uint32_t source; /* index of its file */
    union {
        struct decl_use use;
        struct literal language;          /* "en" */
        struct pronounce_item *pronounce; /* at least one, but for mistakes */
        struct expr *value;               /* CONST */
        struct decl_hours hours;
        struct decl_permit permit;
        struct decl_extern lua;
        struct decl_fn fn;
        struct decl_flow flow;
        struct decl_test test;
    } u;
    /* filled by the checker */
    struct symbol *symbol; /* CONST, HOURS */
};

#endif
