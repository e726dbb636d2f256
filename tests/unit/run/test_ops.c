/* What each instruction does: one row or more an opcode. A row's code runs in a function that then shows its slots to
 * the action "see"; the wanted text is what is in them, or why the machine stopped. Each row runs twice, the second
 * time collecting at every allocation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/isa/sample.h"
#include "vm/run/heap.h"
#include "vm/run/lua_port.h"

/* Slots: 0 the action's result; shown: 1 int, 2 text, 3 json, 4 list of text, 5 list of int, 6 sound, 7 list of sound;
 * not shown: 8 9 10 int, 11 12 13 text, 14 15 json, 16 list of text, 17 list of int, 18 19 sound; 20 … 23 results
 * and 24 … 27 arguments of the function in Lua. */
static const char slots[] = "iitjTIsSiiitttjjTIssitjTitjT";

static const char *const texts[] = { "",    "abc",    "ż",   "a",      "b",    "12",    "-9223372036854775808",
                                     "1??", "[1-5]*", "123", "office", "X-Id", "hello", "Europe/Warsaw",
                                     "c",   "l" };
static const char json[] = " {\"a\":[1,2.50,\"x\\u00e9\",true,null], \"b\":{\"c\":\"d\"},\"l\":[\"p\",5,1.5]} ";
enum {
    T_EMPTY,
    T_ABC,
    T_Z,
    T_A,
    T_B,
    T_12,
    T_MIN,
    T_1QQ,
    T_SET,
    T_123,
    T_OFFICE,
    T_XID,
    T_HELLO,
    T_ZONE,
    T_C,
    T_L,
    TEXTS
};
static const int64_t nums[] = { INT64_MAX, INT64_MIN, 7, -2, 3000000000, 1766656800123, 1000001 };
enum { N_MAX = TEXTS, N_MIN, N_7, N_M2, N_BIG, N_MOMENT, N_MILLION, NUMS_END, L_TEXTS = NUMS_END, L_NUMS };

#define CODE(...)  (const int[]){ __VA_ARGS__ }, sizeof((const int[]){ __VA_ARGS__ }) / sizeof(int)
#define T(slot, k) OP_TEXTK, (slot), (k)
#define I(slot, n) OP_LOADI, (slot), (n)
#define K(slot, k) OP_LOADK, (slot), (k)
#define LUA_SHOWN  OP_MOVE, 1, 20, OP_MOVE, 2, 21, OP_MOVE, 3, 22, OP_MOVE, 4, 23
#define ASK        OP_ACT, 1, 10 /* slot 11 <- "given", slot 14 <- the json */

