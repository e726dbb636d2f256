/* SDPs in the manner of real phones: what is read, what is answered, and the answer's text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sipfront/sip/offer_answer.h"

#define HEAD     "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=x\r\n"
#define C        "c=IN IP4 192.0.2.7\r\n"
#define T        "t=0 0\r\n"
#define PCMU_ONE HEAD C T "m=audio 4000 RTP/AVP 0\r\n"

/* formats: "name/pt ..." in order. */
static void list_formats(char *out, size_t cap, const struct audio_desc *d)
{
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < d->nformats; i++)
        n += (size_t)snprintf(out + n, cap - n, "%s%s/%u", i ? " " : "", d->formats[i].name, d->formats[i].pt);
}

static const struct {
    const char *name, *sdp;
    enum err want;
    const char *address;
    unsigned port;
    enum audio_direction direction;
    unsigned ptime;
    const char *formats, *answer; /* answer: its formats, NULL: none in common */
    enum audio_direction answer_direction;
} rows[] = {
    { "bare static payload", PCMU_ONE, ERR_OK, "192.0.2.7", 4000, AUDIO_SENDRECV, 20, "pcmu/0", "pcmu/0",
      AUDIO_SENDRECV },
    { "a desk phone's long list",
      "v=0\r\no=- 20023 20023 IN IP4 192.0.2.20\r\ns=SDP data\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\n"
      "m=audio 11780 RTP/AVP 9 8 0 18 101\r\na=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
      "a=rtpmap:18 G729/8000\r\na=fmtp:18 annexb=no\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
      "a=ptime:20\r\na=sendrecv\r\n",
      ERR_OK, "192.0.2.20", 11780, AUDIO_SENDRECV, 20, "g722/9 pcma/8 pcmu/0 g729/18 telephone-event/101",
      "pcma/8 pcmu/0 telephone-event/101", AUDIO_SENDRECV },
    { "events on an unusual payload type, ptime 30",
      HEAD C T "m=audio 2222 RTP/AVP 0 8 127\r\na=ptime:30\r\na=rtpmap:127 telephone-event/8000\r\n", ERR_OK,
      "192.0.2.7", 2222, AUDIO_SENDRECV, 30, "pcmu/0 pcma/8 telephone-event/127", "pcmu/0 pcma/8 telephone-event/127",
      AUDIO_SENDRECV },
    { "hold, both old and new",
      HEAD "c=IN IP4 0.0.0.0\r\n" T "m=audio 2230 RTP/AVP 0 101\r\na=sendonly\r\na=rtpmap:101 telephone-event/8000\r\n",
      ERR_OK, "0.0.0.0", 2230, AUDIO_SENDONLY, 20, "pcmu/0 telephone-event/101", "pcmu/0 telephone-event/101",
      AUDIO_RECVONLY },
    { "hold by address alone", HEAD "c=IN IP4 0.0.0.0\r\n" T "m=audio 2230 RTP/AVP 0\r\n", ERR_OK, "0.0.0.0", 2230,
      AUDIO_SENDONLY, 20, "pcmu/0", "pcmu/0", AUDIO_RECVONLY },
    { "inactive for the session", HEAD C T "a=inactive\r\nm=audio 2230 RTP/AVP 0\r\n", ERR_OK, "192.0.2.7", 2230,
      AUDIO_INACTIVE, 20, "pcmu/0", "pcmu/0", AUDIO_INACTIVE },
    { "the stream overrides the session", HEAD C T "a=inactive\r\nm=audio 2230 RTP/AVP 0\r\na=recvonly\r\n", ERR_OK,
      "192.0.2.7", 2230, AUDIO_RECVONLY, 20, "pcmu/0", "pcmu/0", AUDIO_SENDONLY },
    { "a softphone with Opus and its own events",
      "v=0\no=bob 2890844730 2890844730 IN IP4 198.51.100.2\ns=Talk\nc=IN IP4 198.51.100.2\nt=0 0\n"
      "m=audio 7078 RTP/AVP 96 0 8 97 101\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\n"
      "a=rtpmap:97 telephone-event/48000\na=rtpmap:101 telephone-event/8000\na=rtcp-fb:* trr-int 5000\n",
      ERR_OK, "198.51.100.2", 7078, AUDIO_SENDRECV, 20, "opus/96 pcmu/0 pcma/8 telephone-event/97 telephone-event/101",
      "pcmu/0 pcma/8 telephone-event/101", AUDIO_SENDRECV },
    { "video first, audio with its own address",
      HEAD T "m=video 5002 RTP/AVP 31\r\nc=IN IP4 192.0.2.8\r\nm=audio 5000 RTP/AVP 8\r\nc=IN IP4 192.0.2.9\r\n",
      ERR_OK, "192.0.2.9", 5000, AUDIO_SENDRECV, 20, "pcma/8", "pcma/8", AUDIO_SENDRECV },
    { "SRTP beside plain", HEAD C T "m=audio 6000 RTP/SAVP 0\r\na=crypto:1 x inline:y\r\nm=audio 6002 RTP/AVP 0 8\r\n",
      ERR_OK, "192.0.2.7", 6000, AUDIO_SENDRECV, 20, "pcmu/0", "pcmu/0 pcma/8", AUDIO_SENDRECV },
    { "the first audio line refused, the second usable",
      HEAD C T "m=audio 0 RTP/AVP 0\r\na=inactive\r\nm=audio 6002 RTP/AVP 8\r\n", ERR_OK, "192.0.2.7", 6002,
      AUDIO_SENDRECV, 20, "pcma/8", "pcma/8", AUDIO_SENDRECV },
    { "IPv6", "v=0\r\no=- 1 1 IN IP6 2001:db8::7\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
      ERR_OK, "2001:db8::7", 4000, AUDIO_SENDRECV, 20, "pcmu/0", "pcmu/0", AUDIO_SENDRECV },
    { "a static number given another name", HEAD C T "m=audio 4000 RTP/AVP 96 8\r\na=rtpmap:96 PCMU/8000\r\n", ERR_OK,
      "192.0.2.7", 4000, AUDIO_SENDRECV, 20, "pcmu/96 pcma/8", "pcmu/96 pcma/8", AUDIO_SENDRECV },
    { "wideband PCMU is another codec", HEAD C T "m=audio 4000 RTP/AVP 96\r\na=rtpmap:96 PCMU/16000\r\n", ERR_OK,
      "192.0.2.7", 4000, AUDIO_SENDRECV, 20, "pcmu/96", NULL, 0 },
    { "events alone are no call", HEAD C T "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n", ERR_OK,
      "192.0.2.7", 4000, AUDIO_SENDRECV, 20, "telephone-event/101", NULL, 0 },
    { "nothing we speak", HEAD C T "m=audio 4000 RTP/AVP 18\r\n", ERR_OK, "192.0.2.7", 4000, AUDIO_SENDRECV, 20,
      "g729/18", NULL, 0 },
    { "a refused stream", HEAD C T "m=audio 0 RTP/AVP 0\r\n", ERR_OK, "192.0.2.7", 0, AUDIO_SENDRECV, 20, "pcmu/0",
      NULL, 0 },
    { "no address anywhere", HEAD T "m=audio 4000 RTP/AVP 0\r\n", ERR_OK, "", 4000, AUDIO_SENDONLY, 20, "pcmu/0",
      "pcmu/0", AUDIO_RECVONLY },
    { "payload types that are none", HEAD C T "m=audio 4000 RTP/AVP 0 200 -1 x 0 8\r\n", ERR_OK, "192.0.2.7", 4000,
      AUDIO_SENDRECV, 20, "pcmu/0 pcma/8", "pcmu/0 pcma/8", AUDIO_SENDRECV },
    { "nonsense after the equals signs",
      HEAD C T "m=audio 4000 RTP/AVP 0\r\na=rtpmap:\r\na=ptime:x\r\na=\r\nc=\r\na=:\r\n", ERR_OK, "", 4000,
      AUDIO_SENDONLY, 20, "pcmu/0", "pcmu/0", AUDIO_RECVONLY },
    { "video only", HEAD C T "m=video 4000 RTP/AVP 31\r\n", ERR_UNSUPPORTED, NULL, 0, 0, 0, NULL, NULL, 0 },
    { "SRTP only", HEAD C T "m=audio 4000 RTP/SAVP 0\r\n", ERR_OK, "192.0.2.7", 4000, AUDIO_SENDRECV, 20, "pcmu/0",
      NULL, 0 },
    { "no media", HEAD C T, ERR_UNSUPPORTED, NULL, 0, 0, 0, NULL, NULL, 0 },
    { "a port that is none", HEAD C T "m=audio 70000 RTP/AVP 0\r\n", ERR_UNSUPPORTED, NULL, 0, 0, 0, NULL, NULL, 0 },
    { "empty", "", ERR_SYNTAX, NULL, 0, 0, 0, NULL, NULL, 0 },
    { "no SDP", "hello", ERR_SYNTAX, NULL, 0, 0, 0, NULL, NULL, 0 },
    { "a line that is none", HEAD "hello\r\n", ERR_SYNTAX, NULL, 0, 0, 0, NULL, NULL, 0 },
};

