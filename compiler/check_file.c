/* Files that a flow names: sounds and other flows. A missing one is a warning here, and refused at deploy. */
#include <unistd.h>

#include "compiler/check_context.h"

static bool is_there(struct check *c, struct span at, struct str name)
{
    const struct source *from = source_at(c->env->sources, at.file);
    return access(source_join_path(c->arena, from->path, name), F_OK) == 0;
}

static void check_sound_file(struct check *c, const struct expr *e, struct str name)
{
    if (!is_there(c, e->span, name))
        diag_warning(c->diags, e->span, "there is no file \"%.*s\" beside this flow", STR_ARG(name));
}

void check_files_there(struct check *c, const struct expr *e)
{
    struct str name;
    if (e->kind == EXPR_LIST) {
        for (const struct list_item *i = e->u.items; i; i = i->next)
            check_files_there(c, i->value);
        return;
    }
    if (e->kind == EXPR_CALL && e->u.call.name.name && str_is(e->u.call.name.name->text, "file") && e->u.call.args)
        e = e->u.call.args->value;
    if (e->type && const_text(c->arena, e, &name))
        check_sound_file(c, e, name);
}

void check_continue_with(struct check *c, struct stmt *s)
{
    struct sbuf file = { 0 };
    if (!s->u.flow.name)
        return;
    if (c->fn->decl->kind == DECL_FN && c->fn->decl->u.fn.kind == FN_VALUE)
        diag_error(c->diags, s->span, "a function that gives a value does not hand the call over");
    struct str flow = s->u.flow.name->text;
    sbuf_fmt(&file, "%.*s.flow", STR_ARG(flow));
    if (!scope_entry(c, s->u.flow.name)->flow && !is_there(c, s->span, sbuf_view(&file)))
        diag_warning(c->diags, s->u.flow.span, "there is no flow '%.*s' beside this one: no file \"%s\"", STR_ARG(flow),
                     file.p);
    sbuf_free(&file);
}