static const struct {
    const char *name;
    const int *code;
    size_t len;
    const char *want;
} rows[] = {
    { "nothing", CODE(OP_MOVE, 8, 9), "" },
    { "TEXTK", CODE(T(2, T_ABC)), "t=abc" },
    { "HALT", CODE(OP_HALT), "ended" },
    { "RET of the entry", CODE(OP_RET), "ended" },
    { "MOVE", CODE(T(11, T_ABC), OP_MOVE, 2, 11), "t=abc" },
    { "LOADI", CODE(I(1, -128)), "i=-128" },
    { "LOADK", CODE(K(1, N_MIN)), "i=-9223372036854775808" },
    { "LISTTK", CODE(OP_LISTTK, 4, L_TEXTS), "T=[abc,,ż]" },
    { "LISTNK", CODE(OP_LISTNK, 5, L_NUMS, OP_LENN, 1, 5), "i=2 I=2" },
    { "ADD", CODE(I(8, 5), I(9, -7), OP_ADD, 1, 8, 9), "i=-2" },
    { "ADD overflows", CODE(K(8, N_MAX), I(9, 1), OP_ADD, 1, 8, 9), "a number became too large" },
    { "SUB", CODE(I(8, 5), I(9, -7), OP_SUB, 1, 8, 9), "i=12" },
    { "SUB overflows", CODE(K(8, N_MIN), I(9, 1), OP_SUB, 1, 8, 9), "a number became too large" },
    { "MUL", CODE(K(8, N_BIG), I(9, -3), OP_MUL, 1, 8, 9), "i=-9000000000" },
    { "MUL overflows", CODE(K(8, N_MIN), I(9, -1), OP_MUL, 1, 8, 9), "a number became too large" },
    { "DIV to zero", CODE(I(8, -7), I(9, 2), OP_DIV, 1, 8, 9), "i=-3" },
    { "DIV by zero", CODE(I(8, -7), OP_DIV, 1, 8, 9), "a division by zero" },
    { "DIV overflows", CODE(K(8, N_MIN), I(9, -1), OP_DIV, 1, 8, 9), "a number became too large" },
    { "REM", CODE(I(8, -7), I(9, 2), OP_REM, 1, 8, 9), "i=-1" },
    { "REM by zero", CODE(I(8, -7), OP_REM, 1, 8, 9), "a division by zero" },
    { "REM of the least by -1", CODE(K(8, N_MIN), I(9, -1), OP_REM, 1, 8, 9), "" },
    { "ADDI", CODE(OP_ADDI, 1, 8, -1), "i=-1" },
    { "ADDI overflows", CODE(K(8, N_MIN), OP_ADDI, 1, 8, -1), "a number became too large" },
    { "NEG", CODE(K(8, N_M2), OP_NEG, 1, 8), "i=2" },
    { "NEG overflows", CODE(K(8, N_MIN), OP_NEG, 1, 8), "a number became too large" },
    { "NOT of 0", CODE(OP_NOT, 1, 8), "i=1" },
    { "NOT of 7", CODE(K(8, N_7), OP_NOT, 1, 8), "" },
    { "EQ", CODE(K(8, N_7), I(9, 7), OP_EQ, 1, 8, 9), "i=1" },
    { "LT", CODE(I(8, -1), OP_LT, 1, 8, 9), "i=1" },
    { "LT of equals", CODE(OP_LT, 1, 8, 9), "" },
    { "LE of equals", CODE(OP_LE, 1, 8, 9), "i=1" },
    { "TEQ", CODE(T(11, T_ABC), T(12, T_ABC), OP_TEQ, 1, 11, 12), "i=1" },
    { "TEQ of another length", CODE(T(11, T_A), T(12, T_ABC), OP_TEQ, 1, 11, 12), "" },
    { "TEQ of empties", CODE(T(11, T_EMPTY), OP_TEQ, 1, 11, 12), "i=1" },
    { "TLT", CODE(T(11, T_A), T(12, T_ABC), OP_TLT, 1, 11, 12), "i=1" },
    { "TLT is bytewise", CODE(T(11, T_Z), T(12, T_ABC), OP_TLT, 1, 11, 12), "" },

    { "JUMP", CODE(OP_JUMP, 3, I(1, 1)), "" },
    { "JT", CODE(OP_JT, 8, 3, I(1, 1)), "i=1" },
    { "JT jumps", CODE(I(8, -1), OP_JT, 8, 3, I(1, 1)), "" },
    { "JF_", CODE(I(8, 2), OP_JF_, 8, 3, I(1, 1)), "i=1" },
    { "JF_ jumps", CODE(OP_JF_, 8, 3, I(1, 1)), "" },
    { "JEQ", CODE(I(8, 2), OP_JEQ, 8, 9, 3, I(1, 1)), "i=1" },
    { "JEQ jumps", CODE(OP_JEQ, 8, 9, 3, I(1, 1)), "" },
    { "JNE", CODE(OP_JNE, 8, 9, 3, I(1, 1)), "i=1" },
    { "JNE jumps", CODE(I(8, 2), OP_JNE, 8, 9, 3, I(1, 1)), "" },
    { "JLT", CODE(OP_JLT, 8, 9, 3, I(1, 1)), "i=1" },
    { "JLT jumps", CODE(I(8, -2), OP_JLT, 8, 9, 3, I(1, 1)), "" },
    { "JLE", CODE(I(8, 2), OP_JLE, 8, 9, 3, I(1, 1)), "i=1" },
    { "JLE jumps", CODE(OP_JLE, 8, 9, 3, I(1, 1)), "" },
    { "JEQI", CODE(OP_JEQI, 8, 1, 3, I(1, 1)), "i=1" },
    { "JEQI jumps", CODE(I(8, -5), OP_JEQI, 8, -5, 3, I(1, 1)), "" },
    { "JNEI", CODE(OP_JNEI, 8, 0, 3, I(1, 1)), "i=1" },
    { "JNEI jumps", CODE(OP_JNEI, 8, 1, 3, I(1, 1)), "" },
    { "JLTI", CODE(OP_JLTI, 8, 0, 3, I(1, 1)), "i=1" },
    { "JLTI jumps", CODE(OP_JLTI, 8, 1, 3, I(1, 1)), "" },
    { "JGEI", CODE(OP_JGEI, 8, 1, 3, I(1, 1)), "i=1" },
    { "JGEI jumps", CODE(OP_JGEI, 8, 0, 3, I(1, 1)), "" },
    { "LOOP", CODE(OP_ADDI, 1, 1, 1, OP_JGEI, 1, 5, 3, OP_LOOP, 12), "i=5" },
    { "LOOP for ever", CODE(OP_LOOP, 3), "the flow ran too long without waiting" },
    { "DOWN", CODE(I(8, 3), OP_ADDI, 1, 1, 1, OP_DOWN, 8, 8), "i=3" },
    { "DOWN ends at 0", CODE(I(1, 2), OP_DOWN, 1, 4), "" },
    { "DOWN from 0", CODE(I(1, 0), OP_ADDI, 8, 8, 1, OP_DOWN, 1, 8, OP_MOVE, 1, 8), "i=1" },
    { "DOWN from the least", CODE(K(1, N_MIN), OP_DOWN, 1, 4), "i=-9223372036854775808" },
    { "DOWN for very long", CODE(K(8, N_MAX), OP_DOWN, 8, 4), "the flow ran too long without waiting" },
    { "MULI", CODE(K(8, N_BIG), OP_MULI, 1, 8, -3), "i=-9000000000" },
    { "MULI overflows", CODE(K(8, N_MIN), OP_MULI, 1, 8, -1), "a number became too large" },
    { "DIVI to zero", CODE(I(8, -7), OP_DIVI, 1, 8, 2), "i=-3" },
    { "DIVI of the least", CODE(K(8, N_MIN), OP_DIVI, 1, 8, 1), "i=-9223372036854775808" },
    { "DIVI of the largest", CODE(K(8, N_MAX), OP_DIVI, 1, 8, 127), "i=72624976668147841" },
    { "REMI", CODE(I(8, -7), OP_REMI, 1, 8, 2), "i=-1" },
    { "REMI of the largest", CODE(K(8, N_MAX), OP_REMI, 1, 8, 100), "i=7" },
    { "SWITCH to 1", CODE(I(8, 1), OP_SWITCH, 8, 2, 3, 6, I(1, 1), I(9, 2), I(10, 3)), "" },
    { "SWITCH beyond", CODE(I(8, 2), OP_SWITCH, 8, 2, 3, 6, I(1, 1), I(9, 2)), "i=1" },
    { "SWITCH below", CODE(I(8, -1), OP_SWITCH, 8, 2, 3, 6, I(1, 1), I(9, 2)), "i=1" },
    { "TSWITCH to the third", CODE(T(11, T_Z), OP_TSWITCH, 11, L_TEXTS, 3, 0, 0, 3, I(1, 1)), "" },
    { "TSWITCH of another", CODE(T(11, T_A), OP_TSWITCH, 11, L_TEXTS, 3, 3, 3, 3, I(1, 1)), "i=1" },
    { "TSWITCH with a short table", CODE(T(11, T_Z), OP_TSWITCH, 11, L_TEXTS, 1, 3, I(1, 1)), "i=1" },

    { "CALL", CODE(I(9, 20), OP_CALL, 1, 8, OP_MOVE, 1, 8), "i=40" },
    { "CALL for ever", CODE(OP_CALL, 2, 8), "functions called each other too deeply" },
    { "LUA", CODE(I(24, 5), T(25, T_ABC), OP_JOFT, 26, 25, OP_LISTTK, 27, L_TEXTS, OP_LUA, 0, 20, LUA_SHOWN),
      "i=7 t=5 abc \"abc\" abc  ż j=[true] T=[p,,abc]" },
    { "LUA without arguments", CODE(OP_LUA, 0, 20, LUA_SHOWN), "i=7 t=0  null j=[true] T=[p,,]" },
    { "LUA fails", CODE(I(24, -1), OP_LUA, 0, 20), "a function in Lua failed" },
    { "LUA takes all the fuel", CODE(K(24, N_MILLION), OP_LUA, 0, 20), "the flow ran too long without waiting" },
    { "CONTINUE", CODE(T(11, T_OFFICE), OP_CONTINUE, 11), "continues with office" },

    { "CONCAT", CODE(T(11, T_ABC), T(13, T_Z), OP_CONCAT, 2, 11, 3), "t=abcż" },
    { "CONCAT of nothing", CODE(T(2, T_ABC), OP_CONCAT, 2, 11, 3), "" },
    { "CONCAT with itself", CODE(T(11, T_A), T(12, T_B), OP_CONCAT, 11, 11, 2, OP_CONCAT, 2, 11, 2), "t=abb" },
    { "INTTEXT", CODE(K(8, N_MIN), OP_INTTEXT, 2, 8), "t=-9223372036854775808" },
    { "INTTEXT of 0", CODE(OP_INTTEXT, 2, 8), "t=0" },
    { "CAUSETEXT", CODE(I(8, 97), I(9, 5), OP_MUL, 8, 8, 9, OP_ADDI, 8, 8, 1, OP_CAUSETEXT, 2, 8), "t=busy" },
    { "CAUSETEXT of a number", CODE(I(8, 99), OP_CAUSETEXT, 2, 8), "t=99" },
    { "TLEN", CODE(T(11, T_Z), OP_TLEN, 1, 11), "i=1" },
    { "TSUB", CODE(T(11, T_ABC), I(8, 1), I(9, 1), OP_TSUB, 2, 11, 8, 9), "t=b" },
    { "TSUB beyond", CODE(T(11, T_ABC), I(8, 2), I(9, 100), OP_TSUB, 2, 11, 8, 9), "t=c" },
    { "TSUB of nothing", CODE(T(11, T_ABC), I(8, 9), I(9, -1), OP_TSUB, 2, 11, 8, 9), "" },
    { "TSUB of characters", CODE(T(11, T_Z), T(12, T_A), OP_CONCAT, 11, 11, 2, I(8, 1), I(9, 1), OP_TSUB, 2, 11, 8, 9),
      "t=a" },
    { "TINT", CODE(T(11, T_MIN), OP_TINT, 1, 8, 11, 9), "i=-9223372036854775808" },
    { "TINT of no int", CODE(T(11, T_ABC), I(9, 4), OP_TINT, 1, 8, 11, 9), "i=4" },
    { "TINT tells", CODE(T(11, T_12), OP_TINT, 8, 1, 11, 9), "i=1" },
    { "MATCH", CODE(T(11, T_123), T(12, T_1QQ), OP_MATCH, 1, 11, 12), "i=1" },
    { "MATCH of too little", CODE(T(11, T_12), T(12, T_1QQ), OP_MATCH, 1, 11, 12), "" },
    { "MATCH of a set", CODE(T(11, T_123), T(12, T_SET), OP_MATCH, 1, 11, 12), "i=1" },

    { "LISTT", CODE(T(12, T_ABC), OP_INTTEXT, 11, 8, OP_LISTT, 4, 11, 3), "T=[0,abc,]" },
    { "LISTT of none", CODE(OP_LISTT, 4, 11, 0), "" },
    { "LISTN", CODE(I(8, 3), I(9, 4), OP_LISTN, 5, 8, 3, OP_ATN, 1, 5, 10), "i=3 I=3" },
    { "LISTS", CODE(T(11, T_ABC), OP_FILESOUND, 18, 11, OP_TONESOUND, 19, 11, OP_LISTS, 7, 18, 2),
      "S=[file abc,tone abc]" },
    { "LENT", CODE(OP_LISTTK, 16, L_TEXTS, OP_LENT, 1, 16), "i=3" },
    { "LENN", CODE(I(8, 3), OP_LISTN, 17, 8, 2, OP_LENN, 1, 17), "i=2" },
    { "LENT of none", CODE(OP_LENT, 1, 16), "" },
    { "ATT", CODE(OP_LISTTK, 16, L_TEXTS, I(8, 2), OP_ATT, 2, 16, 8), "t=ż" },
    { "ATT beyond", CODE(OP_LISTTK, 16, L_TEXTS, I(8, 3), OP_ATT, 2, 16, 8), "a list has no element there" },
    { "ATT below", CODE(OP_LISTTK, 16, L_TEXTS, I(8, -1), OP_ATT, 2, 16, 8), "a list has no element there" },
    { "ATT of none", CODE(OP_ATT, 2, 16, 8), "a list has no element there" },
    { "ATN", CODE(OP_LISTNK, 17, L_NUMS, I(8, 1), OP_ATN, 1, 17, 8), "i=-2" },
    { "INT", CODE(OP_LISTTK, 16, L_TEXTS, T(11, T_Z), OP_INT, 1, 11, 16), "i=1" },
    { "INT of another", CODE(OP_LISTTK, 16, L_TEXTS, T(11, T_A), OP_INT, 1, 11, 16), "" },
    { "INN", CODE(OP_LISTNK, 17, L_NUMS, K(8, N_M2), OP_INN, 1, 8, 17), "i=1" },
    { "INN of another", CODE(OP_LISTNK, 17, L_NUMS, OP_INN, 1, 8, 17), "" },
    { "SAYSOUND", CODE(T(11, T_ABC), OP_SAYSOUND, 6, 11), "s=say abc" },
    { "FILESOUND of a made text", CODE(K(8, N_7), OP_INTTEXT, 11, 8, OP_FILESOUND, 6, 11, OP_CONCAT, 11, 11, 2),
      "s=file 7" },

    { "TONESOUND", CODE(T(11, T_ABC), OP_TONESOUND, 6, 11), "s=tone abc" },
    { "FIELDT", CODE(OP_FIELDT, 2, FIELD_FROM), "t=field 0" },
    { "FIELDN", CODE(OP_FIELDN, 1, FIELD_DIALED_HAS_VOICEMAIL), "i=7" },
    { "HEADER", CODE(T(11, T_XID), OP_HEADER, 2, 11), "t=value of X-Id" },
    { "NOW", CODE(OP_NOW, 1), "i=1766656800123" },
    { "OPEN", CODE(I(8, 11), OP_OPEN, 1, 0, 8), "i=1" },
    { "OPEN at another time", CODE(I(8, 12), OP_OPEN, 1, 0, 8), "" },
    { "DAYTEXT", CODE(K(8, N_MOMENT), OP_DAYTEXT, 2, 8, T_ZONE), "t=2025-12-25 10:00 4" },

    { "JNULL", CODE(OP_JNULL, 3), "" },
    { "JOFT", CODE(T(11, T_ABC), OP_JOFT, 3, 11), "j=\"abc\"" },
    { "JOFT of empty", CODE(OP_JOFT, 3, 11), "j=\"\"" },
    { "JOFN", CODE(K(8, N_M2), OP_JOFN, 3, 8), "j=-2" },
    { "JOFN of a long one", CODE(K(8, N_MAX), OP_JOFN, 3, 8), "j=9223372036854775807" },
    { "JINT of a long one", CODE(K(8, N_MIN), OP_JOFN, 14, 8, OP_JINT, 1, 9, 14), "i=-9223372036854775808" },
    { "JOFB", CODE(I(8, 9), OP_JOFB, 3, 8), "j=true" },
    { "JOBJ", CODE(OP_JOBJ, 3), "j={}" },
    { "JARR", CODE(OP_JARR, 3), "j=[]" },
    { "JPUT", CODE(OP_JOBJ, 3, T(11, T_A), OP_JPUT, 3, 11, 14, OP_JOFT, 14, 11, T(11, T_B), OP_JPUT, 3, 11, 14),
      "j={\"a\":null,\"b\":\"a\"}" },
    { "JPUT again", CODE(OP_JOBJ, 3, OP_JPUT, 3, 11, 14, OP_JOFT, 14, 11, OP_JPUT, 3, 11, 14), "j={\"\":\"\"}" },
    { "JPUT into itself", CODE(OP_JOBJ, 3, OP_JPUT, 3, 11, 3, OP_JPUT, 3, 11, 3), "j={\"\":{\"\":{}}}" },
    { "JPUT into no object", CODE(OP_JARR, 3, OP_JPUT, 3, 11, 3), "j=[]" },
    { "JADD", CODE(OP_JARR, 3, OP_JADD, 3, 14, OP_JADD, 3, 3, OP_JADD, 3, 14), "j=[null,[null],null]" },
    { "JADD keeps what was put", CODE(OP_JARR, 14, OP_JARR, 3, OP_JADD, 3, 14, OP_JADD, 14, 15), "j=[[]]" },
    { "JADD too deep", CODE(OP_JARR, 3, OP_JARR, 14, OP_JADD, 14, 3, OP_MOVE, 3, 14, OP_LOOP, 11),
      "the flow used up its memory" },
    { "JFIELD", CODE(ASK, T(11, T_B), OP_JFIELD, 3, 14, 11), "j={\"c\":\"d\"}" },
    { "JFIELD of another", CODE(ASK, T(11, T_12), OP_JFIELD, 3, 14, 11), "" },
    { "JFIELD of null", CODE(OP_JFIELD, 3, 15, 11), "" },
    { "JAT", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, OP_JAT, 3, 14, 10), "j=1" },
    { "JAT beyond", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, I(8, -1), OP_JAT, 3, 14, 8), "" },
    { "JTEXT", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, I(8, 2), OP_JAT, 14, 14, 8, OP_JTEXT, 2, 1, 14),
      "i=1 t=xé" },
    { "JTEXT of an int", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, OP_JAT, 14, 14, 8, OP_JTEXT, 2, 1, 14),
      "i=1 t=1" },
    { "JTEXT of a fraction",
      CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, I(8, 1), OP_JAT, 14, 14, 8, OP_JTEXT, 2, 1, 14), "i=1 t=2.50" },
    { "JTEXT of an object", CODE(T(2, T_A), I(1, 1), ASK, OP_JTEXT, 2, 1, 14), "" },
    { "JINT", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, OP_JAT, 14, 14, 8, OP_JINT, 1, 9, 14), "i=1" },
    { "JINT of a fraction", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, I(8, 1), OP_JAT, 14, 14, 8, OP_JINT, 9, 1, 14),
      "" },
    { "JBOOL", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, I(8, 3), OP_JAT, 14, 14, 8, OP_JBOOL, 1, 9, 14), "i=1" },
    { "JBOOL of null", CODE(I(1, 1), OP_JBOOL, 9, 1, 14), "" },
    { "JLIST", CODE(ASK, T(11, T_L), OP_JFIELD, 14, 14, 11, OP_JLIST, 4, 1, 14), "i=1 T=[p,5,1.5]" },
    { "JLIST of others", CODE(ASK, T(11, T_A), OP_JFIELD, 14, 14, 11, OP_JLIST, 4, 1, 14), "" },
    { "JLIST over itself", CODE(ASK, T(11, T_L), OP_JFIELD, 14, 14, 11, OP_JLIST, 4, 1, 14, OP_JLIST, 4, 1, 14),
      "i=1 T=[p,5,1.5]" },
    { "ACT gives", CODE(ASK, OP_MOVE, 2, 11, OP_MOVE, 3, 14),
      "t=given j={\"a\":[1,2.50,\"xé\",true,null],\"b\":{\"c\":\"d\"},\"l\":[\"p\",5,1.5]}" },
    { "JPUT of a part of itself", CODE(ASK, T(11, T_B), OP_JFIELD, 3, 14, 11, OP_JPUT, 3, 11, 3),
      "j={\"c\":\"d\",\"b\":{\"c\":\"d\"}}" },
};

