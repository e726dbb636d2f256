/* One row a rule of the verifier: the smallest image that breaks it, and what it is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/isa/sample.h"
#include "vm/isa/verify.h"

/* Codes of an entry function with slots: 0 int, 1 text, 2 json, 3 list of text, 4 duration, 5 sound, 6 list of int, 7
 * bool. Constants: 0 number, 1 text, 2 list of text, 3 list of int, 4 text that is no zone. Function 1 takes an int and
 * a text and gives an int; function 0 in Lua takes a text and gives an int, 1 ends in an outcome with a text; action 0
 * takes a text and ends in one outcome with a text; action 1 never comes back. Hours: 0. */
static const char slots[] = "itjTdsIb";

#define CODE(...) (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ })
#define U16(n)    (n) & 255, (n) >> 8
static const struct {
    const char *name;
    const uint8_t *code;
    uint32_t len;
    const char *want; /* in the reason; NULL when it must pass */
} codes[] = {
    { "smallest", CODE(OP_HALT), NULL },
    { "nothing", (const uint8_t[]){ 0 }, 0, "0 bytes" },
    { "no such opcode", CODE(OP_COUNT), "no instruction" },
    { "opcode cut off", CODE(OP_LOADK, 0, 0), "cut off" },
    { "slot beyond", CODE(OP_LOADI, 8, 0, OP_HALT), "no slot 8" },
    { "written slot's type", CODE(OP_LOADI, 1, 0, OP_HALT), "slot 1 is text, int is wanted" },
    { "numbers mix", CODE(OP_ADD, 7, 0, 4, OP_HALT), NULL },
    { "read slot's type", CODE(OP_ADD, 0, 0, 1, OP_HALT), "slot 1 is text" },
    { "third operand's slot", CODE(OP_ADD, 0, 0, 9, OP_HALT), "no slot 9" },
    { "move of one type", CODE(OP_MOVE, 1, 1, OP_HALT), NULL },
    { "move of numbers", CODE(OP_MOVE, 0, 4, OP_HALT), NULL },
    { "move of two types", CODE(OP_MOVE, 1, 2, OP_HALT), "slot 1 is text, json is wanted" },
    { "move of number to text", CODE(OP_MOVE, 1, 0, OP_HALT), "slot 1 is text, int is wanted" },
    { "move from beyond", CODE(OP_MOVE, 1, 8, OP_HALT), "no slot 8" },
    { "sound is no text", CODE(OP_SAYSOUND, 5, 5, OP_HALT), "slot 5 is sound" },
    { "constant beyond", CODE(OP_LOADK, 0, U16(5), OP_HALT), "no constant 5" },
    { "constant's type", CODE(OP_LOADK, 0, U16(1), OP_HALT), "constant 1 is text" },
    { "text constant's type", CODE(OP_TEXTK, 1, U16(2), OP_HALT), "constant 2 is list of text" },
    { "lists of two types", CODE(OP_LISTTK, 3, U16(3), OP_HALT), "constant 3 is list of int" },
    { "range", CODE(OP_CONCAT, 1, 1, 1, OP_HALT), NULL },
    { "empty range at the end", CODE(OP_CONCAT, 1, 8, 0, OP_HALT), NULL },
    { "range beyond", CODE(OP_LISTN, 6, 7, 2, OP_HALT), "slots 7 to 9" },
    { "range of another type", CODE(OP_CONCAT, 1, 1, 2, OP_HALT), "slot 2 is json" },
    { "jump to an instruction", CODE(OP_JUMP, U16(1), OP_HALT, OP_HALT), NULL },
    { "jump into an instruction", CODE(OP_JUMP, U16(1), OP_LOADI, 0, 0, OP_HALT), "jumps to 4" },
    { "jump to the end", CODE(OP_JUMP, U16(1), OP_HALT), "jumps to 4" },
    { "jump far out", CODE(OP_JT, 0, U16(65535), OP_HALT), "jumps to 65539" },
    { "loop", CODE(OP_LOADI, 0, 0, OP_LOOP, U16(6)), NULL },
    { "loop to itself", CODE(OP_LOOP, U16(3)), NULL },
    { "loop to before the start", CODE(OP_LOOP, U16(4)), "back by 4" },
    { "loop into an instruction", CODE(OP_LOADI, 0, 0, OP_LOOP, U16(5)), "back by 5" },
    { "loop to behind itself", CODE(OP_LOOP, U16(0)), "back by 0" },
    { "counting down", CODE(OP_DOWN, 0, U16(4), OP_HALT), NULL },
    { "counting down at the end", CODE(OP_DOWN, 0, U16(4)), "runs off" },
    { "counting down to before the start", CODE(OP_DOWN, 0, U16(5), OP_HALT), "back by 5" },
    { "counting down into an instruction", CODE(OP_LOADI, 0, 0, OP_DOWN, 0, U16(6), OP_HALT), "back by 6" },
    { "counting a text down", CODE(OP_DOWN, 1, U16(4), OP_HALT), "slot 1 is text" },
    { "counting down cut off", CODE(OP_DOWN, 0, 4), "cut off" },
    { "times a number", CODE(OP_MULI, 0, 0, 128, OP_HALT), NULL },
    { "times into a text", CODE(OP_MULI, 1, 0, 1, OP_HALT), "slot 1 is text" },
    { "divided by 127", CODE(OP_DIVI, 0, 0, 127, OP_HALT), NULL },
    { "divided by 0", CODE(OP_DIVI, 0, 0, 0, OP_HALT), "0 is not above 0" },
    { "divided by -1", CODE(OP_DIVI, 0, 0, 255, OP_HALT), "-1 is not above 0" },
    { "divided text", CODE(OP_DIVI, 0, 1, 2, OP_HALT), "slot 1 is text" },
    { "remainder of 0", CODE(OP_REMI, 0, 0, 0, OP_HALT), "0 is not above 0" },
    { "remainder of -128", CODE(OP_REMI, 0, 0, 128, OP_HALT), "-128 is not above 0" },
    { "remainder in a slot beyond", CODE(OP_REMI, 8, 0, 1, OP_HALT), "no slot 8" },
    { "switch", CODE(OP_SWITCH, 0, 2, U16(0), U16(1), OP_HALT, OP_HALT), NULL },
    { "switch cut off", CODE(OP_SWITCH, 0, 2, U16(0), 0), "cut off" },
    { "switch's last jump", CODE(OP_SWITCH, 0, 2, U16(0), U16(1), OP_HALT), "jumps to 8" },
    { "switch on a text", CODE(OP_SWITCH, 1, 0, OP_HALT), "slot 1 is text" },
    { "switch at the end", CODE(OP_SWITCH, 0, 0), "runs off" },
    { "text switch's list", CODE(OP_TSWITCH, 1, U16(3), 0, OP_HALT), "constant 3" },
    { "runs off its end", CODE(OP_LOADI, 0, 0), "runs off" },
    { "condition at the end", CODE(OP_HALT, OP_JT, 0, U16(0)), "runs off" },
    { "call", CODE(OP_CALL, U16(1), 6, OP_HALT), "too short" },
    { "call of nobody", CODE(OP_CALL, U16(2), 0, OP_HALT), "no function 2" },
    { "call's result", CODE(OP_CALL, U16(1), 1, OP_HALT), "slot 1 is text, int is wanted" },
    { "call's last parameter", CODE(OP_CALL, U16(1), 0, OP_HALT), "slot 1 is text, int is wanted" },
    { "call beyond", CODE(OP_CALL, U16(1), 250, OP_HALT), "too short" },
    { "action", CODE(OP_ACT, U16(0), 0, OP_HALT), "slot 2 is json, text is wanted" },
    { "action beyond", CODE(OP_ACT, U16(0), 6, OP_HALT), "too short" },
    { "no such action", CODE(OP_ACT, U16(2), 0, OP_HALT), "no action 2" },
    { "action that never comes back", CODE(OP_ACT, U16(1), 8), NULL },
    { "field", CODE(OP_FIELDT, 1, FIELD_FROM, OP_HALT), NULL },
    { "field of another type", CODE(OP_FIELDT, 1, FIELD_DIALED_RING_TIME, OP_HALT), "slot 1 is text, duration" },
    { "no such field", CODE(OP_FIELDN, 0, FIELD_COUNT, OP_HALT), "no field" },
    { "hours", CODE(OP_OPEN, 7, U16(0), 0, OP_HALT), NULL },
    { "no such hours", CODE(OP_OPEN, 7, U16(1), 0, OP_HALT), "no hours table 1" },
    { "zone", CODE(OP_DAYTEXT, 1, 0, U16(1), OP_HALT), NULL },
    { "no zone", CODE(OP_DAYTEXT, 1, 0, U16(4), OP_HALT), "no time zone" },
    { "lua", CODE(OP_LUA, U16(0), 0, OP_HALT), NULL },
    { "no such function in Lua", CODE(OP_LUA, U16(2), 0, OP_HALT), "no function in Lua 2" },
    { "lua's parameter", CODE(OP_LUA, U16(0), 4, OP_HALT), "slot 5 is sound, text is wanted" },
    { "lua's outcome", CODE(OP_LUA, U16(1), 1, OP_HALT), "slot 1 is text, int is wanted" },
    { "lua beyond", CODE(OP_LUA, U16(0), 7, OP_HALT), "too short" },
    { "json is no text", CODE(OP_JFIELD, 2, 1, 1, OP_HALT), "slot 1 is text, json" },
};

