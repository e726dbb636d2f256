/* How a phone is asked to ring, and to answer by itself: what can be judged before the flow runs. */
#include "compiler/check_context.h"
#include "compiler/check_fn.h"
#include "vm/base/cover.h"
#include "vm/base/ring_tone.h"

static void check_tone(struct check *c, const struct expr *e)
{
    struct str tone;
    if (!const_text(c->arena, e, &tone))
        return;
    const char *fault = ring_tone_fault(tone), *meant = ring_tone_meant(tone);
    if (fault) {
        struct diag *d = diag_error(c->diags, e->span, "the ring tone \"%.*s\" %s", STR_ARG(tone), fault);
        diag_help(d,
                  "internal, external, friend, family, urgent, a word that the phone's settings know, or an address: "
                  "\"http://…\", \"urn:alert:…\"");
    } else if (meant) {
        struct diag *d = diag_warning(
            c->diags, e->span, "the ring tone \"%.*s\" is taken for a word of the phone's own settings", STR_ARG(tone));
        diag_help(d, "did you mean \"%s\"?", meant);
    }
}

/* A constant target that is no phone of the server, the first of them. */
static bool find_abroad(struct check *c, const struct expr *target, struct str *name)
{
    struct const_value v;
    if (const_eval(c->arena, target, &v)) {
        *name = v.text;
        for (uint32_t i = 0; i < v.count && !cover_is_abroad(*name); i++)
            *name = v.items[i].text;
        return cover_is_abroad(*name);
    }
    if (target->kind == EXPR_LIST)
        for (const struct list_item *i = target->u.items; i; i = i->next)
            if (const_text(c->arena, i->value, name) && cover_is_abroad(*name))
                return true;
    return false;
}

static void check_auto_answer(struct check *c, const struct expr *answers, const struct expr *target)
{
    struct const_value v;
    struct str name;
    if (!find_abroad(c, target, &name) || answers->type != T(BOOL) || !const_eval(c->arena, answers, &v) || !v.num)
        return;
    struct diag *d =
        diag_error(c->diags, answers->span,
                   "\"%.*s\" cannot be made to answer by itself: only phones of this server can", STR_ARG(name));
    diag_help(d, "leave off 'auto_answer', or ring it by a bridge of its own");
}

void check_ring(struct check *c, const struct action_row *row, struct arg *first)
{
    struct arg *args[ACTION_ARGS_MAX];
    int tone = action_arg_find(row, STR("ring_tone")), answers = action_arg_find(row, STR("auto_answer"));
    int target = action_arg_find(row, STR("target"));
    if (tone < 0 || answers < 0 || target < 0)
        return;
    action_args(row, first, args);
    if (args[tone])
        check_tone(c, args[tone]->value);
    if (args[answers] && args[target])
        check_auto_answer(c, args[answers]->value, args[target]->value);
}
