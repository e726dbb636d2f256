#include "compiler/check.h"

#include <stdlib.h>

#include "compiler/check_context.h"

/* A module's functions, constants and hours are there for others; a flow's own file has no others. */
static void warn_unused_decl(struct check *c, const struct decl *d)
{
    static const char *const what[] = { [DECL_CONST] = "constant", [DECL_HOURS] = "hours", [DECL_FN] = "function" };
    bool used = true;
    if (d->kind == DECL_FN)
        used = d->u.fn.info->used;
    else if (d->symbol)
        used = d->symbol->used;
    if (!used && d->name.name)
        diag_warning(c->diags, d->name.span, "the %s '%.*s' %s never used", what[d->kind], STR_ARG(d->name.name->text),
                     d->kind == DECL_HOURS ? "are" : "is");
}

static void warn_unused_decls(struct check *c)
{
    const struct file *main = c->env->files;
    if (!main->flow || diags_errors(c->diags))
        return;
    for (const struct decl *d = main->first; d; d = d->next)
        if (d->kind == DECL_FN || d->kind == DECL_CONST || d->kind == DECL_HOURS)
            warn_unused_decl(c, d);
}

void check_files(const struct check_env *env)
{
    uint32_t count = names_count(env->names);
    struct check c = { .env = env, .arena = env->arena, .diags = env->diags, .nentries = count };
    c.entries = calloc(count + 1, sizeof *c.entries);
    if (!c.entries)
        abort();
    c.sinks_end = &c.sinks;
    c.action_sets = ARENA_ARRAY(c.arena, struct outcome_set *, action_count());
    if (env->prelude)
        check_declare(&c, env->prelude);
    for (struct file *f = env->files; f; f = f->next) {
        c.lost |= f->has_mistakes;
        if (f != env->prelude)
            check_declare(&c, f);
    }
    for (struct file *f = env->files; f; f = f->next)
        check_bodies(&c, f);
    quals_finish(&c);
    check_paths(&c);
    warn_unused_decls(&c);
    free(c.entries);
}
