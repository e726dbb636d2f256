/* Offers of several audio lines: which is taken, by what is allowed, and that the answer and later offers keep the
 * others in their places. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/sip/offer_answer.h"

#define HEAD    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=x\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define KEY     "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
#define UNKNOWN "a=crypto:4 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n"
#define PLAIN   "m=audio 4000 RTP/AVP 0\r\n"
#define SECURE  "m=audio 4002 RTP/SAVP 0\r\n" KEY
#define G729    "m=audio 4004 RTP/AVP 18\r\n"
#define VIDEO   "m=video 4006 RTP/AVP 31\r\n"
#define NO      "audio 0 RTP/AVP 0,"

static const struct {
    const char *name, *lines;
    enum audio_security security;
    const char *answer; /* its m= lines; NULL: refused */
    unsigned nearest;   /* refused: the line that is blamed */
} rows[] = {
    { "plain first, required", PLAIN SECURE, AUDIO_SECURE_REQUIRED, NO "audio 30000 RTP/SAVP 0,", 0 },
    { "plain first, optional", PLAIN SECURE, AUDIO_SECURE_OPTIONAL, NO "audio 30000 RTP/SAVP 0,", 0 },
    { "plain first, off", PLAIN SECURE, AUDIO_SECURE_OFF, "audio 30000 RTP/AVP 0,audio 0 RTP/SAVP 0,", 0 },
    { "secure first, required", SECURE PLAIN, AUDIO_SECURE_REQUIRED, "audio 30000 RTP/SAVP 0," NO, 0 },
    { "secure first, optional", SECURE PLAIN, AUDIO_SECURE_OPTIONAL, "audio 30000 RTP/SAVP 0," NO, 0 },
    { "secure first, off", SECURE PLAIN, AUDIO_SECURE_OFF, "audio 0 RTP/SAVP 0,audio 30000 RTP/AVP 0,", 0 },
    { "the first of two that can be encrypted (RFC 8643)", PLAIN KEY SECURE, AUDIO_SECURE_REQUIRED,
      "audio 30000 RTP/AVP 0,audio 0 RTP/SAVP 0,", 0 },
    { "a key that we cannot use, optional", PLAIN "m=audio 4002 RTP/SAVP 0\r\n" UNKNOWN, AUDIO_SECURE_OPTIONAL,
      "audio 30000 RTP/AVP 0,audio 0 RTP/SAVP 0,", 0 },
    { "a key that we cannot use, required", PLAIN "m=audio 4002 RTP/SAVP 0\r\n" UNKNOWN, AUDIO_SECURE_REQUIRED, NULL,
      1 },
    { "no codec in common in the first", G729 PLAIN, AUDIO_SECURE_OFF, "audio 0 RTP/AVP 18,audio 30000 RTP/AVP 0,", 0 },
    { "no codec in common in the plain one, off", SECURE G729, AUDIO_SECURE_OFF, NULL, 1 },
    { "video between them", PLAIN VIDEO SECURE, AUDIO_SECURE_REQUIRED, NO "video 0 RTP/AVP 31,audio 30000 RTP/SAVP 0,",
      0 },
    { "the second one in use, the first refused", "m=audio 0 RTP/AVP 0\r\n" SECURE, AUDIO_SECURE_OPTIONAL,
      NO "audio 30000 RTP/SAVP 0,", 0 },
    { "both refused", "m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/SAVP 0\r\n", AUDIO_SECURE_OFF, NULL, 0 },
};

static const struct audio_crypto our_key = { 0, "AES_CM_128_HMAC_SHA1_80", "ours80" };

static void our_side(struct audio_desc *out, enum audio_security security)
{
    static const struct audio_format codec = { 0, "pcmu", 8000, 1, NULL };
    struct audio_side side = { "203.0.113.1", 30000, &codec, 1, security, &our_key, 1, false };

    audio_ours(out, &side, NULL);
}

static void expect_lines(const char *sdp, const char *want)
{
    char lines[256] = "";
    size_t n = 0;

    for (const char *at = strstr(sdp, "m="); at; at = strstr(at + 2, "\nm=") ? strstr(at + 2, "\nm=") + 1 : NULL)
        n += (size_t)snprintf(lines + n, sizeof lines - n, "%.*s,", (int)strcspn(at + 2, "\r"), at + 2);
    assert_string_equal(lines, want);
}

static void the_line_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audio_desc offer, ours, answer;
        struct sbuf text = { 0 };
        char sdp[1024];
        enum err e;

        print_message("%s\n", rows[i].name);
        snprintf(sdp, sizeof sdp, HEAD "%s", rows[i].lines);
        our_side(&ours, rows[i].security);
        e = audio_take_offer(&offer, &answer, sdp, &ours);
        assert_int_equal(e, rows[i].answer ? ERR_OK : ERR_UNSUPPORTED);
        if (e) {
            assert_int_equal(offer.audio_line, rows[i].nearest);
            continue;
        }
        audio_write(&text, &answer, &offer);
        expect_lines(text.p, rows[i].answer);
        assert_int_equal(strstr(text.p, "a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:ours80") != NULL, answer.ncrypto);
        assert_int_equal(answer.ncrypto > 0, rows[i].security != AUDIO_SECURE_OFF && offer.ncrypto > 0);
        sbuf_free(&text);
    }
}

/* RFC 3264 §8: as many lines as before, each in its place. */
static void our_next_offer_keeps_the_places(void **state)
{
    struct audio_desc offer, ours, answer;
    struct sbuf text = { 0 };

    (void)state;
    our_side(&ours, AUDIO_SECURE_REQUIRED);
    assert_int_equal(audio_take_offer(&offer, &answer, HEAD PLAIN VIDEO SECURE, &ours), ERR_OK);
    audio_write(&text, &ours, &offer);
    expect_lines(text.p, NO "video 0 RTP/AVP 31,audio 30000 RTP/SAVP 0 101,");
    sbuf_free(&text);
}

static void a_line_is_read_by_its_number(void **state)
{
    static const char sdp[] = HEAD VIDEO PLAIN SECURE;
    struct audio_desc d;

    (void)state;
    assert_int_equal(audio_read_line(&d, sdp, 0), ERR_UNSUPPORTED);
    assert_int_equal(audio_read_line(&d, sdp, 1), ERR_OK);
    assert_int_equal(d.port, 4000);
    assert_int_equal(audio_read_line(&d, sdp, 2), ERR_OK);
    assert_int_equal(d.port, 4002);
    assert_int_equal(d.audio_line, 2);
    assert_int_equal(d.ncrypto, 1);
    assert_int_equal(audio_read_line(&d, sdp, 3), ERR_UNSUPPORTED);
    assert_int_equal(audio_read_line(&d, "no SDP", 0), ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_line_is_chosen),
        cmocka_unit_test(our_next_offer_keeps_the_places),
        cmocka_unit_test(a_line_is_read_by_its_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
