/* How names are said: each name once in a flow and the files that it uses. */
#include <strings.h>

#include "compiler/check_context.h"

static bool same_name(struct str a, struct str b) { return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0; }

/* The declaration of that name which comes before this one. */
static const struct pronounce_item *find_before(const struct check *c, const struct pronounce_item *item)
{
    for (const struct file *f = c->env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            for (const struct pronounce_item *i = d->kind == DECL_PRONOUNCE ? d->u.pronounce : NULL; i; i = i->next) {
                if (i == item)
                    return NULL;
                if (same_name(i->word.text, item->word.text))
                    return i;
            }
    return NULL;
}

static void check_item(struct check *c, const struct pronounce_item *item)
{
    struct str word = item->word.text;
    if (!word_is_whole(word)) {
        diag_help(diag_error(c->diags, item->word.span, "\"%.*s\" is no word of a text", STR_ARG(word)),
                  "a name begins and ends with a letter or a digit: pronounce \"Nguyen\" as \"win\"");
        return;
    }
    if (!item->said.text.len)
        diag_error(c->diags, item->said.span, "\"%.*s\" would not be said at all", STR_ARG(word));
    const struct pronounce_item *before = find_before(c, item);
    if (before)
        diag_note(diag_error(c->diags, item->word.span, "it is said already how \"%.*s\" is pronounced", STR_ARG(word)),
                  before->word.span, "it is here");
}

void check_pronounce(struct check *c)
{
    unsigned count = 0;
    for (const struct file *f = c->env->files; f; f = f->next)
        for (const struct decl *d = f->first; d; d = d->next)
            for (const struct pronounce_item *i = d->kind == DECL_PRONOUNCE ? d->u.pronounce : NULL; i; i = i->next) {
                if (count++ == IMAGE_NAMES_MAX) {
                    diag_help(diag_error(c->diags, i->word.span, "a flow pronounces at most %d names", IMAGE_NAMES_MAX),
                              "names that all flows say belong into the server's list");
                    return;
                }
                check_item(c, i);
            }
}
