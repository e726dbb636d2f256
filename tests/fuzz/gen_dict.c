/* Prints a libFuzzer dictionary of the language: its words, signs, types, actions, arguments and outcomes. */
#include <stdio.h>

#include "vm/base/str.h"

static void entry(const char *text)
{
    printf("\"");
    for (; *text; text++)
        printf(*text == '"' || *text == '\\' || *text < ' ' ? "\\x%02x" : "%c", (unsigned char)*text);
    printf("\"\n");
}

static const char *const words[] = {
#define TOKEN(name, text, goes_on)
#define KEYWORD(name, text, goes_on) text,
#include "compiler/token.def"
#undef TOKEN
#undef KEYWORD
#define TYPE_NAME(name) #name,
#include "compiler/ast_type.def"
#undef TYPE_NAME
#define BUILTIN(name, ...) #name "(",
#include "compiler/check_builtin.def"
#undef BUILTIN
#define ACTION(name, ...)          #name " ",
#define ARG(action, label, ...)    #label ": ",
#define OUTCOME(action, name, ...) "on " #name " {",
#define PAYLOAD(...)
#define END(action)
#include "stdlib/catalog/action.def"
};
static const char *const others[] = { "flow f {\n",
                                      "\n}\n",
                                      "{",
                                      "}",
                                      "(",
                                      ")",
                                      "[",
                                      "]",
                                      "\"{",
                                      "}\"",
                                      "->",
                                      "|",
                                      "==",
                                      "!=",
                                      "<=",
                                      ">=",
                                      "20s",
                                      "1h30m",
                                      "2026-12-25",
                                      "09:00-17:00",
                                      "mon-fri",
                                      "closed ",
                                      "zone ",
                                      "pronounce \"a\" as ",
                                      "dial ",
                                      "fetch ",
                                      "\\{",
                                      "else {",
                                      "on hangup {",
                                      "9223372036854775807",
                                      "call.from",
                                      "list of text",
                                      " as int else 0",
                                      "# comment\n",
                                      "expect ",
                                      "hear ",
                                      "press ",
                                      "at most 2",
                                      "connections",
                                      "\xc3\xa9",
                                      "test \"t\" {\n",
                                      "number(",
                                      "digits(" };

int main(void)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        entry(words[i]);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        entry(others[i]);
    return 0;
}
