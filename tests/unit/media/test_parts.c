/* The state machines inside the engine, by themselves: latch, relay numbers, wheel, player, voice detection, addresses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/media/latch.h"
#include "sipfront/media/player.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/relay.h"
#include "sipfront/media/vad.h"
#include "sipfront/media/wheel.h"

/* S: the address of the SDP; N: the same phone as NAT shows it; M: N after the NAT changed its port; X: a stranger;
 * 0: multicast. Lower case: a packet out of order. Digits: hundreds of ms that pass. ^: a new SDP of the same address.
 */
static const struct {
    const char *name, *events, *accepted; /* per packet: y or n */
    char target;
} latches[] = {
    { "SDP is right", "SSS", "yyy", 'S' },
    { "nothing came", "", "", 'S' },
    { "behind NAT", "NNN", "yyy", 'N' },
    { "two are not enough", "NN", "yy", 'S' },
    { "in disorder is not enough", "NnNnN", "yyyyy", 'S' },
    { "the SDP's own comes after", "NNSX", "yyyn", 'S' },
    { "stranger while the peer speaks", "SXSXSXSXSXS", "ynynynynyny", 'S' },
    { "stranger after a short silence", "S5XXXX", "ynnnn", 'S' },
    { "stranger after a long silence", "S99XXX", "ynny", 'X' },
    { "one packet of a stranger after a long silence", "S99XS", "yny", 'S' },
    { "NAT gave a new port", "NNN2MMM", "yyynny", 'M' },
    { "not while the old port sends", "NNNMNMNMN", "yyynynyny", 'N' },
    { "first of two strangers", "NXNXNX", "ynynyn", 'N' },
    { "multicast", "000", "nnn", 'S' },
    { "new SDP, old source still sends", "NNN^NNNN", "yyynnnn", 'S' },
    { "new SDP, old source goes on for long", "NNN^99NNN", "yyyyyy", 'N' },
    { "new SDP, new source", "NNN^XXX", "yyyyyy", 'X' },
};

static struct net_address address_of(char who)
{
    struct net_address a;
    static const struct {
        char who;
        const char *host;
        uint16_t port;
    } all[] = { { 'S', "192.168.1.5", 4000 },
                { 'N', "203.0.113.7", 61000 },
                { 'M', "203.0.113.7", 61002 },
                { 'X', "198.51.100.9", 5000 },
                { '0', "224.0.0.9", 5000 } };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].who == who)
            assert_true(net_address_parse(&a, all[i].host, all[i].port));
    return a;
}

static void run_latch(const char *events, char *accepted, struct latch *l)
{
    struct net_address sdp = address_of('S');
    uint16_t seq[256] = { 0 };
    int64_t now = 1000;

    memset(l, 0, sizeof *l);
    latch_restart(l, &sdp, now);
    for (const char *e = events; *e; e++) {
        char who = *e >= 'a' ? (char)(*e - 'a' + 'A') : *e;
        struct rtp_packet p = { .ssrc = (uint32_t)who };
        if (*e == '^')
            latch_restart(l, &sdp, now);
        else if (*e >= '1' && *e <= '9')
            now += (*e - '0') * 100;
        if (*e == '^' || (*e >= '1' && *e <= '9'))
            continue;
        struct net_address from = address_of(who);
        seq[(uint8_t)who] = (uint16_t)(seq[(uint8_t)who] + (who == *e ? 1 : 5));
        p.seq = seq[(uint8_t)who];
        now += 10;
        *accepted++ = latch_accept(l, &from, &p, now) ? 'y' : 'n';
    }
    *accepted = '\0';
}

static void latch_follows_its_rules(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof latches / sizeof *latches; i++) {
        struct latch l;
        char accepted[32];
        struct net_address want = address_of(latches[i].target);
        run_latch(latches[i].events, accepted, &l);
        if (strcmp(accepted, latches[i].accepted) != 0 || !net_address_equal(latch_target(&l), &want))
            fail_msg("%s: accepted %s, wanted %s; sends to port %u", latches[i].name, accepted, latches[i].accepted,
                     net_address_port(latch_target(&l)));
    }
}

