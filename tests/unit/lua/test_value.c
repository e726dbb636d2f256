/* Values to Lua and back, by type: what the function is given it shows, what it gives arrives or is refused. */
#include "tests/unit/lua/one_call.h"

static const struct {
    const char *name, *source;
    char result, argument; /* types by letter */
    int64_t num;
    const char *text, *want;
} rows[] = {
#define NUM(name, body, result, argument, num, want)                                                                   \
    {                                                                                                                  \
        name, "function f(x) " body " end", result, argument, num, "", want                                            \
    }
#define TEXT(name, body, result, argument, text, want)                                                                 \
    {                                                                                                                  \
        name, "function f(x) " body " end", result, argument, 0, text, want                                            \
    }
    NUM("int", "return x * 2", 'i', 'i', -21, "-42"),
    NUM("int as text", "return type(x) .. x", 't', 'i', 7, "number7"),
    NUM("largest int", "return x", 'i', 'i', INT64_C(9007199254740992), "9007199254740992"),
    NUM("too large", "return x", 'i', 'i', INT64_C(9007199254740993), "fault: 'arg' is too large a number for Lua"),
    NUM("smallest", "return x", 'i', 'i', INT64_MIN, "fault: 'arg' is too large a number for Lua"),
    NUM("a fraction", "return 1.5", 'i', 'i', 0, "fault: f() gave 1.5, int is due"),
    NUM("not a number", "return 0/0", 'i', 'i', 0, "fault: f() gave "),
    NUM("endless", "return 1/0", 'i', 'i', 0, "fault: f() gave inf, int is due"),
    NUM("beyond", "return 2^53 * 2", 'i', 'i', 0, "fault: f() gave "),
    NUM("a text that is a number", "return '7'", 'i', 'i', 0, "fault: f() gave string, int is due"),
    NUM("nothing", "", 'i', 'i', 0, "fault: f() gave nothing, int is due"),
    NUM("bool", "return not x", 'b', 'b', 0, "1"),
    NUM("bool is no number", "return 1", 'b', 'b', 0, "fault: f() gave 1, bool is due"),
    NUM("duration", "return x + 1", 'd', 'd', 5000, "5001"),
    NUM("moment", "return x", 'm', 'm', INT64_C(1766656800123), "1766656800123"),
    TEXT("text", "return x:upper() .. #x", 't', 't', "aż",
         "A\xc5\xbc"
         "3"),
    TEXT("empty text", "return x", 't', 't', "", ""),
    TEXT("no UTF-8", "return '\\255'", 't', 't', "", "fault: f() gave a text that is not UTF-8"),
    TEXT("a number is no text", "return 5", 't', 't', "", "fault: f() gave 5, text is due"),
    TEXT("list", "x[#x + 1] = 'c' return x", 'T', 'T', "ab", "a,b,c"),
    TEXT("empty list", "return { unpack(x, 9) }", 'T', 'T', "ab", ""),
    TEXT("list of others", "return { 1 }", 'T', 'T', "", "fault: f() gave 1, text is due"),
    TEXT("no list", "return 'a'", 'T', 'T', "", "fault: f() gave string, list of text is due"),
    TEXT("json", "x.b[2] = x.a .. x.b[1] return x", 'j', 'j', "{\"a\":\"p\",\"b\":[1.5,null]}",
         "{\"a\":\"p\",\"b\":[1.5,\"p1.5\"]}"),
    TEXT("json null", "return type(x)", 't', 'j', "null", "nil"),
    TEXT("json of numbers", "return { 1, 2.5, true, 'x' }", 'j', 'j', "", "[1,2.5,true,\"x\"]"),
    TEXT("json of nothing", "return nil", 'j', 'j', "", "null"),
    TEXT("empty table", "return {}", 'j', 'j', "", "[]"),
    TEXT("json of a function", "return { f }", 'j', 'j', "", "fault: a function cannot become json"),
    TEXT("json of both", "return { a = 1, [5] = 2 }", 'j', 'j', "", "fault: a table with both names and numbers"),
    TEXT("json in circles", "local t = {} t.t = t return t", 'j', 'j', "", "fault: a table is nested too deeply"),
    TEXT("json of no UTF-8", "return { '\\255' }", 'j', 'j', "", "fault: a string cannot become json: it is not"),
    TEXT("json of infinity", "return { 1/0 }", 'j', 'j', "", "fault: a number cannot become json"),
};

/* The argument, from the row's number or text. JSON is asked for, as a fetch would give it. */
static void put_argument(struct asm_image *a, size_t i)
{
    int64_t items[2];
    switch (rows[i].argument) {
    case 't': asm_op(a, OP_TEXTK, CALL_ARGUMENT, asm_text(a, rows[i].text)); break;
    case 'T':
        items[0] = asm_text(a, "a");
        items[1] = asm_text(a, "b");
        asm_op(a, OP_LISTTK, CALL_ARGUMENT, asm_list(a, TYPE_LIST_TEXT, 2, items));
        break;
    case 'j':
        asm_op(a, OP_ACT, 1, CALL_ASKED);
        asm_op(a, OP_MOVE, CALL_ARGUMENT, CALL_ASKED + 1);
        break;
    default: asm_op(a, OP_LOADK, CALL_ARGUMENT, asm_num(a, TYPE_INT, rows[i].num)); break;
    }
}

static void run_row(size_t i, struct one_call *k)
{
    struct asm_image *a = one_call_image(k, rows[i].source, rows[i].result, rows[i].argument);
    const struct vm_value json = { .type = TYPE_JSON, .text = str_of(rows[i].text) };
    put_argument(a, i);
    one_call_run(k, a, 1);
    if (vm_state(k->vm) == VM_PARKED && vm_import_index(k->vm) == 1) {
        assert_int_equal(vm_resume(k->vm, 0, &json), ERR_OK);
        vm_run(k->vm);
    }
}

static void values_cross(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct one_call k = { 0 };
        char got[256] = "";
        run_row(i, &k);
        one_call_outcome(&k, rows[i].result, got, sizeof got);
        bool bad = strncmp(got, rows[i].want, strlen(rows[i].want)) != 0 || (!*rows[i].want && *got);
        if (bad)
            print_error("%s: '%s', wanted '%s'\n", rows[i].name, got, rows[i].want);
        wrong += bad;
        vm_free(&k.vm);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(values_cross) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