static void phones_are_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audio_desc d;
        char formats[512];
        print_message("%s\n", rows[i].name);
        assert_int_equal(audio_read(&d, rows[i].sdp), rows[i].want);
        if (rows[i].want != ERR_OK)
            continue;
        list_formats(formats, sizeof formats, &d);
        assert_string_equal(d.address, rows[i].address);
        assert_int_equal(d.port, rows[i].port);
        assert_int_equal(d.direction, rows[i].direction);
        assert_int_equal(d.ptime, rows[i].ptime);
        assert_string_equal(formats, rows[i].formats);
    }
}

/* G.711 as all of ours: what a phone offers beside it is not in the way of the rows here. */
static void g711_side(struct audio_desc *out, const char *address, const struct audio_desc *prefer)
{
    static const struct audio_format codecs[] = { { 0, "pcmu", 8000, 1, NULL }, { 8, "pcma", 8000, 1, NULL } };
    const struct audio_side side = { .address = address, .port = 30000, .codecs = codecs, .ncodecs = 2 };
    audio_ours(out, &side, prefer);
}

/* Every answer is also written, read back, and has as many lines as the offer. */
static void phones_are_answered(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct audio_desc offer, ours, answer, back;
        struct sbuf text = { 0 };
        char formats[512];
        if (audio_read(&offer, rows[i].sdp) != ERR_OK)
            continue;
        print_message("%s\n", rows[i].name);
        g711_side(&ours, "203.0.113.1", NULL);
        assert_int_equal(audio_take_offer(&offer, &answer, rows[i].sdp, &ours),
                         rows[i].answer ? ERR_OK : ERR_UNSUPPORTED);
        if (!rows[i].answer)
            continue;
        list_formats(formats, sizeof formats, &answer);
        assert_string_equal(formats, rows[i].answer);
        assert_int_equal(answer.direction, rows[i].answer_direction);
        audio_write(&text, &answer, &offer);
        assert_int_equal(audio_read(&back, text.p), ERR_OK);
        assert_int_equal(back.media_lines, offer.media_lines);
        assert_int_equal(back.audio_line, offer.audio_line);
        assert_int_equal(back.port, 30000);
        assert_string_equal(back.address, "203.0.113.1");
        assert_int_equal(back.direction, rows[i].answer_direction);
        sbuf_free(&text);
    }
}