static const struct {
    const char *text;
    uint16_t port;
    bool parsed, reachable;
} addresses[] = {
    { "127.0.0.1", 4000, true, true },  { "127.0.0.1", 0, true, false },
    { "0.0.0.0", 4000, true, false },   { "255.255.255.255", 1, true, false },
    { "239.1.1.1", 1, true, false },    { "::1", 4000, true, true },
    { "::", 4000, true, false },        { "ff02::1", 4000, true, false },
    { "example.com", 1, false, false }, { "", 1, false, false },
    { "1.2.3", 1, false, false },       { "1.2.3.4:5", 1, false, false },
};

static void addresses_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        struct net_address a;
        bool parsed = net_address_parse(&a, addresses[i].text, addresses[i].port);
        if (parsed != addresses[i].parsed || net_address_reachable(&a) != addresses[i].reachable)
            fail_msg("\"%s\"", addresses[i].text);
    }
}

/* A public address in the SDP is believed longer than a private one. */
static void public_address_is_believed(void **state)
{
    static const struct {
        const char *signalled;
        unsigned packets;
    } sdps[] = {
        { "10.1.2.3", 3 },  { "172.31.0.1", 3 }, { "172.32.0.1", 25 },  { "100.64.0.1", 3 }, { "192.0.2.1", 25 },
        { "127.0.0.1", 3 }, { "fd00::1", 3 },    { "2001:db8::1", 25 }, { "0.0.0.0", 3 },    { "", 3 }
    };

    (void)state;
    for (size_t i = 0; i < sizeof sdps / sizeof *sdps; i++) {
        struct latch l = { 0 };
        struct net_address sdp, from = address_of('N');
        unsigned packets = 0;
        net_address_parse(&sdp, sdps[i].signalled, 4000);
        latch_restart(&l, &sdp, 0);
        while (l.source.len == 0 && packets < 100) {
            struct rtp_packet p = { .seq = (uint16_t)packets++ };
            assert_true(latch_accept(&l, &from, &p, packets * 20));
        }
        if (packets != sdps[i].packets)
            fail_msg("%s: latched after %u packets, wanted %u", sdps[i].signalled, packets, sdps[i].packets);
    }
}

static struct rtp_packet packet(uint16_t seq, uint32_t ts)
{
    return (struct rtp_packet){ .seq = seq, .ts = ts, .len = 160 };
}

/* Numbers go round; a late packet from before the start is dropped; a leap of the clock begins anew. */
static void relay_renumbers(void **state)
{
    struct relay r = { 0 };
    struct rtp_line line = { .ssrc = 9, .seq = 100, .next_ts = 5000 };
    struct relay_now now = { .ts = 4000, .ms = 1000, .khz = 8, .ticks = 160 };
    struct rtp_packet p = packet(65535, 0xFFFFFFF0);

    (void)state;
    assert_true(relay_map(&r, &line, &p, &now));
    assert_true(p.marker && p.ssrc == 9 && p.seq == 100 && p.ts == 5000); /* not before what was sent */
    now.ms += 20;
    p = packet(0, 0xFFFFFFF0 + 160);
    assert_true(relay_map(&r, &line, &p, &now));
    assert_true(!p.marker && p.seq == 101 && p.ts == 5160);
    p = packet(65534, 0xFFFFFFF0 - 160);
    assert_false(relay_map(&r, &line, &p, &now));
    assert_true(line.seq == 102 && line.next_ts == 5320);
    now.ms += 20;
    now.ts = 9000;
    p = packet(1, 0x70000000);
    assert_true(relay_map(&r, &line, &p, &now));
    assert_true(p.marker && p.seq == 102 && p.ts == 9000);
}

