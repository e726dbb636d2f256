/* A parked machine: what it asks for, and the answer. */
#include <string.h>

#include "vm/isa/opcode.h"
#include "vm/run/machine.h"

uint32_t vm_import_index(const struct vm *vm) { return code_u16(vm->pc + 1); }

const struct image_import *vm_import(const struct vm *vm)
{
    return vm->state == VM_PARKED ? &vm->im->imports[vm_import_index(vm)] : NULL;
}

static uint64_t *window(const struct vm *vm) { return vm->slots + vm->pc[3]; }

/* The argument's slot when it has that class of type, else 0: empty, nothing. */
static uint64_t argument(const struct vm *vm, unsigned arg, enum type *type)
{
    const struct image_import *m = vm_import(vm);
    *type = TYPE_NONE;
    if (!m || arg >= m->nparams)
        return 0;
    *type = m->params[arg].type;
    return window(vm)[m->nresults + arg];
}

static bool is_list(enum type t) { return t == TYPE_LIST_TEXT || t == TYPE_LIST_NUM || t == TYPE_LIST_SOUND; }

int64_t vm_arg_num(const struct vm *vm, unsigned arg)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type);
    return type_is_ref(type) ? 0 : (int64_t)slot;
}

struct str vm_arg_text(const struct vm *vm, unsigned arg)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type);
    return type == TYPE_TEXT ? machine_text(vm, slot) : (struct str){ 0 };
}

unsigned vm_arg_count(const struct vm *vm, unsigned arg)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type);
    return is_list(type) ? list_len(vm, slot) : type == TYPE_SOUND;
}

struct str vm_arg_item(const struct vm *vm, unsigned arg, unsigned i)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type);
    bool there = type == TYPE_LIST_TEXT && i < list_len(vm, slot);
    return there ? machine_text(vm, list_item(vm, slot, i)) : (struct str){ 0 };
}

struct vm_sound vm_arg_sound(const struct vm *vm, unsigned arg, unsigned i)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type), sound = 0;
    if (type == TYPE_LIST_SOUND && i < list_len(vm, slot))
        sound = list_item(vm, slot, i);
    else if (type == TYPE_SOUND && i == 0)
        sound = slot;
    return (struct vm_sound){ (enum vm_sound_kind)ref_kind(sound), machine_text(vm, sound) };
}

void vm_arg_json(const struct vm *vm, unsigned arg, struct sbuf *out)
{
    enum type type;
    uint64_t slot = argument(vm, arg, &type);
    json_write(vm, type == TYPE_JSON ? slot : 0, out);
}

/* Writes one value of the payload into its slot, which held nothing until now. */
static bool give(struct vm *vm, uint64_t *slot, enum type type, const struct vm_value *v)
{
    uint64_t ref = 0;
    bool ok = true;
    if (!type_is_ref(type))
        ref = (uint64_t)v->num;
    else if (type == TYPE_TEXT || type == TYPE_SOUND)
        ok = machine_new_text(vm, v->text, &ref);
    else if (type == TYPE_JSON)
        ok = json_read(vm, v->text, &ref);
    if (!ok)
        return false;
    *slot = type == TYPE_SOUND ? ref_make(v->sound, ref) : ref;
    return true;
}

static bool fits(const struct vm_value *v, enum type type)
{
    if (!type_is_ref(type))
        return !type_is_ref(v->type);
    return v->type == type && (type != TYPE_SOUND || (unsigned)v->sound <= SOUND_RECORDING);
}

static bool give_payload(struct vm *vm, const struct image_outcome *o, const struct vm_value *payload)
{
    for (unsigned i = 0; payload && i < o->npayload; i++) {
        if (!fits(&payload[i], o->payload[i]))
            return machine_fault(vm, VM_FAULT_HOST);
        if (!give(vm, &window(vm)[o->payload_slot[i]], o->payload[i], &payload[i]))
            return false;
    }
    return true;
}

enum err vm_resume(struct vm *vm, unsigned outcome, const struct vm_value *payload)
{
    const struct image_import *m = vm_import(vm);
    if (!m)
        return ERR_INVALID;
    if (outcome >= m->noutcomes) {
        machine_fault(vm, VM_FAULT_HOST);
        return ERR_INVALID;
    }
    if (m->nresults) {
        memset(window(vm), 0, m->nresults * sizeof(uint64_t));
        window(vm)[0] = outcome;
    }
    if (!give_payload(vm, &m->outcomes[outcome], payload))
        return vm->fault == VM_FAULT_HOST ? ERR_INVALID : ERR_LIMIT;
    vm->pc += 4;
    vm->state = VM_READY;
    return ERR_OK;
}
