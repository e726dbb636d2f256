/* A machine's life: parking, limits, hanging up, memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/isa/sample.h"
#include "vm/run/heap.h"
#include "vm/run/vm.h"

enum { L_TOP = 1, L_END };

static int64_t wall(void *self)
{
    (void)self;
    return 0;
}
static bool open_always(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)self, (void)hours, (void)moment;
    return true;
}
static const struct action_host host = { .wall_ms = wall, .open = open_always };

static struct vm *start(struct asm_image *a, const struct vm_limits *limits)
{
    struct image *im = asm_load(a);
    struct vm *vm;
    assert_int_equal(vm_new(&vm, im, &host, limits), ERR_OK);
    image_unref(&im); /* the machine keeps its own */
    return vm;
}

static const struct vm_value digit_1 = { .type = TYPE_TEXT, .text = STR("1") };

static void parks_and_resumes(void **state)
{
    struct vm *vm = start(sample_new(), NULL);
    (void)state;
    assert_int_equal(vm_state(vm), VM_READY);
    assert_int_equal(vm_resume(vm, 0, &digit_1), ERR_INVALID);
    assert_null(vm_import(vm));
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_true(str_is(vm_import(vm)->name, "gather"));
    assert_true(str_is(vm_arg_text(vm, 0), "Press 1."));
    assert_int_equal(vm_arg_num(vm, 1), 5000);
    assert_int_equal(vm_line(vm).line, 2);
    assert_true(vm_arg_num(vm, 0) == 0 && vm_arg_text(vm, 1).len == 0 && vm_arg_text(vm, 99).len == 0);
    assert_int_equal(vm_resume(vm, 0, &digit_1), ERR_OK);
    assert_int_equal(vm_run(vm), VM_ENDED);
    vm_free(&vm);
    assert_null(vm);
    vm_free(NULL);
}

static void hands_over(void **state)
{
    struct vm *vm = start(sample_new(), NULL);
    const struct vm_value other = { .type = TYPE_TEXT, .text = STR("9") };
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_continue_with(vm).len, 0);
    assert_int_equal(vm_resume(vm, 0, &other), ERR_OK);
    assert_int_equal(vm_run(vm), VM_CONTINUE);
    assert_true(str_is(vm_continue_with(vm), "Press 1."));
    assert_int_equal(vm_hangup(vm), VM_READY); /* nobody is left to hand over */
    vm_free(&vm);
}

static void refuses_wrong_answers(void **state)
{
    static const struct {
        const char *name;
        unsigned outcome;
        struct vm_value value;
    } rows[] = {
        { "no such outcome", 2, { .type = TYPE_TEXT } },
        { "number for a text", 0, { .type = TYPE_INT, .num = 1 } },
        { "json for a text", 0, { .type = TYPE_JSON, .text = STR("{}") } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct vm *vm = start(sample_new(), NULL);
        assert_int_equal(vm_run(vm), VM_PARKED);
        assert_int_equal(vm_resume(vm, rows[i].outcome, &rows[i].value), ERR_INVALID);
        if (vm_state(vm) != VM_FAULTED || vm_fault(vm) != VM_FAULT_HOST)
            fail_msg("%s: %s", rows[i].name, vm_fault_text(vm_fault(vm)));
        vm_free(&vm);
    }
}

static void hangs_up(void **state)
{
    struct vm *vm = start(sample_new(), NULL);
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_hangup(vm), VM_READY);
    assert_int_equal(vm_run(vm), VM_ENDED);
    vm_free(&vm);
    vm = start(sample_new(), NULL);
    assert_int_equal(vm_hangup(vm), VM_READY);
    assert_int_equal(vm_hangup(vm), VM_ENDED); /* also out of 'on hangup' itself */
    assert_int_equal(vm_run(vm), VM_ENDED);
    vm_free(&vm);
    struct asm_image *a = asm_new("bare");
    asm_func(a, "main", 0, 0, "");
    asm_op(a, OP_HALT);
    vm = start(a, NULL);
    assert_int_equal(vm_hangup(vm), VM_ENDED);
    vm_free(&vm);
}