static void an_offer_in_full(void **state)
{
    struct audio_desc ours;
    struct sbuf text = { 0 };
    (void)state;
    g711_side(&ours, "203.0.113.1", NULL);
    audio_write(&text, &ours, NULL);
    assert_string_equal(text.p, "v=0\r\no=- 30000 1 IN IP4 203.0.113.1\r\ns=-\r\nc=IN IP4 203.0.113.1\r\nt=0 0\r\n"
                                "m=audio 30000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
                                "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
    assert_string_equal(audio_codec(&ours)->name, "pcmu");
    assert_int_equal(audio_event(&ours)->pt, 101);
    sbuf_free(&text);
}

static void other_lines_are_refused_in_their_own_words(void **state)
{
    struct audio_desc offer, ours, answer;
    struct sbuf text = { 0 };
    const char *audio;
    (void)state;
    assert_int_equal(audio_read(&offer, HEAD C T "m=image 5000 udptl t38\r\nm=audio 4000 RTP/AVP 8\r\n"
                                                 "m=video 5002 RTP/AVP 31 34\r\n"),
                     ERR_OK);
    g711_side(&ours, "2001:db8::1", NULL);
    assert_int_equal(audio_answer(&answer, &offer, &ours), ERR_OK);
    audio_write(&text, &answer, &offer);
    audio = strstr(text.p, "m=audio 30000 RTP/AVP 8\r\n");
    assert_non_null(audio);
    assert_non_null(strstr(text.p, "m=image 0 udptl t38\r\n"));
    assert_true(strstr(text.p, "m=image") < audio);
    assert_true(strstr(text.p, "m=video 0 RTP/AVP 31\r\n") > audio);
    assert_non_null(strstr(text.p, "c=IN IP6 2001:db8::1\r\n"));
    sbuf_free(&text);
}

static void the_other_sides_order_is_preferred(void **state)
{
    struct audio_desc theirs, ours;
    char formats[256];
    (void)state;
    assert_int_equal(
        audio_read(&theirs, HEAD C T "m=audio 4000 RTP/AVP 9 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"), ERR_OK);
    g711_side(&ours, "203.0.113.1", &theirs);
    list_formats(formats, sizeof formats, &ours);
    assert_string_equal(formats, "pcma/8 pcmu/0 telephone-event/96");
}

/* Four codecs, two clocks: each clock has its event, and no two formats one payload type. */
static const struct {
    const char *name, *theirs, *offer, *answer;
} wide[] = {
    { "nobody to follow", NULL, "opus/96 g722/9 pcmu/0 pcma/8 telephone-event/101 telephone-event/97", NULL },
    { "order and types of the other side",
      "m=audio 4000 RTP/AVP 0 107 9 100 110\r\na=rtpmap:107 opus/48000/2\r\na=rtpmap:100 telephone-event/8000\r\n"
      "a=rtpmap:110 telephone-event/48000\r\n",
      "pcmu/0 opus/107 g722/9 pcma/8 telephone-event/100 telephone-event/110",
      "pcmu/0 opus/107 g722/9 telephone-event/100 telephone-event/110" },
    { "their type for Opus is ours for events", "m=audio 4000 RTP/AVP 101\r\na=rtpmap:101 opus/48000/2\r\n",
      "opus/101 g722/9 pcmu/0 pcma/8 telephone-event/96 telephone-event/97", "opus/101" },
    { "Opus without its channels is another codec", "m=audio 4000 RTP/AVP 96 8\r\na=rtpmap:96 opus/48000\r\n",
      "pcma/8 opus/96 g722/9 pcmu/0 telephone-event/101 telephone-event/97", "pcma/8" },
};

static void wide_band_codecs(void **state)
{
    static const struct audio_format codecs[] = { { 96, "opus", 48000, 2, "useinbandfec=1" },
                                                  { 9, "g722", 8000, 1, NULL },
                                                  { 0, "pcmu", 8000, 1, NULL },
                                                  { 8, "pcma", 8000, 1, NULL } };
    const struct audio_side side = { .address = "203.0.113.1", .port = 30000, .codecs = codecs, .ncodecs = 4 };
    (void)state;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        struct audio_desc theirs, ours, answer;
        struct sbuf text = { 0 };
        char formats[512];
        print_message("%s\n", wide[i].name);
        sbuf_fmt(&text, HEAD C T "%s", wide[i].theirs ? wide[i].theirs : "");
        if (wide[i].theirs)
            assert_int_equal(audio_read(&theirs, text.p), ERR_OK);
        audio_ours(&ours, &side, wide[i].theirs ? &theirs : NULL);
        list_formats(formats, sizeof formats, &ours);
        assert_string_equal(formats, wide[i].offer);
        sbuf_free(&text);
        if (!wide[i].answer)
            continue;
        assert_int_equal(audio_answer(&answer, &theirs, &ours), ERR_OK);
        list_formats(formats, sizeof formats, &answer);
        assert_string_equal(formats, wide[i].answer);
    }
}

