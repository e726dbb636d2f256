/* Instructions that do more than a line: each reads its operands behind pc, and returns false after a fault. Slots s
 * are those of the function that runs. Private to vm/run. */
#ifndef VM_RUN_SLOW_H
#define VM_RUN_SLOW_H

#include "vm/run/machine.h"

#define SLOW(name) bool slow_##name(struct vm *vm, uint64_t *s, const uint8_t *pc)
SLOW(concat);
SLOW(inttext);
SLOW(causetext);
SLOW(teq);
SLOW(tlt);
SLOW(tlen);
SLOW(tsub);
SLOW(tint);
SLOW(match);
SLOW(tswitch); /* leaves the machine's pc behind itself, or where it jumps */

SLOW(listt);
SLOW(listn);
SLOW(lists);
SLOW(att);
SLOW(atn);
SLOW(int);
SLOW(inn);

SLOW(fieldn);
SLOW(fieldt);
SLOW(header);
SLOW(open);
SLOW(daytext);

SLOW(jfield);
SLOW(jat);
SLOW(jtext);
SLOW(jint);
SLOW(jbool);
SLOW(jlist);
SLOW(joft);
SLOW(jofn);
SLOW(jobj);
SLOW(jarr);
SLOW(jput);
SLOW(jadd);
SLOW(lua); /* slow_lua.c */
#undef SLOW

#endif
