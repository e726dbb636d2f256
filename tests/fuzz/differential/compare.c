#include "tests/fuzz/differential/compare.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "compiler/compile.h"
#include "tests/fuzz/differential/evaluate.h"
#include "tests/fuzz/differential/program.h"
#include "vm/run/vm.h"

enum { STEPS = 200000, FUEL = 50000000, MEMORY = 4 << 20, DEPTH = 300, SHRINK_TRIES = 3000 };

static enum ending ending_of(enum vm_fault f)
{
    switch (f) {
    case VM_FAULT_OVERFLOW: return ENDING_OVERFLOW;
    case VM_FAULT_DIVISION: return ENDING_DIVISION;
    case VM_FAULT_INDEX: return ENDING_INDEX;
    default: return ENDING_LIMIT;
    }
}

static struct str argument(const struct vm *vm, char number[32])
{
    const struct image_import *m = vm_import(vm);
    if (!m->nparams)
        return STR("");
    if (m->params[0].type == TYPE_TEXT)
        return vm_arg_text(vm, 0);
    snprintf(number, 32, "%" PRId64, vm_arg_num(vm, 0));
    return str_of(number);
}

/* One action: the world answers. false: the call is over. */
static bool act(struct vm *vm, struct world *w)
{
    const struct image_import *m = vm_import(vm);
    char number[32];
    if (!m->noutcomes) {
        world_end(w, m->nparams ? ENDING_REFUSED : ENDING_END, m->nparams ? vm_arg_num(vm, 0) : 0);
        return false;
    }
    unsigned outcome = world_answer(w, m->name, argument(vm, number), m->noutcomes);
    struct vm_value payload = { .type = TYPE_TEXT, .text = world_payload(w) };
    if (vm_resume(vm, outcome, &payload) || w->ending == ENDING_LIMIT) {
        world_end(w, ENDING_LIMIT, 0);
        return false;
    }
    return true;
}

static void run_machine(struct image *im, struct world *w)
{
    const struct action_host host = { .field = NULL }; /* the programs ask nothing of it */
    struct vm *vm;
    if (vm_new(&vm, im, &host, &(struct vm_limits){ FUEL, MEMORY, DEPTH }))
        abort();
    enum vm_state state;
    while ((state = vm_run(vm)) == VM_PARKED && act(vm, w))
        ;
    if (state == VM_FAULTED)
        world_end(w, ending_of(vm_fault(vm)), 0);
    else if (state == VM_ENDED)
        world_end(w, ENDING_END, 0);
    vm_free(&vm);
}

static enum verdict judge(const struct world *machine, const struct world *tree, struct sbuf *report)
{
    sbuf_fmt(report, "---- the machine:\n%s---- the tree:\n%s", machine->trace.p, tree->trace.p);
    if (machine->ending == ENDING_LIMIT || tree->ending == ENDING_LIMIT)
        return VERDICT_LIMIT;
    return str_eq(sbuf_view(&machine->trace), sbuf_view(&tree->trace)) ? VERDICT_SAME : VERDICT_DIFFERS;
}

static enum verdict run_both(struct compile *c, const struct image *made, struct sbuf *report)
{
    struct sbuf bytes = { 0 };
    struct image *im = NULL;
    struct image_refusal why = { "" };
    struct world machine = { .asked = 0 }, tree = { .asked = 0 };
    enum verdict v = VERDICT_LIMIT;
    enum err e = image_encode(made, IMAGE_STRIP_NOTHING, &bytes);
    if (!e && image_load(&im, bytes.p, bytes.len, &why)) {
        sbuf_fmt(report, "the image is refused: %s\n", why.text);
        v = VERDICT_DIFFERS;
    } else if (!e) {
        run_machine(im, &machine);
        evaluate(compile_tree(c), &tree, STEPS);
        v = judge(&machine, &tree, report);
    }
    world_free(&machine);
    world_free(&tree);
    image_unref(&im);
    sbuf_free(&bytes);
    return v;
}

static void show(const struct diags *list, struct sbuf *report)
{
    for (size_t i = 0; i < diags_count(list); i++)
        if (diags_at(list, i)->severity == DIAG_ERROR)
            diag_render(report, list, diags_at(list, i), false);
}

enum verdict compare_text(struct str text, struct sbuf *report)
{
    const struct image *made = NULL;
    struct compile *c = compile_new();
    enum verdict v = VERDICT_REFUSED;
    sbuf_fmt(report, "%.*s\n", STR_ARG(text));
    if (compile_text(c, "f.flow", text, &made))
        show(compile_diags(c), report);
    else
        v = run_both(c, made, report);
    compile_free(&c);
    return v;
}

enum verdict compare_choices(struct str choices, struct sbuf *report)
{
    struct sbuf program = { 0 };
    program_make(&program, choices);
    enum verdict v = compare_text(sbuf_view(&program), report);
    sbuf_free(&program);
    return v;
}

static bool still(struct str choices, enum verdict verdict)
{
    struct sbuf report = { 0 };
    bool same = compare_choices(choices, &report) == verdict;
    sbuf_free(&report);
    return same;
}

/* Leaves out n choices from `at` on, or makes them 0. false: the verdict would change. */
static bool simpler(struct sbuf *choices, size_t at, size_t n, enum verdict verdict, bool cut)
{
    struct sbuf trial = { 0 };
    struct str all = sbuf_view(choices);
    sbuf_add(&trial, all.p, at);
    for (size_t i = 0; i < n && !cut; i++)
        sbuf_char(&trial, 0);
    sbuf_add(&trial, all.p + at + n, all.len - at - n);
    bool kept = !str_eq(sbuf_view(&trial), all) && still(sbuf_view(&trial), verdict);
    if (kept) {
        sbuf_clear(choices);
        sbuf_str(choices, sbuf_view(&trial));
    }
    sbuf_free(&trial);
    return kept;
}

static void shrink_once(struct sbuf *choices, enum verdict verdict, int *tries)
{
    for (size_t n = choices->len; n; n /= 2)
        for (size_t at = 0; at + n <= choices->len && *tries > 0; *tries -= 2)
            if (!simpler(choices, at, n, verdict, true) && !simpler(choices, at, n, verdict, false))
                at += n;
            else if (n == choices->len)
                break;
}

void compare_shrink(struct sbuf *choices, enum verdict verdict)
{
    int tries = SHRINK_TRIES;
    size_t before;
    do {
        before = choices->len;
        shrink_once(choices, verdict, &tries);
    } while (choices->len < before && tries > 0);
}
