/* JSON text that comes in and what goes out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/isa/asm.h"
#include "vm/run/heap.h"
#include "vm/run/vm.h"

#define DEEP_32 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define END_32  "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"

static const struct {
    const char *in, *out; /* out NULL: the same */
} rows[] = {
    { "null", NULL },
    { "true", NULL },
    { "[]", NULL },
    { "{}", NULL },
    { "0", NULL },
    { "-0", "0" },
    { "36028797018963967", NULL }, /* the largest that needs no text */
    { "36028797018963968", NULL },
    { "-36028797018963968", NULL },
    { "123456789012345678901234567890", NULL },
    { "1.50", NULL },
    { "-1e+9", NULL },
    { "[1,[2,{\"a\":[]}],\"x\"]", NULL },
    { " \t\r\n[ 1 , 2 ]\n", "[1,2]" },
    { "{\"b\":1,\"a\":2,\"b\":3}", NULL },
    { "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"a\\\"\\\\/\\u0008\\u000c\\u000a\\u000d\\u0009\"" },
    { "\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "\"Aé€😀\"" },
    { "\"\\ud800x\"", "\"\xef\xbf\xbdx\"" },
    { "\"\\ude00\"", "\"\xef\xbf\xbd\"" },
    { "\"\\ud800\\u0041\"", "\"\xef\xbf\xbd"
                            "A\"" },
    { "\"\\u0000\"", NULL },
    { "\"\x01\x7f\"", "\"\\u0001\\u007f\"" },
    { "\"\xff\xc3\"", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
    { "\"\xed\xa0\x80\"", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
    { DEEP_32 DEEP_32 END_32 END_32, NULL },
    /* What is no JSON is null. */
    { DEEP_32 DEEP_32 "[]" END_32 END_32, "null" },
    { "", "null" },
    { " ", "null" },
    { "nul", "null" },
    { "nulll", "null" },
    { "[1,]", "null" },
    { "[1 2]", "null" },
    { "[", "null" },
    { "{\"a\"}", "null" },
    { "{\"a\":}", "null" },
    { "{a:1}", "null" },
    { "{\"a\":1,}", "null" },
    { "01", "null" },
    { "-", "null" },
    { "1.", "null" },
    { ".5", "null" },
    { "1e", "null" },
    { "+1", "null" },
    { "\"", "null" },
    { "\"\\", "null" },
    { "\"\\x\"", "null" },
    { "\"\\u12\"", "null" },
    { "\"\\u12g4\"", "null" },
    { "[1] x", "null" },
    { "1.5 x", "null" },
    { "7 x", "null" },
    { "\"a\" x", "null" },
    { "'a'", "null" },
};

/* Asks for a json and shows it, for ever. */
static struct image *echo(void)
{
    struct asm_image *a = asm_new("echo");
    asm_import(a, "ask", "ij", "j");
    asm_outcome(a, "done", "j", (const uint8_t[]){ 1 });
    asm_func(a, "main", 0, 0, "ijj");
    asm_label(a, 1);
    asm_op(a, OP_ACT, 0, 0);
    asm_op(a, OP_MOVE, 2, 1);
    asm_jump(a, OP_LOOP, 1);
    return asm_load(a);
}

static void there_and_back(void **state)
{
    struct image *im = echo();
    struct sbuf out = { 0 };
    struct vm *vm;
    (void)state;
    assert_int_equal(vm_new(&vm, im, NULL, NULL), ERR_OK);
    heap_stress = true;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct vm_value v = { .type = TYPE_JSON, .text = str_of(rows[i].in) };
        const char *want = rows[i].out ? rows[i].out : rows[i].in;
        assert_int_equal(vm_run(vm), VM_PARKED);
        assert_int_equal(vm_resume(vm, 0, &v), ERR_OK);
        assert_int_equal(vm_run(vm), VM_PARKED);
        sbuf_clear(&out);
        vm_arg_json(vm, 0, &out);
        if (!str_is(sbuf_view(&out), want))
            fail_msg("'%s' gives '%s', wanted '%s'", rows[i].in, out.p, want);
    }
    heap_stress = false;
    vm_free(&vm);
    image_unref(&im);
    sbuf_free(&out);
}

static void does_not_outgrow_its_memory(void **state)
{
    struct image *im = echo();
    struct sbuf text = { 0 };
    struct vm *vm;
    (void)state;
    sbuf_cstr(&text, "[0");
    for (int i = 0; i < 40000; i++) /* 80 KB of text take 320 KB as elements */
        sbuf_cstr(&text, ",0");
    sbuf_char(&text, ']');
    assert_int_equal(vm_new(&vm, im, NULL, NULL), ERR_OK);
    assert_int_equal(vm_run(vm), VM_PARKED);
    assert_int_equal(vm_resume(vm, 0, &(struct vm_value){ .type = TYPE_JSON, .text = sbuf_view(&text) }), ERR_LIMIT);
    assert_int_equal(vm_fault(vm), VM_FAULT_MEMORY);
    vm_free(&vm);
    image_unref(&im);
    sbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(does_not_outgrow_its_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