/* A flow that has come to its end, or wants another, has not run 'on hangup' yet; a second hangup finds nothing. */
static void hangs_up_at_the_end(void **state)
{
    (void)state;
    for (int hands_over = 0; hands_over < 2; hands_over++) {
        struct asm_image *a = asm_new("ending");
        asm_import(a, "see", "i", "");
        asm_outcome(a, "done", "", NULL);
        asm_func(a, "main", 0, 0, "it");
        asm_op(a, OP_TEXTK, 1, asm_text(a, "other"));
        if (hands_over)
            asm_op(a, OP_CONTINUE, 1);
        else
            asm_op(a, OP_HALT);
        asm_on_hangup(a);
        asm_op(a, OP_ACT, 0, 0);
        asm_op(a, OP_HALT);
        struct vm *vm = start(a, NULL);
        assert_int_equal(vm_run(vm), hands_over ? VM_CONTINUE : VM_ENDED);
        assert_int_equal(vm_hangup(vm), VM_READY);
        assert_int_equal(vm_run(vm), VM_PARKED);
        assert_int_equal(vm_resume(vm, 0, NULL), ERR_OK);
        assert_int_equal(vm_run(vm), VM_ENDED);
        assert_int_equal(vm_hangup(vm), VM_ENDED);
        vm_free(&vm);
    }
}

/* Frames are dropped, what the entry's slots hold is kept. */
static void hangs_up_inside_functions(void **state)
{
    struct asm_image *a = asm_new("deep");
    asm_import(a, "wait", "i", "");
    asm_outcome(a, "done", "", NULL);
    asm_import(a, "see", "i", "t");
    asm_func(a, "main", 0, 0, "it");
    asm_op(a, OP_LOADI, 0, 77);
    asm_op(a, OP_INTTEXT, 1, 0);
    asm_op(a, OP_CALL, 1, 0);
    asm_op(a, OP_HALT);
    asm_on_hangup(a);
    asm_op(a, OP_CONCAT, 1, 1, 1);
    asm_op(a, OP_ACT, 1, 0);
    asm_func(a, "inner", 0, 0, "ittt");
    asm_op(a, OP_INTTEXT, 1, 0);
    asm_op(a, OP_ACT, 0, 0);
    asm_op(a, OP_RET);
    struct vm *vm = start(a, NULL);
    (void)state;
    heap_stress = true;
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_hangup(vm), VM_READY);
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_import_index(vm), 1);
    assert_true(str_is(vm_arg_text(vm, 0), "77"));
    heap_stress = false;
    vm_free(&vm);
}

/* fn count(n, t) calls itself n times with a text made anew, and gives the n-th back: every frame holds a text of its
 * own. */
static struct asm_image *deep_image(int depth)
{
    struct asm_image *a = asm_new("deep");
    asm_import(a, "see", "i", "t");
    asm_outcome(a, "done", "", NULL);
    asm_func(a, "main", 0, 0, "ittit");
    asm_op(a, OP_LOADI, 3, depth);
    asm_op(a, OP_INTTEXT, 4, 3);
    asm_op(a, OP_CALL, 1, 2);
    asm_op(a, OP_MOVE, 1, 2);
    asm_op(a, OP_ACT, 0, 0);
    asm_op(a, OP_HALT);
    asm_func(a, "count", 1, 2, "tittit");
    asm_jump(a, OP_JEQI, L_END, 1, 0);
    asm_op(a, OP_ADDI, 4, 1, -1);
    asm_op(a, OP_INTTEXT, 5, 4);
    asm_op(a, OP_CALL, 1, 3);
    asm_op(a, OP_CONCAT, 0, 2, 2);
    asm_op(a, OP_RET);
    asm_label(a, L_END);
    asm_op(a, OP_INTTEXT, 0, 1);
    asm_op(a, OP_RET);
    return a;
}

static void collects_in_deep_stacks(void **state)
{
    struct vm *vm = start(deep_image(100), NULL);
    struct sbuf want = { 0 };
    (void)state;
    heap_stress = true;
    assert_int_equal(vm_run(vm), VM_PARKED);
    heap_stress = false;
    for (int n = 100; n >= 0; n--)
        sbuf_fmt(&want, "%d", n);
    assert_true(str_is(vm_arg_text(vm, 0), want.p));
    sbuf_free(&want);
    assert_int_equal(vm_resume(vm, 0, NULL), ERR_OK);
    assert_int_equal(vm_run(vm), VM_ENDED);
    vm_free(&vm);
}

/* Parks at the bottom of 40 calls, each with a text of its own, and returns to the top after a restart. */
static struct asm_image *deep_parking(void)
{
    struct asm_image *a = asm_new("deep");
    asm_import(a, "wait", "i", "");
    asm_outcome(a, "done", "", NULL);
    asm_import(a, "see", "i", "t");
    asm_func(a, "main", 0, 0, "itit");
    asm_op(a, OP_LOADI, 2, 40);
    asm_op(a, OP_CALL, 1, 1);
    asm_op(a, OP_MOVE, 3, 1);
    asm_op(a, OP_MOVE, 1, 3);
    asm_op(a, OP_ACT, 1, 0);
    asm_func(a, "nest", 1, 1, "tittii");
    asm_jump(a, OP_JEQI, L_END, 1, 0);
    asm_op(a, OP_INTTEXT, 2, 1);
    asm_op(a, OP_ADDI, 4, 1, -1);
    asm_op(a, OP_CALL, 1, 3);
    asm_op(a, OP_CONCAT, 0, 2, 2);
    asm_op(a, OP_RET);
    asm_label(a, L_END);
    asm_op(a, OP_ACT, 0, 5);
    asm_op(a, OP_RET);
    return a;
}

