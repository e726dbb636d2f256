/* Statements of the syntax tree. See ast.h for memory and threads. */
#ifndef COMPILER_AST_STMT_H
#define COMPILER_AST_STMT_H

#include "compiler/ast_expr.h"

enum stmt_kind {
    STMT_BAD,
    STMT_LET,    /* let x = value */
    STMT_VAR,    /* var x = value */
    STMT_ASSIGN, /* x = value */
    STMT_IF,
    STMT_MATCH,
    STMT_REPEAT,
    STMT_FOR,
    STMT_LOOP,
    STMT_BREAK,
    STMT_CONTINUE,
    STMT_CONTINUE_WITH,
    STMT_RETURN,  /* return, return value */
    STMT_OUTCOME, /* return outcome(values), in a function with outcomes */
    STMT_AGAIN,
    STMT_ACTION,
    STMT_CALL, /* name(args) { clauses } */
};

/* A name that a clause, a choice, a parameter list or `for` gives to a value. */
struct binding {
    struct word word;
    struct binding *next;
    /* filled by the checker */
    struct symbol *symbol;
};

/* One outcome that a clause answers. */
struct clause_outcome {
    struct word name;
    struct binding *bindings;
    bool has_parens;      /* written with (…), also when nothing stands in them */
    struct expr *literal; /* on name "literal"; NULL: any */
    struct clause_outcome *next;
    /* filled by the checker */
    int outcome; /* its index in the action's row or in the function's outcomes */
};

enum clause_kind { CLAUSE_ON, CLAUSE_CHOICE, CLAUSE_ELSE };

struct clause {
    enum clause_kind kind;
    struct span span;                /* what stands before the block: `on busy, declined`, `"1"`, `else` */
    struct clause_outcome *outcomes; /* ON */
    struct literal choice;           /* CHOICE: digits or a pattern */
    struct binding *binding;         /* CHOICE: the digits, or NULL */
    struct block *body;
    struct clause *next;
};

/* An action or a call of a function as a statement. */
struct stmt_call {
    struct word name;
    struct arg *args;
    struct clause *clauses;
    struct span head;  /* name and arguments, without the block: where "unhandled" points */
    struct span block; /* the clause block; len 0: none was written */
    bool has_mistakes; /* arguments or clauses were lost: say nothing of what is missing */
    /* filled by the checker */
    const struct action_row *action;
    struct decl *fn;
};

/* One arm of a `match`: the literals it stands for, or `else` (no literals). */
struct match_arm {
    struct list_item *literals;
    struct block *body;
    struct span span;
    struct match_arm *next;
};

struct stmt_if {
    struct expr *condition;
    struct block *then;
    struct block *other; /* NULL: no else. is_else_if: `else if` */
};

struct stmt_match {
    struct expr *value;
    struct match_arm *arms;
    struct span block;
};

struct stmt_repeat {
    struct expr *count;
    struct block *body;
    struct block *other; /* NULL: no else */
};

struct stmt_for {
    struct binding *item;
    struct expr *list;
    struct block *body;
};

struct stmt_set {
    struct word name;
    struct expr *value;
    /* filled by the checker */
    struct symbol *symbol;
};

struct stmt_outcome {
    struct word name;
    struct arg *args;
    /* filled by the checker */
    int outcome; /* its index in the function's outcomes */
};

struct stmt {
    enum stmt_kind kind;
    struct span span;
    struct stmt *next;
    union {
        struct stmt_set set; /* LET, VAR, ASSIGN */
        struct stmt_if branch;
        struct stmt_match match;
        struct stmt_repeat repeat;
        struct stmt_for loop_for;
        struct block *loop;
        struct word flow;   /* CONTINUE_WITH */
        struct expr *value; /* RETURN; NULL: none */
        struct stmt_outcome outcome;
        struct stmt_call call; /* ACTION, CALL */
    } u;
};

#endif
