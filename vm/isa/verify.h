/* The verifier: proves that an image's code stays in its slots, constants and functions, uses each slot by its type,
 * jumps only to instructions, and burns fuel on every way round. Shares no code with the compiler. Linear in the
 * image's size. Any thread. */
#ifndef VM_ISA_VERIFY_H
#define VM_ISA_VERIFY_H

#include "vm/isa/image.h"

/* ERR_OK, or ERR_BAD_CODE with the reason in *why. Called by image_load(); of use alone in tests. */
enum err image_verify(const struct image *im, struct image_refusal *why) MUST_USE;

#endif
