/* One image that has something in every section and table. Free with asm_free(). */
#ifndef TESTS_UNIT_ISA_SAMPLE_H
#define TESTS_UNIT_ISA_SAMPLE_H

#include "tests/unit/isa/asm.h"

static const struct image_hours_rule sample_rules[] = { { .days = 31, .from = 540, .to = 1020 },
                                                        { .year = 2026, .month = 12, .day = 25 },
                                                        { .month = 2, .day = 29, .from = 0, .to = 1440 } };
static const struct str sample_patterns[] = { STR("+48*"), STR("+44*") };
static const struct image_permit sample_permits[] = { { PERMIT_DIAL, sample_patterns, 2, 2 },
                                                      { PERMIT_DIAL_CONNECTIONS, NULL, 0, 0 } };
static const struct image_prompt sample_prompts[] = { { PROMPT_TEXT, STR("Press 1.") }, { PROMPT_FILE, STR("a.wav") } };
static const struct word_said sample_names[] = { { STR("Nguyen"), STR("win") }, { STR("2nd"), STR("second") } };
static const struct image_spoken sample_spoken[] = { { STR("Slowly."), STR("rms"), 80 } };
static const struct str sample_continues[] = { STR("support") };
static const struct image_source sample_sources[] = { { STR("demo.flow"),
                                                        STR("flow demo {\n    say \"Press 1.\"\n}\n") } };

static const struct image_lua sample_lua[] = { { STR("p.lua"), STR("function quote(a) return 1 end\n") } };

enum { SAMPLE_AGAIN = 1, SAMPLE_ONE, SAMPLE_TWO, SAMPLE_OUT, SAMPLE_SHORT };

/* fn twice(n: int) -> int, by adding in a loop. */
static inline int sample_twice(struct asm_image *a)
{
    int f = asm_func(a, "twice", 1, 1, "iii");
    asm_line(a, 9);
    asm_label(a, SAMPLE_AGAIN);
    asm_jump(a, OP_JLE, SAMPLE_OUT, 1, 2);
    asm_op(a, OP_ADDI, 2, 2, 1);
    asm_op(a, OP_ADDI, 0, 0, 2);
    asm_jump(a, OP_LOOP, SAMPLE_AGAIN);
    asm_label(a, SAMPLE_OUT);
    asm_op(a, OP_RET);
    return f;
}

static inline void sample_main(struct asm_image *a, int gather, int twice)
{
    int64_t two[] = { asm_text(a, "1"), asm_text(a, "2") };
    int keys = asm_list(a, TYPE_LIST_TEXT, 2, two), menu = asm_text(a, "Press 1.");
    a->im.entry = (uint32_t)asm_func(a, "demo", 0, 0, "ittdsTtiijm");
    asm_line(a, 2);
    asm_op(a, OP_TEXTK, 2, menu);
    asm_op(a, OP_LOADK, 3, asm_num(a, TYPE_DURATION, 5000));
    asm_op(a, OP_NOW, 10);
    asm_op(a, OP_OPEN, 7, 0, 10);
    asm_op(a, OP_ACT, gather, 0);
    asm_jump(a, OP_JNEI, SAMPLE_SHORT, 0, 0);
    asm_op(a, OP_TSWITCH, 1, keys);
    asm_table(a, 2, (const unsigned[]){ SAMPLE_ONE, SAMPLE_TWO });
    asm_op(a, OP_CONTINUE, 2);
    asm_label(a, SAMPLE_ONE);
    asm_op(a, OP_LOADI, 8, 21);
    asm_op(a, OP_CALL, twice, 7);
    asm_op(a, OP_INTTEXT, 6, 7);
    asm_op(a, OP_SAYSOUND, 4, 6);
    asm_op(a, OP_HALT);
    asm_label(a, SAMPLE_TWO);
    asm_op(a, OP_LISTT, 5, 1, 2);
    asm_op(a, OP_LUA, 0, 0);
    asm_op(a, OP_JOBJ, 9);
    asm_op(a, OP_JPUT, 9, 1, 9);
    asm_label(a, SAMPLE_SHORT);
    asm_line(a, 3);
    asm_op(a, OP_HALT);
    asm_on_hangup(a);
    asm_op(a, OP_CONCAT, 1, 1, 2);
    asm_op(a, OP_RET);
}

static inline struct asm_image *sample_new(void)
{
    struct asm_image *a = asm_new("demo");
    int gather = asm_import(a, "gather", "it", "td");
    asm_outcome(a, "matched", "t", (const uint8_t[]){ 1 });
    asm_outcome(a, "timeout", "", NULL);
    a->hours[a->im.nhours++] = (struct image_hours){ STR("office"), STR("Europe/Warsaw"), sample_rules, 3 };
    a->im.permits = sample_permits;
    a->im.npermits = 2;
    a->im.prompts = sample_prompts;
    a->im.nprompts = 2;
    a->im.names = sample_names;
    a->im.nnames = 2;
    a->im.spoken = sample_spoken;
    a->im.nspoken = 1;
    a->im.continues = sample_continues;
    a->im.ncontinues = 1;
    a->im.sources = sample_sources;
    a->im.nsources = 1;
    a->im.lua = sample_lua;
    a->im.nlua = 1;
    asm_lua(a, "quote", "i", "t");
    asm_lua(a, "look", "it", "");
    asm_lua_outcome(a, "found", "t", (const uint8_t[]){ 1 });
    a->im.tests = STR("tests, opaque");
    int twice = sample_twice(a);
    sample_main(a, gather, twice);
    asm_close(a);
    return a;
}

#endif
