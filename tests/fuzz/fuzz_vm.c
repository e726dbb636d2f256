/* What the verifier accepts runs: a million steps and more with a host that answers at random, hangs up, and moves the
 * machine through its saved state, in bounded memory. mutate_vm.c makes the images. */
#include "tests/fuzz/image_input.h"
#include "tests/unit/run/random_host.h"
#include "vm/run/heap.h"

enum { PARKS = 200, FUEL = 50000, FUEL_ALL = 1000000, MEMORY = 64 << 10, DEPTH = 50 };

struct ride {
    struct vm *vm;
    struct image *im;
    struct action_host host;
    struct vm_limits limits;
    uint64_t random;
};

/* The machine at the same place, out of its own bytes. */
static void move(struct ride *r)
{
    struct sbuf state = { 0 }, again = { 0 };
    struct vm *copy = NULL;
    FUZZ_HOLDS(vm_save(r->vm, &state) == ERR_OK, "a parked machine can be saved");
    enum err e = vm_restore(&copy, r->im, &r->host, &r->limits, sbuf_view(&state));
    fuzz_holds(e == ERR_OK, "a saved machine can be restored", err_text(e));
    FUZZ_HOLDS(vm_save(copy, &again) == ERR_OK, "a restored machine can be saved");
    FUZZ_HOLDS(str_eq(sbuf_view(&state), sbuf_view(&again)), "a restored machine is the same");
    vm_free(&r->vm);
    r->vm = copy;
    sbuf_free(&state);
    sbuf_free(&again);
}

/* One thing that happens at an action; false: the machine is at its end. */
static bool happen(struct ride *r)
{
    random_read(r->vm);
    switch (random_next(&r->random) % 32) {
    case 0: return vm_hangup(r->vm) == VM_READY;
    case 1:
    case 2: move(r); break;
    case 3: vm_refuel(r->vm); break;
    default: break;
    }
    return random_answer(r->vm, &r->random) == ERR_OK;
}

static void run(struct ride *r)
{
    for (int parks = 0; parks < PARKS; parks++) {
        enum vm_state state = vm_run(r->vm);
        FUZZ_HOLDS(vm_memory(r->vm) <= MEMORY, "a machine keeps its limit of memory");
        (void)vm_line(r->vm);
        if (state == VM_CONTINUE)
            (void)str_hash(vm_continue_with(r->vm));
        if (state != VM_PARKED || !happen(r))
            return;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ride r = { .limits = { FUEL, MEMORY, DEPTH } };
    r.im = image_input_load(data, size, &r.random);
    if (!r.im)
        return 0;
    heap_stress = r.random & 1;
    if (r.random & 2)
        r.limits.fuel = FUEL_ALL;
    r.random |= 4;
    r.host = (struct action_host){ .field = random_field,
                                   .header = random_header,
                                   .wall_ms = random_wall,
                                   .open = random_open,
                                   .lua = random_lua,
                                   .self = &r.random };
    enum err e = vm_new(&r.vm, r.im, &r.host, &r.limits);
    fuzz_holds(!e || e == ERR_LIMIT, "a machine can be made", err_text(e));
    if (!e)
        run(&r);
    vm_free(&r.vm);
    image_unref(&r.im);
    return 0;
}