/* An hour of packets, one lost in each hundred, and a key held for 20 s in between. */
static void relay_lasts(void **state)
{
    struct relay r = { 0 };
    struct rtp_line line = { .ssrc = 9, .seq = 65000, .next_ts = 0xFFFF0000 };
    struct relay_now now = { .ts = 0xFFFF0000, .ms = 1000, .khz = 8, .ticks = 160 };
    uint32_t first_ts = 0, key_ts = 0;
    uint16_t first_seq = 0;

    (void)state;
    for (uint32_t i = 0; i < 180000; i++, now.ms += 20, now.ts += 160) {
        struct rtp_packet p = packet((uint16_t)(i + 12345), i * 160 + 777);
        now.event = i > 90000 && i < 91000;
        if (i % 100 == 50)
            continue;
        if (now.event) {
            key_ts = key_ts ? key_ts : p.ts;
            p.ts = key_ts;
        }
        assert_true(relay_map(&r, &line, &p, &now));
        if (i == 0) {
            first_ts = p.ts;
            first_seq = p.seq;
        }
        assert_int_equal(p.seq, (uint16_t)(first_seq + i));
        if (!now.event)
            assert_int_equal(p.ts, first_ts + i * 160);
    }
}

static void wheel_gives_each_its_time(void **state)
{
    struct wheel w = { 0 };
    struct wheel_node n[200] = { 0 };
    unsigned taken = 0;

    (void)state;
    assert_int_equal(wheel_next(&w, 77), 77 + WHEEL_SLOTS);
    for (int i = 0; i < 200; i++)
        wheel_put(&w, &n[i], 1000 + i % 60);
    wheel_remove(&w, &n[5]);
    wheel_remove(&w, &n[5]); /* in none: nothing happens */
    for (int64_t t = 990; t < 1100; t++) {
        struct wheel_node *got;
        assert_true(wheel_next(&w, t) >= t);
        while ((got = wheel_take(&w, t))) {
            assert_int_equal(got->due_ms, t);
            taken++;
            if (t < 1030 && got == &n[0])
                wheel_put(&w, got, t + 20);
        }
    }
    assert_int_equal(taken, 199 + 2);
    assert_int_equal(w.used, 0);
}

/* A node that lies a whole turn ahead waits for its turn. */
static void wheel_keeps_the_next_turn(void **state)
{
    struct wheel w = { 0 };
    struct wheel_node a = { 0 }, b = { 0 };

    (void)state;
    wheel_put(&w, &a, 100);
    wheel_put(&w, &b, 100 + WHEEL_SLOTS);
    assert_ptr_equal(wheel_take(&w, 100), &a);
    assert_null(wheel_take(&w, 100));
    assert_ptr_equal(wheel_take(&w, 100 + WHEEL_SLOTS), &b);
}

static struct prompt *prompt_of_length(size_t n, int16_t value)
{
    struct prompt_audio a = { .samples = calloc(n + 1, sizeof(int16_t)), .count = n };
    struct prompt *p;

    for (size_t i = 0; i < n; i++)
        a.samples[i] = value;
    assert_int_equal(prompt_new(&p, &a), ERR_OK);
    prompt_audio_free(&a);
    return p;
}

static const struct {
    const char *name;
    size_t lengths[3]; /* frames; the list ends with 9 */
    unsigned loops, frames;
} lists[] = {
    { "one", { 3, 9 }, 1, 3 },
    { "none", { 9 }, 1, 0 },
    { "no loops are one", { 2, 9 }, 0, 2 },
    { "thrice", { 2, 1, 9 }, 3, 9 },
    { "empty ones", { 0, 0, 9 }, 5, 0 },
    { "empty between", { 0, 2, 9 }, 2, 4 },
    { "empty at the end", { 2, 0, 9 }, 2, 4 },
};

