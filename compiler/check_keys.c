#include "compiler/check_keys.h"

#include <string.h>

#include "compiler/check_context.h"
#include "vm/base/glob.h"

enum { KEYS_MAX = 32, ALL_KEYS = 16 };

static const char all_keys[] = "0123456789*#ABCD";

static const struct expr *value_of(const struct action_row *row, struct arg *const *args, const char *label)
{
    int i = action_arg_find(row, str_of(label));
    return i >= 0 && args[i] ? args[i]->value : NULL;
}

/* A count that is known, `absent` when none is written, `unknown` when it is computed. */
static int64_t count_of(struct check *c, const struct expr *e, int64_t absent, int64_t unknown)
{
    struct const_value v;
    if (!e)
        return absent;
    return e->type && const_eval(c->arena, e, &v) && v.type == T(INT) ? v.num : unknown;
}

void keys_of_gather(struct check *c, const struct action_row *row, struct arg *first, struct key_range *out)
{
    struct arg *args[ACTION_ARGS_MAX];
    const struct expr *digits, *valid, *until;
    action_args(row, first, args);
    digits = value_of(row, args, "digits");
    valid = value_of(row, args, "valid");
    until = value_of(row, args, "until");
    *out = (struct key_range){
        .least = digits ? count_of(c, digits, 1, 1) : count_of(c, value_of(row, args, "min"), 1, 0),
        .most = digits ? count_of(c, digits, KEYS_MAX, KEYS_MAX)
                       : count_of(c, value_of(row, args, "max"), KEYS_MAX, KEYS_MAX),
        .until = STR("#"),
    };
    if (until && (!until->type || !const_text(c->arena, until, &out->until)))
        out->until = STR("");
    out->has_pattern = valid && valid->type && const_text(c->arena, valid, &out->pattern);
}

/* In a choice `*` is the key; in a pattern it would be a run. */
struct key_range *keys_of_choice(struct check *c, struct str choice)
{
    struct key_range *keys = ARENA_NEW(c->arena, struct key_range);
    char *pattern = ARENA_ARRAY(c->arena, char, choice.len * 2 + 1);
    struct str left = choice;
    size_t len = 0;
    while (left.len) {
        size_t n = glob_element(left);
        if (!n)
            return NULL; /* reported: nobody can press it */
        if (left.p[0] == '*')
            pattern[len++] = '\\';
        memcpy(pattern + len, left.p, n);
        len += n;
        left = (struct str){ left.p + n, left.len - n };
        keys->least++;
    }
    keys->most = keys->least;
    keys->has_pattern = true;
    keys->pattern = (struct str){ pattern, len };
    return keys;
}

static bool is_key(const struct key_range *keys, char ch)
{
    return ch && memchr(all_keys, ch, ALL_KEYS) && !(keys->until.len && memchr(keys->until.p, ch, keys->until.len));
}

bool keys_can_be(const struct key_range *keys, struct str digits)
{
    if ((int64_t)digits.len < keys->least || (int64_t)digits.len > keys->most)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (!is_key(keys, digits.p[i]))
            return false;
    return !keys->has_pattern || glob_fits(keys->pattern, digits);
}

static bool element_fits_key(const struct key_range *keys, struct str element)
{
    for (int i = 0; i < ALL_KEYS; i++)
        if (is_key(keys, all_keys[i]) && glob_fits(element, (struct str){ &all_keys[i], 1 }))
            return true;
    return false;
}

/* Each of its elements but the runs takes one key, and a run any number of them. */
bool keys_can_fit(const struct key_range *keys, struct str pattern)
{
    int64_t least = 0;
    bool runs = false;
    while (pattern.len) {
        size_t n = glob_element(pattern);
        struct str element = { pattern.p, n };
        if (!n)
            return true; /* reported: it is not complete */
        if (pattern.p[0] == '*')
            runs = true;
        else if (least++, !element_fits_key(keys, element))
            return false;
        pattern = (struct str){ pattern.p + n, pattern.len - n };
    }
    return least <= keys->most && (runs || least >= keys->least);
}

static struct diag *warn_never(struct check *c, const struct key_range *keys, struct span at, const char *what,
                               struct str text)
{
    struct diag *d = diag_warning(c->diags, at, "%s \"%.*s\"", what, STR_ARG(text));
    const char *but = keys->until.len ? " without " : "";
    if (keys->least == keys->most)
        diag_help(d, "they are %lld keys%s%.*s", (long long)keys->most, but, STR_ARG(keys->until));
    else
        diag_help(d, "they are %lld to %lld keys%s%.*s", (long long)keys->least, (long long)keys->most, but,
                  STR_ARG(keys->until));
    if (keys->has_pattern)
        diag_help(d, "and fit \"%.*s\"", STR_ARG(keys->pattern));
    return d;
}

void check_gather_brings(struct check *c, const struct stmt *s, const struct expr *literal)
{
    struct key_range keys;
    struct str digits;
    const struct action_row *row = s->u.call.action;
    if (!row || !str_is(str_of(row->name), "gather") || !const_text(c->arena, literal, &digits))
        return;
    keys_of_gather(c, row, s->u.call.args, &keys);
    if (!keys_can_be(&keys, digits))
        warn_never(c, &keys, literal->span, "this gather never brings the digits", digits);
}

void check_gather_valid(struct check *c, const struct action_row *row, struct arg *first)
{
    struct key_range keys;
    struct arg *args[ACTION_ARGS_MAX];
    keys_of_gather(c, row, first, &keys);
    if (!keys.has_pattern)
        return;
    struct str pattern = keys.pattern;
    keys.has_pattern = false;
    action_args(row, first, args);
    if (keys.least <= keys.most && !keys_can_fit(&keys, pattern))
        warn_never(c, &keys, value_of(row, args, "valid")->span, "no digits of this gather fit", pattern);
}

static const struct key_range *keys_in(const struct expr *e)
{
    return e->kind == EXPR_NAME && e->symbol ? e->symbol->keys : NULL;
}

void check_keys_literal(struct check *c, const struct expr *digits, const struct expr *literal)
{
    const struct key_range *keys = keys_in(digits);
    struct str text;
    if (keys && literal->type && const_text(c->arena, literal, &text) && !keys_can_be(keys, text))
        warn_never(c, keys, literal->span, "these digits are never", text);
}

static void check_keys_list(struct check *c, const struct expr *digits, const struct expr *list)
{
    if (list->kind == EXPR_LIST)
        for (const struct list_item *i = list->u.items; i; i = i->next)
            check_keys_literal(c, digits, i->value);
}

static void check_keys_pattern(struct check *c, const struct expr *digits, const struct expr *pattern)
{
    const struct key_range *keys = keys_in(digits);
    struct str text;
    if (keys && const_text(c->arena, pattern, &text) && !keys_can_fit(keys, text))
        warn_never(c, keys, pattern->span, "these digits never fit", text);
}

void check_keys_compared(struct check *c, const struct expr *e)
{
    const struct expr *left = e->u.op.left, *right = e->u.op.right;
    switch (e->u.op.op) {
    case OPER_EQUAL:
    case OPER_NOT_EQUAL:
        check_keys_literal(c, left, right);
        check_keys_literal(c, right, left);
        break;
    case OPER_IN: check_keys_list(c, left, right); break;
    case OPER_MATCHES: check_keys_pattern(c, left, right); break;
    default: break;
    }
}