static void host_field(void *self, enum call_field f, struct vm_value *out)
{
    (void)self;
    *out = (struct vm_value){ .type = field_type(f), .num = (int64_t)f, .text = STR("field 0") };
}
static struct str host_header(void *self, struct str name)
{
    struct sbuf *kept = self;
    sbuf_clear(kept);
    sbuf_fmt(kept, "value of %.*s", STR_ARG(name));
    return sbuf_view(kept);
}
static int64_t host_wall(void *self)
{
    (void)self;
    return 1766656800123;
}
static bool host_open(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)self;
    return str_is(hours->name, "office") && moment == 11;
}

/* What a host's function in Lua could do: shows its arguments, takes as many steps as its int argument says, and fails
 * when that is negative. */
static bool host_lua(void *self, struct vm_lua *c)
{
    struct sbuf *kept = self;
    char copy[32];
    int64_t steps = vm_lua_num(c, 0);
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(vm_lua_text(c, 1)));
    struct str items[] = { STR("p"), STR(""), str_of(copy) };
    sbuf_clear(kept);
    sbuf_fmt(kept, "%lld %s ", (long long)steps, copy);
    vm_lua_json(c, 2, kept);
    for (unsigned i = 0; i < vm_lua_count(c, 3); i++)
        sbuf_fmt(kept, " %.*s", STR_ARG(vm_lua_item(c, 3, i)));
    c->taken = steps > 0 ? (uint32_t)steps : 0;
    return steps >= 0 && vm_lua_give(c, 1, &(struct vm_value){ .text = sbuf_view(kept) }) &&
           vm_lua_give(c, 2, &(struct vm_value){ .text = STR("[true]") }) && vm_lua_give_texts(c, 3, items, 3) &&
           vm_lua_give(c, 0, &(struct vm_value){ .num = (int64_t)c->row + 7 });
}

