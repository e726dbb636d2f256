/* a=crypto lines (RFC 4568). */
#include <stdio.h>
#include <string.h>

#include "sipfront/sip/offer_answer.h"

static struct str word(struct str *rest)
{
    struct str w;
    while (rest->len > 0 && *rest->p == ' ')
        rest->p++, rest->len--;
    w = (struct str){ rest->p, 0 };
    while (rest->len > 0 && *rest->p != ' ')
        rest->p++, rest->len--, w.len++;
    return w;
}

static bool copy(char *out, size_t size, struct str s)
{
    if (s.len == 0 || s.len >= size)
        return false;
    memcpy(out, s.p, s.len);
    out[s.len] = '\0';
    return true;
}

/* "inline:KEY|2^31|1:4": a lifetime is the sender's care and longer than any call; an MKI (with a colon) would stand in
 * each packet, and we have none. */
static bool read_inline(char key[AUDIO_KEY_TEXT], struct str text)
{
    struct str k;
    if (!str_starts(text, "inline:"))
        return false;
    text = (struct str){ text.p + 7, text.len - 7 };
    k = (struct str){ text.p, 0 };
    while (k.len < text.len && text.p[k.len] != '|')
        k.len++;
    for (size_t i = k.len; i < text.len; i++)
        if (text.p[i] == ':' || text.p[i] == ';')
            return false;
    return copy(key, AUDIO_KEY_TEXT, k);
}

/* A window size hint (WSH) is a hint; other session parameters change what is sent (§6.3). */
static bool are_harmless(struct str rest)
{
    for (struct str w = word(&rest); w.len > 0; w = word(&rest))
        if (!str_starts(w, "WSH="))
            return false;
    return true;
}

bool audio_crypto_read(struct audio_crypto *out, struct str text)
{
    struct str tag = word(&text), suite = word(&text), key = word(&text);
    int64_t n;
    *out = (struct audio_crypto){ 0 };
    if (!str_to_int(tag, &n) || n < 0 || n > 999999999 || !copy(out->suite, sizeof out->suite, suite))
        return false;
    out->tag = (unsigned)n;
    return read_inline(out->key, key) && are_harmless(text);
}

void audio_crypto_write(struct sbuf *out, const struct audio_desc *d)
{
    for (unsigned i = 0; i < d->ncrypto; i++)
        sbuf_fmt(out, "a=crypto:%u %s inline:%s\r\n", d->crypto[i].tag, d->crypto[i].suite, d->crypto[i].key);
}

const struct audio_crypto *audio_crypto_find(const struct audio_desc *d, const char *suite)
{
    for (unsigned i = 0; i < d->ncrypto; i++)
        if (strcmp(d->crypto[i].suite, suite) == 0)
            return &d->crypto[i];
    return NULL;
}

const struct audio_crypto *audio_crypto_tagged(const struct audio_desc *d, unsigned tag)
{
    for (unsigned i = 0; i < d->ncrypto; i++)
        if (d->crypto[i].tag == tag)
            return &d->crypto[i];
    return NULL;
}

bool audio_crypto_answer(struct audio_desc *answer, const struct audio_desc *offer, const struct audio_desc *ours)
{
    answer->ncrypto = 0;
    for (unsigned i = 0; i < offer->ncrypto && answer->ncrypto == 0; i++) {
        const struct audio_crypto *known = audio_crypto_find(ours, offer->crypto[i].suite);
        if (!known)
            continue;
        answer->crypto[0] = *known;
        answer->crypto[0].tag = offer->crypto[i].tag;
        answer->ncrypto = 1;
    }
    return answer->ncrypto > 0 || (!offer->must_secure && !ours->must_secure);
}
