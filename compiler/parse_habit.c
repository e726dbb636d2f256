/* Helps for what people bring from other languages, or forget. */
#include "compiler/parse_core.h"

/* `5 s`: a number, and a unit that stands alone. */
static bool is_unit(const struct token *t)
{
    static const char *const units[] = { "ms", "s", "m", "h", "d", "sec", "min" };
    for (size_t i = 0; t->kind == TOKEN_WORD && i < sizeof units / sizeof *units; i++)
        if (str_is(t->u.name->text, units[i]))
            return true;
    return false;
}

void habit_help_args(struct parser *p, struct diag *d, const struct arg *last)
{
    const struct token *t = p->next, *before = t > p->first ? t - 1 : t;
    if (before->kind == TOKEN_INT && is_unit(t))
        diag_help(d, "a unit stands right behind its number, as in '5s' and '10m'");
    else if (at_word(p) && t[1].kind == TOKEN_COLON)
        diag_help(d, "write ',' before '%.*s:'", STR_ARG(t->u.name->text));
    else if (last && last->value->kind == EXPR_NAME && !last->label.name)
        diag_help(d, "a text stands in double quotes");
}

void habit_help_line(struct parser *p, struct diag *d)
{
    if (at_named(p, "elseif") || at_named(p, "elif") || at_named(p, "elsif"))
        diag_help(d, "write 'else if'");
    else if (at(p, TOKEN_COMMA))
        diag_help(d, "a list stands in [ ]");
}

bool habit_label_end(struct parser *p, bool further)
{
    int behind = p->next[1].kind;
    struct str name = at(p, TOKEN_WORD) ? p->next->u.name->text : STR("");
    bool literal = behind == TOKEN_INT || behind == TOKEN_DURATION || behind == TOKEN_TEXT || behind == TOKEN_YES ||
                   behind == TOKEN_NO;
    if (!at(p, TOKEN_WORD) || (behind != TOKEN_ASSIGN && !(further && literal)))
        return false;
    if (behind == TOKEN_ASSIGN)
        diag_help(mistake(p, span_of(p, p->next + 1), "an argument's label ends with ':', not with '='"),
                  "write '%.*s: …'", STR_ARG(name));
    else
        diag_help(mistake(p, span_of(p, p->next), "'%.*s' has no ':' behind it", STR_ARG(name)), "write '%.*s: …'",
                  STR_ARG(name));
    p->quiet = false; /* what was meant is clear */
    return true;
}

bool habit_at_clause(const struct parser *p)
{
    return at(p, TOKEN_WORD) && (p->next[1].kind == TOKEN_BRACE_OPEN || p->next[1].kind == TOKEN_COMMA);
}

void habit_skip_clause(struct parser *p)
{
    while (!at_line_end(p) && !at(p, TOKEN_BRACE_OPEN))
        take(p);
    parse_block(p, "'{'");
}

void habit_help_clause(struct parser *p, struct diag *d)
{
    if (at(p, TOKEN_INT))
        diag_help(d, "a choice is a text: '\"%.*s\" { … }'", (int)p->next->len, p->text + p->next->start);
    else if (habit_at_clause(p))
        diag_help(d, "write 'on %.*s { … }'", STR_ARG(p->next->u.name->text));
    else
        diag_help(d, "write 'on done { … }' round what follows it, or put it after the block");
}