/* Writes operands as they are: jumps are distances here. */
static void emit(struct asm_image *a, const int *code, size_t len)
{
    for (size_t i = 0; i < len;) {
        int op = code[i++];
        sbuf_char(&a->code, (char)op);
        for (unsigned k = 0; k < OPERANDS_MAX && opcode_rows[op].operands[k]; k++) {
            const struct operand_row *o = operand_row(opcode_rows[op].operands[k]);
            int n = code[i++];
            sbuf_char(&a->code, (char)n);
            if (o->bytes == 2)
                sbuf_char(&a->code, (char)(o->role == ROLE_RANGE ? code[i++] : n >> 8));
            for (int jump = 0; o->role == ROLE_TABLE && jump < n; jump++) {
                sbuf_char(&a->code, (char)code[i++]);
                sbuf_char(&a->code, 0);
            }
        }
    }
}

static struct image *row_image(size_t row)
{
    static const int64_t abc[] = { T_ABC, T_EMPTY, T_Z }, two[] = { 7, -2 };
    struct asm_image *a = asm_new("row");
    for (size_t i = 0; i < TEXTS; i++)
        asm_text(a, texts[i]);
    for (size_t i = 0; i < sizeof nums / sizeof *nums; i++)
        asm_num(a, TYPE_INT, nums[i]);
    asm_list(a, TYPE_LIST_TEXT, 3, abc);
    asm_list(a, TYPE_LIST_NUM, 2, two);
    asm_import(a, "see", "i", "itjTIsS");
    asm_outcome(a, "done", "", NULL);
    asm_import(a, "ask", "itttj", "");
    asm_outcome(a, "done", "tj", (const uint8_t[]){ 1, 4 });
    a->hours[a->im.nhours++] = (struct image_hours){ STR("office"), STR("UTC"), sample_rules, 3 };
    a->im.lua = sample_lua, a->im.nlua = 1;
    asm_lua(a, "f", "itjT", "itjT");
    asm_lua_outcome(a, "done", "tjT", (const uint8_t[]){ 1, 2, 3 });
    asm_func(a, "main", 0, 0, slots);
    emit(a, rows[row].code, rows[row].len);
    asm_op(a, OP_ACT, 0, 0);
    asm_op(a, OP_HALT);
    asm_func(a, "twice", 1, 1, "ii");
    asm_op(a, OP_ADD, 0, 1, 1);
    asm_op(a, OP_RET);
    asm_func(a, "endless", 0, 0, "");
    asm_op(a, OP_CALL, 2, 0);
    asm_op(a, OP_RET);
    return asm_load(a);
}