static struct asm_image *fixture(void)
{
    struct asm_image *a = asm_new("x");
    int number = asm_num(a, TYPE_INT, 7), text = asm_text(a, "Europe/Warsaw");
    asm_list(a, TYPE_LIST_TEXT, 1, (const int64_t[]){ text });
    asm_list(a, TYPE_LIST_NUM, 1, (const int64_t[]){ number });
    asm_text(a, "../../etc/passwd");
    asm_import(a, "ask", "it", "t");
    asm_outcome(a, "done", "t", (const uint8_t[]){ 1 });
    asm_import(a, "hangup", "", "");
    a->hours[a->im.nhours++] = (struct image_hours){ STR("office"), STR("UTC"), sample_rules, 3 };
    a->im.lua = sample_lua, a->im.nlua = 1;
    asm_lua(a, "quote", "i", "t");
    asm_lua(a, "look", "it", "");
    asm_lua_outcome(a, "found", "t", (const uint8_t[]){ 1 });
    asm_func(a, "main", 0, 0, slots);
    asm_op(a, OP_HALT);
    asm_func(a, "callee", 1, 2, "iit");
    asm_op(a, OP_RET);
    asm_close(a);
    return a;
}

static void check(struct asm_image *a, const char *name, const char *want)
{
    struct image_refusal why = { "" };
    enum err e = image_verify(asm_image(a), &why);
    if ((e == ERR_OK) != !want || (want && !strstr(why.text, want)))
        fail_msg("%s: %s, '%s', wanted '%s'", name, err_name(e), why.text, want ? want : "");
    asm_free(a);
}

