/* Packets back in order: in turn nothing waits, out of turn it waits for those before it and no longer than it should.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "sipfront/media/reorder.h"

struct arrival {
    int64_t ms;
    uint16_t seq;
};

static const struct row {
    const char *what;
    struct arrival come[12];
    unsigned n;
    uint16_t taken[12]; /* in this order */
    unsigned ntaken;
} rows[] = {
    { "in turn, over the end of the numbers",
      { { 0, 65534 }, { 20, 65535 }, { 40, 0 }, { 60, 1 } },
      4,
      { 65534, 65535, 0, 1 },
      4 },
    { "two swapped", { { 0, 65535 }, { 20, 1 }, { 25, 0 }, { 40, 2 } }, 4, { 65535, 0, 1, 2 }, 4 },
    { "three backwards", { { 0, 7 }, { 20, 10 }, { 21, 9 }, { 22, 8 }, { 40, 11 } }, 5, { 7, 8, 9, 10, 11 }, 5 },
    { "one lost: what follows waits for it 60 ms",
      { { 0, 7 }, { 20, 9 }, { 40, 10 }, { 79, 11 }, { 80, 12 } },
      5,
      { 7, 9, 10, 11, 12 },
      5 },
    { "it comes when it is no longer waited for",
      { { 0, 7 }, { 20, 9 }, { 80, 10 }, { 81, 8 }, { 100, 11 } },
      5,
      { 7, 9, 10, 11 },
      4 },
    { "twice", { { 0, 7 }, { 1, 7 }, { 20, 9 }, { 21, 9 }, { 22, 8 } }, 5, { 7, 8, 9 }, 3 },
    { "a leap is a new beginning", { { 0, 7 }, { 20, 5000 }, { 40, 5001 } }, 3, { 7, 5000, 5001 }, 3 },
    { "many wait for one: not all of them",
      { { 0, 1 }, { 1, 3 }, { 2, 4 }, { 3, 5 }, { 4, 6 }, { 5, 7 }, { 6, 8 }, { 7, 9 }, { 8, 10 } },
      9,
      { 1, 3, 4, 5, 6, 7, 8, 9, 10 },
      9 },
};

struct taker {
    struct reorder order;
    uint16_t taken[16];
    unsigned n;
};

static void take_ready(struct taker *t, int64_t ms)
{
    struct reorder_packet *h;

    while ((h = reorder_take(&t->order, ms, false))) {
        assert_int_equal(h->packet.payload[0], (uint8_t)h->packet.seq);
        t->taken[t->n++] = h->packet.seq;
        free(h);
    }
}

static void every_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        struct taker t = { 0 };
        for (unsigned k = 0; k < row->n; k++) {
            uint8_t byte = (uint8_t)row->come[k].seq;
            struct rtp_packet p = { .seq = row->come[k].seq, .ssrc = 3, .payload = &byte, .len = 1 };
            if (reorder_put(&t.order, CODEC_PCMU, &p, row->come[k].ms) == REORDER_NOW)
                t.taken[t.n++] = p.seq;
            take_ready(&t, row->come[k].ms);
        }
        if (t.n != row->ntaken)
            fail_msg("%s: %u were taken, wanted %u", row->what, t.n, row->ntaken);
        for (unsigned k = 0; k < t.n; k++)
            if (t.taken[k] != row->taken[k])
                fail_msg("%s: number %u is %u, wanted %u", row->what, k, t.taken[k], row->taken[k]);
        reorder_reset(&t.order);
    }
}

/* How long a packet waits at most. */
static void waits_sixty_ms(void **state)
{
    struct reorder o = { 0 };
    struct rtp_packet first = { .seq = 1 }, third = { .seq = 3 };
    struct reorder_packet *h;

    (void)state;
    assert_int_equal(reorder_put(&o, CODEC_OPUS, &first, 0), REORDER_NOW);
    assert_int_equal(reorder_put(&o, CODEC_OPUS, &third, 40), REORDER_HELD_BACK);
    assert_null(reorder_take(&o, 99, false));
    h = reorder_take(&o, 100, false);
    assert_non_null(h);
    assert_int_equal(h->codec, CODEC_OPUS);
    free(h);
    assert_int_equal(reorder_put(&o, CODEC_OPUS, &(struct rtp_packet){ .seq = 5 }, 110), REORDER_HELD_BACK);
    h = reorder_take(&o, 110, true);
    assert_int_equal(h->packet.seq, 5);
    free(h);
    reorder_reset(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_row), cmocka_unit_test(waits_sixty_ms) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
