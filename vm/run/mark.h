/* Marks on an image's code: which instructions machines came to, and which way they left those that branch. For
 * coverage of tests; calls run without. One thread. */
#ifndef VM_RUN_MARK_H
#define VM_RUN_MARK_H

#include "vm/run/vm.h"

struct vm_marks;

struct vm_marks *vm_marks_new(struct image *im); /* holds the image; never NULL */
void vm_marks_free(struct vm_marks **m);         /* accepts NULL and a pointer to NULL */

/* As vm_run(), for machines of that image; marks each instruction. */
enum vm_state vm_run_marked(struct vm *vm, struct vm_marks *m);

/* Whether the instruction at pc of that function was come to. */
bool vm_marks_came(const struct vm_marks *m, uint32_t func, uint32_t pc);
/* How many ways lead on from it, by its jumps and to the instruction behind it: 1 when it does not branch. A switch
 * that was never left for the instruction behind it is taken for one whose table leaves nothing out. */
unsigned vm_marks_ways(const struct vm_marks *m, uint32_t func, uint32_t pc);
/* How many of them were taken. */
unsigned vm_marks_taken(const struct vm_marks *m, uint32_t func, uint32_t pc);

#endif
