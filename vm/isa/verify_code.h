/* The verifier's part for code, and how both parts refuse. Private to vm/isa. */
#ifndef VM_ISA_VERIFY_CODE_H
#define VM_ISA_VERIFY_CODE_H

#include "vm/isa/image.h"

/* Writes the reason and returns false, so that a rule can end with it. */
bool verify_refuse(struct image_refusal *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Checks the code of function number index; its slots are known to be well formed, as are all other tables. */
bool verify_code(const struct image *im, uint32_t index, struct image_refusal *why);

/* A name of the tz database, or empty for the server's own: never a path that leaves its folder. */
bool verify_zone(struct str zone);

#endif
