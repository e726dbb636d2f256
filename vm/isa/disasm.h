/* A readable listing of an image: functions, slots with types, instructions with their operands spelled out, source
 * lines beside them. */
#ifndef VM_ISA_DISASM_H
#define VM_ISA_DISASM_H

#include "vm/isa/image.h"

/* Appends the whole listing to out. The image need not be verified; what cannot be read is shown as bytes. */
void image_disasm(const struct image *im, struct sbuf *out);

#endif
