/* The virtual machine of one call. It runs until the flow parks at an action, ends or faults; the host then does what
 * is asked and resumes it. Loop thread; one VM is one call's. The VM owns its slots, frames and heap and holds the
 * image; it borrows the host. */
#ifndef VM_RUN_VM_H
#define VM_RUN_VM_H

#include "vm/isa/image.h"
#include "vm/run/action.h"

struct vm;

struct vm_limits {   /* 0 takes the default in () */
    uint32_t fuel;   /* units between two refills (1,000,000) */
    uint32_t memory; /* bytes of slots, frames and heap (256 KiB) */
    uint32_t depth;  /* calls within calls (200) */
};

enum vm_state {
    VM_READY,    /* may run */
    VM_PARKED,   /* at an action: vm_import(), vm_arg_*(), then vm_resume() */
    VM_ENDED,    /* the flow came to its end, or to HALT */
    VM_CONTINUE, /* wants another flow: vm_continue_with() */
    VM_FAULTED,  /* vm_fault() */
};

enum vm_fault {
#define FAULT(name, text) VM_FAULT_##name,
#include "vm/run/fault.def"
#undef FAULT
};

/* A VM at the image's entry, VM_READY. Takes its own reference to the image. ERR_NOMEM, ERR_LIMIT. */
enum err vm_new(struct vm **out, struct image *im, const struct action_host *host,
                const struct vm_limits *limits) MUST_USE;
void vm_free(struct vm **vm); /* accepts NULL and a pointer to NULL */

/* Runs a VM_READY machine until it is something else. */
enum vm_state vm_run(struct vm *vm);
enum vm_state vm_state(const struct vm *vm);
enum vm_fault vm_fault(const struct vm *vm);
const char *vm_fault_text(enum vm_fault f);
const char *vm_why(const struct vm *vm); /* the fault's text, or what the host told of it. Valid until it runs again */
struct image *vm_image(const struct vm *vm);
size_t vm_memory(const struct vm *vm); /* bytes that this VM holds */

/* Where the VM stands: source line, {0} without debug section. */
struct image_line vm_line(const struct vm *vm);
/* The flow that CONTINUE named; VM_CONTINUE only. Valid until the VM is freed. */
struct str vm_continue_with(const struct vm *vm);

/* ---- while VM_PARKED: what is asked for. Argument numbers are those of the import's params. ---- */
const struct image_import *vm_import(const struct vm *vm);
uint32_t vm_import_index(const struct vm *vm);
int64_t vm_arg_num(const struct vm *vm, unsigned arg);
struct str vm_arg_text(const struct vm *vm, unsigned arg);                   /* valid while parked */
unsigned vm_arg_count(const struct vm *vm, unsigned arg);                    /* length of a list argument */
struct str vm_arg_item(const struct vm *vm, unsigned arg, unsigned i);       /* LIST_TEXT */
struct vm_sound vm_arg_sound(const struct vm *vm, unsigned arg, unsigned i); /* LIST_SOUND, or SOUND with i = 0 */
void vm_arg_json(const struct vm *vm, unsigned arg, struct sbuf *out);       /* as JSON text */

/* Writes the outcome (its number in the import) and its payload (as many as the outcome has, in its order), and makes
 * the VM VM_READY; ERR_LIMIT when the payload does not fit into the call's memory (the VM is then VM_FAULTED). */
enum err vm_resume(struct vm *vm, unsigned outcome, const struct vm_value *payload);

/* How many bytes of a call's memory this JSON text takes; 0 when it is none that a machine reads, or null. Pure: any
 * thread. */
size_t vm_json_size(struct str text);

/* Refills fuel; the host calls it as time passes (once a second at least while the VM lives). */
void vm_refuel(struct vm *vm);

/* The caller has hung up: drops what it was doing, be it at its end or at a handing over, and goes to 'on hangup'
 * (VM_READY); VM_ENDED when there is none, or it has begun already. A faulted machine stays VM_FAULTED. */
enum vm_state vm_hangup(struct vm *vm);

/* ---- over a restart ---- */
/* Appends a VM_PARKED machine's whole state to out; ERR_INVALID when it is not parked. The machine goes on as it was.
 */
enum err vm_save(const struct vm *vm, struct sbuf *out) MUST_USE;
/* A machine at the action where the saved one was parked. The image must be the same (ERR_BAD_VERSION else), host and
 * limits are given anew (ERR_LIMIT when it does not fit). ERR_INVALID: damaged. A check sum finds damage, not malice:
 * states are kept where only the server writes, like its directory. */
enum err vm_restore(struct vm **out, struct image *im, const struct action_host *host, const struct vm_limits *limits,
                    struct str state) MUST_USE;

#endif