#define KEY "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

/* RFC 4568: which line is answered, with which tag, or whether the call is refused. */
static const struct {
    const char *name, *lines;
    enum audio_security security;
    const char *answer; /* "" plain, NULL refused */
} secured[] = {
    { "plain, optional", "m=audio 4000 RTP/AVP 0\r\n", AUDIO_SECURE_OPTIONAL, "" },
    { "plain, required", "m=audio 4000 RTP/AVP 0\r\n", AUDIO_SECURE_REQUIRED, NULL },
    { "secure, off", "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\n",
      AUDIO_SECURE_OFF, NULL },
    { "secure", "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\n",
      AUDIO_SECURE_OPTIONAL, "m=audio 30000 RTP/SAVP 0\r\n|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:ours80\r\n" },
    { "their order, their tag",
      "m=audio 4000 RTP/SAVPF 0\r\na=crypto:7 F8_128_HMAC_SHA1_80 inline:" KEY
      "\r\na=crypto:9 AES_CM_128_HMAC_SHA1_32 inline:" KEY "|2^20\r\na=crypto:10 AES_CM_128_HMAC_SHA1_80 inline:" KEY
      "\r\n",
      AUDIO_SECURE_REQUIRED, "m=audio 30000 RTP/SAVPF 0\r\n|a=crypto:9 AES_CM_128_HMAC_SHA1_32 inline:ours32\r\n" },
    { "beside plain RTP (RFC 8643)", "m=audio 4000 RTP/AVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY "\r\n",
      AUDIO_SECURE_OPTIONAL, "m=audio 30000 RTP/AVP 0\r\n|a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:ours80\r\n" },
    { "a line with an MKI is passed by",
      "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY
      "|2^20|1:4\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" KEY " WSH=64\r\n",
      AUDIO_SECURE_OPTIONAL, "m=audio 30000 RTP/SAVP 0\r\n|a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:ours32\r\n" },
    { "nothing but what we cannot do",
      "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" KEY
      " UNENCRYPTED_SRTP\r\na=crypto:x\r\na=crypto:\r\na=crypto:2 X\r\n",
      AUDIO_SECURE_OPTIONAL, NULL },
    { "secure without a key", "m=audio 4000 RTP/SAVP 0\r\n", AUDIO_SECURE_OPTIONAL, NULL },
};

