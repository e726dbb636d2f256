/* Instructions on texts. */
#include <string.h>

#include "vm/base/glob.h"
#include "vm/isa/opcode.h"
#include "vm/run/slow.h"

static struct str slot_text(const struct vm *vm, const uint64_t *s, uint8_t slot) { return machine_text(vm, s[slot]); }

bool slow_concat(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    const uint64_t *from = s + pc[2];
    unsigned n = pc[3];
    uint64_t len = 0;
    for (unsigned i = 0; i < n; i++)
        len += machine_text(vm, from[i]).len;
    if (!len) {
        s[pc[1]] = 0;
        return true;
    }
    uint32_t at = heap_make(vm, OBJECT_BYTES, len);
    if (!at)
        return false;
    uint8_t *to = object_bytes(heap_object(&vm->heap, at));
    for (unsigned i = 0; i < n; i++) {
        struct str part = machine_text(vm, from[i]); /* asked again: the heap may have moved */
        to = part.len ? (uint8_t *)mempcpy(to, part.p, part.len) : to;
    }
    s[pc[1]] = at;
    return true;
}

/* The number's digits, written from the end of a buffer of 24 bytes. */
static struct str digits(int64_t n, char buffer[24])
{
    char *p = buffer + 24;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    do {
        *--p = (char)('0' + left % 10);
        left /= 10;
    } while (left);
    if (n < 0)
        *--p = '-';
    return (struct str){ p, (size_t)(buffer + 24 - p) };
}

bool slow_inttext(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    char buffer[24];
    return machine_new_text(vm, digits((int64_t)s[pc[2]], buffer), &s[pc[1]]);
}

bool slow_causetext(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    int64_t status = (int64_t)s[pc[2]];
    const char *name = status > 0 && status < 1000 ? cause_name((int)status) : NULL;
    return name ? machine_new_text(vm, str_of(name), &s[pc[1]]) : slow_inttext(vm, s, pc);
}

bool slow_teq(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str a = slot_text(vm, s, pc[2]), b = slot_text(vm, s, pc[3]);
    s[pc[1]] = str_eq(a, b);
    return machine_charge(vm, a.len == b.len ? a.len : 0);
}

bool slow_tlt(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str a = slot_text(vm, s, pc[2]), b = slot_text(vm, s, pc[3]);
    s[pc[1]] = str_cmp(a, b) < 0;
    return machine_charge(vm, a.len < b.len ? a.len : b.len);
}

/* Characters are counted by the bytes that begin one. */
static bool begins_char(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

bool slow_tlen(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str t = slot_text(vm, s, pc[2]);
    uint64_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += begins_char(t.p[i]);
    s[pc[1]] = n;
    return machine_charge(vm, t.len);
}

/* Where the text's n-th character after from begins; its end when there are not so many. */
static size_t skip_chars(struct str t, size_t from, int64_t n)
{
    while (from < t.len && n-- > 0)
        for (from++; from < t.len && !begins_char(t.p[from]);)
            from++;
    return from;
}

bool slow_tsub(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str t = slot_text(vm, s, pc[2]);
    size_t from = skip_chars(t, 0, (int64_t)s[pc[3]]), to = skip_chars(t, from, (int64_t)s[pc[4]]);
    uint32_t at = 0;
    if (!machine_charge(vm, t.len) || (to > from && !(at = heap_make(vm, OBJECT_BYTES, to - from))))
        return false;
    if (to > from)
        memcpy(object_bytes(heap_object(&vm->heap, at)), slot_text(vm, s, pc[2]).p + from, to - from);
    s[pc[1]] = at;
    return true;
}

bool slow_tint(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str t = slot_text(vm, s, pc[3]);
    int64_t n = (int64_t)s[pc[4]];
    bool read = str_to_int(t, &n);
    s[pc[1]] = (uint64_t)n;
    s[pc[2]] = read;
    return machine_charge(vm, t.len);
}

bool slow_match(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str text = slot_text(vm, s, pc[2]), pattern = slot_text(vm, s, pc[3]);
    if (!machine_charge(vm, (uint64_t)text.len * pattern.len)) /* first: it may be long */
        return false;
    s[pc[1]] = glob_fits(pattern, text);
    return true;
}

bool slow_tswitch(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    struct str t = slot_text(vm, s, pc[1]);
    uint64_t list = ref_const(code_u16(pc + 2));
    uint32_t n = list_len(vm, list), jumps = pc[4], i = 0;
    while (i < n && !str_eq(machine_text(vm, list_item(vm, list, i)), t))
        i++;
    vm->pc = pc + 5 + 2 * jumps;
    if (i < jumps && i < n)
        vm->pc += code_u16(pc + 5 + 2 * i);
    return machine_charge(vm, n * (t.len + 8));
}