static void checks_code(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        struct asm_image *a = fixture();
        uint8_t *exact = malloc(codes[i].len ? codes[i].len : 1);
        memcpy(exact, codes[i].code, codes[i].len);
        a->funcs[0].code = exact;
        a->funcs[0].code_len = codes[i].len;
        check(a, codes[i].name, codes[i].want);
        free(exact);
    }
}

static const uint8_t bad_types[] = { TYPE_COUNT + 1, TYPE_NONE };
static const int64_t forward_item[] = { 6 }, number_item[] = { 0 }, negative_item[] = { -1 };
static const struct image_line backward[] = { { 1, 0, 1 }, { 0, 0, 1 } };

/* Each breaks one table of the fixture. */
static void entry_beyond(struct asm_image *a) { a->im.entry = 9; }
static void entry_with_parameters(struct asm_image *a) { a->im.entry = 1; }
static void hangup_elsewhere(struct asm_image *a) { a->funcs[1].on_hangup = 1; }
static void hangup_in_nowhere(struct asm_image *a) { a->funcs[0].on_hangup = 1; }
static void too_many_slots(struct asm_image *a) { a->funcs[1].nslots = 251; }
static void more_parameters_than_slots(struct asm_image *a) { a->funcs[1].nparams = 3; }
static void slot_without_type(struct asm_image *a)
{
    a->funcs[1].nslots = 1, a->funcs[1].nparams = 0, a->funcs[1].slots = bad_types;
}
static void line_beyond(struct asm_image *a) { a->funcs[0].lines = &backward[0], a->funcs[0].nlines = 1; }
static void const_json(struct asm_image *a) { a->consts[0].type = TYPE_JSON; }
static void const_none(struct asm_image *a) { a->consts[0].type = TYPE_NONE; }
static void list_of_later(struct asm_image *a) { a->consts[2].items = forward_item; }
static void list_of_number(struct asm_image *a) { a->consts[2].items = number_item; }
static void list_of_negative(struct asm_image *a) { a->consts[2].items = negative_item; }
static void list_without_items(struct asm_image *a) { a->consts[3].items = NULL; }
static void outcome_in_text(struct asm_image *a) { a->imports[0].results = asm_types(a, "tt"); }
static void payload_over_outcome(struct asm_image *a)
{
    a->imports[0].noutcomes = 0;
    a->im.nimports = 1;
    asm_outcome(a, "x", "i", (const uint8_t[]){ 0 });
}
static void payload_beyond(struct asm_image *a)
{
    a->imports[0].noutcomes = 0;
    a->im.nimports = 1;
    asm_outcome(a, "x", "t", (const uint8_t[]){ 2 });
}
static void payload_of_other_type(struct asm_image *a)
{
    a->imports[0].noutcomes = 0;
    a->im.nimports = 1;
    asm_outcome(a, "x", "j", (const uint8_t[]){ 1 });
}
static void zone_is_path(struct asm_image *a) { a->hours[0].zone = STR("/etc/passwd"); }

