/* Comfort noise in a recording: what a pause sounds like, and that nobody speaks in it. */
#include "tests/unit/media/recorded.h"
#include "tests/unit/media/sound.h"

/* A packet of comfort noise, that many dB below overload. */
static void say_noise(struct fixture *f, uint8_t below)
{
    struct rtp_packet cn = { .pt = 13, .seq = f->pa.seq++, .ts = f->pa.ts, .ssrc = f->pa.ssrc };

    cn.payload = &below;
    cn.len = 1;
    phone_send_as(&f->pa, &cn);
}

/* RFC 3389: a pause is the noise that it is said to be, of the right length, whether the sound goes on before the clock
 * has written it or after; then only what is said. */
static void comfort_noise_is_in_the_pause(void **state)
{
    struct fixture *f = *state;
    static const struct {
        unsigned frames;
        uint8_t below;
    } pauses[] = { { 5, 50 }, { 40, 45 } };
    static int16_t got[32000];
    unsigned at = 0;

    start(f, &(struct stream_record){ 0 });
    for (unsigned i = 0; i < 2; i++) {
        say(f, i * 20, 20);
        say_noise(f, pauses[i].below);
        for (unsigned k = 0; k < pauses[i].frames; k++)
            phone_read(&f->pa);
        f->pa.ts += pauses[i].frames * 160;
    }
    say(f, 40, 20);
    stream_record_stop(f->a);
    await(f, 1);
    assert_int_equal(read_wav(got, 32000), 105 * 160);
    for (unsigned i = 0; i < 3; i++) {
        expect_numbers(got + at, i * 20, 20);
        at += 20 * 160;
        if (i == 2)
            break;
        double db = sound_level_db(got + at, pauses[i].frames * 160);
        if (fabs(db + pauses[i].below) > 1)
            fail_msg("pause %u: %.1f dB", i, db);
        at += pauses[i].frames * 160;
    }
}

/* However loud it is and however quiet the line was: it neither counts as voice nor keeps the recording from its end.
 */
static void comfort_noise_is_no_voice(void **state)
{
    struct fixture *f = *state;
    uint8_t payload[160];

    start(f, &(struct stream_record){ .silence_ms = 1000 });
    for (unsigned i = 0; i < 15; i++) {
        phone_read(&f->pa);
        fill_voice(payload, false);
        phone_send(&f->pa, 0, payload, sizeof payload);
    }
    say_noise(f, 30);
    await(f, 1);
    assert_false(f->ta.heard);
    assert_in_range(f->ta.length_ms, 980, 1020);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(comfort_noise_is_in_the_pause),
        TEST(comfort_noise_is_no_voice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
