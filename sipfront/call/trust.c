#include "sipfront/call/trust.h"

#include <stdio.h>
#include <string.h>

enum err trust_check(const struct trust *t, const struct image *im, struct image_refusal *why)
{
    if (!t || !t->n)
        return ERR_OK;
    if (!im->is_signed) {
        snprintf(why->text, sizeof why->text,
                 "it is not signed, and this server takes signed images only: flowc build --sign KEY");
        return ERR_DENIED;
    }
    for (unsigned i = 0; i < t->n; i++)
        if (memcmp(t->keys[i], im->signer, IMAGE_KEY_SIZE) == 0)
            return ERR_OK;
    snprintf(why->text, sizeof why->text, "it is signed by a key that this server does not trust, %02x%02x%02x%02x…",
             im->signer[0], im->signer[1], im->signer[2], im->signer[3]);
    return ERR_DENIED;
}
