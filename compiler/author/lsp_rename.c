/* Rename: the same name in all files, refused where it would change what a flow means. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler/author/lsp_navigate.h"
#include "compiler/ast_name.h"

static const char *const not_ours = "this name is the language's own";

/* Why the thing under the cursor cannot be renamed; NULL: it can. */
static const char *refusal(const struct cursor *c)
{
    if (!c->at)
        return "there is no name here";
    if (c->at->kind == MENTION_FLOW)
        return "a flow has the name of its file, by which others hand calls over to it";
    if (!c->at->home.len || mention_is_prelude(c))
        return not_ours;
    return NULL;
}

static bool is_snake_case(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!islower((unsigned char)s.p[i]) && s.p[i] != '_' && !(i && isdigit((unsigned char)s.p[i])))
            return false;
    return s.len > 0;
}

static bool is_keyword(struct str s)
{
    struct arena *arena = arena_new();
    struct names *names = names_new(arena);
    const struct name *n = name_find(names, s);
    bool keyword = n && (n->keyword || name_is_type(n));
    names_close(names);
    arena_free(&arena);
    return keyword;
}

static bool spans_hold(struct span outer, struct span inner)
{
    return outer.file == inner.file && inner.start >= outer.start && inner.start < outer.start + outer.len;
}

/* The declaration in whose text a local name lives; NULL: it is known in all files. */
static const struct decl *scope_of(const struct cursor *c)
{
    const struct symbol *s = c->at->symbol;
    if (c->at->kind == MENTION_FN_OUTCOME)
        return c->at->decl;
    if (!s || s->kind == SYMBOL_CONST || s->kind == SYMBOL_HOURS)
        return NULL;
    for (const struct file *file = compile_tree(c->analysis->compile); file; file = file->next)
        for (const struct decl *d = file->first; d; d = d->next)
            if (spans_hold(d->span, c->at->home))
                return d;
    return NULL;
}

/* Is that name given to something of the same kind already, where both could meet? */
static bool is_taken(const struct cursor *c, struct str name)
{
    const struct decl *scope = scope_of(c);
    bool taken = false;
    for (const struct file *file = compile_tree(c->analysis->compile); file && !taken; file = file->next) {
        struct mentions all = { 0 };
        mentions_read(&all, file);
        for (size_t i = 0; i < all.len && !taken; i++) {
            const struct mention *m = &all.items[i];
            taken = m->word && m->home.len && m->kind == c->at->kind && str_eq(m->word->text, name) &&
                    (!scope || spans_hold(scope->span, m->span) || (m->symbol && m->symbol->decl));
        }
        vec_free(&all);
    }
    return taken;
}

static const char *name_refusal(const struct cursor *c, struct str name)
{
    if (!is_snake_case(name))
        return "names are written in small letters, as snake_case";
    if (is_keyword(name))
        return "that is a word of the language";
    return is_taken(c, name) ? "that name is taken" : NULL;
}

json_t *lsp_prepare_rename(struct server *s, const json_t *params, struct failure *f)
{
    struct cursor c;
    json_t *j = NULL;
    if (!cursor_read(&c, s, params, f))
        return NULL;
    const char *why = refusal(&c);
    if (why)
        *f = (struct failure){ .code = LSP_FAILED, .message = why };
    else
        j = analysis_range(c.analysis, c.at->span);
    cursor_free(&c);
    return j;
}

static json_t *edits_of(json_t *found, struct str name)
{
    json_t *edit = lsp_object(), *changes = lsp_object(), *ranges, *range;
    const char *uri;
    size_t i;
    json_object_foreach(found, uri, ranges)
    {
        json_t *list = lsp_array();
        json_array_foreach(ranges, i, range)
        {
            json_t *one = lsp_object();
            lsp_set(one, "range", json_incref(range));
            lsp_set(one, "newText", lsp_string(name));
            lsp_add(list, one);
        }
        lsp_set(changes, uri, list);
    }
    lsp_set(edit, "changes", changes);
    return edit;
}

json_t *lsp_rename(struct server *s, const json_t *params, struct failure *f)
{
    struct str name = lsp_read_text(params, "newName");
    struct cursor c;
    json_t *j = NULL;
    if (!cursor_read(&c, s, params, f))
        return NULL;
    const char *why = refusal(&c);
    if (!why && !str_eq(name, c.at->word->text))
        why = name_refusal(&c, name);
    if (why) {
        *f = (struct failure){ .code = LSP_FAILED, .message = why };
    } else {
        json_t *found = references_find(s, &c, true);
        j = edits_of(found, name);
        json_decref(found);
    }
    cursor_free(&c);
    return j;
}
