/* G.711: the laws' known points, round trips, and transcoding against decode and encode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "sipfront/media/codec_g711.h"

static const struct {
    enum codec codec;
    int16_t sample;
    uint8_t byte;
} points[] = {
    { CODEC_PCMU, 0, 0xFF },      { CODEC_PCMU, 32124, 0x80 },  { CODEC_PCMU, -32124, 0x00 },
    { CODEC_PCMU, 32767, 0x80 },  { CODEC_PCMU, -32768, 0x00 }, { CODEC_PCMA, 8, 0xD5 },
    { CODEC_PCMA, 32256, 0xAA },  { CODEC_PCMA, -32256, 0x2A }, { CODEC_PCMA, 32767, 0xAA },
    { CODEC_PCMA, -32768, 0x2A },
};

static void known_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        uint8_t byte;
        codec_encode(points[i].codec, &byte, &points[i].sample, 1);
        if (byte != points[i].byte)
            fail_msg("row %zu: sample %d gave %02X, wanted %02X", i, points[i].sample, byte, points[i].byte);
    }
}

/* Decoding and encoding again gives every byte back (in mu-law both zeros are one). */
static void bytes_come_back(void **state)
{
    (void)state;
    for (unsigned law = CODEC_PCMU; law <= CODEC_PCMA; law++)
        for (unsigned b = 0; b < 256; b++) {
            uint8_t byte = (uint8_t)b, again;
            int16_t sample;
            codec_decode(law, &sample, &byte, 1);
            codec_encode(law, &again, &sample, 1);
            assert_true(again == byte || (law == CODEC_PCMU && byte == 0x7F && again == 0xFF));
        }
}

/* The G.711 tables never lie further from decoding and encoding than the step of the coarser law there. */
static void transcoding_is_near(void **state)
{
    (void)state;
    for (unsigned law = CODEC_PCMU; law <= CODEC_PCMA; law++)
        for (unsigned b = 0; b < 256; b++) {
            enum codec to = law == CODEC_PCMU ? CODEC_PCMA : CODEC_PCMU;
            uint8_t byte = (uint8_t)b, other;
            int16_t was, is;
            codec_transcode(law, to, &other, &byte, 1);
            codec_decode(law, &was, &byte, 1);
            codec_decode(to, &is, &other, 1);
            assert_true(abs(was - is) <= 16 + abs(was) / 16);
        }
}

static void silence_is_zero(void **state)
{
    (void)state;
    for (unsigned law = CODEC_PCMU; law <= CODEC_PCMA; law++) {
        uint8_t byte = codec_silence(law);
        int16_t sample;
        codec_decode(law, &sample, &byte, 1);
        assert_true(abs(sample) <= 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_points),
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(transcoding_is_near),
        cmocka_unit_test(silence_is_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
