/* Steps of a `test` block. See ast.h for memory and threads, docs/language.md for their meaning. */
#ifndef COMPILER_AST_TEST_H
#define COMPILER_AST_TEST_H

#include "compiler/ast_decl.h"

enum test_step_kind {
    STEP_BAD,
    STEP_AT,
    STEP_CALL,
    STEP_HEAR,
    STEP_PRESS,
    STEP_HANG_UP,
    STEP_EXPECT,          /* expect ACTION … { outcome … } */
    STEP_EXPECT_NO,       /* expect no ACTION … */
    STEP_EXPECT_ENDED,    /* expect ended [by caller] */
    STEP_EXPECT_REJECTED, /* expect rejected CAUSE */
    STEP_EXPECT_CONTINUE, /* expect continue with FLOW */
    STEP_REPEAT,
};

struct step_at {
    struct date date;
    uint16_t minute; /* of the day; 0 when no time was written */
    bool has_time;
};

struct step_call {
    struct expr *from; /* NULL: not said */
    struct expr *to;
    bool with_voicemail;
};

struct step_key {
    struct expr *digits; /* PRESS; NULL for HANG_UP */
    struct expr *after;  /* NULL: at once */
};

/* What the outside world does: { outcome payload, payload by WHO after T }, or { caller hangs up after T }. */
struct step_answer {
    bool caller_hangs_up;
    struct word outcome; /* name NULL: the first one */
    struct list_item *payload;
    struct word by; /* name NULL: not said */
    struct expr *after;
    struct span span; /* len 0: no block was written */
};

struct step_expect {
    struct word action;
    struct arg *args;
    struct step_answer answer;
    /* filled by the checker */
    const struct action_row *row;
    int outcome;
};

struct step_repeat {
    struct expr *count;
    struct test_step *steps;
};

struct test_step {
    enum test_step_kind kind;
    struct span span;
    struct test_step *next;
    union {
        struct step_at at;
        struct step_call call;
        struct expr *text;         /* HEAR */
        struct step_key key;       /* PRESS, HANG_UP */
        struct step_expect expect; /* EXPECT, EXPECT_NO */
        bool by_caller;            /* EXPECT_ENDED */
        struct expr *cause;        /* EXPECT_REJECTED: a name of a cause, or a number */
        struct word flow;          /* EXPECT_CONTINUE */
        struct step_repeat repeat;
    } u;
};

#endif
