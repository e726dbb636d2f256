/* Speech through the engine over a bad network: for each way through it (relayed, transcoded, recorded, played), loss
 * and jitter, what was heard. One process is engine, network and phones; all cells run at once in real time.
 * talk_quality SPEECH.wav FOLDER [few]   writes FOLDER/CELL.wav (what the far end heard, by its own clock) or CELL.wav
 * as the engine recorded it, and prints a line a cell: name rate lost% jitter sent lost lead, where lead is how many ms
 * before the first sample of the file the first of the speech was spoken. tests/bench/quality compares them. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/rtp.h"
#include "sipfront/media/stream.h"
#include "sipfront/media/wav_file.h"

enum { FRAME_MS = 20, PACKET = 700, AHEAD = 16, SECONDS_MOST = 60, SETTLE_MS = 400, TAIL_MS = 500 };
enum { LATE_MOST_MS = 100, OVERLOADED = 3 }; /* that exit status: later than that, what was heard says nothing */

enum way { RELAYED, TRANSCODED, RECORDED, PLAYED };

static const struct path {
    const char *name;
    enum way way;
    enum codec from, to; /* what the speaker sends, what the far end gets */
} paths[] = {
    { "relay-pcmu", RELAYED, CODEC_PCMU, CODEC_PCMU },   { "pcmu-pcma-30", TRANSCODED, CODEC_PCMU, CODEC_PCMA },
    { "g722-pcma", TRANSCODED, CODEC_G722, CODEC_PCMA }, { "opus-pcmu", TRANSCODED, CODEC_OPUS, CODEC_PCMU },
    { "pcmu-opus", TRANSCODED, CODEC_PCMU, CODEC_OPUS }, { "record-pcmu", RECORDED, CODEC_PCMU, CODEC_PCMU },
    { "record-g722", RECORDED, CODEC_G722, CODEC_G722 }, { "record-opus", RECORDED, CODEC_OPUS, CODEC_OPUS },
    { "play-pcmu", PLAYED, CODEC_PCMU, CODEC_PCMU },     { "play-g722", PLAYED, CODEC_G722, CODEC_G722 },
};
static const unsigned losses[] = { 0, 1, 3, 5 }, jitters[] = { 0, 20, 40, 60 };
enum {
    PATHS = sizeof paths / sizeof *paths,
    LOSSES = sizeof losses / sizeof *losses,
    JITTERS = sizeof jitters / sizeof *jitters,
    CELLS_MOST = PATHS * LOSSES * JITTERS,
};

/* A packet on its way through the network. */
struct flight {
    int64_t at_ms; /* when it arrives; 0: no packet */
    size_t len;
    uint8_t bytes[PACKET];
};

struct end {
    int fd;
    uint16_t port;
    struct stream *stream;
    struct sockaddr_in to;
};

struct cell {
    const struct path *path;
    unsigned loss, jitter;
    char file[512];
    struct end speaker, hearer;
    struct encoder *encoder;
    struct decoder *decoder;
    struct flight flights[AHEAD];
    unsigned sent, lost;
    bool hearing;
    int64_t heard_from_ms; /* when the first packet came */
    uint32_t first_ts;
    size_t nheard;
    int16_t *heard; /* at its place by the clock of the far end's RTP */
};

static struct prompt_audio speech[CODEC_COUNT]; /* for each codec */
static struct cell cells[CELLS_MOST];
static unsigned ncells;
static int64_t late_ms; /* by how much a step of ours was late at most: a network that nobody asked for */

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void end_open(struct end *e, struct media *m, enum codec codec, unsigned ptime)
{
    static const struct stream_events none;
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;
    struct stream_remote r = { .address = "127.0.0.1",
                               .codec = codec,
                               .pt = codec_info(codec)->pt,
                               .event_pt = -1,
                               .ptime = ptime,
                               .send = true,
                               .receive = true };

    e->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (e->fd < 0 || bind(e->fd, (struct sockaddr *)&a, sizeof a) || getsockname(e->fd, (struct sockaddr *)&a, &len))
        die("socket");
    if (stream_open(&e->stream, m, &none, NULL))
        die("stream_open");
    r.port = e->port = ntohs(a.sin_port);
    stream_set_remote(e->stream, &r);
    e->to = a;
    e->to.sin_port = htons(stream_port(e->stream));
}

/* Loop thread. */
static void play(void *arg)
{
    struct cell *c = arg;
    struct prompt *p;

    if (prompt_new(&p, &speech[c->path->to]))
        die("prompt");
    stream_play(c->hearer.stream, &p, 1, 1, 0);
    prompt_unref(&p);
}