static const struct audio_crypto our_keys[] = { { 0, "AES_CM_128_HMAC_SHA1_80", "ours80" },
                                                { 0, "AES_CM_128_HMAC_SHA1_32", "ours32" } };

static void security_is_agreed(void **state)
{
    static const struct audio_format codec = { 0, "pcmu", 8000, 1, NULL };
    (void)state;
    for (size_t i = 0; i < sizeof secured / sizeof *secured; i++) {
        struct audio_side side = { "203.0.113.1", 30000, &codec, 1, secured[i].security, our_keys, 2, false };
        struct audio_desc offer, ours, answer;
        struct sbuf text = { 0 };
        enum err e;
        print_message("%s\n", secured[i].name);
        sbuf_fmt(&text, HEAD C T "%s", secured[i].lines);
        assert_int_equal(audio_read(&offer, text.p), ERR_OK);
        sbuf_free(&text);
        audio_ours(&ours, &side, NULL);
        e = audio_answer(&answer, &offer, &ours);
        assert_int_equal(e, secured[i].answer ? ERR_OK : ERR_UNSUPPORTED);
        if (e)
            continue;
        audio_write(&text, &answer, &offer);
        if (!*secured[i].answer) {
            assert_null(strstr(text.p, "crypto"));
        } else {
            char want[256];
            char *bar;
            snprintf(want, sizeof want, "%s", secured[i].answer);
            bar = strchr(want, '|');
            *bar = '\0';
            assert_non_null(strstr(text.p, want));
            assert_non_null(strstr(text.p, bar + 1));
        }
        sbuf_free(&text);
    }
}

