/* Making, asking and ending a machine. */
#include "vm/run/machine.h"

#include <stdlib.h>
#include <string.h>

enum { FUEL_DEFAULT = 1000000, MEMORY_DEFAULT = 256 << 10, DEPTH_DEFAULT = 200 };

static uint32_t or_default(uint32_t n, uint32_t fallback) { return n ? n : fallback; }

enum err vm_new(struct vm **out, struct image *im, const struct action_host *host, const struct vm_limits *limits)
{
    static const struct vm_limits defaults;
    const struct image_func *entry = &im->funcs[im->entry];
    const struct vm_limits *l = limits ? limits : &defaults;
    size_t size = sizeof(struct vm) + entry->nslots * sizeof(uint64_t);
    *out = NULL;
    if (size > or_default(l->memory, MEMORY_DEFAULT))
        return ERR_LIMIT;
    struct vm *vm = calloc(1, size);
    if (!vm)
        return ERR_NOMEM;
    vm->im = image_ref(im);
    vm->host = host;
    vm->f = entry;
    vm->pc = entry->code;
    vm->slots = vm->stack = vm->first;
    vm->stack_end = vm->first + entry->nslots;
    vm->first_cap = entry->nslots;
    vm->fuel_full = or_default(l->fuel, FUEL_DEFAULT);
    vm->memory_max = or_default(l->memory, MEMORY_DEFAULT);
    vm->depth_max = or_default(l->depth, DEPTH_DEFAULT);
    vm->fuel = vm->fuel_full;
    *out = vm;
    return ERR_OK;
}

void vm_free(struct vm **vm)
{
    if (!vm || !*vm)
        return;
    struct vm *m = *vm;
    if (m->stack != m->first)
        free(m->stack);
    heap_free(&m->heap);
    image_unref(&m->im);
    free(m);
    *vm = NULL;
}

bool machine_fault(struct vm *vm, enum vm_fault fault)
{
    vm->state = VM_FAULTED;
    vm->fault = (uint8_t)fault;
    return false;
}

size_t machine_fixed(const struct vm *vm)
{
    size_t own = vm->stack == vm->first ? 0 : (size_t)(vm->stack_end - vm->stack);
    return sizeof *vm + (vm->first_cap + own) * sizeof(uint64_t);
}

struct str machine_text(const struct vm *vm, uint64_t ref)
{
    uint64_t body = ref_body(ref);
    if (!body)
        return (struct str){ 0 };
    if (ref_is_const(body))
        return vm->im->consts[body >> 1].text;
    struct object *o = heap_object(&vm->heap, body);
    return (struct str){ (const char *)object_bytes(o), o->len };
}

bool machine_new_text(struct vm *vm, struct str bytes, uint64_t *ref)
{
    uint32_t at = bytes.len ? heap_make(vm, OBJECT_BYTES, bytes.len) : 0;
    if (bytes.len && !at)
        return false;
    if (bytes.len)
        memcpy(object_bytes(heap_object(&vm->heap, at)), bytes.p, bytes.len);
    *ref = at;
    return true;
}

enum vm_state vm_state(const struct vm *vm) { return (enum vm_state)vm->state; }
enum vm_fault vm_fault(const struct vm *vm) { return (enum vm_fault)vm->fault; }
struct image *vm_image(const struct vm *vm) { return vm->im; }
size_t vm_memory(const struct vm *vm) { return machine_fixed(vm) + vm->heap.cap; }
void vm_refuel(struct vm *vm) { vm->fuel = vm->fuel_full; }

const char *vm_fault_text(enum vm_fault f)
{
    static const char *const texts[] = {
#define FAULT(name, text) text,
#include "vm/run/fault.def"
#undef FAULT
    };
    return (unsigned)f < sizeof texts / sizeof *texts ? texts[f] : "an unknown fault";
}

const char *vm_why(const struct vm *vm)
{
    const char *told = vm->fault == VM_FAULT_LUA ? vm->host->lua_why : NULL;
    return told && *told ? told : vm_fault_text(vm_fault(vm));
}

struct image_line vm_line(const struct vm *vm) { return image_line_at(vm->f, (uint32_t)(vm->pc - vm->f->code)); }

struct str vm_continue_with(const struct vm *vm)
{
    return vm->state == VM_CONTINUE ? machine_text(vm, vm->slots[vm->pc[1]]) : (struct str){ 0 };
}

enum vm_state vm_hangup(struct vm *vm)
{
    if (vm->state == VM_FAULTED)
        return VM_FAULTED;
    const struct image_func *entry = &vm->im->funcs[vm->im->entry];
    vm->state = entry->on_hangup && !vm->hung_up ? VM_READY : VM_ENDED;
    vm->hung_up = true;
    vm->f = entry;
    vm->slots = vm->stack; /* the entry's slots are as they were */
    vm->depth = 0;
    vm->pc = entry->code + entry->on_hangup;
    return (enum vm_state)vm->state;
}
