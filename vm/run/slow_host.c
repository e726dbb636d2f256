/* Instructions that ask the host. */
#include <stdio.h>
#include <time.h>

#include "vm/isa/opcode.h"
#include "vm/run/slow.h"

bool slow_fieldn(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct vm_value v = { 0 };
    vm->host->field(vm->host->self, (enum call_field)pc[2], &v);
    s[pc[1]] = (uint64_t)v.num;
    return true;
}

bool slow_fieldt(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct vm_value v = { 0 };
    vm->host->field(vm->host->self, (enum call_field)pc[2], &v);
    return machine_new_text(vm, v.text, &s[pc[1]]);
}

bool slow_header(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str value = vm->host->header(vm->host->self, machine_text(vm, s[pc[2]]));
    return machine_new_text(vm, value, &s[pc[1]]);
}

bool slow_open(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    const struct image_hours *hours = &vm->im->hours[code_u16(pc + 2)];
    s[pc[1]] = vm->host->open(vm->host->self, hours, (int64_t)s[pc[4]]);
    return true;
}

static void day_text_utc(int64_t moment, char out[ACTION_DAY_TEXT])
{
    time_t seconds = (time_t)(moment / 1000 - (moment % 1000 < 0));
    struct tm tm;
    out[0] = '\0';
    if (gmtime_r(&seconds, &tm)) /* fails when the year does not fit an int */
        strftime(out, ACTION_DAY_TEXT, "%Y-%m-%d %H:%M %u", &tm);
}

bool slow_daytext(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    char text[ACTION_DAY_TEXT] = "";
    struct str zone = vm->im->consts[code_u16(pc + 3)].text;
    if (vm->host->day_text)
        vm->host->day_text(vm->host->self, (int64_t)s[pc[2]], zone, text);
    else
        day_text_utc((int64_t)s[pc[2]], text);
    text[ACTION_DAY_TEXT - 1] = '\0';
    return machine_new_text(vm, str_of(text), &s[pc[1]]);
}