static void outlives_a_restart(void **state)
{
    struct vm *vm = start(deep_parking(), NULL), *again;
    struct image *im = image_ref(vm_image(vm));
    struct sbuf bytes = { 0 }, want = { 0 };
    (void)state;
    assert_int_equal(vm_save(vm, &bytes), ERR_INVALID);
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_save(vm, &bytes), ERR_OK);
    vm_free(&vm);
    for (int n = 40; n >= 1; n--)
        sbuf_fmt(&want, "%d", n);
    assert_int_equal(vm_restore(&again, im, &host, NULL, sbuf_view(&bytes)), ERR_OK);
    assert_int_equal(vm_import_index(again), 0);
    assert_int_equal(vm_resume(again, 0, NULL), ERR_OK);
    heap_stress = true;
    assert_int_equal(vm_run(again), VM_PARKED);
    heap_stress = false;
    assert_true(str_is(vm_arg_text(again, 0), want.p));
    vm_free(&again);
    sbuf_free(&want);
    sbuf_free(&bytes);
    image_unref(&im);
}

static void refuses_damaged_states(void **state)
{
    struct vm *vm = start(deep_parking(), NULL), *again;
    struct image *im = image_ref(vm_image(vm)), *other = asm_load(sample_new());
    struct sbuf bytes = { 0 };
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_save(vm, &bytes), ERR_OK);
    assert_int_equal(vm_restore(&again, other, &host, NULL, sbuf_view(&bytes)), ERR_BAD_VERSION);
    assert_int_equal(vm_restore(&again, im, &host, &(struct vm_limits){ .memory = 1000 }, sbuf_view(&bytes)),
                     ERR_LIMIT);
    assert_int_equal(vm_restore(&again, im, &host, &(struct vm_limits){ .depth = 39 }, sbuf_view(&bytes)), ERR_LIMIT);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.p[i] ^= 0x10;
        assert_int_equal(vm_restore(&again, im, &host, NULL, sbuf_view(&bytes)), ERR_INVALID);
        bytes.p[i] ^= 0x10;
        assert_int_equal(vm_restore(&again, im, &host, NULL, (struct str){ bytes.p, i }), ERR_INVALID);
        assert_null(again);
    }
    sbuf_free(&bytes);
    vm_free(&vm);
    image_unref(&im);
    image_unref(&other);
}

