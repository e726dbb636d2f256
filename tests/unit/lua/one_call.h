/* A machine that calls a function 'f' of a file in Lua, and what came of it. */
#ifndef TESTS_UNIT_LUA_ONE_CALL_H
#define TESTS_UNIT_LUA_ONE_CALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stdlib/lua/lua_run.h"
#include "tests/unit/isa/asm.h"

/* Slots: the result and the argument; the outcome of "see" and what it shows; the outcome of "ask" and what it gives.
 */
enum { CALL_RESULT, CALL_ARGUMENT, CALL_SEEN, CALL_ASKED = CALL_SEEN + 2 };

struct one_call {
    struct image_lua file;
    struct action_host host;
    char why[VM_LUA_WHY];
    struct vm *vm;
};

static inline int64_t one_call_wall(void *self)
{
    (void)self;
    return 0;
}

/* f(argument) is called so many times; types by letter, as in type.def. The argument's slot is the caller's to fill.
 */
static inline struct asm_image *one_call_image(struct one_call *k, const char *source, char result, char argument)
{
    struct asm_image *a = asm_new("x");
    const char r[] = { result, 0 }, p[] = { argument, 0 },
               slots[] = { result, argument, 'i', result, 'i', argument, 0 };
    k->file = (struct image_lua){ STR("f.lua"), str_of(source) };
    a->im.lua = &k->file;
    a->im.nlua = 1;
    asm_import(a, "see", "i", r);
    asm_outcome(a, "done", "", NULL);
    asm_import(a, "ask", (const char[]){ 'i', argument, 0 }, "");
    asm_outcome(a, "done", p, (const uint8_t[]){ 1 });
    asm_lua(a, "f", r, p);
    asm_func(a, "main", 0, 0, slots);
    return a;
}

static inline void one_call_run(struct one_call *k, struct asm_image *a, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        asm_op(a, OP_LUA, 0, CALL_RESULT);
    asm_op(a, OP_MOVE, CALL_SEEN + 1, CALL_RESULT);
    asm_op(a, OP_ACT, 0, CALL_SEEN);
    asm_op(a, OP_HALT);
    struct image *im = asm_load(a);
    k->host = (struct action_host){ .wall_ms = one_call_wall, .lua = lua_run, .lua_why = k->why };
    assert_int_equal(vm_new(&k->vm, im, &k->host, NULL), ERR_OK);
    image_unref(&im);
    vm_run(k->vm);
}

/* What the function gave, or why the machine faulted, in the buffer. */
static inline const char *one_call_outcome(struct one_call *k, char result, char *buffer, size_t size)
{
    struct sbuf text = { 0 };
    if (vm_state(k->vm) != VM_PARKED)
        snprintf(buffer, size, "fault: %s", vm_why(k->vm));
    else if (result == 't')
        snprintf(buffer, size, "%.*s", STR_ARG(vm_arg_text(k->vm, 0)));
    else if (result == 'j')
        vm_arg_json(k->vm, 0, &text);
    else if (result == 'T')
        for (unsigned i = 0; i < vm_arg_count(k->vm, 0); i++)
            sbuf_fmt(&text, "%s%.*s", i ? "," : "", STR_ARG(vm_arg_item(k->vm, 0, i)));
    else
        snprintf(buffer, size, "%lld", (long long)vm_arg_num(k->vm, 0));
    if (vm_state(k->vm) == VM_PARKED && (result == 'j' || result == 'T'))
        snprintf(buffer, size, "%.*s", STR_ARG(sbuf_view(&text)));
    sbuf_free(&text);
    return buffer;
}

#endif
