/* The lexer's state, for lex*.c only. */
#ifndef COMPILER_LEX_STATE_H
#define COMPILER_LEX_STATE_H

#include "compiler/lex.h"

struct lexer {
    const struct parse_env *env;
    struct tokens *out;
    const char *text; /* NUL behind its end */
    const char *p;
    const char *end;
    uint32_t source;
    uint8_t last; /* kind of the last token that is no comment */
    bool comments;
    /* For each text we are in the `{…}` of: how many `{` of the expression are open. */
    uint32_t braces[LEX_MAX_NESTED_TEXTS];
    uint32_t opened[LEX_MAX_NESTED_TEXTS]; /* where that text's `{` stands */
    unsigned nested;
};

/* The token from `start` to where the lexer is now. */
struct token *lex_emit(struct lexer *lx, int kind, const char *start);
/* Reports what stands from start to the lexer's place. */
struct diag *lex_error(struct lexer *lx, const char *start, const char *fmt, ...) PRINTF_LIKE(3, 4);

void lex_number(struct lexer *lx);    /* at a digit: number, duration, date, time */
void lex_text(struct lexer *lx);      /* at the opening quote */
void lex_text_rest(struct lexer *lx); /* at the `}` that ends an expression in a text */
bool lex_is_word(unsigned char c);    /* letters, digits, `_` */

#endif
