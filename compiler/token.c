/* Questions to the table of tokens. */
#include "compiler/token.h"

struct row {
    const char *text;
    bool keyword;
    bool goes_on;
};

static const struct row rows[] = {
#define TOKEN(name, text, goes_on)   { text, false, goes_on },
#define KEYWORD(name, text, goes_on) { text, true, goes_on },
#include "compiler/token.def"
#undef TOKEN
#undef KEYWORD
};

bool token_is_keyword(int kind) { return rows[kind].keyword; }

bool token_goes_on(int kind) { return rows[kind].goes_on; }

const char *token_text(int kind) { return rows[kind].text; }
