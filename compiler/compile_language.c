#include "compiler/compile_language.h"

#include "compiler/compile_prelude.h"

static const struct literal english = { .text = { "en", 2 } };

static const struct literal *declared(struct diags *diags, const struct file *f)
{
    const struct literal *found = NULL;
    for (const struct decl *d = f->first; d; d = d->next) {
        if (d->kind != DECL_LANGUAGE)
            continue;
        if (found)
            diag_note(diag_error(diags, d->span, "this file has a language already"), found->span, "it is here");
        else
            found = &d->u.language;
    }
    return found;
}

static void report_unknown(struct diags *diags, const struct literal *language)
{
    struct sbuf all = { 0 };
    struct diag *d = diag_error(diags, language->span, "there is no language \"%.*s\"", STR_ARG(language->text));
    for (size_t i = 0; compile_prelude_language(i); i++)
        sbuf_fmt(&all, "%s%s", i ? ", " : "", compile_prelude_language(i));
    diag_help(d, "there are: %s", all.p);
    sbuf_free(&all);
}

struct str compile_language(struct diags *diags, const struct file *files)
{
    const struct literal *first = declared(diags, files), *language = first ? first : &english;
    struct str text = { "", 0 };
    for (const struct file *f = files->next; f; f = f->next) {
        const struct literal *other = declared(diags, f);
        if (other && !str_eq(other->text, language->text))
            diag_help(diag_error(diags, other->span, "this file speaks \"%.*s\", the flow that uses it \"%.*s\"",
                                 STR_ARG(other->text), STR_ARG(language->text)),
                      "one language a flow: the flow's file says which");
    }
    if (compile_prelude(language->text, &text))
        return text;
    report_unknown(diags, language);
    (void)compile_prelude(english.text, &text); /* so that no function is said to be missing as well */
    return text;
}
