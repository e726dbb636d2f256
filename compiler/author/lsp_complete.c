/* Completion: what may stand at the cursor. */
#include "compiler/author/lsp_complete.h"

enum { FORMAT_SNIPPET = 2 };

static const char *const type_words[] = { "bool",  "int",  "text",  "duration", "moment",
                                          "sound", "json", "cause", "list of",  NULL };
static const char *const statement_words[] = { "let",    "var",   "if",    "match",    "repeat",
                                               "for",    "loop",  "break", "continue", "continue with",
                                               "return", "again", NULL };
static const char *const value_words[] = { "yes", "no", "not", "call", NULL };
static const char *const operator_words[] = { "and", "or", "in", "matches", "as", "else", NULL };
static const char *const cause_words[] = { "busy",   "declined",  "no_answer", "offline", "limited",
                                           "failed", "not_found", "forbidden", NULL };
static const char *const bool_words[] = { "yes", "no", NULL };
static const char *const expect_words[] = { "ended", "rejected", "continue with", "no", NULL };

static json_t *text_edit(const struct completion *c, struct str text)
{
    json_t *j = lsp_object();
    lsp_set(j, "range", json_incref(c->range));
    lsp_set(j, "newText", lsp_string(text));
    return j;
}

static json_t *markdown(const struct sbuf *text)
{
    json_t *j = lsp_object();
    lsp_set_text(j, "kind", "markdown");
    lsp_set(j, "value", lsp_string(sbuf_view(text)));
    return j;
}

void complete_add(struct completion *c, const struct item *item)
{
    json_t *j = lsp_object();
    struct sbuf sort = { 0 };
    bool snippet = item->snippet && c->server->snippets;
    sbuf_fmt(&sort, "%d%.*s", item->rank, STR_ARG(item->label));
    lsp_set(j, "label", lsp_string(item->label));
    lsp_set(j, "kind", lsp_integer(item->kind));
    lsp_set(j, "sortText", lsp_string(sbuf_view(&sort)));
    lsp_set(j, "textEdit", text_edit(c, snippet ? sbuf_view(item->snippet) : item->label));
    if (snippet)
        lsp_set(j, "insertTextFormat", lsp_integer(FORMAT_SNIPPET));
    if (item->detail)
        lsp_set_text(j, "detail", item->detail);
    if (item->manual && item->manual->len)
        lsp_set(j, "documentation", markdown(item->manual));
    lsp_add(c->items, j);
    sbuf_free(&sort);
}

void complete_word(struct completion *c, const char *word, enum item_kind kind, int rank)
{
    complete_add(c, &(struct item){ .label = str_of(word), .kind = kind, .rank = rank });
}

void complete_words(struct completion *c, const char *const *words, enum item_kind kind)
{
    for (; *words; words++)
        complete_word(c, *words, kind, 5);
}

static void complete_entries(struct completion *c, const struct manual_entry *list, size_t n, enum item_kind kind)
{
    for (size_t i = 0; i < n; i++) {
        struct sbuf manual = { 0 };
        sbuf_cstr(&manual, list[i].text);
        complete_add(c, &(struct item){ str_of(list[i].name), kind, list[i].head, &manual, NULL, 1 });
        sbuf_free(&manual);
    }
}

static void complete_fields(struct completion *c)
{
    size_t n = 0;
    const struct manual_entry *list = NULL;
    if (str_is(c->place.callee, "call"))
        list = manual_call_fields(&n);
    else if (str_is(c->place.callee, "dialed"))
        list = manual_connection_fields(&n);
    complete_entries(c, list, n, ITEM_FIELD);
}

static void complete_value(struct completion *c)
{
    size_t n;
    const struct manual_entry *list = manual_builtins(&n);
    complete_values(c);
    complete_words(c, value_words, ITEM_KEYWORD);
    for (size_t i = 0; i < n; i++) {
        struct sbuf manual = { 0 }, snippet = { 0 };
        sbuf_cstr(&manual, list[i].text);
        sbuf_fmt(&snippet, str_ends(str_of(list[i].head), "() -> moment") ? "%s()" : "%s($1)", list[i].name);
        complete_add(c, &(struct item){ str_of(list[i].name), ITEM_FUNCTION, list[i].head, &manual, &snippet, 4 });
        sbuf_free(&manual);
        sbuf_free(&snippet);
    }
}

/* A value of an argument whose type says more than "any expression". */
static void complete_labelled(struct completion *c)
{
    const struct action_row *row = action_find(c->place.callee);
    int index = row ? action_arg_find(row, c->place.label) : -1;
    enum arg_type type = index < 0 ? ARG_TEXT : row->args[index].type;
    if (type == ARG_BOOL || type == ARG_BARGE)
        complete_words(c, bool_words, ITEM_KEYWORD);
    if (index < 0 || !(row->args[index].flags & ARG_LITERAL))
        complete_value(c);
}

