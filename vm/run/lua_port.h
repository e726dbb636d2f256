/* The Lua port: how the VM's host runs a function in Lua for it, at once, while the machine stands still. The host
 * reads the arguments, runs the function, gives its results. Nothing of a call outlives it, so a machine can be saved
 * at any action. Loop thread. */
#ifndef VM_RUN_LUA_PORT_H
#define VM_RUN_LUA_PORT_H

#include "vm/run/vm.h"

struct vm_lua {
    const struct image *im;
    uint32_t row;                     /* of im->externs */
    const struct image_import *shape; /* that row's */
    struct vm *vm;
    uint64_t *window; /* results, then arguments; the machine's */
    uint32_t steps;   /* how many the function may take: the machine's fuel */
    uint32_t taken;   /* how many it has taken: written by the host, also when it fails */
    char *why;        /* VM_LUA_WHY bytes, empty: what was wrong when the host gives false */
};

/* Arguments by their number in the shape; of another type: 0, empty. Valid until the first result is given. */
int64_t vm_lua_num(const struct vm_lua *c, unsigned arg);
struct str vm_lua_text(const struct vm_lua *c, unsigned arg);
unsigned vm_lua_count(const struct vm_lua *c, unsigned arg); /* LIST_TEXT */
struct str vm_lua_item(const struct vm_lua *c, unsigned arg, unsigned i);
void vm_lua_json(const struct vm_lua *c, unsigned arg, struct sbuf *out); /* as JSON text */

/* Results by their slot in the window, each of the shape's type for that slot: NUM types, texts and JSON as JSON text,
 * LIST_TEXT as n texts. Copied. false: no room in the call's memory, and the machine has faulted: give up. */
bool vm_lua_give(struct vm_lua *c, unsigned slot, const struct vm_value *v) MUST_USE;
bool vm_lua_give_texts(struct vm_lua *c, unsigned slot, const struct str *items, unsigned n) MUST_USE;

#endif
