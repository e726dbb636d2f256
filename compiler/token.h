/* Tokens, made from token.def. Plain data: any thread, owns nothing. */
#ifndef COMPILER_TOKEN_H
#define COMPILER_TOKEN_H

#include "compiler/ast.h"

enum token_kind {
#define TOKEN(name, text, goes_on)   TOKEN_##name,
#define KEYWORD(name, text, goes_on) TOKEN_##name,
#include "compiler/token.def"
#undef TOKEN
#undef KEYWORD
};
enum {
    TOKEN_COUNT = 0
#define TOKEN(...)   +1
#define KEYWORD(...) +1
#include "compiler/token.def"
#undef TOKEN
#undef KEYWORD
};

struct token {
    uint8_t kind; /* enum token_kind */
    uint32_t start;
    uint32_t len;
    union {
        const struct name *name; /* WORD and keywords */
        int64_t number;          /* INT; DURATION in ms; TIME in minutes of the day; DATE by TOKEN_DATE_PACK */
    } u;
};

bool token_is_keyword(int kind);
bool token_goes_on(int kind);
/* As a message shows it: "','", "a name"; a keyword is the bare word. Static. */
const char *token_text(int kind);

#define TOKEN_DATE_PACK(year, month, day) ((int64_t)(year) << 16 | (int64_t)(month) << 8 | (int64_t)(day))

#endif