static const char *const kinds[] = { "say", "file", "tone", "recording" };

static void show_sounds(const struct vm *vm, unsigned arg, struct sbuf *out)
{
    for (unsigned i = 0; i < vm_arg_count(vm, arg); i++) {
        struct vm_sound sound = vm_arg_sound(vm, arg, i);
        sbuf_fmt(out, "%s%s %.*s", i ? "," : "", kinds[sound.kind], STR_ARG(sound.text));
    }
}

static void show(const struct vm *vm, struct sbuf *out)
{
    struct sbuf part = { 0 };
    if (vm_arg_num(vm, 0))
        sbuf_fmt(out, " i=%lld", (long long)vm_arg_num(vm, 0));
    if (vm_arg_text(vm, 1).len)
        sbuf_fmt(out, " t=%.*s", STR_ARG(vm_arg_text(vm, 1)));
    vm_arg_json(vm, 2, &part);
    if (!str_is(sbuf_view(&part), "null"))
        sbuf_fmt(out, " j=%s", part.p);
    for (unsigned i = 0; i < vm_arg_count(vm, 3); i++)
        sbuf_fmt(out, "%s%.*s%s", i ? "," : " T=[", STR_ARG(vm_arg_item(vm, 3, i)),
                 i + 1 < vm_arg_count(vm, 3) ? "" : "]");
    if (vm_arg_count(vm, 4))
        sbuf_fmt(out, " I=%u", vm_arg_count(vm, 4));
    sbuf_clear(&part);
    show_sounds(vm, 5, &part);
    if (!str_is(sbuf_view(&part), "say "))
        sbuf_fmt(out, " s=%s", part.p);
    sbuf_clear(&part);
    show_sounds(vm, 6, &part);
    if (part.len)
        sbuf_fmt(out, " S=[%s]", part.p);
    sbuf_free(&part);
}

