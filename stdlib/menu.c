/* One turn of a menu; the tries, again and the choices' blocks are the flow's own code around it. */
#include "stdlib/actions.h"
#include "stdlib/entry.h"
#include "vm/base/glob.h"

struct menu {
    struct entry entry;
};

static void finish(struct menu *m, unsigned outcome, int choice)
{
    struct running *r = &m->entry.base;
    const struct call_port *port = action_port(r);
    struct vm_value payload[] = { value_num(TYPE_INT, choice), value_text(entry_keys(&m->entry)) };
    if (outcome != OUT_menu_chosen)
        digits_clear(action_digits(r));
    if (m->entry.count)
        port->trace(port->self, "menu", entry_keys(&m->entry));
    action_complete(r, outcome, outcome == OUT_menu_chosen ? payload : NULL);
}

/* The choice that the keys are: the first that fits, a fixed text before a pattern; -1 when none does. *longer: more
 * keys could still make one. */
static int find_choice(const struct menu *m, bool *longer)
{
    const struct running *r = &m->entry.base;
    int found = -1;
    bool fixed = false;
    *longer = false;
    for (unsigned i = 0; i < arg_count(r, ARG_NO_menu_choices); i++) {
        struct str choice = arg_item(r, ARG_NO_menu_choices, i);
        struct glob_fit fit = glob_try(choice, entry_keys(&m->entry));
        bool better = found < 0 || (!fixed && glob_is_fixed(choice));
        *longer = *longer || fit.longer;
        if (fit.whole && better) {
            found = (int)i;
            fixed = glob_is_fixed(choice);
        }
    }
    return found;
}

static bool on_key(struct entry *e, char key)
{
    struct menu *m = (struct menu *)e;
    bool longer;
    bool room = entry_add(e, key) && e->count < DIGITS_MAX;
    int choice = find_choice(m, &longer);
    if (longer && room)
        return false;
    finish(m, choice >= 0 ? OUT_menu_chosen : OUT_menu_invalid, choice);
    return true;
}

static void on_silence(struct entry *e)
{
    struct menu *m = (struct menu *)e;
    bool longer;
    int choice = e->count ? find_choice(m, &longer) : -1;
    if (e->count == 0)
        finish(m, OUT_menu_timeout, -1);
    else
        finish(m, choice >= 0 ? OUT_menu_chosen : OUT_menu_invalid, choice);
}

static const struct entry_rules rules = { on_key, on_silence };

static bool prompt(const struct running *r, struct vm_sound *words, struct play_request *rq)
{
    return entry_prompt(r, arg_text(r, ARG_NO_menu_prompt, ""), words, rq);
}

static void start(struct running *r)
{
    struct entry *e = &((struct menu *)r)->entry;
    e->rules = &rules;
    e->timeout_ms = arg_num_in(r, ARG_NO_menu_timeout, 5000, 0, ENTRY_LONGEST_WAIT_MS);
    e->between_ms = arg_num_in(r, ARG_NO_menu_between, 3000, 0, ENTRY_LONGEST_WAIT_MS);
    e->barge = arg_text(r, ARG_NO_menu_barge, "*any");
    entry_start(e, arg_text(r, ARG_NO_menu_prompt, ""));
}

const struct action_ops menu_ops = {
    .size = sizeof(struct menu), .start = start, .prompt = prompt, .digit = entry_digit, .stop = entry_stop
};