static struct image_hours_rule odd_rule;
static void with_rule(struct asm_image *a, struct image_hours_rule rule)
{
    odd_rule = rule;
    a->hours[0].rules = &odd_rule, a->hours[0].nrules = 1;
}
static void rule_of_eighth_day(struct asm_image *a)
{
    with_rule(a, (struct image_hours_rule){ .days = 128, .to = 60 });
}
static void rule_of_february_30(struct asm_image *a)
{
    with_rule(a, (struct image_hours_rule){ .month = 2, .day = 30 });
}
static void rule_of_no_leap_day(struct asm_image *a)
{
    with_rule(a, (struct image_hours_rule){ .year = 2025, .month = 2, .day = 29 });
}
static void rule_backwards(struct asm_image *a)
{
    with_rule(a, (struct image_hours_rule){ .days = 1, .from = 600, .to = 540 });
}
static void rule_past_midnight(struct asm_image *a)
{
    with_rule(a, (struct image_hours_rule){ .days = 1, .to = 1441 });
}

static const struct image_permit odd_permit = { .kind = (enum permit_kind)7 }, empty_permit = { .kind = PERMIT_FETCH };
static const struct image_prompt odd_prompt = { .kind = (enum prompt_kind)3 };
static const struct word_said no_word = { STR("?x"), STR("y") }, unsaid = { STR("x"), STR("") };
static void name_that_is_no_word(struct asm_image *a) { a->im.names = &no_word, a->im.nnames = 1; }
static void name_that_is_not_said(struct asm_image *a) { a->im.names = &unsaid, a->im.nnames = 1; }
static const struct image_spoken too_slow = { STR("x"), STR(""), 49 };
static void words_that_are_too_slow(struct asm_image *a) { a->im.spoken = &too_slow, a->im.nspoken = 1; }
static void permit_of_no_kind(struct asm_image *a) { a->im.permits = &odd_permit, a->im.npermits = 1; }
static void permit_of_nothing(struct asm_image *a) { a->im.permits = &empty_permit, a->im.npermits = 1; }
static void prompt_of_no_kind(struct asm_image *a) { a->im.prompts = &odd_prompt, a->im.nprompts = 1; }

static char long_lua[IMAGE_LUA_SIZE + 1];
static const struct image_lua bytecode_lua[] = { { STR("p.lua"), STR("\x1bLJ\2") } };
static const struct image_lua too_long_lua[] = { { STR("p.lua"), { long_lua, sizeof long_lua } } };
static struct image_outcome many_values = { .npayload = IMAGE_LUA_VALUES + 1 };
static void lua_is_bytecode(struct asm_image *a) { a->im.lua = bytecode_lua; }
static void lua_is_too_long(struct asm_image *a) { a->im.lua = too_long_lua; }
static void lua_of_no_file(struct asm_image *a) { a->externs[1].file = 1; }
static void lua_takes_sound(struct asm_image *a) { a->im.nexterns = 0, asm_lua(a, "x", "i", "s"); }
static void lua_gives_cause(struct asm_image *a) { a->im.nexterns = 0, asm_lua(a, "x", "c", ""); }
static void lua_gives_nothing(struct asm_image *a) { a->im.nexterns = 0, asm_lua(a, "x", "", ""); }
static void lua_gives_two(struct asm_image *a) { a->im.nexterns = 0, asm_lua(a, "x", "ii", ""); }
static void lua_takes_many(struct asm_image *a) { a->im.nexterns = 0, asm_lua(a, "x", "i", "iiiiiiiiiiiiiiiii"); }
static void lua_payload_beyond(struct asm_image *a)
{
    a->externs[1].shape.noutcomes = 0;
    asm_lua_outcome(a, "x", "t", (const uint8_t[]){ 2 });
}
static void lua_payload_too_many(struct asm_image *a) { a->externs[1].shape.outcomes = &many_values; }
static void lua_outcome_in_text(struct asm_image *a) { a->externs[1].shape.results = asm_types(a, "tt"); }

