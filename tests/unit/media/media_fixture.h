/* A media engine on loopback with two streams A and B, and a phone for each: a plain UDP socket of the test. The phone
 * reads what its stream sends, which also is the test's clock: one packet each 20 ms. */
#ifndef TESTS_UNIT_MEDIA_MEDIA_FIXTURE_H
#define TESTS_UNIT_MEDIA_MEDIA_FIXTURE_H

#include "tests/unit/media/phone.h"

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/inband.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/prompt_data.h"

struct told { /* by a stream's callbacks */
    struct fixture *f;
    char digits[4096], pressed[4096];
    unsigned pressed_ms[4096];
    unsigned ndigits, npressed, played, tag, recorded, silent;
    bool heard, failed;
    int64_t length_ms;
    char why[200];
};

struct fixture {
    struct loop *loop;
    struct media *media;
    struct stream *a, *b;
    struct phone pa, pb;
    struct told ta, tb;
    unsigned wait_for; /* callbacks until the loop stops */
};

static inline void happened(struct told *t)
{
    if (t->f->wait_for > 0 && --t->f->wait_for == 0)
        loop_stop(t->f->loop);
}

static inline void on_digit(char digit, void *owner)
{
    struct told *t = owner;
    t->digits[t->ndigits++] = digit;
    happened(t);
}

static inline void on_played(bool ok, unsigned tag, void *owner)
{
    struct told *t = owner;
    t->played += ok;
    t->tag = tag;
    happened(t);
}

static inline void on_recorded(const struct stream_recorded *r, void *owner)
{
    struct told *t = owner;
    t->recorded++;
    t->heard = r->heard;
    t->failed = r->failed;
    t->length_ms = r->length_ms;
    snprintf(t->why, sizeof t->why, "%s", r->why ? r->why : "");
    happened(t);
}

static inline void on_silent_peer(void *owner)
{
    struct told *t = owner;
    t->silent++;
    happened(t);
}

static inline void on_press(char digit, unsigned ms, void *owner)
{
    struct told *t = owner;
    t->pressed[t->npressed] = digit;
    t->pressed_ms[t->npressed++] = ms;
    happened(t);
}

static const struct stream_events stream_events_told = { on_digit, on_played, on_recorded, on_silent_peer, on_press };

static inline void await(struct fixture *f, unsigned callbacks)
{
    f->wait_for = callbacks;
    loop_run(f->loop);
}

static inline struct prompt *prompt_of(const int16_t *samples, size_t n)
{
    struct prompt_audio a = { .samples = (int16_t *)samples, .count = n };
    struct prompt *p;

    assert_int_equal(prompt_new(&p, &a), ERR_OK);
    return p;
}

/* As a phone does that knows no telephone-event, in PCMU. */
static inline void press_by_tone(struct phone *p, char digit)
{
    struct inband_sender key = { 0 };

    inband_start(&key, digit);
    while (key.busy) {
        struct pcm sound = { .rate = 8000 };
        uint8_t payload[160];
        inband_next(&key, 20, &sound);
        codec_encode(CODEC_PCMU, payload, sound.samples, 160);
        phone_send(p, 0, payload, sizeof payload);
    }
}

static inline int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct media_params params = { .address = "127.0.0.1", .port_min = 21000, .port_max = 21999 };

    *state = f;
    f->ta.f = f->tb.f = f;
    assert_int_equal(loop_new(&f->loop), ERR_OK);
    assert_int_equal(media_new(&f->media, f->loop, &params), ERR_OK);
    assert_int_equal(stream_open(&f->a, f->media, &stream_events_told, &f->ta), ERR_OK);
    assert_int_equal(stream_open(&f->b, f->media, &stream_events_told, &f->tb), ERR_OK);
    phone_open(&f->pa);
    phone_open(&f->pb);
    phone_aim(&f->pa, f->a);
    phone_aim(&f->pb, f->b);
    return 0;
}

static inline void fixture_stop(void *arg) { loop_stop(arg); }

static inline int fixture_close(void **state)
{
    struct fixture *f = *state;

    stream_close(&f->a);
    media_free(&f->media); /* closes b */
    loop_post(f->loop, fixture_stop, f->loop);
    loop_run(f->loop);
    loop_free(&f->loop);
    close(f->pa.fd);
    close(f->pb.fd);
    free(f);
    return 0;
}

#endif
