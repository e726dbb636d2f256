/* Members of a room who are silent are sent one packet, encoded once, where their codec allows it. */
#include "tests/unit/media/party.h"

/* Silent listeners of one law of G.711 are sent the same bytes. */
static void listeners_hear_the_same(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 0), *b = join(p, CODEC_PCMU, 20, 0);
    size_t at;

    join(p, CODEC_OPUS, 20, 900);
    talk(p, 1500);
    expect(a, 900, true);
    assert_true(sound_find(a->heard + a->n - 4000, 4000, b->heard + b->n - 3200, 1600, &at) > 0.999999);
}

/* Of the last 30 packets of a, how many b was sent too. */
static unsigned in_common(const struct end *a, const struct end *b)
{
    unsigned n = 0;

    assert_true(a->npackets > 60 && b->npackets > 60);
    for (unsigned i = a->npackets - 35; i < a->npackets - 5; i++)
        for (unsigned k = b->npackets - 60; k < b->npackets; k++)
            if (a->marks[i] == b->marks[k]) {
                n++;
                break;
            }
    return n;
}

/* How far what a heard in this packet of his is from what b heard in that of his, dB. */
static double off_db(const struct end *a, size_t packet_a, const struct end *b, size_t packet_b)
{
    size_t n = codec_info(a->codec)->rate / 50;
    double off = 1, all = 1;

    for (size_t i = 0; i < n; i++) {
        double x = a->heard[packet_a * n + i], y = b->heard[packet_b * n + i];
        off += (x - y) * (x - y);
        all += y * y;
    }
    return 10 * log10(off / all);
}

/* One speaks, two listen, and one of these says something once. From two seconds later on he hears what the other does,
 * to so many dB in each packet. */
static void listens_again(struct party *p, enum codec codec, double most_db)
{
    static int16_t voice[8 * 8000];
    struct end *a = join(p, codec, 20, 0), *b = join(p, codec, 20, 0), *c = join(p, CODEC_PCMU, 20, 1);
    unsigned k = 0;

    sound_make(voice, sizeof voice / sizeof *voice, 8000);
    c->voice = voice;
    talk(p, 3500);
    assert_in_range(in_common(a, b), 28, 30);
    while (k < b->npackets && a->marks[150] != b->marks[k])
        k++;
    assert_true(k < b->npackets);
    a->hz = 1900;
    talk(p, 700);
    assert_in_range(in_common(a, b), 0, 10);
    a->hz = 0;
    talk(p, 3000);
    for (unsigned i = a->npackets - 42; i < a->npackets - 5; i++) {
        double db = off_db(a, i, b, i + k - 150);
        if (db > most_db)
            fail_msg("%s: packet %u of %u is off by %.1f dB", codec_info(codec)->name, i, a->npackets, db);
    }
}

/* He is sent what the other is sent: no worse from the first such packet on than two encoders of Opus differ. */
static void opus_is_shared(void **state)
{
    struct party *p = *state;

    listens_again(p, CODEC_OPUS, -12);
    assert_in_range(in_common(&p->ends[0], &p->ends[1]), 28, 30);
}

/* With a shared encoder it is 10 to 20 dB for a tenth of a second. */
static void g722_is_not_shared(void **state) { listens_again(*state, CODEC_G722, -25); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_ROOM(listeners_hear_the_same),
        IN_A_ROOM(opus_is_shared),
        IN_A_ROOM(g722_is_not_shared),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