static void cell_open(struct cell *c, struct media *m)
{
    enum codec to = c->path->to;

    c->encoder = encoder_new(c->path->from);
    c->decoder = decoder_new(to);
    c->heard = calloc((size_t)codec_info(to)->rate * (SECONDS_MOST + 2), sizeof *c->heard);
    end_open(&c->speaker, m, c->path->from, FRAME_MS);
    if (c->path->way == RECORDED) {
        const struct stream_record r = { .path = c->file, .max_ms = (int64_t)SECONDS_MOST * 1000 };
        stream_record(c->speaker.stream, &r);
        return;
    }
    end_open(&c->hearer, m, to, c->path->from != to && c->path->from == CODEC_PCMU && to == CODEC_PCMA ? 30 : FRAME_MS);
    if (c->path->way != PLAYED)
        stream_bridge(c->speaker.stream, c->hearer.stream);
}

/* --- the network --- */

static void depart(struct cell *c, const uint8_t *bytes, size_t len, int64_t at_ms)
{
    for (unsigned i = 0; i < AHEAD; i++)
        if (!c->flights[i].at_ms) {
            c->flights[i].at_ms = at_ms + (c->jitter ? random() % (c->jitter + 1) : 0);
            c->flights[i].len = len;
            memcpy(c->flights[i].bytes, bytes, len);
            return;
        }
    abort(); /* AHEAD is too small */
}

static void arrive(struct cell *c, int64_t now)
{
    for (;;) {
        struct flight *next = NULL;
        for (unsigned i = 0; i < AHEAD; i++)
            if (c->flights[i].at_ms && c->flights[i].at_ms <= now && (!next || c->flights[i].at_ms < next->at_ms))
                next = &c->flights[i];
        if (!next)
            return;
        sendto(c->speaker.fd, next->bytes, next->len, 0, (struct sockaddr *)&c->speaker.to, sizeof c->speaker.to);
        next->at_ms = 0;
    }
}

/* --- the phones --- */

static void say(struct cell *c, unsigned frame, int64_t now)
{
    const struct prompt_audio *a = &speech[c->path->from];
    size_t n = codec_info(c->path->from)->rate / 1000 * FRAME_MS, at = (size_t)frame * n;
    uint8_t payload[PACKET], packet[PACKET];
    struct rtp_packet r = { .pt = codec_info(c->path->from)->pt,
                            .seq = (uint16_t)frame,
                            .ts = frame * FRAME_MS * codec_khz(c->path->from),
                            .ssrc = 77 };

    if (at + n > a->count)
        return;
    r.len = encoder_encode(c->encoder, a->samples + at, n, payload, sizeof payload - RTP_HEADER);
    c->sent++;
    if (random() % 1000 < c->loss * 10) {
        c->lost++;
        return;
    }
    rtp_write(packet, &r);
    memcpy(packet + RTP_HEADER, payload, r.len);
    depart(c, packet, RTP_HEADER + r.len, now);
}

static void hear(struct cell *c, int64_t now)
{
    unsigned rate = codec_info(c->path->to)->rate, khz = codec_khz(c->path->to);
    uint8_t bytes[2048];
    int16_t samples[CODEC_SAMPLES];
    struct rtp_packet r;
    ssize_t n;

    while ((n = recv(c->hearer.fd, bytes, sizeof bytes, 0)) > 0) {
        if ((bytes[1] >= 200 && bytes[1] <= 207) || rtp_read(&r, bytes, (size_t)n))
            continue;
        if (!c->hearing) {
            c->hearing = true;
            c->first_ts = r.ts;
            c->heard_from_ms = now;
        }
        size_t at = (size_t)(r.ts - c->first_ts) / khz * rate / 1000,
               got = decoder_decode(c->decoder, r.payload, r.len, samples);
        if (at + got > (size_t)rate * (SECONDS_MOST + 2))
            continue;
        memcpy(c->heard + at, samples, got * sizeof *samples);
        if (at + got > c->nheard)
            c->nheard = at + got;
    }
}

static void pace(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };

    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

