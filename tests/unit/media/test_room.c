/* Rooms on sockets: each member says a tone of his own, and must hear those of the others and not himself, whatever the
 * codecs and packet lengths, while others come, go, are muted, or change their codec. */
#include <sndfile.h>

#include "tests/unit/media/party.h"

static void three_of_three_codecs(void **state)
{
    struct party *p = *state;

    join(p, CODEC_PCMU, 20, 400);
    join(p, CODEC_G722, 20, 700);
    join(p, CODEC_OPUS, 20, 1100);
    talk(p, 1500);
    expect_all_others(p);
}

static void every_packet_length(void **state)
{
    struct party *p = *state;

    join(p, CODEC_PCMU, 10, 400);
    join(p, CODEC_PCMA, 20, 700);
    join(p, CODEC_G722, 30, 1100);
    join(p, CODEC_PCMA, 40, 1500);
    join(p, CODEC_PCMU, 50, 1900);
    join(p, CODEC_OPUS, 60, 2300);
    talk(p, 1500);
    expect_all_others(p);
}

/* A tone as it is heard has no holes and nothing twice: what is left when it is taken out is small. */
static void no_click_between_packets(void **state)
{
    struct party *p = *state;
    struct end *narrow[4];

    for (unsigned i = 0; i < 4; i++)
        narrow[i] = join(p, CODEC_PCMU, 20 + 10 * (i % 3), 0);
    join(p, CODEC_G722, 20, 1000);
    talk(p, 1500);
    for (unsigned i = 0; i < 4; i++) {
        const int16_t *s = narrow[i]->heard + narrow[i]->n - 3200;
        double most = 0;
        for (unsigned at = 8; at + 8 < 3200; at++) { /* 1000 Hz at 8 kHz: eight samples a period */
            double off = fabs((double)s[at] - s[at - 8]);
            most = off > most ? off : most;
        }
        print_message("%u ms: one period differs from the next by %.0f at most\n", narrow[i]->ptime, most);
        assert_true(most < 500);
    }
}

static void goes_and_comes(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 400), *b = join(p, CODEC_G722, 20, 700), *c;

    talk(p, 900);
    expect(a, 700, true);
    room_leave(b->stream); /* in mid-frame; he stays on the line and hears nothing of the room */
    talk(p, 900);
    expect(a, 700, false);
    expect(b, 400, false);
    c = join(p, CODEC_PCMA, 20, 1500);
    room_join(p->room, b->stream);
    talk(p, 1000);
    expect_all_others(p);
    stream_close(&c->stream); /* hung up while all speak */
    talk(p, 900);
    expect(a, 1500, false);
    expect(a, 700, true);
    expect(b, 400, true);
}

static void muted_hears_and_is_not_heard(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 400), *b = join(p, CODEC_PCMU, 20, 700);

    room_mute(b->stream, true);
    talk(p, 900);
    expect(a, 700, false);
    expect(b, 400, true);
    room_mute(b->stream, false);
    talk(p, 900);
    expect_all_others(p);
}

/* A session refresh with another codec, from narrow to wide band and back. */
static void changes_the_codec(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 400);
    static const enum codec row[] = { CODEC_G722, CODEC_PCMA, CODEC_OPUS };

    join(p, CODEC_PCMU, 20, 700);
    talk(p, 900);
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        a->numbered = false;
        set_codec(a, row[i]);
        talk(p, 900);
        expect_all_others(p);
    }
}

/* On a bridge before and after: who joins leaves his partner, who is bridged leaves the room. */
static void from_bridge_to_room_and_back(void **state)
{
    struct party *p = *state;
    struct end *a = add(p, CODEC_PCMU, 20, 400), *b = add(p, CODEC_PCMU, 20, 700);

    join(p, CODEC_G722, 20, 1100);
    stream_bridge(a->stream, b->stream);
    room_join(p->room, a->stream);
    room_join(p->room, b->stream);
    talk(p, 900);
    expect_all_others(p);
    a->relayed = b->relayed = true;
    stream_bridge(a->stream, b->stream);
    talk(p, 900);
    expect(a, 700, true);
    expect(b, 400, true);
    expect(a, 1100, false);
    expect(&p->ends[2], 700, false);
}

/* From now on he sends no sound, and says what that sounds like (RFC 3389). */
static void pause_with_noise(struct end *e, uint8_t below)
{
    struct rtp_packet cn = { .pt = 13, .seq = e->phone.seq++, .ssrc = e->phone.ssrc, .payload = &below, .len = 1 };

    cn.ts = e->ms * codec_khz(e->codec);
    e->hz = 0;
    phone_send_as(&e->phone, &cn);
}

/* The last 400 ms, in all. */
static void expect_level(const struct end *e, double db)
{
    size_t n = codec_info(e->codec)->rate * 4 / 10;
    double heard = sound_level_db(e->heard + e->n - n, n);

    print_message("%s: %.1f dB\n", codec_info(e->codec)->name, heard);
    if (db > -85 ? fabs(heard - db) > 1.5 : heard > db)
        fail_msg("%s: %.1f dB, not %.1f", codec_info(e->codec)->name, heard, db);
}

/* The loudest of those who pause is heard by the others, and no sum; not by himself, and not when he is muted. */
static void comfort_noise_of_one(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 400), *b = join(p, CODEC_PCMU, 20, 700), *c = join(p, CODEC_G722, 20, 0),
               *d;

    talk(p, 500);
    pause_with_noise(a, 40);
    pause_with_noise(b, 42);
    talk(p, 900);
    expect_level(a, -85);
    expect_level(b, -40);
    expect_level(c, -40);
    room_mute(a->stream, true);
    talk(p, 700);
    expect_level(a, -42);
    expect_level(b, -85);
    expect_level(c, -42);
    d = join(p, CODEC_PCMU, 30, 0);
    pause_with_noise(d, 35); /* before any sound */
    talk(p, 700);
    expect_level(a, -35);
    expect_level(b, -35);
    expect_level(d, -85);
    a->hz = 1100;
    room_mute(a->stream, false);
    talk(p, 700);
    expect(b, 1100, true);
    expect(d, 1100, true);
}

