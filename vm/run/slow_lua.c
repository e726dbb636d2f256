/* Calls of functions in Lua: the host runs them, here is what it reads and writes. */
#include <string.h>

#include "vm/isa/opcode.h"
#include "vm/run/lua_port.h"
#include "vm/run/slow.h"

/* The argument's slot when it has that type, else 0: empty, nothing. */
static uint64_t argument(const struct vm_lua *c, unsigned arg, enum type type)
{
    const struct image_import *m = c->shape;
    return arg < m->nparams && m->params[arg].type == type ? c->window[m->nresults + arg] : 0;
}

int64_t vm_lua_num(const struct vm_lua *c, unsigned arg)
{
    const struct image_import *m = c->shape;
    bool num = arg < m->nparams && !type_is_ref(m->params[arg].type);
    return num ? (int64_t)c->window[m->nresults + arg] : 0;
}

struct str vm_lua_text(const struct vm_lua *c, unsigned arg)
{
    return machine_text(c->vm, argument(c, arg, TYPE_TEXT));
}

unsigned vm_lua_count(const struct vm_lua *c, unsigned arg)
{
    return list_len(c->vm, argument(c, arg, TYPE_LIST_TEXT));
}

struct str vm_lua_item(const struct vm_lua *c, unsigned arg, unsigned i)
{
    uint64_t list = argument(c, arg, TYPE_LIST_TEXT);
    return i < list_len(c->vm, list) ? machine_text(c->vm, list_item(c->vm, list, i)) : (struct str){ 0 };
}

void vm_lua_json(const struct vm_lua *c, unsigned arg, struct sbuf *out)
{
    json_write(c->vm, argument(c, arg, TYPE_JSON), out);
}

bool vm_lua_give(struct vm_lua *c, unsigned slot, const struct vm_value *v)
{
    enum type type = (enum type)c->shape->results[slot];
    uint64_t ref = 0;
    bool ok = true;
    if (!type_is_ref(type))
        ref = (uint64_t)v->num;
    else if (type == TYPE_TEXT)
        ok = machine_new_text(c->vm, v->text, &ref);
    else if (type == TYPE_JSON)
        ok = json_read(c->vm, v->text, &ref);
    if (ok)
        c->window[slot] = ref;
    return ok;
}

bool vm_lua_give_texts(struct vm_lua *c, unsigned slot, const struct str *items, unsigned n)
{
    struct vm *vm = c->vm;
    uint64_t size = heap_size(OBJECT_REFS, n);
    for (unsigned i = 0; i < n; i++)
        size += items[i].len ? heap_size(OBJECT_BYTES, items[i].len) : 0;
    if (n == 0)
        return true; /* the slot is empty already */
    if (!heap_reserve(vm, size))
        return false;
    uint32_t list = heap_take(vm, OBJECT_REFS, n);
    for (unsigned i = 0; i < n; i++) {
        uint32_t at = items[i].len ? heap_take(vm, OBJECT_BYTES, (uint32_t)items[i].len) : 0;
        if (at)
            memcpy(object_bytes(heap_object(&vm->heap, at)), items[i].p, items[i].len);
        object_words(heap_object(&vm->heap, list))[i] = at;
    }
    c->window[slot] = list;
    return true;
}

/* A fault that the results' copying has made already stays; the steps count in any case. */
bool slow_lua(struct vm *vm, uint64_t *s, const uint8_t *pc)
{
    char unread[VM_LUA_WHY];
    uint32_t row = code_u16(pc + 1);
    char *why = vm->host->lua_why ? vm->host->lua_why : unread;
    struct vm_lua call = { .im = vm->im,
                           .row = row,
                           .shape = &vm->im->externs[row].shape,
                           .vm = vm,
                           .window = s + pc[3],
                           .steps = vm->fuel > 0 ? (uint32_t)vm->fuel : 0,
                           .why = why };
    *why = '\0';
    memset(call.window, 0, call.shape->nresults * sizeof *call.window);
    bool ok = vm->host->lua && vm->host->lua(vm->host->self, &call);
    vm->fuel -= call.taken;
    if (vm->state == VM_FAULTED)
        return false;
    if (vm->fuel < 0)
        return machine_fault(vm, VM_FAULT_FUEL);
    return ok || machine_fault(vm, VM_FAULT_LUA);
}