/* What our own offers say, by setting and by what the other side of the bridge has. */
static void security_is_offered(void **state)
{
    static const struct {
        enum audio_security security;
        bool other; /* the other side is secured */
        const char *proto;
        unsigned lines;
    } offers[] = { { AUDIO_SECURE_OFF, true, "RTP/AVP", 0 },
                   { AUDIO_SECURE_OPTIONAL, false, "RTP/AVP", 0 },
                   { AUDIO_SECURE_OPTIONAL, true, "RTP/AVP", 2 },
                   { AUDIO_SECURE_REQUIRED, false, "RTP/SAVP", 2 } };
    static const struct audio_format codec = { 0, "pcmu", 8000, 1, NULL };
    (void)state;
    for (size_t i = 0; i < sizeof offers / sizeof *offers; i++) {
        struct audio_side side = { "203.0.113.1", 30000, &codec, 1, offers[i].security, our_keys, 2, false };
        struct audio_desc other = { .ncrypto = offers[i].other, .ptime = 20 }, ours;
        audio_ours(&ours, &side, &other);
        assert_string_equal(ours.proto, offers[i].proto);
        assert_int_equal(ours.ncrypto, offers[i].lines);
        for (unsigned k = 0; k < ours.ncrypto; k++)
            assert_int_equal(ours.crypto[k].tag, k + 1);
    }
}

/* What the far end wants in a packet: said, bounded, and told to the other leg. */
static void packet_lengths(void **state)
{
    static const struct {
        const char *lines;
        unsigned ptime;
    } lengths[] = { { "", 20 },
                    { "a=ptime:30\r\n", 30 },
                    { "a=ptime:40\r\na=maxptime:20\r\n", 20 },
                    { "a=maxptime:10\r\n", 10 },
                    { "a=ptime:0\r\n", 20 },
                    { "a=ptime:20.0\r\n", 20 } };
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        struct audio_desc theirs, ours;
        struct sbuf text = { 0 };
        sbuf_fmt(&text, HEAD C T "m=audio 4000 RTP/AVP 0\r\n%s", lengths[i].lines);
        assert_int_equal(audio_read(&theirs, text.p), ERR_OK);
        assert_int_equal(theirs.ptime, lengths[i].ptime);
        g711_side(&ours, "203.0.113.1", &theirs);
        assert_int_equal(ours.ptime, lengths[i].ptime);
        sbuf_free(&text);
    }
}

static void too_many_lines(void **state)
{
    struct sbuf text = { 0 };
    struct audio_desc d;
    (void)state;
    sbuf_cstr(&text, PCMU_ONE);
    for (int i = 0; i < 100; i++)
        sbuf_cstr(&text, "m=video 5000 RTP/AVP 31\r\n");
    assert_int_equal(audio_read(&d, text.p), ERR_UNSUPPORTED);
    sbuf_clear(&text);
    sbuf_cstr(&text, HEAD C T "m=audio 4000 RTP/AVP");
    for (int i = 0; i < 300; i++)
        sbuf_fmt(&text, " %d", i);
    sbuf_cstr(&text, "\r\n");
    assert_int_equal(audio_read(&d, text.p), ERR_OK);
    assert_in_range(d.nformats, 1, AUDIO_FORMATS_MAX);
    sbuf_free(&text);
}

/* A side without events neither offers nor takes them. */
static void events_may_be_unwanted(void **state)
{
    static const struct audio_format codec = { 0, "pcmu", 8000, 1, NULL };
    struct audio_side side = { .address = "203.0.113.1", .port = 30000, .codecs = &codec, .ncodecs = 1 };
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct audio_desc offer, ours, answer;
        side.no_events = i > 0;
        assert_int_equal(audio_read(&offer, HEAD C T "m=audio 4000 RTP/AVP 0 101\r\n"
                                                     "a=rtpmap:101 telephone-event/8000\r\n"),
                         ERR_OK);
        audio_ours(&ours, &side, &offer);
        assert_int_equal(audio_event(&ours) == NULL, side.no_events);
        assert_int_equal(audio_answer(&answer, &offer, &ours), ERR_OK);
        assert_int_equal(audio_event(&answer) == NULL, side.no_events);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phones_are_understood),
        cmocka_unit_test(phones_are_answered),
        cmocka_unit_test(an_offer_in_full),
        cmocka_unit_test(other_lines_are_refused_in_their_own_words),
        cmocka_unit_test(the_other_sides_order_is_preferred),
        cmocka_unit_test(wide_band_codecs),
        cmocka_unit_test(packet_lengths),
        cmocka_unit_test(security_is_agreed),
        cmocka_unit_test(events_may_be_unwanted),
        cmocka_unit_test(security_is_offered),
        cmocka_unit_test(too_many_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
