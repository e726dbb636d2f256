/* Expressions of the syntax tree. See ast.h for memory and threads. */
#ifndef COMPILER_AST_EXPR_H
#define COMPILER_AST_EXPR_H

#include "compiler/ast.h"

enum expr_kind {
    EXPR_BAD,
    EXPR_INT,
    EXPR_BOOL,
    EXPR_TEXT,     /* without `{…}` */
    EXPR_JOIN,     /* a text with `{…}` in it */
    EXPR_DURATION, /* in ms, in `integer` */
    EXPR_DATE,
    EXPR_NAME,
    EXPR_FIELD,  /* base.field */
    EXPR_INDEX,  /* base[index], base[index] else other */
    EXPR_AS,     /* base as T else other */
    EXPR_UNARY,  /* - not */
    EXPR_BINARY, /* everything with two sides */
    EXPR_CALL,   /* name(args) */
    EXPR_LIST,
    EXPR_OBJECT,
};

enum expr_op {
    OPER_NEGATE,
    OPER_NOT,
    OPER_MULTIPLY,
    OPER_DIVIDE,
    OPER_REMAINDER,
    OPER_ADD,
    OPER_SUBTRACT,
    OPER_EQUAL,
    OPER_NOT_EQUAL,
    OPER_LESS,
    OPER_LESS_EQUAL,
    OPER_GREATER,
    OPER_GREATER_EQUAL,
    OPER_IN,
    OPER_MATCHES,
    OPER_AND,
    OPER_OR,
};

/* year 0: every year (only in `hours`). Real days only: the parser refuses 02-30. */
struct date {
    uint16_t year;
    uint8_t month;
    uint8_t day;
};

/* A piece of a text: bytes as they are, or an expression to be said. */
struct text_part {
    struct str text; /* when expr is NULL */
    struct expr *expr;
    struct text_part *next;
};

/* An argument of an action or a function. */
struct arg {
    struct word label; /* name NULL: by place */
    struct expr *value;
    struct arg *next;
    struct span span;
};

struct list_item {
    struct expr *value;
    struct list_item *next;
};

/* key: value. The key was a word or a text; here it is the text. */
struct object_item {
    struct literal key;
    struct expr *value;
    struct object_item *next;
    bool key_is_text; /* it was written in quotes */
};

struct expr_index {
    struct expr *base;
    struct expr *index;
    struct expr *other; /* NULL: no `else` */
};

struct expr_as {
    struct expr *base;
    struct type_ref *type;
    struct expr *other; /* NULL: no `else`, which the checker reports */
};

struct expr_operation {
    enum expr_op op;
    struct span at;     /* the operator */
    struct expr *left;  /* the only side of a unary one */
    struct expr *right; /* NULL for a unary one */
};

struct expr_call {
    struct word name;
    struct arg *args;
    /* filled by the checker */
    struct decl *fn; /* NULL: a built-in function */
    int builtin;     /* which one, as the checker counts them */
};

struct expr {
    enum expr_kind kind;
    uint8_t quals;  /* filled by the checker: outside, secret */
    bool in_parens; /* written in ( ) */
    struct span span;
    const struct check_type *type; /* filled by the checker */
    struct symbol *symbol;         /* filled by the checker: NAME, and FIELD of a built-in record */
    union {
        int64_t integer; /* INT, DURATION */
        bool boolean;
        struct str text;
        struct text_part *parts;
        struct date date;
        struct word name;
        struct {
            struct expr *base;
            struct word name;
        } field;
        struct expr_index index;
        struct expr_as as;
        struct expr_operation op; /* UNARY, BINARY */
        struct expr_call call;
        struct list_item *items;
        struct object_item *object;
    } u;
};

#endif
