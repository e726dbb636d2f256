/* A menu's choices, and patterns wherever they are written. */
#include <string.h>

#include "compiler/check_context.h"
#include "compiler/check_keys.h"
#include "vm/base/glob.h"

static bool is_key(char ch) { return ch && strchr("0123456789*#ABCD", ch); }

bool check_bad_pattern(struct check *c, struct str pattern, struct span at)
{
    for (size_t i = 0, n; i < pattern.len; i += n) {
        n = glob_element((struct str){ pattern.p + i, pattern.len - i });
        if (n)
            continue;
        struct diag *d = diag_error(c->diags, at, "the pattern \"%.*s\" is not complete", STR_ARG(pattern));
        diag_help(d, "? is one character, * any run, [1-5] a range, \\ takes the next as it is");
        return true;
    }
    return false;
}

/* In a choice `*` is the key, as on the phone; `?` and ranges stand for one key. */
static bool choice_fits_phone(struct str s)
{
    for (size_t i = 0, n; i < s.len; i += n) {
        n = glob_element((struct str){ s.p + i, s.len - i });
        bool good = n == 5 ? is_key(s.p[i + 1]) && is_key(s.p[i + 3]) : n == 2 ? is_key(s.p[i + 1]) : n == 1;
        if (!good || (n == 1 && s.p[i] != '?' && !is_key(s.p[i])))
            return false;
    }
    return s.len > 0 && s.len <= 32;
}

void check_choice(struct check *c, struct stmt *s, struct clause *clause)
{
    struct str keys = clause->choice.text;
    bool outer = c->in_choice;
    if (!s->u.call.action || !str_is(str_of(s->u.call.action->name), "menu")) {
        diag_error(c->diags, clause->span, "only a menu has choices");
        return;
    }
    if (!choice_fits_phone(keys))
        diag_error(c->diags, clause->choice.span, "nobody can press \"%.*s\"", STR_ARG(keys));
    struct symbol *mark = scope_open(c);
    if (clause->binding) {
        check_bind(c, clause->binding, T(TEXT), NULL);
        quals_seed(c, &clause->binding->symbol->cell, QUAL_OUTSIDE, clause->binding->word.span);
        clause->binding->symbol->keys = keys_of_choice(c, keys);
    }
    c->in_choice = true;
    check_block_here(c, clause->body);
    c->in_choice = outer;
    scope_close(c, mark);
}

/* A phone has few keys: a menu's choices are few, and comparing each with each is the shortest way. */
void check_choices(struct check *c, struct stmt *s)
{
    unsigned count = 0;
    for (const struct clause *a = s->u.call.clauses; a; a = a->next) {
        if (a->kind != CLAUSE_CHOICE)
            continue;
        if (++count > 200) {
            diag_error(c->diags, a->span, "a menu has at most 200 choices");
            return;
        }
        for (const struct clause *b = s->u.call.clauses; b != a; b = b->next)
            if (b->kind == CLAUSE_CHOICE && str_eq(a->choice.text, b->choice.text)) {
                struct diag *d = diag_error(c->diags, a->choice.span, "the choice \"%.*s\" is there already",
                                            STR_ARG(a->choice.text));
                diag_note(d, b->choice.span, "it was made here");
                break;
            }
    }
    if (!count && !s->u.call.has_mistakes)
        diag_error(c->diags, s->u.call.head, "this menu has no choices");
}
