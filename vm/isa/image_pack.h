/* The sections of an image deflated (RFC 1951), against a dictionary of words that most flows hold. Private to vm/isa.
 * What is unpacked is trusted no more than what was never packed. */
#ifndef VM_ISA_IMAGE_PACK_H
#define VM_ISA_IMAGE_PACK_H

#include "vm/base/str.h"

/* Larger sections stay as they are: loading stays linear in the file's size, and no file, however small, makes a
 * loader fill more than this. */
enum { IMAGE_UNPACKED_MAX = 1 << 20 };

/* The dictionary: a part of the format that never changes. */
struct str image_pack_words(void);

/* Appends the packed sections to out. The same sections give the same bytes. ERR_TOO_BIG, ERR_NOMEM: out is unchanged.
 */
enum err image_pack(struct str sections, struct sbuf *out) MUST_USE;

/* Fills size bytes at `to`. ERR_BAD_IMAGE unless packed holds just so many, and nothing behind them; ERR_NOMEM. */
enum err image_unpack(struct str packed, uint8_t *to, uint32_t size) MUST_USE;

#endif
