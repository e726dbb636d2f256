/* The outline of a file, and the lenses above its tests. */
#include "compiler/author/lsp_mention.h"
#include "compiler/author/lsp_server.h"

/* SymbolKind of the protocol */
enum { SYMBOL_KIND_MODULE = 2, SYMBOL_KIND_METHOD = 6, SYMBOL_KIND_FUNCTION = 12, SYMBOL_KIND_CONSTANT = 14 };
enum { SYMBOL_KIND_OBJECT = 19, SYMBOL_KIND_KEY = 20, SYMBOL_KIND_EVENT = 24 };

struct outline {
    int kind;
    struct str name;
    const char *detail;
    struct span at; /* what is selected */
};

/* false: it is no part of the outline. */
static bool outline_of(const struct decl *d, struct outline *out)
{
    struct str name = d->name.name ? d->name.name->text : (struct str){ 0 };
    switch (d->kind) {
    case DECL_USE: *out = (struct outline){ SYMBOL_KIND_MODULE, d->u.use.path.text, "use", d->u.use.path.span }; break;
    case DECL_CONST: *out = (struct outline){ SYMBOL_KIND_CONSTANT, name, "const", d->name.span }; break;
    case DECL_HOURS: *out = (struct outline){ SYMBOL_KIND_OBJECT, name, "hours", d->name.span }; break;
    case DECL_PERMIT:
        *out = (struct outline){ SYMBOL_KIND_KEY, STR("permit"), d->u.permit.kind == PERMIT_DIAL ? "dial" : "fetch",
                                 d->span };
        break;
    case DECL_EXTERN:
        *out = (struct outline){ SYMBOL_KIND_MODULE, d->u.lua.path.text, "extern lua", d->u.lua.path.span };
        break;
    case DECL_FN: *out = (struct outline){ SYMBOL_KIND_FUNCTION, name, "fn", d->name.span }; break;
    case DECL_FLOW: *out = (struct outline){ SYMBOL_KIND_EVENT, name, "flow", d->name.span }; break;
    case DECL_TEST:
        *out = (struct outline){ SYMBOL_KIND_METHOD, d->u.test.title.text, "test", d->u.test.title.span };
        break;
    case DECL_LANGUAGE: *out = (struct outline){ SYMBOL_KIND_KEY, d->u.language.text, "language", d->span }; break;
    case DECL_PRONOUNCE:
        if (d->u.pronounce)
            *out = (struct outline){ SYMBOL_KIND_KEY, d->u.pronounce->word.text, "pronounce", d->span };
        break;
    case DECL_BAD: return false;
    }
    return out->name.len > 0; /* the protocol wants a name */
}

static json_t *symbol_json(const struct analysis *a, const struct decl *d, const struct outline *o)
{
    json_t *j = lsp_object();
    lsp_set(j, "name", lsp_string(o->name));
    lsp_set_text(j, "detail", o->detail);
    lsp_set(j, "kind", lsp_integer(o->kind));
    lsp_set(j, "range", analysis_range(a, span_join(d->span, o->at)));
    lsp_set(j, "selectionRange", analysis_range(a, o->at));
    return j;
}

static json_t *symbols_of(const struct analysis *a, const struct decl *d)
{
    json_t *list = lsp_array();
    struct outline o = { 0 };
    for (; d; d = d->next) {
        if (!outline_of(d, &o))
            continue;
        json_t *j = symbol_json(a, d, &o);
        if (d->kind == DECL_EXTERN)
            lsp_set(j, "children", symbols_of(a, d->u.lua.fns));
        lsp_add(list, j);
    }
    return list;
}

json_t *lsp_symbols(struct server *s, const json_t *params, struct failure *f)
{
    struct document *d = document_of(s, params, f);
    if (!d)
        return NULL;
    const struct analysis *a = document_analysis(s, d);
    const struct file *tree = compile_tree(a->compile);
    return symbols_of(a, tree ? tree->first : NULL);
}

/* The command is the editor's: it knows how to run `flowc test` where its user can see it. The second argument is the
 * test's title; without one all tests of the file run. */
static json_t *lens(const struct document *d, const char *text, json_t *range, const struct str *title)
{
    json_t *j = lsp_object(), *command = lsp_object(), *arguments = lsp_array();
    lsp_add(arguments, lsp_string(str_of(d->uri)));
    if (title)
        lsp_add(arguments, lsp_string(*title));
    lsp_set_text(command, "title", text);
    lsp_set_text(command, "command", "callflow.runTest");
    lsp_set(command, "arguments", arguments);
    lsp_set(j, "range", range);
    lsp_set(j, "command", command);
    return j;
}

json_t *lsp_lenses(struct server *s, const json_t *params, struct failure *f)
{
    struct document *d = document_of(s, params, f);
    json_t *list = lsp_array();
    bool first = true;
    if (!d)
        return list;
    const struct analysis *a = document_analysis(s, d);
    const struct file *tree = compile_tree(a->compile);
    for (const struct decl *t = tree ? tree->first : NULL; t; t = t->next) {
        if (t->kind != DECL_TEST)
            continue;
        lsp_add(list, lens(d, "Run test", analysis_range(a, t->u.test.title.span), &t->u.test.title.text));
        if (first)
            lsp_add(list, lens(d, "Run all tests", analysis_range(a, t->u.test.title.span), NULL));
        first = false;
    }
    return list;
}
