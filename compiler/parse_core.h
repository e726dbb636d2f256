/* The parser's state and hands, for parse*.c only. One thread at a time.
 * Recovery: after a mistake the parser is quiet, that is, says no more, until it stands again where a statement, a
 * clause or a declaration can begin. Functions that read a part return a *_BAD node or NULL then and need no checks on
 * the way. */
#ifndef COMPILER_PARSE_CORE_H
#define COMPILER_PARSE_CORE_H

#include "compiler/ast_test.h"
#include "compiler/lex.h"

struct parser {
    const struct parse_env *env;
    struct arena *arena;
    const struct token *next;  /* the token to read */
    const struct token *first; /* of the file */
    const char *text;
    uint32_t source;
    struct file *file;
    bool quiet;        /* a mistake was reported and not yet recovered from */
    bool truncated;    /* the end was forced: too deep, or a block that never closes */
    unsigned mistakes; /* how many so far, for "was this part read well?" */
    unsigned depth;
    unsigned blocks;             /* open { } */
    const struct token *suspect; /* a `{` whose `}` stands too far left: probably another block's */
    enum fn_kind fn_kind;        /* of the function around, for `return` */
    struct decl *last;           /* the declaration read last, and the calls in it: see parse_no_decl() */
    VEC(struct stmt_call *) calls;
    struct decl_flow *flow; /* the flow around, for `on hangup`; NULL in functions */
};

#define NODE(p, type) ARENA_NEW((p)->arena, type)

/* ---- looking and taking ---- */
static inline int peek(const struct parser *p) { return p->next->kind; }
static inline bool at(const struct parser *p, int kind) { return p->next->kind == kind; }
static inline const struct token *take(struct parser *p) { return p->next->kind == TOKEN_END ? p->next : p->next++; }
static inline bool accept(struct parser *p, int kind) { return p->next->kind == kind ? (p->next++, true) : false; }
/* A name or a keyword: what may be a label, a field, a key, an outcome. */
bool at_word(const struct parser *p);
/* Is the next token the bare word `text`, which is no keyword? */
bool at_named(const struct parser *p, const char *text);
bool accept_named(struct parser *p, const char *text);
bool at_line_end(const struct parser *p); /* newline, `;`, `}` or the file's end */
void skip_newlines(struct parser *p);
/* Takes a line end that stands right before this closing sign. */
void skip_newline_before(struct parser *p, int closer);
struct word word_of(const struct parser *p, const struct token *t);
struct span span_of(const struct parser *p, const struct token *t);
/* From `start` to the end of the token taken last. */
struct span span_from(const struct parser *p, const struct token *start);
struct span span_since(const struct parser *p, struct span start);

/* ---- demanding ---- */
/* Takes the token, or reports "expected WHAT, not …". what NULL: the token's own text. */
bool expect(struct parser *p, int kind, const char *what);
/* A name that is no keyword. name is NULL when there is none (reported). */
struct word expect_name(struct parser *p, const char *what);
/* A name that the file declares: it must be snake_case too. */
struct word expect_new_name(struct parser *p, const char *what);
struct word expect_word(struct parser *p, const char *what);
struct literal expect_text(struct parser *p, const char *what);

/* ---- mistakes ---- */
/* Reports and goes quiet. While quiet nothing is reported; the result still takes notes and a help. Never NULL. */
struct diag *mistake(struct parser *p, struct span at, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The usual one: "expected WHAT, not …" at the next token. */
struct diag *mistake_expected(struct parser *p, const char *what);
/* Goes quiet for a mistake that was reported already, by the lexer. */
void swallow(struct parser *p);
/* Counts one level of nesting; false (reported, and the file ends here) when it is one too many. Pair with leave(). */
bool enter(struct parser *p);
void leave(struct parser *p);

/* ---- recovering ---- */
/* Skips to the end of the statement, over whole { } ( ) [ ]; quiet no more. */
void recover_statement(struct parser *p);
/* Skips to the `{` of the statement. true: it stands there, and the parser is quiet no more. */
bool recover_block(struct parser *p);
/* Skips to a line that begins a declaration. */
void recover_declaration(struct parser *p);
/* Does a declaration begin here, at the line's very start? Inside a block: that block was never closed. */
bool at_declaration(const struct parser *p);
/* The end of a statement: takes newlines and `;`, or reports what stands there and skips it. */
void end_statement(struct parser *p);

/* Takes `{` of a block of any kind; *open is it. false: none, reported. */
bool open_block(struct parser *p, const struct token **open, const char *what);
/* Is the block over? Skips newlines. Never true twice for one block; reports a missing `}`. Call before each entry. */
bool block_over(struct parser *p, const struct token *open);

/* ---- habits from elsewhere (parse_habit.c) ---- */
/* At what cannot follow the arguments of an action; last is the last of them, or NULL. */
void habit_help_args(struct parser *p, struct diag *d, const struct arg *last);
/* At what cannot follow a statement on its line. */
void habit_help_line(struct parser *p, struct diag *d);
/* At a label that does not end with `:` (`ring = 20s`, `ring 20s`): reports it; true: go on as if it did. further: not
 * the first argument. */
bool habit_label_end(struct parser *p, bool further);
/* Among clauses: a clause whose `on` was forgotten? Its block is read for its own mistakes. */
bool habit_at_clause(const struct parser *p);
void habit_skip_clause(struct parser *p);
/* At what cannot stand among clauses. */
void habit_help_clause(struct parser *p, struct diag *d);

/* ---- parts (one file each) ---- */
struct expr *parse_expr(struct parser *p);
struct expr *parse_value(struct parser *p); /* an expression, or { an: object } */
struct expr *parse_literal_text(struct parser *p);
struct expr *expr_bad(struct parser *p, struct span at);
struct expr *expr_new(struct parser *p, enum expr_kind kind, struct span at);
struct arg *parse_call_args(struct parser *p); /* at `(` … `)` */
struct arg *parse_action_args(struct parser *p);
void parse_clauses(struct parser *p, struct stmt_call *call); /* at `{` */
struct binding *parse_bindings(struct parser *p);             /* at `(` */
struct block *parse_block(struct parser *p, const char *what);
void parse_stmt_call(struct parser *p, struct stmt *s);
struct stmt *parse_stmt(struct parser *p);
struct type_ref *parse_type(struct parser *p);
struct decl *parse_decl(struct parser *p);
void parse_hours(struct parser *p, struct decl *d);
void parse_permit(struct parser *p, struct decl *d);
struct decl *parse_fn(struct parser *p, bool lua);
void parse_test(struct parser *p, struct decl *d);
struct str text_value(struct parser *p, const struct token *t); /* of a TEXT token or a piece of one */
struct date parse_date_token(const struct token *t);

#endif
