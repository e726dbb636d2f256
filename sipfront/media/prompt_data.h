/* What a prompt holds: payloads, ready to be copied into packets. Immutable after prompt_new(), any thread. */
#ifndef SIPFRONT_MEDIA_PROMPT_DATA_H
#define SIPFRONT_MEDIA_PROMPT_DATA_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "sipfront/media/prompt.h"
#include "sipfront/media/stream.h"

struct prompt {
    atomic_uint refs;
    size_t samples; /* real ones; the payloads go on with silence to a whole frame of 20 ms */
    size_t padded;  /* bytes of each payload */
    uint8_t *pcmu, *pcma;
};

static inline const uint8_t *prompt_payload(const struct prompt *p, enum codec codec)
{
    return codec == CODEC_PCMA ? p->pcma : p->pcmu;
}
static inline size_t prompt_bytes(const struct prompt *p) { return sizeof *p + 2 * p->padded; }

#endif