/* The cells' frames are spread over the 20 ms, so that none is late for the others' sake. */
static void talk(int64_t start, unsigned frames)
{
    for (unsigned step = 0; step < frames * FRAME_MS + TAIL_MS; step++) {
        int64_t now = start + step;
        pace(now);
        for (unsigned i = 0; i < ncells; i++) {
            unsigned offset = i % FRAME_MS;
            if (step % FRAME_MS == offset && step >= offset && cells[i].path->way != PLAYED)
                say(&cells[i], (step - offset) / FRAME_MS, now);
            arrive(&cells[i], now);
            if (cells[i].path->way != RECORDED && (!cells[i].hearing || step % FRAME_MS == offset))
                hear(&cells[i], now_ms());
        }
        if (now_ms() - now > late_ms)
            late_ms = now_ms() - now;
    }
}

static void flush(struct cell *c)
{
    uint8_t bytes[2048];

    while (c->path->way != RECORDED && recv(c->hearer.fd, bytes, sizeof bytes, 0) > 0)
        ;
}

static void write_heard(const struct cell *c)
{
    struct wav_file w = { .fd = -1, .rate = codec_info(c->path->to)->rate, .channels = 1 };

    if (wav_create(&w, c->file) || wav_append(&w, c->heard, c->nheard) || wav_close(&w))
        die(c->file);
}

/* few: of the networks the best and the worst, alone and together. */
static void add_cells(const char *folder, bool few)
{
    for (unsigned p = 0; p < PATHS; p++)
        for (unsigned l = 0; l < LOSSES; l++)
            for (unsigned j = 0; j < JITTERS; j++) {
                struct cell *c = &cells[ncells];
                if (paths[p].way == PLAYED && (l || j))
                    continue; /* what the network does after us is not ours to mend */
                if (few && ((l && l != LOSSES - 1) || (j && j != JITTERS - 1)))
                    continue;
                *c = (struct cell){ .path = &paths[p], .loss = losses[l], .jitter = jitters[j] };
                snprintf(c->file, sizeof c->file, "%s/%s-%u-%u.wav", folder, c->path->name, c->loss, c->jitter);
                ncells++;
            }
}

struct run {
    struct loop *loop;
    int64_t start;
    unsigned frames;
};

static void done(void *arg) { loop_stop(arg); }

static void *network_and_phones(void *arg)
{
    struct run *r = arg;

    pace(now_ms() + SETTLE_MS);
    for (unsigned i = 0; i < ncells; i++)
        flush(&cells[i]);
    for (unsigned i = 0; i < ncells; i++)
        if (cells[i].path->way == PLAYED)
            loop_post(r->loop, play, &cells[i]);
    r->start = now_ms() + 1;
    talk(r->start, r->frames);
    loop_post(r->loop, done, r->loop);
    return NULL;
}

static void report(const struct run *r)
{
    fprintf(stderr, "talk_quality: late by %lld ms at most\n", (long long)late_ms);
    for (unsigned i = 0; i < ncells; i++) {
        const struct cell *c = &cells[i];
        long long lead = c->hearing ? (long long)(c->heard_from_ms - r->start - i % FRAME_MS) : 0;
        printf("%s %s %u %u %u %u %lld\n", c->path->name, c->file, c->loss, c->jitter, c->sent, c->lost, lead);
    }
}

int main(int argc, char **argv)
{
    struct media_params params = { .address = "127.0.0.1", .port_min = 22000, .port_max = 23999 };
    struct run run = { 0 };
    struct media *media;
    pthread_t thread;

    if (argc < 3 || argc > 4 || (argc == 4 && strcmp(argv[3], "few") != 0)) {
        fprintf(stderr, "usage: talk_quality SPEECH.wav FOLDER [few]\n");
        return 2;
    }
    for (unsigned c = 1; c < CODEC_COUNT; c++) {
        speech[c].codec = (enum codec)c;
        if (prompt_audio_file(&speech[c], argv[1]))
            die(argv[1]);
    }
    srandom(4711);
    add_cells(argv[2], argc == 4);
    run.frames = (unsigned)(speech[CODEC_PCMU].count / 160);
    if (loop_new(&run.loop) || media_new(&media, run.loop, &params) || run.frames > SECONDS_MOST * 50)
        die("media");
    for (unsigned i = 0; i < ncells; i++)
        cell_open(&cells[i], media);
    if (pthread_create(&thread, NULL, network_and_phones, &run))
        die("thread");
    loop_run(run.loop);
    pthread_join(thread, NULL);
    media_free(&media); /* recordings are finished */
    for (unsigned i = 0; i < ncells; i++)
        if (cells[i].path->way != RECORDED)
            write_heard(&cells[i]);
    report(&run);
    return late_ms > LATE_MOST_MS ? OVERLOADED : 0;
}