/* Each time it is parked the machine is written out and read back, when that is wanted. */
static bool through_bytes;
static void swap(struct vm **vm, const struct action_host *host)
{
    struct sbuf state = { 0 };
    struct image *im = image_ref(vm_image(*vm));
    if (!through_bytes || vm_state(*vm) != VM_PARKED)
        goto done;
    assert_int_equal(vm_save(*vm, &state), ERR_OK);
    vm_free(vm);
    assert_int_equal(vm_restore(vm, im, host, NULL, sbuf_view(&state)), ERR_OK);
done:
    image_unref(&im);
    sbuf_free(&state);
}

static enum vm_state run(struct vm **vm, const struct action_host *host)
{
    vm_run(*vm);
    swap(vm, host);
    return vm_state(*vm);
}

/* Runs until the row is over, answering "ask" on the way, and tells how it came out. */
static void outcome(struct vm **at, const struct action_host *host, struct sbuf *out)
{
    while (run(at, host) == VM_PARKED && vm_import_index(*at) == 1)
        assert_int_equal(vm_resume(*at, 0,
                                   (const struct vm_value[]){ { .type = TYPE_TEXT, .text = STR("given") },
                                                              { .type = TYPE_JSON, .text = str_of(json) } }),
                         ERR_OK);
    const struct vm *vm = *at;
    switch (vm_state(vm)) {
    case VM_PARKED: show(vm, out); break;
    case VM_ENDED: sbuf_cstr(out, " ended"); break;
    case VM_CONTINUE: sbuf_fmt(out, " continues with %.*s", STR_ARG(vm_continue_with(vm))); break;
    case VM_FAULTED: sbuf_fmt(out, " %s", vm_fault_text(vm_fault(vm))); break;
    case VM_READY: sbuf_cstr(out, " not run"); break;
    }
}

