#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/sip/offer_answer.h"

static size_t used(const struct audio_desc *d)
{
    if (d->media_lines > 1)
        return sizeof *d;
    if (d->ncrypto)
        return offsetof(struct audio_desc, crypto) + d->ncrypto * sizeof *d->crypto;
    return offsetof(struct audio_desc, formats) + d->nformats * sizeof *d->formats;
}

void audio_keep(struct audio_desc **kept, const struct audio_desc *d)
{
    struct audio_desc *copy = d ? malloc(used(d)) : NULL;
    if (d && !copy)
        abort();
    if (copy)
        memcpy(copy, d, used(d));
    if (*kept)
        explicit_bzero(*kept, used(*kept)); /* there may be keys in it */
    free(*kept);
    *kept = copy;
}

void audio_copy(struct audio_desc *out, const struct audio_desc *kept)
{
    memset(out, 0, sizeof *out);
    memcpy(out, kept, used(kept));
}
