/* How exactly prompts leave: N calls hear one while their phones send 50 packets a second each. A packet's place in its
 * stream's schedule is its RTP timestamp; the stream's phase is the median of what its packets came at, less that.
 * media_pace [calls [seconds]]    prints how far from their place packets were, and what the phones took of the machine
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipfront/media/codec_g711.h"
#include "sipfront/media/prompt_audio.h"
#include "sipfront/media/rtp.h"
#include "tests/bench/wire.h"

enum { SECONDS_MOST = 60, A_SECOND = 50, PROMPT_SECONDS = 10, LOOPS = 1000000, NS_A_SAMPLE = 125000 };

static void play(struct wire_engine *e, const struct wire_job *job)
{
    static int16_t samples[PROMPT_SECONDS * G711_RATE];
    struct prompt_audio audio = { .samples = samples, .count = PROMPT_SECONDS * G711_RATE };
    struct prompt *p;

    if (prompt_new(&p, &audio))
        wire_die("prompt");
    for (unsigned i = 0; i < job->legs; i++)
        stream_play(e->streams[i], &p, 1, LOOPS, 0);
    prompt_unref(&p);
}

struct heard {
    uint32_t ssrc, first_ts;
    unsigned n;
    double *at_us; /* when it came less when its timestamp says, from the first on */
    int64_t first_ns;
};

struct listening {
    struct heard streams[WIRE_LEGS_MOST];
    unsigned n, most; /* streams; packets of one */
};

static struct heard *stream_of(struct listening *l, const struct rtp_packet *p, int64_t came_ns)
{
    struct heard *h;

    for (unsigned i = 0; i < l->n; i++)
        if (l->streams[i].ssrc == p->ssrc)
            return &l->streams[i];
    if (l->n == WIRE_LEGS_MOST)
        exit(1);
    h = &l->streams[l->n++];
    *h = (struct heard){ .ssrc = p->ssrc, .first_ts = p->ts, .first_ns = came_ns };
    h->at_us = calloc(l->most, sizeof *h->at_us);
    if (!h->at_us)
        exit(1);
    return h;
}

static void on_packet(struct wire_phones *phones, const uint8_t packet[WIRE_PACKET], int64_t came_ns)
{
    struct listening *l = phones->owner;
    struct rtp_packet p;
    struct heard *h;

    if (rtp_read(&p, packet, WIRE_PACKET) != ERR_OK)
        return;
    h = stream_of(l, &p, came_ns);
    if (h->n < l->most)
        h->at_us[h->n++] =
            (double)(came_ns - h->first_ns - (int64_t)rtp_ts_diff(p.ts, h->first_ts) * NS_A_SAMPLE) / 1000;
}

/* Distances of all packets from their places, in µs; how many. */
static unsigned distances(struct listening *l, double *out)
{
    unsigned n = 0;

    for (unsigned i = 0; i < l->n; i++) {
        struct heard *h = &l->streams[i];
        double phase = wire_median(h->at_us, h->n);
        for (unsigned k = 0; k < h->n; k++)
            out[n++] = h->at_us[k] < phase ? phase - h->at_us[k] : h->at_us[k] - phase;
    }
    return n;
}

int main(int argc, char **argv)
{
    unsigned seconds = wire_argument(argc, argv, 2, 10), n;
    struct wire_job job = { .legs = wire_argument(argc, argv, 1, 500), .ms = (int)seconds * 1000 };
    static struct wire_server server;
    static struct listening heard;
    struct wire_phones phones;
    double *all;

    if (job.legs == 0 || job.legs > WIRE_LEGS_MOST || seconds == 0 || seconds > SECONDS_MOST)
        return 2;
    wire_allow_descriptors();
    heard.most = (seconds + 1) * A_SECOND;
    wire_engine_server(&server, play);
    wire_phones_open(&phones, true);
    phones.on_packet = on_packet;
    phones.owner = &heard;
    job.phone_port = phones.port;
    wire_measure(&job, &phones, &server);
    all = calloc((size_t)heard.n * heard.most + 1, sizeof *all);
    if (!all || (n = distances(&heard, all)) == 0)
        return 1;
    wire_median(all, n); /* in order */
    printf("%u calls, %u of %u packets: from their place p50 %.0f us, p99 %.0f us, p99.9 %.0f us, most %.0f us; the "
           "phones took "
           "%.0f %% of the machine\n",
           heard.n, n, job.legs * seconds * A_SECOND, all[n / 2], all[n / 100 * 99], all[n / 1000 * 999], all[n - 1],
           phones.share * 100);
    return 0;
}
