/* An image: one compiled flow with all that it uses, as plain data and as bytes (.flowc, docs/image.md). The compiler
 * fills struct image; image_encode() writes it; image_load() reads and verifies: only what it returned may be run. A
 * loaded image is immutable and counted: any thread may hold it, image_unref() by the last holder frees it. */
#ifndef VM_ISA_IMAGE_H
#define VM_ISA_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vm/base/arena.h"
#include "vm/base/err.h"
#include "vm/base/str.h"
#include "vm/isa/image_import.h"
#include "vm/isa/image_speech.h"

enum {
    IMAGE_MAX_SIZE = 64 << 20,
    IMAGE_SLOTS_MAX = 250,
    IMAGE_CODE_MAX = 60000,
    IMAGE_ID_SIZE = 32,
    IMAGE_KEY_SIZE = 32
};

/* A constant: NUM (type says which), TEXT, LIST_TEXT (indices of text constants) or LIST_NUM. */
struct image_const {
    enum type type;
    int64_t num;
    struct str text;
    const int64_t *items; /* LIST_NUM: the numbers; LIST_TEXT: indices of earlier TEXT constants */
    uint32_t count;
};

/* Where code from pc on comes from, until the next row: debug section, may be left out. */
struct image_line {
    uint32_t pc;
    uint16_t file; /* index of image_source */
    uint32_t line; /* from 1 */
};

/* A function. Slots 0 … nresults-1 hold its results, the next nparams its parameters, the rest is its own, zeroed on
 * entry. In a function that ends in outcomes slot 0 (INT) is the outcome's number; payloads follow as the compiler laid
 * them out. */
struct image_func {
    struct str name;
    uint8_t nresults, nparams, nslots;
    const uint8_t *slots; /* nslots × enum type */
    const uint8_t *code;
    uint32_t code_len;
    uint32_t on_hangup; /* the entry function only: pc of 'on hangup', 0 when there is none */
    const struct image_line *lines;
    uint32_t nlines;
};

/* A rule of an hours table. Days: bit 0 Monday … 6 Sunday, or a date (year 0: every year). Closed: from = to = 0. */
struct image_hours_rule {
    uint8_t days; /* 0 when it is a date */
    uint16_t year;
    uint8_t month, day;
    uint16_t from, to; /* minutes of the day, from < to <= 1440 */
};
struct image_hours {
    struct str name, zone;
    const struct image_hours_rule *rules;
    uint32_t nrules;
};

enum permit_kind { PERMIT_DIAL, PERMIT_FETCH, PERMIT_DIAL_CONNECTIONS /* its patterns, and any Connection */ };
struct image_permit { /* one line of the flow */
    enum permit_kind kind;
    const struct str *patterns;
    uint32_t npatterns;
    uint32_t at_most; /* legs or requests at once over the whole line; 0: no limit */
};

struct image_source {
    struct str path; /* as seen from the folder of the flow's own file */
    struct str text; /* empty without the source section */
};

struct image {
    struct str flow; /* name of the flow */
    uint32_t entry;  /* index of its function: no parameters, no results */
    const struct image_const *consts;
    uint32_t nconsts;
    const struct image_func *funcs;
    uint32_t nfuncs;
    const struct image_import *imports;
    uint32_t nimports;
    const struct image_lua *lua; /* files */
    uint32_t nlua;
    const struct image_extern *externs;
    uint32_t nexterns;
    const struct image_hours *hours;
    uint32_t nhours;
    const struct image_permit *permits;
    uint32_t npermits;
    const struct image_prompt *prompts;
    uint32_t nprompts;
    const struct image_spoken *spoken;
    uint32_t nspoken;
    const struct word_said *names; /* how names are said, each once, in any order */
    uint32_t nnames;
    const struct str *continues; /* names of flows that it may continue with */
    uint32_t ncontinues;
    const struct image_source *sources;
    uint32_t nsources;
    struct str tests;          /* the section of test blocks, opaque here; may be empty */
    uint8_t id[IMAGE_ID_SIZE]; /* SHA-256 of the bytes from behind the id on; set by encode and decode */
    /* Set by image_load() only. */
    bool is_signed; /* and rightly so (image_seal.h) */
    uint8_t signer[IMAGE_KEY_SIZE];
    struct arena *arena;
    int refs;
};

/* What image_encode() leaves out; IMAGE_PACK: it makes the bytes small, for keeping and sending. */
enum image_strip { IMAGE_STRIP_NOTHING = 0, IMAGE_STRIP_DEBUG = 1, IMAGE_STRIP_SOURCE = 2, IMAGE_STRIP_TESTS = 4 };
enum { IMAGE_PACK = 8 };

/* Writes the image's bytes; the same image gives the same bytes. ERR_TOO_BIG when a limit is passed. */
enum err image_encode(const struct image *im, unsigned strip, struct sbuf *out) MUST_USE;

/* Why an image was refused, for a person: "function 3 'ring_team', pc 17: slot 9 is text, int is wanted". */
struct image_refusal {
    char text[256];
};

/* Reads and verifies. On success *out is the caller's (refs 1) and the bytes are no longer needed.
 * ERR_BAD_IMAGE (cut off, flipped, not an image), ERR_BAD_VERSION, ERR_BAD_CODE, ERR_TOO_BIG; why says more. */
enum err image_load(struct image **out, const void *bytes, size_t len, struct image_refusal *why) MUST_USE;
enum err image_load_file(struct image **out, const char *path, struct image_refusal *why) MUST_USE;

struct image *image_ref(struct image *im); /* atomic */
void image_unref(struct image **im);       /* atomic; sets *im NULL; accepts NULL */

/* Source line of a pc, {0} when the image has no debug section. */
struct image_line image_line_at(const struct image_func *f, uint32_t pc);

#endif
