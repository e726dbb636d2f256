/* A room on sockets and the phones in it. For tests of rooms. */
#ifndef TESTS_UNIT_MEDIA_PARTY_H
#define TESTS_UNIT_MEDIA_PARTY_H

#include <time.h>

#include "tests/unit/media/party_end.h"

struct party {
    struct fixture *f;
    struct room *room;
    struct end ends[MOST];
    unsigned n;
    struct told told;
};

static const struct room_events room_told = { on_recorded };

static inline struct end *add(struct party *p, enum codec codec, unsigned ptime, unsigned hz)
{
    struct end *e = &p->ends[p->n++];

    *e = (struct end){ .ptime = ptime, .hz = hz };
    e->told.f = p->f;
    assert_int_equal(stream_open(&e->stream, p->f->media, &stream_events_told, &e->told), ERR_OK);
    phone_open(&e->phone);
    phone_aim(&e->phone, e->stream);
    set_codec(e, codec);
    return e;
}

static inline struct end *join(struct party *p, enum codec codec, unsigned ptime, unsigned hz)
{
    struct end *e = add(p, codec, ptime, hz);

    room_join(p->room, e->stream);
    return e;
}

/* All speak and listen for so long. */
static inline void talk(struct party *p, unsigned ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    for (unsigned passed = 0; passed < ms; passed += STEP_MS) {
        for (unsigned i = 0; i < p->n; i++) {
            struct end *e = &p->ends[i];
            if (e->stream && e->hz && e->ms % e->ptime == 0)
                say(e);
            e->ms += STEP_MS;
            hear(e);
        }
        t.tv_nsec += STEP_MS * 1000000;
        t.tv_sec += t.tv_nsec / 1000000000;
        t.tv_nsec %= 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
}

static inline void expect_all_others(const struct party *p)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->n; k++)
            if (p->ends[i].stream && p->ends[k].hz)
                expect(&p->ends[i], p->ends[k].hz, i != k);
}

static inline int party_open(void **state)
{
    struct party *p = calloc(1, sizeof *p);
    void *f;

    fixture_open(&f);
    p->f = f;
    p->told.f = f;
    assert_int_equal(room_new(&p->room, p->f->media, &room_told, &p->told), ERR_OK);
    *state = p;
    return 0;
}

static inline int party_close(void **state)
{
    struct party *p = *state;
    void *f = p->f;

    room_free(&p->room);
    for (unsigned i = 0; i < p->n; i++) {
        stream_close(&p->ends[i].stream);
        close(p->ends[i].phone.fd);
        encoder_free(&p->ends[i].encoder);
        decoder_free(&p->ends[i].decoder);
    }
    fixture_close(&f);
    free(p);
    return 0;
}

#define IN_A_ROOM(f) cmocka_unit_test_setup_teardown(f, party_open, party_close)

#endif
