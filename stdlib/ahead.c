#include "stdlib/ahead.h"

#include "stdlib/actions.h"

enum { AHEAD_ACTIONS = 4, AHEAD_FUEL = 20000 };

/* The import's number of the outcome in which such an action ends if nobody cuts in; -1: that is not known. */
static int known_end(const struct image_import *import)
{
    const struct action_row *row = action_find(import->name);
    bool straight = false;
    if (row)
        switch (action_id_of(row)) {
        case ACTION_ID_say:
        case ACTION_ID_play:
        case ACTION_ID_pause:
        case ACTION_ID_log: straight = true; break;
        default: break;
        }
    for (unsigned i = 0; straight && i < import->noutcomes; i++)
        if (str_is(import->outcomes[i].name, "done") && import->outcomes[i].npayload == 0)
            return (int)i;
    return -1;
}

static struct vm *copy_machine(const struct flow_run *run, const struct action_host *host)
{
    const struct vm_limits limits = { .fuel = AHEAD_FUEL };
    struct sbuf state = { 0 };
    struct vm *vm = NULL;
    if (vm_save(run->vm, &state) == ERR_OK && vm_restore(&vm, vm_image(run->vm), host, &limits, sbuf_view(&state)))
        vm = NULL;
    if (vm)
        vm_refuel(vm); /* it came with what the other has left */
    sbuf_free(&state);
    return vm;
}

/* To the next action, as if the one that the machine is parked at were over. */
static bool go_on(struct vm *vm)
{
    int end = known_end(vm_import(vm));
    return end >= 0 && vm_resume(vm, (unsigned)end, NULL) == ERR_OK && vm_run(vm) == VM_PARKED;
}

static void tell(const struct flow_run *run, struct vm *vm)
{
    const struct image_import *import = vm_import(vm);
    const struct action_row *row = action_find(import->name);
    const struct action_ops *ops = row ? action_ops_of((unsigned)action_id_of(row)) : NULL;
    struct flow_run then = { .vm = vm, .port = run->port };
    struct running r = { .ops = ops, .row = row, .run = &then };
    struct vm_sound words;
    struct play_request rq;
    if (!ops || !ops->prompt)
        return;
    run_bind_params(&r, import);
    if (ops->prompt(&r, &words, &rq))
        run->port->expect_play(run->port->self, &rq);
}

void ahead_look(const struct flow_run *run)
{
    struct action_host host = *run->host;
    if (!run->port->expect_play || known_end(vm_import(run->vm)) < 0)
        return;
    host.lua = NULL; /* it may do what cannot be done twice */
    host.lua_why = NULL;
    struct vm *vm = copy_machine(run, &host);
    for (unsigned i = 0; vm && i < AHEAD_ACTIONS && go_on(vm); i++)
        tell(run, vm);
    vm_free(&vm);
}
