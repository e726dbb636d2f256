/* What a slot of a REF type holds: 64 bits that say where its bytes are, without an address, so that a call's heap can
 * move and a machine can be saved as it stands. Private to vm/run.
 *
 *     bits 56…63  kind: what a sound or a json is; 0 for texts and lists
 *     bits 0…55   0: empty;  odd: constant number << 1 | 1;  even: offset of an object in the call's heap
 *                 with REF_IMMEDIATE in the kind: a signed number
 *
 * 0 is the empty text, the empty list, silence (no words to say) and json's null. */
#ifndef VM_RUN_VALUE_H
#define VM_RUN_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/run/action.h"

enum ref_kind {
    REF_PLAIN, /* 0 … 3 are enum vm_sound_kind as well: words to say are a plain text */
    REF_JSON_TEXT = 8,
    REF_JSON_NUMBER, /* the text of a number that is no immediate: as it was written */
    REF_JSON_ARRAY,
    REF_JSON_OBJECT,
    REF_IMMEDIATE = 16,
    REF_JSON_INT = 16,
    REF_JSON_BOOL = 17,
};
_Static_assert(SOUND_SAY == 0 && (int)SOUND_RECORDING < (int)REF_JSON_TEXT, "kinds of sounds and json do not meet");

#define REF_BODY ((UINT64_C(1) << 56) - 1)

static inline unsigned ref_kind(uint64_t ref) { return (unsigned)(ref >> 56); }
static inline uint64_t ref_body(uint64_t ref) { return ref & REF_BODY; }
static inline uint64_t ref_make(unsigned kind, uint64_t body) { return (uint64_t)kind << 56 | (body & REF_BODY); }
static inline uint64_t ref_const(uint32_t number) { return (uint64_t)number << 1 | 1; }
static inline bool ref_is_const(uint64_t ref) { return ref & 1; }

/* The number of an immediate: 56 bits with their sign. */
static inline int64_t ref_number(uint64_t ref) { return (int64_t)(ref << 8) >> 8; }
static inline bool ref_fits(int64_t n) { return n >= -(INT64_C(1) << 55) && n < INT64_C(1) << 55; }

#endif