static const struct {
    void (*breaks)(struct asm_image *);
    const char *name, *want;
} tables[] = {
#define ROW(name, want)                                                                                                \
    {                                                                                                                  \
        name, #name, want                                                                                              \
    }
    ROW(entry_beyond, "no function 9"),
    ROW(entry_with_parameters, "parameters or results"),
    ROW(hangup_elsewhere, "does not begin the flow"),
    ROW(hangup_in_nowhere, "'on hangup'"),
    ROW(too_many_slots, "251 slots"),
    ROW(more_parameters_than_slots, "do not hold"),
    ROW(slot_without_type, "slot 0 has no type"),
    ROW(line_beyond, "line row 0"),
    ROW(const_json, "constant 0"),
    ROW(const_none, "constant 0"),
    ROW(list_of_later, "constant 2: element 0"),
    ROW(list_of_number, "constant 2: element 0"),
    ROW(list_of_negative, "constant 2: element 0"),
    ROW(list_without_items, "constant 3"),
    ROW(outcome_in_text, "action 0"),
    ROW(payload_over_outcome, "payload of outcome 0"),
    ROW(payload_beyond, "payload of outcome 0"),
    ROW(payload_of_other_type, "payload of outcome 0"),
    ROW(lua_is_bytecode, "is bytecode"),
    ROW(lua_is_too_long, "longer than"),
    ROW(lua_of_no_file, "there is no Lua file 1"),
    ROW(lua_takes_sound, "cannot cross"),
    ROW(lua_gives_cause, "cannot cross"),
    ROW(lua_gives_nothing, "do not fit"),
    ROW(lua_gives_two, "do not fit"),
    ROW(lua_takes_many, "do not fit"),
    ROW(lua_payload_beyond, "do not fit"),
    ROW(lua_payload_too_many, "do not fit"),
    ROW(lua_outcome_in_text, "do not fit"),
    ROW(zone_is_path, "time zone"),
    ROW(rule_of_eighth_day, "rule 0"),
    ROW(rule_of_february_30, "rule 0"),
    ROW(rule_of_no_leap_day, "rule 0"),
    ROW(rule_backwards, "rule 0"),
    ROW(rule_past_midnight, "rule 0"),
    ROW(name_that_is_no_word, "name 0"),
    ROW(name_that_is_not_said, "name 0"),
    ROW(words_that_are_too_slow, "spoken text 0"),
    ROW(permit_of_no_kind, "permit 0"),
    ROW(permit_of_nothing, "permit 0"),
    ROW(prompt_of_no_kind, "prompt 0"),
};

static void checks_tables(void **state)
{
    (void)state;
    check(fixture(), "fixture", NULL);
    check(sample_new(), "sample", NULL);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct asm_image *a = fixture();
        tables[i].breaks(a);
        check(a, tables[i].name, tables[i].want);
    }
}

/* Every row of the table has operands that the verifier knows, and a size that the walk can rely on. */
static void table_is_whole(void **state)
{
    uint8_t code[16] = { 0 };
    (void)state;
    for (unsigned op = 0; op < OP_COUNT; op++) {
        uint32_t size = 1;
        for (unsigned i = 0; i < OPERANDS_MAX && opcode_rows[op].operands[i]; i++)
            size += operand_row(opcode_rows[op].operands[i])->bytes;
        code[0] = (uint8_t)op;
        assert_int_equal(opcode_size(code, sizeof code), size);
        assert_int_equal(opcode_size(code, size - 1), 0);
    }
}

static void types_have_rows(void **state)
{
    (void)state;
    assert_true(type_is_ref(TYPE_JSON) && !type_is_ref(TYPE_CAUSE) && !type_is_ref(TYPE_NONE));
    assert_int_equal(type_element(TYPE_LIST_SOUND), TYPE_SOUND);
    assert_string_equal(type_text(TYPE_LIST_NUM), "list of int");
    assert_int_equal(field_type(FIELD_DIALED_RING_TIME), TYPE_DURATION);
    assert_string_equal(field_text(FIELD_FROM), "call.from");
    assert_int_equal(cause_status("offline"), 480);
    assert_int_equal(cause_status("nobody"), 0);
    assert_string_equal(cause_name(480), "no_answer");
    assert_null(cause_name(499));
    assert_string_equal(cause_phrase(488), "Not Acceptable Here");
    assert_string_equal(cause_phrase(699), "Global Failure");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_code),
        cmocka_unit_test(checks_tables),
        cmocka_unit_test(table_is_whole),
        cmocka_unit_test(types_have_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
