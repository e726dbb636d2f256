/* Messages that nobody should send. Whatever comes, the next REGISTER is served; the sanitizers watch. */
#include "tests/unit/sip/login.h"

#include "sipfront/sip/offer_answer.h"

/* Does what a server does with an invitation, then hangs up. */
static void note_invited(void *owner, struct leg *leg, const struct leg_invite *invite)
{
    struct audio_desc d;
    (void)owner;
    w.invited++;
    if (invite->sdp && audio_read(&d, invite->sdp) == ERR_OK)
        leg_progress(leg, 183, SDP_B);
    assert_non_null(leg_header(leg, "Diversion"));
    assert_string_equal(invite->from_user, "ann");
    leg_listen(leg, NULL, NULL);
}

static void still_serves(void)
{
    struct phone p;
    struct request r = { .method = "REGISTER", .from = "ann", .call_id = "after", .cseq = 1 };
    r.extra = "Contact: <sip:ann@10.0.0.1>\r\n";
    phone_open(&p);
    phone_send_authorized(&p, &r, "ann", "secret-of-ann");
    phone_expect(&p, "SIP/2.0 200");
    close(p.fd);
}

/* In the manner of RFC 4475: whatever comes, the next REGISTER is served. */
static void garbage_is_survived(void **state)
{
    static const char *const rows[] = {
        "\r\n\r\n",
        "\r\n",
        "x",
        "INVITE",
        "INVITE sip:a SIP/2.0\r\n\r\n",
        "REGISTER sip:test SIP/2.0\r\nVia: SIP/2.0/UDP 1.1.1.1\r\n\r\n",
        "INVITE sip:a@test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKq\r\nFrom: <>\r\nTo:\r\nCall-ID:\r\nCSeq: 1 "
        "INVITE\r\n\r\n",
        "INVITE sip:a@test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKr\r\nFrom: \"a <sip:a@b>;tag=1\r\nTo: "
        "<sip:b@c\r\n"
        "Call-ID: x\r\nCSeq: 99999999999999 INVITE\r\nMax-Forwards: 300\r\n\r\n",
        "REGISTER sip:test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKs\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        "Call-ID: y\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest\r\nContact: <sip:%00%ff@>;expires=-1;q=9\r\n\r\n",
        "REGISTER sip:test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKt\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        "Call-ID: y\r\nCSeq: 1 INVITE\r\nAuthorization: Digest username=\"\\\r\n\r\n",
        "INVITE sip:a@test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKu\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        "Call-ID: z\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\nContent-Length: 9999\r\n\r\nv=0",
        "INVITE sip:a@test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKv\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        "Call-ID: z2\r\nCSeq: 1 INVITE\r\nContent-Length: -5\r\nRequire: magic\r\n\r\n",
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKw\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: "
        "q\r\nCSeq: 1 "
        "INVITE\r\n\r\n",
        "ACK sip:a@test SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\nTo: "
        "<sip:a@b>;tag=2\r\n"
        "Call-ID: z\r\nCSeq: 1 ACK\r\n\r\n",
        "OPTIONS nobodyKnowsThisScheme:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKy\r\nFrom: <sip:a@b>;tag=1\r\n"
        "To: <isbn:2983792873>\r\nCall-ID: z4\r\nCSeq: 1 OPTIONS\r\n\r\n",
        "OPTIONS sip:test SIP/7.0\r\nVia: SIP/7.0/UDP h;branch=z9hG4bKz\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"
        "Call-ID: z5\r\nCSeq: 1 OPTIONS\r\n\r\n",
    };
    struct phone p;
    (void)state;
    phone_open(&p);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        phone_send_text(&p, rows[i], strlen(rows[i]));
        for (int n = 0; n < 5; n++)
            turn(1);
    }
    for (int n = 0; n < 2000; n++) {
        char noise[200];
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = (char)rand();
        phone_send_text(&p, noise, (size_t)rand() % sizeof noise);
        turn(0);
    }
    close(p.fd);
    still_serves();
}

/* Changes some bytes, cuts a piece out, or doubles one; the same every time for the same seed. */
static size_t mutate(char *text, size_t len, size_t cap)
{
    static const char tasty[] = "\r\n\t \"<>;:@%=,\\*-0/\377\001";
    for (int n = rand() % 4; n >= 0; n--)
        text[(size_t)rand() % len] = tasty[(size_t)rand() % (sizeof tasty - 1)];
    if (rand() % 3 == 0) {
        size_t at = (size_t)rand() % len, piece = (size_t)rand() % (len - at) % 60;
        memmove(text + at, text + at + piece, len - at - piece);
        len -= piece;
    }
    if (rand() % 3 == 0 && len > 100 && len + 100 < cap) {
        size_t at = (size_t)rand() % (len - 90);
        memmove(text + at + 80, text + at, len - at);
        len += 80;
    }
    return len;
}