static void wait_for_file(struct party *p)
{
    await(p->f, 1);
    assert_int_equal(p->told.recorded, 1);
}

static size_t read_file(const char *path, int16_t *out, size_t most, int *rate)
{
    SF_INFO info = { 0 };
    SNDFILE *file = sf_open(path, SFM_READ, &info);
    size_t n;

    assert_non_null(file);
    assert_int_equal(info.channels, 1);
    *rate = info.samplerate;
    n = (size_t)sf_readf_short(file, out, (sf_count_t)most);
    sf_close(file);
    return n;
}

static void record(struct party *p, const enum codec codecs[3], int want_rate)
{
    static int16_t file[SECONDS_MOST * 16000];
    char path[] = "/tmp/roomXXXXXX";
    struct stream_record how = { .path = path };
    static const unsigned hz[3] = { 400, 700, 1100 };
    size_t n;
    int rate;

    close(mkstemp(path));
    for (unsigned i = 0; i < 3; i++)
        join(p, codecs[i], 20, hz[i]);
    talk(p, 300);
    room_record(p->room, &how);
    talk(p, 1200);
    room_record_stop(p->room);
    wait_for_file(p);
    n = read_file(path, file, sizeof file / sizeof *file, &rate);
    assert_int_equal(rate, want_rate);
    assert_in_range(n, (size_t)rate, (size_t)rate * 14 / 10);
    for (unsigned i = 0; i < 3; i++)
        assert_in_range(level_at(file + n - (size_t)rate / 2, (size_t)rate / 2, hz[i], (unsigned)rate) + 100, 78, 85);
    unlink(path);
}

static void narrow_recording_holds_all(void **state)
{
    record(*state, (const enum codec[]){ CODEC_PCMU, CODEC_PCMA, CODEC_PCMU }, 8000);
}

static void wide_recording_holds_all(void **state)
{
    record(*state, (const enum codec[]){ CODEC_PCMU, CODEC_G722, CODEC_OPUS }, 16000);
}

/* A recording that can be neither made nor finished: said, and the room goes on. */
static void recording_fails(void **state)
{
    struct party *p = *state;
    struct stream_record how = { .path = "/nowhere/room.wav" };
    struct end *a = join(p, CODEC_PCMU, 20, 0);

    join(p, CODEC_PCMU, 20, 700);
    room_record(p->room, &how);
    talk(p, 800);
    room_record_stop(p->room);
    wait_for_file(p);
    assert_true(p->told.failed);
    expect(a, 700, true);
}

static void notes_are_heard_by_all(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_PCMU, 20, 0), *b = join(p, CODEC_OPUS, 20, 0);
    unsigned heard = 0;

    talk(p, 200);
    room_cue(p->room, ROOM_CUE_CAME);
    talk(p, 600);
    for (unsigned i = 0; i < 2; i++) {
        struct end *e = i ? b : a;
        unsigned rate = codec_info(e->codec)->rate;
        for (size_t at = 0; at + rate / 20 < e->n; at += rate / 50)
            if (level_at(e->heard + at, rate / 20, 440, rate) > -24 ||
                level_at(e->heard + at, rate / 20, 660, rate) > -24) {
                heard++;
                break;
            }
    }
    assert_int_equal(heard, 2);
}

/* The engine goes while a room is alive, records and is full of people who speak. */
static void engine_freed_with_a_room_alive(void **state)
{
    struct party *p = *state;
    struct stream_record how = { .path = "/tmp/room-alive.wav" };

    join(p, CODEC_PCMU, 20, 400);
    join(p, CODEC_OPUS, 20, 700);
    room_record(p->room, &how);
    talk(p, 300);
    for (unsigned i = 0; i < p->n; i++)
        p->ends[i].stream = NULL; /* media_free() closes them */
    p->room = NULL;
    stream_close(&p->f->a);
    media_free(&p->f->media);
    unlink(how.path);
}

/* An empty room can be left, muted and freed; a room is freed while its members stay on the line. */
static void order_of_ends(void **state)
{
    struct party *p = *state;
    struct end *a = join(p, CODEC_G722, 20, 400);
    struct room *other;

    room_leave(a->stream);
    room_leave(a->stream);
    room_mute(a->stream, true);
    assert_int_equal(room_new(&other, p->f->media, &room_told, &p->told), ERR_OK);
    room_cue(other, ROOM_CUE_WENT);
    room_join(other, a->stream);
    room_join(p->room, a->stream); /* from one room into another */
    room_free(&other);
    talk(p, 200);
    room_free(&p->room);
    talk(p, 200);
    stream_close(&a->stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_ROOM(three_of_three_codecs),
        IN_A_ROOM(every_packet_length),
        IN_A_ROOM(no_click_between_packets),
        IN_A_ROOM(goes_and_comes),
        IN_A_ROOM(muted_hears_and_is_not_heard),
        IN_A_ROOM(changes_the_codec),
        IN_A_ROOM(from_bridge_to_room_and_back),
        IN_A_ROOM(comfort_noise_of_one),
        IN_A_ROOM(narrow_recording_holds_all),
        IN_A_ROOM(wide_recording_holds_all),
        IN_A_ROOM(recording_fails),
        IN_A_ROOM(notes_are_heard_by_all),
        IN_A_ROOM(engine_freed_with_a_room_alive),
        IN_A_ROOM(order_of_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
