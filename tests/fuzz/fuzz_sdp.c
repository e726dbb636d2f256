/* Any text as an SDP: refused, or read, answered and written, and what was written can be read again. */
#include "sipfront/sip/offer_answer.h"
#include "tests/fuzz/fuzz.h"

static void read_back(const struct audio_desc *d, const struct audio_desc *answers)
{
    struct sbuf text = { 0 };
    struct audio_desc again;
    audio_write(&text, d, answers);
    FUZZ_HOLDS(strlen(text.p) == text.len, "SDP holds no NUL");
    enum err e = audio_read(&again, text.p);
    fuzz_holds(e == ERR_OK, "what was written can be read", text.p);
    FUZZ_HOLDS(again.nformats == d->nformats && again.port == d->port && again.direction == d->direction,
               "what was written says the same");
    sbuf_free(&text);
}

/* Whatever is allowed: an answer has as many lines as its offer, and can be read. */
static void take(const char *text, const struct audio_side *side)
{
    struct audio_desc offer, ours, answer;
    audio_ours(&ours, side, NULL);
    if (audio_take_offer(&offer, &answer, text, &ours) != ERR_OK)
        return;
    FUZZ_HOLDS(!ours.must_secure || answer.ncrypto > 0, "what has to be encrypted is");
    FUZZ_HOLDS(ours.ncrypto > 0 || answer.ncrypto == 0, "no key is told that we do not have");
    FUZZ_HOLDS(answer.media_lines == offer.media_lines, "each line is answered");
    read_back(&answer, &offer);
    read_back(&ours, &offer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct audio_format codecs[] = { { 96, "opus", 48000, 2, "useinbandfec=1" },
                                                  { 9, "g722", 8000, 1, NULL },
                                                  { 0, "pcmu", 8000, 1, NULL },
                                                  { 8, "pcma", 8000, 1, NULL } };
    static const struct audio_crypto key = { 1, "AES_CM_128_HMAC_SHA1_80", "x" };
    struct audio_side side = { "192.0.2.1", 4000, codecs, 4, AUDIO_SECURE_OPTIONAL, &key, 1, false };
    char *text = fuzz_text(data, size);
    struct audio_desc offer, ours, answer;
    if (audio_read(&offer, text) == ERR_OK) {
        (void)audio_codec(&offer);
        (void)audio_event(&offer);
        audio_ours(&ours, &side, size & 1 ? &offer : NULL);
        read_back(&ours, NULL);
        if (audio_answer(&answer, &offer, &ours) == ERR_OK) {
            snprintf(answer.address, sizeof answer.address, "192.0.2.1");
            answer.port = 4000;
            read_back(&answer, &offer);
        }
    }
    for (enum audio_security s = AUDIO_SECURE_OFF; s <= AUDIO_SECURE_REQUIRED; s++) {
        side.security = s;
        take(text, &side);
    }
    free(text);
    return 0;
}
