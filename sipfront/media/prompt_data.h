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
    enum codec codec;  /* PCMU: holds both laws of G.711 */
    size_t samples;    /* real ones; the payloads go on with silence to a whole frame of 20 ms */
    size_t padded;     /* bytes of each payload */
    unsigned frames;   /* of 20 ms */
    uint8_t *payloads; /* PCMU, then PCMA; or the one codec's frames one after another */
    uint32_t *starts;  /* of each frame, and the end of the last; NULL: all frames are of one length */
};

static inline bool prompt_speaks(const struct prompt *p, enum codec codec)
{
    return p->codec == codec || (p->codec == CODEC_PCMU && codec == CODEC_PCMA);
}
/* codec: one that it speaks. */
static inline const uint8_t *prompt_payload(const struct prompt *p, enum codec codec)
{
    return codec == CODEC_PCMA ? p->payloads + p->padded : p->payloads;
}
static inline unsigned prompt_ms(const struct prompt *p) { return p->frames * CODEC_FRAME_MS; }
size_t prompt_bytes(const struct prompt *p);

#endif
