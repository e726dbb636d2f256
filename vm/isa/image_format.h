/* What image_encode.c and image_decode.c agree on; docs/image.md describes it. Private to vm/isa. */
#ifndef VM_ISA_IMAGE_FORMAT_H
#define VM_ISA_IMAGE_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "vm/isa/image.h"

/* The high bit and the line ends show at once when something took the file for text. */
#define IMAGE_MAGIC                                                                                                    \
    "\x9c"                                                                                                             \
    "flow\r\n\x1a"
enum { IMAGE_MAGIC_SIZE = 8, IMAGE_ID_AT = IMAGE_MAGIC_SIZE, IMAGE_BODY_AT = 40 };

/* The first number of the body: how the sections stand behind it. */
enum image_version {
    IMAGE_VERSION_PLAIN = 1, /* as they are */
    IMAGE_VERSION_PACKED,    /* their size, then packed (image_pack.h) to the end */
};

/* A seal: a signature behind the image, outside of what the id names: magic, the signer's public key, the signature. */
#define IMAGE_SEAL_MAGIC                                                                                               \
    "\x9c"                                                                                                             \
    "seal\r\n\x1a"
enum { IMAGE_SIGNATURE_SIZE = 64, IMAGE_SEAL_SIZE = IMAGE_MAGIC_SIZE + IMAGE_KEY_SIZE + IMAGE_SIGNATURE_SIZE };

/* Sections come in this order; empty ones are left out. SHAPE is always there. */
enum image_section {
    SECTION_SHAPE = 1, /* flow's name, entry, continues */
    SECTION_TEXTS,     /* every text of the image, each once; the others name them by number */
    SECTION_CONSTS,
    SECTION_FUNCS,
    SECTION_IMPORTS,
    SECTION_HOURS,
    SECTION_PERMITS,
    SECTION_PROMPTS,
    SECTION_DEBUG,  /* names of functions, paths of sources, lines */
    SECTION_SOURCE, /* texts of sources */
    SECTION_TESTS,
    SECTION_LUA,    /* files in Lua, and the functions of theirs that code calls */
    SECTION_SPEECH, /* how names are said, and what in another voice */
    SECTION_END,
};

/* Two types go into a byte. */
_Static_assert(TYPE_COUNT < 16, "a slot's type is four bits");

#endif
