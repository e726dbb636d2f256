/* Completion out of the author's files: names in scope, functions, other files. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "compiler/author/lsp_complete.h"
#include "compiler/author/lsp_path.h"

static const struct decl *find_fn(const struct decl *d, struct str name)
{
    const struct decl *found = NULL;
    for (; d && !found; d = d->next)
        if (d->kind == DECL_FN && d->name.name && str_eq(d->name.name->text, name))
            found = d;
        else if (d->kind == DECL_EXTERN)
            found = find_fn(d->u.lua.fns, name);
    return found;
}

const struct decl *complete_find_fn(const struct completion *c, struct str name)
{
    const struct decl *found = NULL;
    for (const struct file *f = compile_tree(c->analysis->compile); f && !found; f = f->next)
        found = find_fn(f->first, name);
    return found;
}

/* Where the statement around the cursor begins: what it names itself is not known in it. */
static uint32_t statement_start(const struct lsp_place *p)
{
    size_t i = p->frames.len;
    while (i > 1 && (p->frames.items[i - 1].bracket != TOKEN_BRACE_OPEN || p->frames.items[i - 1].object))
        i--;
    size_t first = i ? p->frames.items[i - 1].statement : 0;
    return first < p->tokens.len ? p->tokens.items[first].start : UINT32_MAX;
}

static void complete_locals(struct completion *c)
{
    const struct lsp_place *p = &c->place;
    uint32_t limit = statement_start(p);
    for (size_t i = 0; i < p->locals.len; i++)
        if (p->locals.items[i].offset < limit)
            complete_add(c, &(struct item){ .label = p->locals.items[i].name, .kind = ITEM_VARIABLE, .rank = 1 });
}

static void complete_fn(struct completion *c, const struct decl *d, int rank)
{
    struct sbuf manual = { 0 }, snippet = { 0 };
    manual_fn(&manual, c->analysis, d);
    sbuf_fmt(&snippet, d->u.fn.params ? "%.*s($1)" : "%.*s()", STR_ARG(d->name.name->text));
    complete_add(c, &(struct item){ d->name.name->text, ITEM_FUNCTION, NULL, &manual, &snippet, rank });
    sbuf_free(&manual);
    sbuf_free(&snippet);
}

static void complete_symbol(struct completion *c, const struct decl *d)
{
    struct sbuf manual = { 0 };
    manual_symbol(&manual, c->analysis, d->symbol);
    complete_add(c, &(struct item){ d->name.name->text, ITEM_CONSTANT, d->kind == DECL_HOURS ? "hours" : "const",
                                    &manual, NULL, 2 });
    sbuf_free(&manual);
}

static bool is_prelude(const struct completion *c, const struct file *f)
{
    return !strcmp(c->analysis->paths[f->source], "prelude.flow");
}

static void complete_decl(struct completion *c, const struct decl *d, bool values)
{
    for (const struct decl *fn = d->kind == DECL_EXTERN ? d->u.lua.fns : NULL; fn; fn = fn->next)
        complete_decl(c, fn, values);
    if (!d->name.name)
        return;
    if (d->kind == DECL_FN && (d->u.fn.kind == FN_VALUE) == values)
        complete_fn(c, d, 3);
    else if (values && d->symbol)
        complete_symbol(c, d);
}

static void complete_decls(struct completion *c, bool values)
{
    for (const struct file *f = compile_tree(c->analysis->compile); f; f = f->next)
        for (const struct decl *d = is_prelude(c, f) ? NULL : f->first; d; d = d->next)
            complete_decl(c, d, values);
}

void complete_values(struct completion *c)
{
    complete_locals(c);
    complete_decls(c, true);
}

void complete_calls(struct completion *c)
{
    complete_locals(c);
    complete_decls(c, false);
}

void complete_fn_labels(struct completion *c, const struct decl *fn)
{
    for (const struct param *p = fn ? fn->u.fn.params : NULL; p; p = p->next) {
        struct sbuf label = { 0 };
        if (!p->name.name || place_has_label(&c->place, p->name.name->text))
            continue;
        sbuf_fmt(&label, "%.*s:", STR_ARG(p->name.name->text));
        complete_add(c, &(struct item){ .label = sbuf_view(&label), .kind = ITEM_PROPERTY, .rank = 2 });
        sbuf_free(&label);
    }
}

static bool is_open(const struct completion *c, const struct fn_outcome *o)
{
    return o->name.name && !place_has_outcome(&c->place, o->name.name->text);
}

void complete_fn_outcomes(struct completion *c, const struct decl *fn)
{
    for (const struct fn_outcome *o = fn->u.fn.outcomes; o; o = o->next)
        if (o->name.name && (c->place.kind == PLACE_RETURN || is_open(c, o)))
            complete_add(c, &(struct item){ .label = o->name.name->text, .kind = ITEM_EVENT, .rank = 1 });
}

static void complete_fn_clause(struct completion *c, const struct fn_outcome *o)
{
    struct sbuf label = { 0 }, snippet = { 0 };
    sbuf_fmt(&label, "on %.*s", STR_ARG(o->name.name->text));
    snippet_clause(&snippet, "", o->name.name->text, 1);
    complete_add(c, &(struct item){ sbuf_view(&label), ITEM_EVENT, NULL, NULL, &snippet, 1 });
    sbuf_free(&label);
    sbuf_free(&snippet);
}

/* Outcomes of a function are loud, but for `done`. */
void complete_fn_clauses(struct completion *c, const struct decl *fn)
{
    struct sbuf all = { 0 };
    unsigned stop = 1;
    for (const struct fn_outcome *o = fn->u.fn.outcomes; o; o = o->next) {
        if (!is_open(c, o))
            continue;
        complete_fn_clause(c, o);
        if (str_is(o->name.name->text, "done"))
            continue;
        snippet_clause(&all, stop > 1 ? "\n" : "", o->name.name->text, stop);
        stop++;
    }
    if (stop > 1 && c->server->snippets)
        complete_add(c, &(struct item){ STR("on … (all that must be handled)"), ITEM_SNIPPET, NULL, NULL, &all, 0 });
    complete_word(c, "else", ITEM_KEYWORD, 5);
    sbuf_free(&all);
}

/* Files beside this one; flows are known by the name before ".flow". */
void complete_files(struct completion *c, bool flows)
{
    struct str folder = lsp_path_folder(str_of(c->document->path));
    char *name = strndup(folder.p, folder.len);
    lsp_must(name != NULL);
    DIR *dir = opendir(name);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        struct str file = str_of(entry->d_name);
        if (!str_ends(file, ".flow") || str_is(str_of(c->document->path + folder.len), entry->d_name))
            continue;
        if (flows)
            file.len -= strlen(".flow");
        complete_add(c, &(struct item){ .label = file, .kind = ITEM_FILE, .rank = 1 });
    }
    if (dir)
        closedir(dir);
    free(name);
}
