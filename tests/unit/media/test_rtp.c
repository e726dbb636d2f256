/* RTP header: what is read, what is refused, and that writing is the inverse of reading. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "sipfront/media/rtp.h"

#define FIXED(b0, b1) b0, b1, 0x12, 0x34, 0, 0, 0, 100, 0xDE, 0xAD, 0xBE, 0xEF

static const struct {
    const char *name;
    enum err want;
    size_t len, payload;
    uint8_t bytes[32];
} rows[] = {
    { "header alone", ERR_OK, 12, 0, { FIXED(0x80, 0) } },
    { "payload", ERR_OK, 15, 3, { FIXED(0x80, 8), 1, 2, 3 } },
    { "one byte short", ERR_INVALID, 11, 0, { FIXED(0x80, 0) } },
    { "nothing", ERR_INVALID, 0, 0, { 0 } },
    { "version 1", ERR_INVALID, 12, 0, { FIXED(0x40, 0) } },
    { "version 3 as in TURN", ERR_INVALID, 12, 0, { FIXED(0xC0, 0) } },
    { "RTCP sender report", ERR_INVALID, 12, 0, { FIXED(0x80, 200) } },
    { "two CSRC", ERR_OK, 22, 2, { FIXED(0x82, 0), 0, 0, 0, 1, 0, 0, 0, 2, 9, 9 } },
    { "CSRC beyond the end", ERR_INVALID, 19, 0, { FIXED(0x82, 0), 0, 0, 0, 1, 0, 0, 0 } },
    { "empty extension", ERR_OK, 17, 1, { FIXED(0x90, 0), 0xBE, 0xDE, 0, 0, 7 } },
    { "extension of one word", ERR_OK, 21, 1, { FIXED(0x90, 0), 0xBE, 0xDE, 0, 1, 1, 1, 1, 1, 7 } },
    { "extension header cut off", ERR_INVALID, 14, 0, { FIXED(0x90, 0), 0xBE, 0xDE } },
    { "extension beyond the end", ERR_INVALID, 20, 0, { FIXED(0x90, 0), 0xBE, 0xDE, 0xFF, 0xFF, 1, 1, 1, 1 } },
    { "padding of two", ERR_OK, 15, 1, { FIXED(0xA0, 0), 5, 0, 2 } },
    { "padding is all there is", ERR_OK, 14, 0, { FIXED(0xA0, 0), 0, 2 } },
    { "padding of zero", ERR_INVALID, 14, 0, { FIXED(0xA0, 0), 0, 0 } },
    { "padding longer than the payload", ERR_INVALID, 14, 0, { FIXED(0xA0, 0), 0, 3 } },
    { "padding without payload", ERR_INVALID, 12, 0, { FIXED(0xA0, 0) } },
};

static void reads_strictly(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rtp_packet p = { 0 };
        /* a copy of the exact size, so that a read beyond it is seen */
        uint8_t *exact = malloc(rows[i].len + (rows[i].len == 0));
        memcpy(exact, rows[i].bytes, rows[i].len);
        enum err e = rtp_read(&p, exact, rows[i].len);
        if (e != rows[i].want || (!e && p.len != rows[i].payload))
            fail_msg("%s: %s, payload %zu", rows[i].name, err_text(e), p.len);
        free(exact);
    }
}

static void writes_what_it_reads(void **state)
{
    (void)state;
    for (unsigned marker = 0; marker < 2; marker++) {
        struct rtp_packet in = { .pt = 101, .marker = marker, .seq = 65535, .ts = 0xFFFFFF60, .ssrc = 0x01020304 }, out;
        uint8_t bytes[RTP_HEADER];
        rtp_write(bytes, &in);
        assert_int_equal(rtp_read(&out, bytes, sizeof bytes), ERR_OK);
        assert_int_equal(out.pt, 101);
        assert_int_equal(out.marker, marker);
        assert_int_equal(out.seq, 65535);
        assert_int_equal(out.ts, 0xFFFFFF60);
        assert_int_equal(out.ssrc, 0x01020304);
    }
}

static void differences_go_round(void **state)
{
    (void)state;
    assert_int_equal(rtp_seq_diff(2, 65534), 4);
    assert_int_equal(rtp_seq_diff(65534, 2), -4);
    assert_int_equal(rtp_ts_diff(100, 0xFFFFFF9C), 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_strictly),
        cmocka_unit_test(writes_what_it_reads),
        cmocka_unit_test(differences_go_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