static void run_rows(void)
{
    struct sbuf kept = { 0 }, out = { 0 };
    const struct action_host host = { .field = host_field,
                                      .header = host_header,
                                      .wall_ms = host_wall,
                                      .open = host_open,
                                      .lua = host_lua,
                                      .self = &kept };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct image *im = row_image(i);
        struct vm *vm;
        assert_int_equal(vm_new(&vm, im, &host, NULL), ERR_OK);
        sbuf_clear(&out);
        sbuf_char(&out, ' ');
        outcome(&vm, &host, &out);
        if (strcmp(out.p + (out.len > 1 ? 2 : 1), rows[i].want) != 0)
            fail_msg("%s: '%s', wanted '%s'", rows[i].name, out.p + 1, rows[i].want);
        vm_free(&vm);
        image_unref(&im);
    }
    sbuf_free(&out);
    sbuf_free(&kept);
}

static void each_instruction(void **state)
{
    (void)state;
    run_rows();
}

static void each_instruction_under_stress(void **state)
{
    (void)state;
    heap_stress = true;
    run_rows();
    heap_stress = false;
}

static void each_instruction_over_restarts(void **state)
{
    (void)state;
    through_bytes = true;
    run_rows();
    through_bytes = false;
}

/* Every opcode occurs in some row. */
static void rows_are_complete(void **state)
{
    bool seen[OP_COUNT] = { [OP_ACT] = true };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int op = 0; op < OP_COUNT; op++)
            if (strncmp(rows[i].name, opcode_rows[op].name, strlen(opcode_rows[op].name)) == 0)
                seen[op] = true;
    for (int op = 0; op < OP_COUNT; op++)
        if (!seen[op])
            fail_msg("no row tries %s", opcode_rows[op].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_instruction),
        cmocka_unit_test(each_instruction_under_stress),
        cmocka_unit_test(each_instruction_over_restarts),
        cmocka_unit_test(rows_are_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
