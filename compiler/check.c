#include "compiler/check.h"

#include <stdlib.h>

#include "compiler/check_context.h"
#include "compiler/compile_prelude.h"

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
        else if (d->kind == DECL_EXTERN)
            for (const struct decl *fn = d->u.lua.fns; fn; fn = fn->next)
                warn_unused_decl(c, fn);
}

/* The prelude is checked by itself. What it does not offer is forgotten then: flows may use those names. */
static void check_prelude(struct check *c)
{
    check_declare(c, c->env->prelude);
    check_bodies(c, c->env->prelude);
    for (const struct decl *d = c->env->prelude->first; d; d = d->next) {
        struct name_entry *entry = scope_entry(c, d->name.name);
        entry->value = NULL;
        if (!compile_prelude_offers(d->name.name->text))
            *entry = (struct name_entry){ 0 };
    }
    c->newest = NULL;
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
    check_find_permits(&c);
    if (env->prelude)
        check_prelude(&c);
    for (struct file *f = env->files; f; f = f->next) {
        c.lost |= f->has_mistakes;
        if (f != env->prelude)
            check_declare(&c, f);
    }
    for (struct file *f = env->files; f; f = f->next)
        if (f != env->prelude)
            check_bodies(&c, f);
    check_pronounce(&c);
    quals_finish(&c);
    check_paths(&c);
    warn_unused_decls(&c);
    free(c.entries);
}
