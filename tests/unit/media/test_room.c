/* Rooms on sockets: each member says a tone of his own, and must hear those of the others and not himself, whatever the
 * codecs and packet lengths, while others come, go, are muted, or change their codec. */
#include <sndfile.h>
#include <time.h>

#include "sipfront/media/codec.h"
#include "sipfront/media/room.h"
#include "tests/unit/media/media_fixture.h"
#include "tests/unit/media/sound.h"

enum { SECONDS_MOST = 4, HEARD = SECONDS_MOST * 2 * 16000, PACKET = 700, MOST = 8, STEP_MS = 10, PACKETS = 1000 };

struct end {
    enum codec codec;
    struct stream *stream;
    struct phone phone;
    struct encoder *encoder;
    struct decoder *decoder;
    unsigned ptime, hz;   /* hz 0: says nothing at all */
    unsigned ms;          /* said so far */
    const int16_t *voice; /* NULL: the tone is what is said */
    bool numbered;
    bool relayed; /* its line follows another phone's numbers */
    uint16_t seq;
    uint32_t ts; /* of the last packet that came */
    int16_t heard[HEARD];
    size_t n;
    uint32_t marks[PACKETS]; /* of each packet that came: what is in it */
    unsigned npackets;
    struct told told;
};

struct party {
    struct fixture *f;
    struct room *room;
    struct end ends[MOST];
    unsigned n;
    struct told told;
};

static const struct room_events room_told = { on_recorded };

static void set_codec(struct end *e, enum codec codec)
{
    struct stream_remote r = phone_remote(&e->phone);

    encoder_free(&e->encoder);
    decoder_free(&e->decoder);
    e->codec = codec;
    e->encoder = encoder_new(codec);
    e->decoder = decoder_new(codec);
    r.codec = codec;
    r.pt = codec_info(codec)->pt;
    r.ptime = e->ptime;
    stream_set_remote(e->stream, &r);
}

static struct end *add(struct party *p, enum codec codec, unsigned ptime, unsigned hz)
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

static struct end *join(struct party *p, enum codec codec, unsigned ptime, unsigned hz)
{
    struct end *e = add(p, codec, ptime, hz);

    room_join(p->room, e->stream);
    return e;
}

static void say(struct end *e)
{
    unsigned rate = codec_info(e->codec)->rate, n = rate / 1000 * e->ptime;
    uint8_t payload[PACKET];
    int16_t samples[CODEC_SAMPLES];
    struct rtp_packet r = { .pt = codec_info(e->codec)->pt, .seq = e->phone.seq++, .ssrc = e->phone.ssrc };

    for (unsigned i = 0; i < n; i++) {
        double t = (double)e->ms / 1000 + (double)i / rate;
        samples[i] = (int16_t)(4000 * sin(2 * M_PI * e->hz * t));
    }
    if (e->voice)
        memcpy(samples, e->voice + (size_t)e->ms * rate / 1000, n * sizeof *samples);
    r.ts = e->ms * codec_khz(e->codec);
    r.len = encoder_encode(e->encoder, samples, n, payload, sizeof payload);
    r.payload = payload;
    phone_send_as(&e->phone, &r);
}

/* One source whose numbers go up by one and whose clock goes up by what was sent, whatever happens in the room. */
static void check_line(struct end *e, const struct rtp_packet *r)
{
    if (e->numbered && !e->relayed) {
        assert_int_equal(r->seq, (uint16_t)(e->seq + 1));
        assert_int_equal(r->ts - e->ts, e->ptime * codec_khz(e->codec));
    }
    e->numbered = true;
    e->seq = r->seq;
    e->ts = r->ts;
}

static uint32_t mark_of(const struct rtp_packet *r)
{
    uint32_t mark = 2166136261u; /* FNV-1a */

    for (size_t i = 0; i < r->len; i++)
        mark = (mark ^ r->payload[i]) * 16777619u;
    return mark;
}

static void hear(struct end *e)
{
    struct rtp_packet r;
    ssize_t n;

    while ((n = recv(e->phone.fd, e->phone.bytes, sizeof e->phone.bytes, MSG_DONTWAIT)) > 0) {
        if (e->phone.bytes[1] >= 200 && e->phone.bytes[1] <= 207)
            continue; /* RTCP of another test's */
        assert_int_equal(rtp_read(&r, e->phone.bytes, (size_t)n), ERR_OK);
        if (r.pt != codec_info(e->codec)->pt)
            continue; /* from before a change */
        check_line(e, &r);
        if (e->npackets < PACKETS)
            e->marks[e->npackets++] = mark_of(&r);
        assert_int_equal(codec_ticks(e->codec, r.payload, r.len), e->ptime * codec_khz(e->codec));
        if (e->n + CODEC_SAMPLES <= HEARD)
            e->n += decoder_decode(e->decoder, r.payload, r.len, e->heard + e->n);
    }
}

/* All speak and listen for so long. */
static void talk(struct party *p, unsigned ms)
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

/* The level of one pitch in the last n samples, in dB of full scale (Goertzel). */
static double level_at(const int16_t *s, size_t n, double hz, unsigned rate)
{
    double w = 2 * M_PI * hz / rate, c = 2 * cos(w), a = 0, b = 0;

    for (size_t i = 0; i < n; i++) {
        double next = s[i] / 32768.0 + c * a - b;
        b = a;
        a = next;
    }
    return 10 * log10((a * a + b * b - c * a * b) * 4 / ((double)n * (double)n) + 1e-12);
}

/* Whether he has heard this tone in the last 400 ms: at the level that it was said, or not at all. */
static void expect(const struct end *e, unsigned hz, bool heard)
{
    unsigned rate = codec_info(e->codec)->rate;
    size_t n = rate * 4 / 10;
    double db;

    assert_true(e->n >= n);
    db = level_at(e->heard + e->n - n, n, hz, rate);
    print_message("%s %u ms: %u Hz at %.1f dB\n", codec_info(e->codec)->name, e->ptime, hz, db);
    if (heard ? db < -22.5 || db > -15.5 : db > -42)
        fail_msg("%s %u ms: %u Hz at %.1f dB, and it %s be heard", codec_info(e->codec)->name, e->ptime, hz, db,
                 heard ? "should" : "should not");
}

static void expect_all_others(const struct party *p)
{
    for (unsigned i = 0; i < p->n; i++)
        for (unsigned k = 0; k < p->n; k++)
            if (p->ends[i].stream && p->ends[k].hz)
                expect(&p->ends[i], p->ends[k].hz, i != k);
}

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

static int party_open(void **state)
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

static int party_close(void **state)
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_A_ROOM(three_of_three_codecs),
        IN_A_ROOM(every_packet_length),
        IN_A_ROOM(no_click_between_packets),
        IN_A_ROOM(listeners_hear_the_same),
        IN_A_ROOM(opus_is_shared),
        IN_A_ROOM(g722_is_not_shared),
        IN_A_ROOM(goes_and_comes),
        IN_A_ROOM(muted_hears_and_is_not_heard),
        IN_A_ROOM(changes_the_codec),
        IN_A_ROOM(from_bridge_to_room_and_back),
        IN_A_ROOM(narrow_recording_holds_all),
        IN_A_ROOM(wide_recording_holds_all),
        IN_A_ROOM(recording_fails),
        IN_A_ROOM(notes_are_heard_by_all),
        IN_A_ROOM(engine_freed_with_a_room_alive),
        IN_A_ROOM(order_of_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
