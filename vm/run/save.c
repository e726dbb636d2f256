/* A parked machine as bytes and back. References hold no addresses, so stack and heap are kept as they are; only the
 * marks between frames are turned into numbers and back. The byte order is that of the machine that saved it. */
#include <stdlib.h>
#include <string.h>

#include "vm/isa/opcode.h"
#include "vm/run/machine.h"

#define STATE_MAGIC UINT64_C(0x3154534d56574c46)
enum { SPARE = 4 }; /* words above the last frame that a call may count on */

/* Followed by the stack up to the end of the last frame, the heap, and the hash of all that. */
struct state_head {
    uint64_t magic;
    uint8_t image[IMAGE_ID_SIZE];
    int64_t fuel;
    uint32_t words, heap; /* sizes of the stack in words and of the heap in bytes */
    uint32_t depth, hung_up;
    uint32_t slots, func, pc; /* the function that runs: its slots' place, its number, its instruction */
    uint32_t unused;
};

/* Writes the marks of a copy of the stack as numbers: the caller's and its pc. */
static void number_marks(const struct vm *vm, char *copy)
{
    const uint64_t *slots = vm->slots;
    while (slots != vm->stack) {
        const struct image_func *f = mark_func(slots);
        uint64_t mark[MARK_SIZE] = { (uint64_t)(f - vm->im->funcs), (uint64_t)(mark_pc(slots) - f->code) };
        memcpy(copy + (size_t)(slots - MARK_SIZE - vm->stack) * sizeof *slots, mark, sizeof mark);
        slots -= MARK_SIZE + f->nslots;
    }
}

enum err vm_save(const struct vm *vm, struct sbuf *out)
{
    size_t start = out->len, stack = start + sizeof(struct state_head);
    if (vm->state != VM_PARKED)
        return ERR_INVALID;
    struct state_head head = { .magic = STATE_MAGIC,
                               .fuel = vm->fuel,
                               .words = (uint32_t)(vm->slots + vm->f->nslots - vm->stack),
                               .heap = vm->heap.used,
                               .depth = vm->depth,
                               .hung_up = vm->hung_up,
                               .slots = (uint32_t)(vm->slots - vm->stack),
                               .func = (uint32_t)(vm->f - vm->im->funcs),
                               .pc = (uint32_t)(vm->pc - vm->f->code) };
    memcpy(head.image, vm->im->id, sizeof head.image);
    sbuf_add(out, &head, sizeof head);
    sbuf_add(out, vm->stack, head.words * sizeof(uint64_t));
    number_marks(vm, out->p + stack);
    sbuf_add(out, vm->heap.p, vm->heap.used);
    uint64_t sum = str_hash((struct str){ out->p + start, out->len - start });
    sbuf_add(out, &sum, sizeof sum);
    return ERR_OK;
}

static bool is_whole(struct str state, struct state_head *head)
{
    uint64_t sum;
    if (state.len < sizeof *head + sizeof sum)
        return false;
    size_t body = state.len - sizeof sum;
    memcpy(head, state.p, sizeof *head);
    memcpy(&sum, state.p + body, sizeof sum);
    return head->magic == STATE_MAGIC && body == sizeof *head + head->words * UINT64_C(8) + head->heap &&
           sum == str_hash((struct str){ state.p, body });
}

/* Room for the stack and the heap, within the machine's limits. */
static enum err make_room(struct vm *vm, const struct state_head *head)
{
    uint64_t words = head->depth ? (uint64_t)head->words + SPARE : 0;
    if (machine_fixed(vm) + words * 8 + head->heap > vm->memory_max || head->depth > vm->depth_max)
        return ERR_LIMIT;
    uint64_t *stack = words ? calloc(words, sizeof *stack) : NULL;
    if (words && !stack)
        return ERR_NOMEM;
    if (words) {
        vm->stack = stack;
        vm->stack_end = stack + words;
    }
    if (head->heap && !(vm->heap.p = malloc(head->heap)))
        return ERR_NOMEM;
    vm->heap.used = vm->heap.cap = head->heap;
    return ERR_OK;
}

/* Turns the marks' numbers back into places, down to the entry's frame. */
static bool place_marks(struct vm *vm)
{
    uint64_t *slots = vm->slots;
    for (uint32_t depth = vm->depth; depth; depth--) {
        uint64_t func = slots[MARK_FUNC], pc = slots[MARK_PC];
        if (func >= vm->im->nfuncs || pc >= vm->im->funcs[func].code_len)
            return false;
        const struct image_func *f = &vm->im->funcs[func];
        if (slots - vm->stack < MARK_SIZE + f->nslots)
            return false;
        slots[MARK_FUNC] = (uintptr_t)f;
        slots[MARK_PC] = (uintptr_t)(f->code + pc);
        slots -= MARK_SIZE + f->nslots;
    }
    return slots == vm->stack;
}

static bool is_sane(const struct vm *vm, const struct state_head *head)
{
    if (head->func >= vm->im->nfuncs)
        return false;
    const struct image_func *f = &vm->im->funcs[head->func];
    return head->pc < f->code_len && f->code[head->pc] == OP_ACT && head->words == (uint64_t)head->slots + f->nslots &&
           (head->depth ? head->slots >= MARK_SIZE : head->slots == 0 && head->func == vm->im->entry);
}

static enum err fill(struct vm *vm, const struct state_head *head, const char *bytes)
{
    if (!is_sane(vm, head))
        return ERR_INVALID;
    enum err e = make_room(vm, head);
    if (e)
        return e;
    memcpy(vm->stack, bytes, head->words * sizeof(uint64_t));
    if (head->heap)
        memcpy(vm->heap.p, bytes + head->words * sizeof(uint64_t), head->heap);
    vm->fuel = head->fuel;
    vm->depth = head->depth;
    vm->hung_up = head->hung_up;
    vm->slots = vm->stack + head->slots;
    vm->f = &vm->im->funcs[head->func];
    vm->pc = vm->f->code + head->pc;
    vm->state = VM_PARKED;
    return place_marks(vm) ? ERR_OK : ERR_INVALID;
}

enum err vm_restore(struct vm **out, struct image *im, const struct action_host *host, const struct vm_limits *limits,
                    struct str state)
{
    struct state_head head;
    struct vm *vm = NULL;
    *out = NULL;
    if (!is_whole(state, &head))
        return ERR_INVALID;
    if (memcmp(head.image, im->id, sizeof head.image) != 0)
        return ERR_BAD_VERSION;
    enum err e = vm_new(&vm, im, host, limits);
    if (!e)
        e = fill(vm, &head, state.p + sizeof head);
    if (e)
        vm_free(&vm);
    *out = vm;
    return e;
}