static void mutations_are_survived(void **state)
{
    static const char *const methods[] = { "INVITE", "REGISTER", "OPTIONS", "BYE", "CANCEL", "UPDATE", "INFO", "ACK" };
    struct phone p;
    (void)state;
    srand(7);
    phone_open(&p);
    for (int i = 0; i < 4000; i++) {
        char text[WIRE_MAX], id[16];
        struct request r = { .method = methods[i % 8], .from = "ann", .call_id = id, .cseq = 1, .branch = id };
        size_t len;
        snprintf(id, sizeof id, "m%d", i);
        r.extra =
            "Contact: \"A\" <sip:ann@10.0.0.1;x=y>;expires=60;q=0.5\r\nExpires: 90\r\nRequire: a\r\n"
            "Authorization: Digest username=\"ann\", realm=\"" REALM "\", nonce=\"0\", uri=\"sip:test\", nc=00000001, "
            "qop=auth, cnonce=\"x\", response=\"0123456789abcdef0123456789abcdef\", algorithm=MD5\r\n";
        r.body = SDP_A;
        len = write_request(text, &r);
        phone_send_text(&p, text, mutate(text, len, sizeof text));
        turn(0);
    }
    close(p.fd);
    still_serves();
}

/* A phone that knows its password and then sends nonsense around it. */
static void an_insider_is_survived(void **state)
{
    struct phone p;
    struct request r = { .method = "INVITE", .from = "ann", .to = "bob", .call_id = "i0", .cseq = 1, .branch = "i0" };
    char challenge[WIRE_MAX];
    (void)state;
    srand(8);
    phone_open(&p);
    phone_send(&p, &r);
    phone_expect(&p, "SIP/2.0 401");
    memcpy(challenge, p.last, sizeof challenge);
    for (unsigned i = 1; i <= 2000; i++) {
        char text[WIRE_MAX], id[16], authorization[2048], extra[4096];
        size_t len, secret;
        snprintf(id, sizeof id, "i%u", i);
        authorize(authorization, challenge, &r, &(struct login){ "ann", "secret-of-ann", "MD5", i });
        snprintf(extra, sizeof extra, "%sContact: <sip:ann@127.0.0.1:%u>\r\nDiversion: <sip:x@y>;reason=no\r\n",
                 authorization, p.port);
        r.call_id = r.branch = id, r.extra = extra, r.body = SDP_A;
        len = write_request(text, &r);
        secret = (size_t)(strstr(text, "Contact:") - text);
        len = secret + mutate(text + secret, len - secret, sizeof text - secret);
        phone_send_text(&p, text, len);
        turn(0);
    }
    for (int i = 0; i < 20; i++)
        turn(2);
    assert_true(w.invited > 200);
    close(p.fd);
    still_serves();
}

static void mutated_sdp_is_survived(void **state)
{
    static const char sdp[] =
        "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\nm=video 1 RTP/AVP 31\r\n"
        "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000/1\r\na=ptime:20\r\na=crypto:1 "
        "AES_CM_128_HMAC_SHA1_80 "
        "inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20\r\na=sendonly\r\n";
    const struct audio_format codec = { 0, "pcmu", 8000, 1, NULL };
    const struct audio_crypto key = { 1, "AES_CM_128_HMAC_SHA1_80", "x" };
    const struct audio_side side = { "203.0.113.1", 30000, &codec, 1, AUDIO_SECURE_OPTIONAL, &key, 1, false };
    struct audio_desc ours;
    unsigned read = 0;
    (void)state;
    srand(9);
    audio_ours(&ours, &side, NULL);
    for (int i = 0; i < 50000; i++) {
        char text[1024];
        struct audio_desc offer, answer;
        struct sbuf out = { 0 };
        memcpy(text, sdp, sizeof sdp);
        text[mutate(text, sizeof sdp - 1, sizeof text - 1)] = '\0';
        if (audio_read(&offer, text) != ERR_OK)
            continue;
        read++;
        if (audio_answer(&answer, &offer, &ours) == ERR_OK)
            audio_write(&out, &answer, &offer);
        sbuf_free(&out);
    }
    assert_true(read > 1000);
}

#define WIRE(f) cmocka_unit_test_setup_teardown(f, wire_open, wire_close)

int main(int argc, char **argv)
{
    static const struct network everywhere = { .bits = 96, .bytes = { [10] = 0xff, [11] = 0xff } }; /* 0.0.0.0/0 */
    const struct CMUnitTest tests[] = {
        WIRE(garbage_is_survived),
        WIRE(mutations_are_survived),
        WIRE(an_insider_is_survived),
        cmocka_unit_test(mutated_sdp_is_survived),
    };
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
    wire_never_banned = (struct sip_networks){ &everywhere, 1 };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
