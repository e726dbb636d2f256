/* An offer of several audio lines: some phones offer RTP/AVP and RTP/SAVP side by side, in either order. The one that
 * is taken is answered in its place, the others with port 0 (RFC 3264 §6). */
#include "sipfront/sip/offer_answer.h"

/* Nothing better can follow. */
static bool is_best(const struct audio_desc *answer, const struct audio_desc *ours)
{
    return answer->ncrypto > 0 || ours->ncrypto == 0;
}

/* It is not for how it is secured that this line would be refused. */
static bool suits(const struct audio_desc *offer, const struct audio_desc *ours)
{
    if (ours->must_secure)
        return offer->ncrypto > 0;
    return ours->ncrypto > 0 || !offer->must_secure;
}

enum err audio_take_offer(struct audio_desc *offer, struct audio_desc *answer, const char *sdp,
                          const struct audio_desc *ours)
{
    struct audio_desc other, its;
    enum err e = audio_read(offer, sdp);
    if (e)
        return e;
    e = audio_answer(answer, offer, ours);
    for (unsigned i = 0; i < offer->media_lines && (e || !is_best(answer, ours)); i++) {
        if (i == offer->audio_line || audio_read_line(&other, sdp, i) != ERR_OK)
            continue;
        enum err its_e = audio_answer(&its, &other, ours);
        bool better = its_e ? e && !suits(offer, ours) && suits(&other, ours) : e || its.ncrypto > 0;
        if (!better)
            continue;
        *offer = other;
        *answer = its;
        e = its_e;
    }
    return e;
}