static void player_plays_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct player p = { 0 };
        struct prompt **prompts = calloc(4, sizeof *prompts);
        uint8_t frame[160];
        unsigned n = 0, frames = 0;
        for (; lists[i].lengths[n] != 9; n++)
            prompts[n] = prompt_of_length(lists[i].lengths[n] * 160, 1000);
        player_start(&p, prompts, n, lists[i].loops);
        for (; !player_ended(&p) && frames < 100; frames++)
            assert_int_equal(player_next(&p, CODEC_PCMU, 20, frame, sizeof frame), sizeof frame);
        if (frames != lists[i].frames)
            fail_msg("%s: %u frames, wanted %u", lists[i].name, frames, lists[i].frames);
        assert_true(player_busy(&p));
        player_stop(&p);
        assert_false(player_busy(&p));
    }
}

/* A list of 2, 0 and 3 frames, joined at that moment of its endless round. */
static void player_joins_a_round(void **state)
{
    static const struct {
        int64_t ms;
        unsigned at, at_ms;
    } rows[] = {
        { 0, 0, 0 },   { 19, 0, 0 },   { 20, 0, 20 },
        { 39, 0, 20 }, { 40, 2, 0 },   { 99, 2, 40 },
        { 100, 0, 0 }, { 160, 2, 20 }, { INT64_C(100) * 1000000 + 45, 2, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct player p = { 0 };
        struct prompt **prompts = calloc(3, sizeof *prompts);
        prompts[0] = prompt_of_length(320, 1000);
        prompts[1] = prompt_of_length(0, 0);
        prompts[2] = prompt_of_length(480, 2000);
        player_start(&p, prompts, 3, 1000);
        player_skip(&p, rows[i].ms);
        if (p.at != rows[i].at || p.at_ms != rows[i].at_ms)
            fail_msg("%lld ms: prompt %u at %u ms", (long long)rows[i].ms, p.at, p.at_ms);
        player_stop(&p);
    }
}

/* Level of each frame by its number, dBFS; 1: no packet came. */
static double steady_hum(int i) { return (void)i, -30; }
static double quiet_line(int i) { return (void)i, -60; }
static double nothing(int i) { return (void)i, 1; }
static double speech(int i) { return i % 12 < 8 ? -25 : -55; }
static double speech_at_once(int i) { return i < 40 ? (i % 12 < 8 ? -25 : -50) : -58; }
static double far_speech_in_noise(int i) { return i % 12 < 8 ? -35 : -47; }
static double clicks(int i) { return i % 50 == 10 ? -10 : -60; }
static double with_gaps(int i) { return i % 3 == 0 ? 1 : -30; }

static const struct {
    const char *name;
    double (*level)(int i);
    bool voice;
} sounds[] = {
    { "quiet line", quiet_line, false },
    { "no packets", nothing, false },
    { "steady hum", steady_hum, false },
    { "speech", speech, true },
    { "speech at once", speech_at_once, true },
    { "far speech in noise", far_speech_in_noise, true },
    { "clicks", clicks, false },
    { "hum with lost packets", with_gaps, false },
};

static void voice_is_told_from_noise(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof sounds / sizeof *sounds; k++) {
        struct vad v;
        bool heard = false;
        unsigned seed = 5;
        vad_start(&v);
        for (int i = 0; i < 400; i++) {
            int16_t frame[VAD_FRAME] = { 0 };
            double db = sounds[k].level(i), amplitude = 32768 * pow(10, db / 20) * 1.732;
            for (int s = 0; s < VAD_FRAME && db < 1; s++)
                frame[s] = (int16_t)(amplitude * (2.0 * rand_r(&seed) / RAND_MAX - 1));
            heard |= vad_frame(&v, frame);
        }
        if (heard != sounds[k].voice)
            fail_msg("%s: %s", sounds[k].name, heard ? "voice" : "no voice");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(latch_follows_its_rules),
        cmocka_unit_test(public_address_is_believed),
        cmocka_unit_test(addresses_are_judged),
        cmocka_unit_test(relay_renumbers),
        cmocka_unit_test(relay_lasts),
        cmocka_unit_test(wheel_gives_each_its_time),
        cmocka_unit_test(wheel_keeps_the_next_turn),
        cmocka_unit_test(player_plays_lists),
        cmocka_unit_test(player_joins_a_round),
        cmocka_unit_test(voice_is_told_from_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
