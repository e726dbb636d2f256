/* What an image asks of its host: actions, and functions in Lua. Plain data, part of image.h. */
#ifndef VM_ISA_IMAGE_IMPORT_H
#define VM_ISA_IMAGE_IMPORT_H

#include <stdint.h>

#include "vm/base/str.h"
#include "vm/isa/type.h"

struct image_param {
    struct str label; /* the argument's name in the catalogue */
    enum type type;
};
struct image_outcome {
    struct str name;
    const enum type *payload;    /* npayload types */
    const uint8_t *payload_slot; /* for each, which slot of the window gets it (from 1 on, below nresults) */
    uint8_t npayload;
};
/* An action as places ask for it: only the arguments that are written there. Window: results, then parameters. */
struct image_import {
    struct str name;
    uint8_t nresults;       /* outcome number in slot 0 (INT), then payload slots */
    const uint8_t *results; /* nresults × enum type */
    const struct image_param *params;
    uint8_t nparams;
    const struct image_outcome *outcomes; /* all outcomes the flow knows of, in its numbering */
    uint8_t noutcomes;
};

enum { IMAGE_LUA_SIZE = 64 << 10 /* one file */, IMAGE_LUA_VALUES = 16 /* parameters, values of an outcome */ };

/* A Lua file: its source, never bytecode. */
struct image_lua {
    struct str path; /* as seen from the folder of the flow's own file */
    struct str text;
};

/* A function of a Lua file. Without outcomes it gives a value: its only result. Types that can cross:
 * type_crosses(). */
struct image_extern {
    uint32_t file;
    struct image_import shape;
};

#endif
