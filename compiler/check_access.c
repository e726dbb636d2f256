/* Reading a part of a value: fields, elements, and json as something. */
#include "compiler/check_context.h"

static const struct {
    const char *name;
    enum check_kind of, type;
} fields[] = {
    { "from", KIND_CALL, KIND_TEXT },
    { "from_name", KIND_CALL, KIND_TEXT },
    { "to", KIND_CALL, KIND_TEXT },
    { "id", KIND_CALL, KIND_TEXT },
    { "dialed", KIND_CALL, KIND_CONNECTION },
    { "name", KIND_CONNECTION, KIND_TEXT },
    { "ring_time", KIND_CONNECTION, KIND_DURATION },
    { "has_voicemail", KIND_CONNECTION, KIND_BOOL },
};
enum { FIELDS = sizeof fields / sizeof *fields };

static const struct check_type *no_field(struct check *c, const struct expr *e, const struct check_type *of)
{
    struct str name = e->u.field.name.name->text;
    struct sbuf all = { 0 };
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].of == of->kind)
            sbuf_fmt(&all, "%s%s", all.len ? ", " : "", fields[i].name);
    struct diag *d = diag_error(c->diags, e->u.field.name.span, "%s has no field '%.*s'", of->article, STR_ARG(name));
    if (all.len)
        diag_help(d, "its fields are %s", all.p);
    sbuf_free(&all);
    return T(BAD);
}

const struct check_type *check_field(struct check *c, struct expr *e)
{
    const struct check_type *of = check_expr(c, e->u.field.base, NULL);
    if (type_is_bad(of) || of == T(JSON) || !e->u.field.name.name)
        return e->u.field.name.name ? of : T(BAD);
    for (size_t i = 0; i < FIELDS; i++)
        if (fields[i].of == of->kind && str_is(e->u.field.name.name->text, fields[i].name))
            return &check_types[fields[i].type];
    return no_field(c, e, of);
}

static const struct check_type *json_index(struct check *c, struct expr *e)
{
    const struct check_type *at = check_expr(c, e->u.index.index, NULL);
    if (e->u.index.other) {
        diag_error(c->diags, e->u.index.other->span, "json is read by 'as … else …', after the index");
        return T(BAD);
    }
    if (at == T(INT) || type_is_textual(at) || type_is_bad(at))
        return type_is_bad(at) ? at : T(JSON);
    check_mismatch(c, e->u.index.index, "an index of json", "an int or a text");
    return T(BAD);
}

const struct check_type *check_index(struct check *c, struct expr *e)
{
    struct expr_index *x = &e->u.index;
    const struct check_type *of = check_expr(c, x->base, NULL);
    if (of == T(JSON))
        return json_index(c, e);
    bool good = check_wants(c, x->index, T(INT), "an index");
    if (type_is_bad(of))
        return of;
    if (!type_is_list(of) || of == T(LIST_SOUND) || of == T(EMPTY)) {
        diag_error(c->diags, x->base->span, "%s has no elements to read", of->article);
        return T(BAD);
    }
    if (!x->other) {
        struct diag *d = diag_error(c->diags, e->span, "nothing says what it is when the list has no such element");
        diag_help(d, "add 'else' and a value: xs[i] else %s", of->element == T(TEXT) ? "\"\"" : "0");
        return T(BAD);
    }
    good = check_wants(c, x->other, of->element, "'else'") && good;
    return good ? of->element : T(BAD);
}

static bool can_become(const struct check_type *t)
{
    return t == T(INT) || t == T(TEXT) || t == T(BOOL) || t == T(LIST_TEXT);
}

static const struct check_type *check_as_target(struct check *c, struct expr *e, const struct check_type *of)
{
    const struct check_type *to = check_type_ref(c, e->u.as.type);
    if (type_is_bad(of) || type_is_bad(to))
        return T(BAD);
    if (of != T(JSON) && !type_is_textual(of)) {
        check_mismatch(c, e->u.as.base, "'as'", "a text or json");
        return T(BAD);
    }
    if (!can_become(to) || (of != T(JSON) && to == T(LIST_TEXT))) {
        struct diag *d = diag_error(c->diags, e->u.as.type->span, "%s cannot be read as %s", of->article, to->article);
        diag_help(d, "it can be an int, a text, a bool%s", of == T(JSON) ? " or a list of text" : "");
        return T(BAD);
    }
    return to;
}

const struct check_type *check_as(struct check *c, struct expr *e)
{
    const struct check_type *to = check_as_target(c, e, check_expr(c, e->u.as.base, NULL));
    if (!e->u.as.other) {
        if (type_is_bad(to))
            return to;
        struct diag *d = diag_error(c->diags, e->span, "nothing says what it is when it cannot be read so");
        diag_help(d, "add 'else' and a value");
        return T(BAD);
    }
    return check_wants(c, e->u.as.other, to, "'else'") ? to : T(BAD);
}

const struct check_type *check_type_ref(struct check *c, struct type_ref *ref)
{
    ref->type = T(BAD);
    if (ref->element) {
        const struct check_type *element = check_type_ref(c, ref->element), *list = type_list_of(element);
        if (!list)
            diag_error(c->diags, ref->span, "there is no list of %s", element->text);
        ref->type = list ? list : T(BAD);
    } else if (ref->name) {
        const struct check_type *named = type_named(ref->name->text);
        if (!named)
            diag_error(c->diags, ref->span, "unknown type '%.*s'", STR_ARG(ref->name->text));
        ref->type = named ? named : T(BAD);
    }
    return ref->type;
}