static void complete_arguments(struct completion *c)
{
    const struct lsp_place *p = &c->place;
    const struct action_row *row = p->callee_is_fn ? NULL : action_find(p->callee);
    if (row)
        complete_action_labels(c, row);
    else if (p->callee_is_fn)
        complete_fn_labels(c, complete_find_fn(c, p->callee));
    if (row && p->by_place && row->nargs && row->args[0].type == ARG_CAUSE_OR_CODE)
        complete_words(c, cause_words, ITEM_CONSTANT);
    else if (p->by_place || p->callee_is_fn)
        complete_value(c);
}

static void complete_outcomes(struct completion *c, bool clauses)
{
    const struct lsp_place *p = &c->place;
    const struct action_row *row = p->callee_is_fn ? NULL : action_find(p->callee);
    const struct decl *fn = p->callee_is_fn ? complete_find_fn(c, p->callee) : NULL;
    if (row)
        clauses ? complete_action_clauses(c, row) : complete_action_outcomes(c, row);
    if (fn)
        clauses ? complete_fn_clauses(c, fn) : complete_fn_outcomes(c, fn);
}

static void complete_declarations(struct completion *c)
{
    static const struct {
        const char *word, *snippet;
    } rows[] = {
        { "use", "use \"$1.flow\"" },
        { "language", "language \"${1:en}\"" },
        { "pronounce", "pronounce \"$1\" as \"$2\"" },
        { "const", "const ${1:name} = $2" },
        { "hours", "hours ${1:office} {\n\tzone \"${2:Europe/London}\"\n\tmon-fri ${3:09:00-17:00}\n}" },
        { "permit dial", "permit dial \"$1\"" },
        { "permit fetch", "permit fetch \"$1\"" },
        { "fn", "fn ${1:name}($2) {\n\t$3\n}" },
        { "flow", "flow ${1:name} {\n\t$2\n}" },
        { "test", "test \"$1\" {\n\t$2\n\texpect ended\n}" },
        { "extern lua", "extern lua \"$1.lua\" {\n\t$2\n}" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct sbuf snippet = { 0 };
        sbuf_cstr(&snippet, rows[i].snippet);
        complete_add(c, &(struct item){ str_of(rows[i].word), ITEM_KEYWORD, NULL, NULL, &snippet, 1 });
        sbuf_free(&snippet);
    }
}

static void complete_return(struct completion *c)
{
    const struct decl *fn = complete_find_fn(c, c->place.callee);
    if (fn && fn->u.fn.kind == FN_OUTCOMES)
        complete_fn_outcomes(c, fn);
    else
        complete_value(c);
}

static void complete_at(struct completion *c)
{
    switch (c->place.kind) {
    case PLACE_NONE: break;
    case PLACE_TOP: complete_declarations(c); break;
    case PLACE_STATEMENT:
        complete_actions(c, true);
        complete_calls(c);
        complete_words(c, statement_words, ITEM_KEYWORD);
        break;
    case PLACE_CLAUSE: complete_outcomes(c, true); break;
    case PLACE_OUTCOME: complete_outcomes(c, false); break;
    case PLACE_VALUE: complete_value(c); break;
    case PLACE_OPERATOR: complete_words(c, operator_words, ITEM_KEYWORD); break;
    case PLACE_ARGUMENT: complete_arguments(c); break;
    case PLACE_LABELLED: complete_labelled(c); break;
    case PLACE_FIELD: complete_fields(c); break;
    case PLACE_RETURN: complete_return(c); break;
    case PLACE_FLOW: complete_files(c, true); break;
    case PLACE_TYPE: complete_words(c, type_words, ITEM_TYPE); break;
    case PLACE_WORDS: complete_words(c, c->place.words, ITEM_KEYWORD); break;
    case PLACE_EXPECT:
        complete_actions(c, false);
        complete_words(c, expect_words, ITEM_KEYWORD);
        break;
    case PLACE_ACTION: complete_actions(c, false); break;
    case PLACE_USE: complete_files(c, false); break;
    }
}

json_t *lsp_completion(struct server *s, const json_t *params, struct failure *f)
{
    struct completion c = { .server = s, .document = document_of(s, params, f), .items = lsp_array() };
    struct lsp_position at;
    if (!c.document || !lsp_read_position(json_object_get(params, "position"), &at)) {
        if (!f->code)
            *f = (struct failure){ .code = LSP_INVALID_PARAMS, .message = "the request names no position" };
        return c.items;
    }
    struct str text = sbuf_view(&c.document->text);
    uint32_t offset = lsp_offset(&c.document->lines, text, at);
    c.analysis = document_analysis(s, c.document);
    place_read(&c.place, text, offset);
    c.range = lsp_range_json(lsp_position(&c.document->lines, text, c.place.word_start),
                             lsp_position(&c.document->lines, text, offset));
    complete_at(&c);
    json_decref(c.range);
    place_free(&c.place);
    return c.items;
}
