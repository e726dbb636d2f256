/* Sums: what is taken out leaves no trace, and beyond full scale it stops there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sipfront/media/cue.h"
#include "sipfront/media/mix.h"

enum { N = 160, MEMBERS = 1000 };

static int16_t any(unsigned member, unsigned i) { return (int16_t)(member * 7919 + i * 104729); }

static void each_hears_all_but_himself(void **state)
{
    int32_t sum[N] = { 0 };
    int16_t own[N], out[N];

    (void)state;
    for (unsigned who = 0; who < 3; who++) {
        for (unsigned i = 0; i < N; i++)
            own[i] = (int16_t)(any(who, i) / 4);
        mix_add(sum, own, N);
    }
    for (unsigned who = 0; who < 3; who++) {
        for (unsigned i = 0; i < N; i++)
            own[i] = (int16_t)(any(who, i) / 4);
        mix_less(out, sum, own, N);
        for (unsigned i = 0; i < N; i++)
            assert_int_equal(out[i], any((who + 1) % 3, i) / 4 + any((who + 2) % 3, i) / 4);
    }
}

/* A thousand at full level: the loud one is out of it again to the last bit, so the quiet one is heard undisturbed. */
static void nothing_is_lost_beyond_full_scale(void **state)
{
    int32_t sum[N] = { 0 };
    int16_t loud[N], quiet[N], out[N];

    (void)state;
    for (unsigned i = 0; i < N; i++) {
        loud[i] = i % 2 ? INT16_MAX : INT16_MIN;
        quiet[i] = (int16_t)i;
    }
    for (unsigned who = 0; who < MEMBERS; who++)
        mix_add(sum, loud, N);
    mix_less(out, sum, NULL, N);
    assert_memory_equal(out, loud, sizeof out);
    mix_add(sum, quiet, N);
    for (unsigned who = 0; who < MEMBERS; who++)
        for (unsigned i = 0; i < N; i++)
            sum[i] -= loud[i];
    mix_less(out, sum, NULL, N);
    assert_memory_equal(out, quiet, sizeof out);
}

static void silence_is_told_from_sound(void **state)
{
    int16_t s[N] = { 0 };

    (void)state;
    assert_true(mix_is_silent(s, N));
    s[N - 1] = 8;
    assert_true(mix_is_silent(s, N));
    s[N - 1] = -9;
    assert_false(mix_is_silent(s, N));
}

/* How often the sound changes its sign in these samples: twice its pitch. */
static unsigned turns(const int16_t *s, size_t n)
{
    unsigned count = 0;

    for (size_t i = 1; i < n; i++)
        count += (s[i - 1] < 0) != (s[i] < 0);
    return count;
}

static void notes_rise_and_fall(void **state)
{
    static int16_t heard[2][8000];
    const enum room_cue kinds[2] = { ROOM_CUE_CAME, ROOM_CUE_WENT };

    (void)state;
    for (unsigned k = 0; k < 2; k++) {
        struct cue c = { 0 };
        size_t n = 0;
        cue_add(&c, kinds[k]);
        while (cue_next(&c, heard[k] + n, N))
            n += N;
        assert_in_range(n, 2400, 2720);
    }
    assert_in_range(turns(heard[0], 960), 100, 110);       /* 120 ms of 440 Hz */
    assert_in_range(turns(heard[0] + 960, 960), 153, 163); /* of 660 */
    assert_in_range(turns(heard[1], 960), 153, 163);
    assert_in_range(turns(heard[1] + 960, 960), 100, 110);
}

/* A crowd is cut short. */
static void a_crowd_is_heard_as_few(void **state)
{
    struct cue c = { 0 };
    int16_t out[N];
    size_t n = 0;

    (void)state;
    for (unsigned i = 0; i < 100; i++)
        cue_add(&c, ROOM_CUE_CAME);
    while (cue_next(&c, out, N))
        n += N;
    assert_in_range(n, 4 * 2400, 4 * 2720);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_hears_all_but_himself), cmocka_unit_test(nothing_is_lost_beyond_full_scale),
        cmocka_unit_test(silence_is_told_from_sound), cmocka_unit_test(notes_rise_and_fall),
        cmocka_unit_test(a_crowd_is_heard_as_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
