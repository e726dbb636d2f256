/* Steps of tests: that what they name exists and fits. What they mean is the simulator's. */
#include "compiler/check_context.h"

struct test_walk {
    struct check *c;
    bool ends; /* a step names the call's end */
};

static void check_text_step(struct check *c, struct expr *e, const char *who)
{
    if (e)
        check_wants(c, e, T(TEXT), who);
}

static void check_after(struct check *c, struct expr *e)
{
    if (e)
        check_wants(c, e, T(DURATION), "'after'");
}

/* An argument is compared with what the flow asks for, so the kinds that an action takes are the kinds that fit. */
static void check_expected_arg(struct check *c, const struct action_row *row, struct arg *arg, unsigned *place)
{
    int i = arg->label.name ? action_arg_find(row, arg->label.name->text) : -1;
    if (!arg->label.name && *place < row->nargs && (row->args[*place].flags & ARG_PLACE))
        i = (int)(*place)++;
    if (i < 0) {
        diag_error(c->diags, arg->span,
                   arg->label.name ? "%s has no such argument" : "%s takes no further value without a label",
                   row->name);
        return;
    }
    enum type slot = (enum type)arg_slot_type(row->args[i].type);
    const struct check_type *t = check_expr(c, arg->value, type_of_slot(slot));
    bool fits = t->slot == slot || type_is_bad(t) || t == T(EMPTY) || slot == TYPE_JSON || t == T(CAUSE);
    bool one = (slot == TYPE_LIST_TEXT || slot == TYPE_LIST_SOUND || slot == TYPE_TEXT) && t->slot != TYPE_JSON;
    if (!fits && !(one && (type_is_textual(t) || t == T(SOUND) || t == T(LIST_TEXT) || t == T(BOOL))))
        check_mismatch(c, arg->value, row->args[i].label, type_of_slot(slot)->article);
}

static void check_payload(struct check *c, struct step_answer *a, const struct outcome_info *o)
{
    unsigned n = 0;
    for (struct list_item *i = a->payload; i; i = i->next, n++) {
        if (n >= o->npayload) {
            diag_error(c->diags, i->value->span, "'%.*s' brings %s", STR_ARG(o->name),
                       o->npayload ? "no more values" : "no value");
            return;
        }
        check_wants(c, i->value, o->payload[n], "this outcome");
    }
}

static void check_by(struct check *c, const struct step_answer *a)
{
    static const char *const who[] = { "caller", "callee", "limit", "transfer" };
    if (!a->by.name)
        return;
    for (size_t i = 0; i < sizeof who / sizeof *who; i++)
        if (str_is(a->by.name->text, who[i]))
            return;
    diag_help(diag_error(c->diags, a->by.span, "a talk is not ended by '%.*s'", STR_ARG(a->by.name->text)),
              "it is by caller, callee, limit or transfer");
}

static void unknown_outcome(struct check *c, const struct step_expect *e, const struct outcome_set *set)
{
    struct sbuf all = { 0 };
    for (unsigned i = 0; i < set->count; i++)
        sbuf_fmt(&all, "%s%.*s", i ? ", " : "", STR_ARG(set->items[i].name));
    struct diag *d = diag_error(c->diags, e->answer.outcome.span, "%s has no outcome '%.*s'", e->row->name,
                                STR_ARG(e->answer.outcome.name->text));
    if (all.len)
        diag_help(d, "it ends in %s", all.p);
    sbuf_free(&all);
}

static void check_answer(struct check *c, struct step_expect *e)
{
    const struct outcome_set *set = check_action_set(c, e->row);
    check_after(c, e->answer.after);
    check_by(c, &e->answer);
    e->outcome = 0;
    if (!e->answer.outcome.name || !set)
        return;
    e->outcome = outcome_set_find(set, e->answer.outcome.name->text);
    if (e->outcome < 0)
        unknown_outcome(c, e, set);
    else
        check_payload(c, &e->answer, &set->items[e->outcome]);
}

static void check_expect(struct check *c, struct step_expect *e)
{
    unsigned place = 0;
    if (!e->action.name)
        return;
    e->row = action_find(e->action.name->text);
    if (!e->row) {
        struct diag *d = diag_error(c->diags, e->action.span, "unknown action '%.*s'", STR_ARG(e->action.name->text));
        const char *near = check_near_action(e->action.name->text);
        if (near)
            diag_help(d, "did you mean '%s'?", near);
        return;
    }
    for (struct arg *a = e->args; a; a = a->next)
        check_expected_arg(c, e->row, a, &place);
    check_answer(c, e);
}

static void check_cause(struct check *c, struct expr *e)
{
    const struct check_type *t = e ? check_expr(c, e, NULL) : T(BAD);
    if (!type_is_bad(t) && t != T(CAUSE) && t != T(INT))
        check_mismatch(c, e, "'rejected'", "a cause or a code");
}

static void check_steps(struct test_walk *w, struct test_step *first);

static void check_step(struct test_walk *w, struct test_step *s)
{
    struct check *c = w->c;
    switch (s->kind) {
    case STEP_BAD: w->ends = true; break;
    case STEP_AT: break;
    case STEP_CALL:
        check_text_step(c, s->u.call.from, "'from'");
        check_text_step(c, s->u.call.to, "'to'");
        break;
    case STEP_HEAR: check_text_step(c, s->u.text, "'hear'"); break;
    case STEP_PRESS:
    case STEP_HANG_UP:
        check_text_step(c, s->u.key.digits, "'press'");
        check_after(c, s->u.key.after);
        break;
    case STEP_EXPECT:
    case STEP_EXPECT_NO: check_expect(c, &s->u.expect); break;
    case STEP_EXPECT_REJECTED:
        check_cause(c, s->u.cause);
        w->ends = true;
        break;
    case STEP_EXPECT_ENDED:
    case STEP_EXPECT_CONTINUE: w->ends = true; break;
    case STEP_REPEAT:
        check_wants(c, s->u.repeat.count, T(INT), "'repeat'");
        check_steps(w, s->u.repeat.steps);
        break;
    }
}

static void check_steps(struct test_walk *w, struct test_step *first)
{
    for (struct test_step *s = first; s; s = s->next)
        check_step(w, s);
}

void check_tests(struct check *c, struct decl *d)
{
    struct test_walk w = { c, d->u.test.has_mistakes };
    check_steps(&w, d->u.test.steps);
    if (w.ends)
        return;
    struct diag *e = diag_error(c->diags, d->u.test.end, "this test does not say how the call ends");
    diag_help(e, "add 'expect ended', 'expect rejected …' or 'expect continue with …'");
}