static void keeps_to_its_depth(void **state)
{
    struct vm *vm = start(deep_image(100), &(struct vm_limits){ .depth = 101 });
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED);
    vm_free(&vm);
    vm = start(deep_image(100), &(struct vm_limits){ .depth = 100 });
    assert_int_equal(vm_run(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_DEPTH);
    assert_int_equal(vm_resume(vm, 0, NULL), ERR_INVALID);
    assert_int_equal(vm_hangup(vm), VM_FAULTED);
    vm_free(&vm);
    vm = start(deep_image(100), &(struct vm_limits){ .memory = 4096 });
    assert_int_equal(vm_run(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_MEMORY);
    assert_true(vm_memory(vm) <= 4096);
    vm_free(&vm);
}

/* A loop that doubles a text. */
static struct asm_image *doubling(void)
{
    struct asm_image *a = asm_new("doubling");
    int x = asm_text(a, "0123456789");
    asm_func(a, "main", 0, 0, "tt");
    asm_op(a, OP_TEXTK, 0, x);
    asm_label(a, L_TOP);
    asm_op(a, OP_MOVE, 1, 0);
    asm_op(a, OP_CONCAT, 0, 0, 2);
    asm_jump(a, OP_LOOP, L_TOP);
    return a;
}

static void keeps_to_its_memory(void **state)
{
    struct vm *vm = start(doubling(), NULL);
    (void)state;
    assert_int_equal(vm_run(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_MEMORY);
    assert_true(vm_memory(vm) <= 256 << 10);
    vm_free(&vm);
    struct image *im = asm_load(doubling());
    assert_int_equal(vm_new(&vm, im, &host, &(struct vm_limits){ .memory = 64 }), ERR_LIMIT);
    assert_null(vm);
    image_unref(&im);
}

/* What does not fit when it comes from outside. */
static void refuses_large_payloads(void **state)
{
    struct vm *vm = start(sample_new(), &(struct vm_limits){ .memory = 1024 });
    static char large[2000];
    const struct vm_value v = { .type = TYPE_TEXT, .text = { large, sizeof large } };
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_resume(vm, 0, &v), ERR_LIMIT);
    assert_int_equal(vm_state(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_MEMORY);
    vm_free(&vm);
}

static struct asm_image *spinning(void)
{
    struct asm_image *a = asm_new("spinning");
    asm_import(a, "pause", "i", "");
    asm_outcome(a, "done", "", NULL);
    asm_func(a, "main", 0, 0, "ii");
    asm_label(a, L_TOP);
    asm_op(a, OP_ADDI, 1, 1, 1);
    asm_jump(a, OP_JNEI, L_END, 1, 5);
    asm_op(a, OP_ACT, 0, 0);
    asm_label(a, L_END);
    asm_jump(a, OP_LOOP, L_TOP);
    return a;
}

static void burns_fuel(void **state)
{
    struct vm *vm = start(spinning(), &(struct vm_limits){ .fuel = 10 });
    (void)state;
    assert_int_equal(vm_run(vm), VM_PARKED); /* four units are gone: an action's end gives none back */
    assert_int_equal(vm_resume(vm, 0, NULL), ERR_OK);
    assert_int_equal(vm_run(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_FUEL);
    vm_free(&vm);
}

/* The n-th run of four units is paid by the n-th refill only. */
static void time_refills_fuel(void **state)
{
    struct asm_image *a = asm_new("ticking");
    asm_import(a, "pause", "i", "");
    asm_outcome(a, "done", "", NULL);
    asm_func(a, "main", 0, 0, "i");
    asm_label(a, L_TOP);
    asm_op(a, OP_ACT, 0, 0);
    asm_jump(a, OP_LOOP, L_TOP);
    struct vm *vm = start(a, &(struct vm_limits){ .fuel = 3 });
    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(vm_run(vm), VM_PARKED);
        assert_int_equal(vm_resume(vm, 0, NULL), ERR_OK);
        if (i % 3 == 2)
            vm_refuel(vm);
    }
    for (int i = 0; i < 3 && vm_run(vm) == VM_PARKED; i++)
        assert_int_equal(vm_resume(vm, 0, NULL), ERR_OK);
    assert_int_equal(vm_run(vm), VM_FAULTED);
    vm_free(&vm);
}

/* Heap work is paid too: without that, straight code could copy for ever between two units. */
static void heap_work_burns_fuel(void **state)
{
    struct vm *vm = start(doubling(), &(struct vm_limits){ .fuel = 300, .memory = 64 << 20 });
    (void)state;
    assert_int_equal(vm_run(vm), VM_FAULTED);
    assert_int_equal(vm_fault(vm), VM_FAULT_FUEL);
    assert_true(vm_memory(vm) < 100000);
    vm_free(&vm);
}

/* A menu as the compiler lays it out has a score of slots and, from the second turn on, a digit in its heap. */
static void parked_call_is_small(void **state)
{
    struct asm_image *a = asm_new("menu");
    asm_import(a, "gather", "it", "tdi");
    asm_outcome(a, "matched", "t", (const uint8_t[]){ 1 });
    asm_func(a, "main", 0, 0, "ittdiittttiiiitttbdm");
    asm_label(a, L_TOP);
    asm_op(a, OP_ACT, 0, 0);
    asm_jump(a, OP_LOOP, L_TOP);
    struct vm *vm = start(a, NULL);
    (void)state;
    for (int i = 0; i < 50; i++) {
        assert_int_equal(vm_run(vm), VM_PARKED);
        assert_true(vm_memory(vm) <= 600);
        assert_int_equal(vm_resume(vm, 0, &digit_1), ERR_OK);
    }
    vm_free(&vm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parks_and_resumes),
        cmocka_unit_test(hands_over),
        cmocka_unit_test(refuses_wrong_answers),
        cmocka_unit_test(hangs_up),
        cmocka_unit_test(hangs_up_at_the_end),
        cmocka_unit_test(hangs_up_inside_functions),
        cmocka_unit_test(collects_in_deep_stacks),
        cmocka_unit_test(outlives_a_restart),
        cmocka_unit_test(refuses_damaged_states),
        cmocka_unit_test(keeps_to_its_depth),
        cmocka_unit_test(keeps_to_its_memory),
        cmocka_unit_test(refuses_large_payloads),
        cmocka_unit_test(burns_fuel),
        cmocka_unit_test(time_refills_fuel),
        cmocka_unit_test(heap_work_burns_fuel),
        cmocka_unit_test(parked_call_is_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
