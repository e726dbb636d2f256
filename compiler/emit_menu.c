/* A menu: the action is one turn, the tries and `again` are this loop around it.
 *   restart: left <- tries
 *   turn:    ACT menu;  SWITCH chosen, invalid, timeout, gave_up
 *   invalid: left <- left - 1;  none left: to gave_up;  block;  LOOP turn         (timeout likewise)
 *   gave_up: block;  to the end
 *   chosen:  SWITCH the choice's number;  blocks, each to the end; `again` is LOOP restart */
#include "compiler/emit_state.h"

enum { CHOICES_MAX = 250, TRIES = 3 };
enum { CHOSEN, INVALID, TIMEOUT, GAVE_UP, TURN_OUTCOMES }; /* in the catalogue's order */

struct menu {
    const struct stmt *s;
    const struct outcome_set *set;
    unsigned left, base;
    uint32_t restart, turn;
    struct label at[TURN_OUTCOMES], end;
};

static const struct clause *answer(const struct menu *m, int outcome)
{
    const struct clause *other = NULL;
    for (const struct clause *k = m->s->u.call.clauses; k; k = k->next) {
        if (k->kind == CLAUSE_ELSE)
            other = k;
        for (const struct clause_outcome *o = k->outcomes; o; o = o->next)
            if (o->outcome == outcome)
                return k;
    }
    return other;
}

static void emit_tries(struct emit *e, const struct menu *m)
{
    struct arg *args[ACTION_ARGS_MAX];
    int tries = action_arg_find(m->s->u.call.action, STR("tries"));
    action_args(m->s->u.call.action, m->s->u.call.args, args);
    if (args[tries])
        emit_into(e, args[tries]->value, m->left);
    else
        emit_number(e, TRIES, m->left);
}

static void emit_failed_turn(struct emit *e, struct menu *m, int outcome)
{
    const struct clause *k = answer(m, outcome);
    code_place(&e->code, &m->at[outcome]);
    code_op3(&e->code, OP_ADDI, m->left, m->left, (uint8_t)-1);
    code_jump2(&e->code, OP_JLTI, m->left, 1, &m->at[GAVE_UP]);
    if (k)
        emit_clause_body(e, k, m->set, m->base);
    code_loop(&e->code, m->turn);
}

static void emit_choice(struct emit *e, struct menu *m, const struct clause *k)
{
    const uint32_t *outer = e->restart;
    if (k->binding)
        k->binding->symbol->slot = (int)(m->base + m->set->items[CHOSEN].slots[1]);
    e->restart = &m->restart;
    emit_block(e, k->body);
    e->restart = outer;
    code_jump(&e->code, &m->end);
}

static void emit_chosen(struct emit *e, struct menu *m)
{
    struct label blocks[CHOICES_MAX] = { 0 }, *to[CHOICES_MAX];
    unsigned n = 0, choice = m->base + m->set->items[CHOSEN].slots[0];
    for (const struct clause *k = m->s->u.call.clauses; k && n < CHOICES_MAX; k = k->next)
        if (k->kind == CLAUSE_CHOICE) {
            to[n] = &blocks[n];
            n++;
        }
    code_place(&e->code, &m->at[CHOSEN]);
    code_switch(&e->code, choice, -1, to, n);
    code_jump(&e->code, &m->end);
    n = 0;
    for (const struct clause *k = m->s->u.call.clauses; k && n < CHOICES_MAX; k = k->next)
        if (k->kind == CLAUSE_CHOICE) {
            code_place(&e->code, &blocks[n++]);
            emit_choice(e, m, k);
        }
}

void emit_menu(struct emit *e, const struct stmt *s)
{
    struct menu m = { .s = s, .set = emit_action_set(e, s->u.call.action) };
    struct label *to[TURN_OUTCOMES] = { &m.at[CHOSEN], &m.at[INVALID], &m.at[TIMEOUT], &m.at[GAVE_UP] };
    m.left = code_slot(&e->code, TYPE_INT);
    m.restart = code_here(&e->code);
    emit_tries(e, &m);
    m.turn = code_here(&e->code);
    struct window w = emit_window(e, s);
    m.base = w.base;
    code_switch(&e->code, m.base, -1, to, TURN_OUTCOMES);
    code_jump(&e->code, &m.end);
    emit_failed_turn(e, &m, INVALID);
    emit_failed_turn(e, &m, TIMEOUT);
    code_place(&e->code, &m.at[GAVE_UP]);
    if (answer(&m, GAVE_UP))
        emit_clause_body(e, answer(&m, GAVE_UP), m.set, m.base);
    code_jump(&e->code, &m.end);
    emit_chosen(e, &m);
    code_place(&e->code, &m.end);
    code_release(&e->code, m.base, w.nresults);
    code_release(&e->code, m.left, 1);
}
