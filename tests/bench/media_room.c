/* CPU of mixing: members who send 50 packets a second of PCMU each, in one room or in many, against the same legs in no
 * room, which are sent silence: what is between them is decoding, mixing and encoding. Both by turns, each in a process
 * of its own; this process is all the phones. media_room [members [size of a room [seconds [rounds [codec that is sent
 * [speakers a room, the others are muted]]]]]]    prints CPU microseconds a member-second of each, and the difference
 * of medians */
#include <stdio.h>
#include <string.h>

#include "sipfront/media/room.h"
#include "tests/bench/wire.h"

enum { ROUNDS_MOST = 21 };

struct what {
    unsigned size, speakers; /* of a room; the others are muted */
    enum codec codec;
};

static void speak(struct wire_engine *e, const struct wire_job *job, enum codec codec)
{
    struct stream_remote remote = { .address = "127.0.0.1",
                                    .port = job->phone_port,
                                    .codec = codec,
                                    .pt = codec_info(codec)->pt,
                                    .event_pt = 101,
                                    .ptime = 20,
                                    .send = true,
                                    .receive = true };

    for (unsigned i = 0; i < job->legs; i++)
        stream_set_remote(e->streams[i], &remote);
}

static void no_room(struct wire_engine *e, const struct wire_job *job)
{
    speak(e, job, ((const struct what *)job->arg)->codec);
}

static void rooms(struct wire_engine *e, const struct wire_job *job)
{
    static const struct room_events none = { 0 };
    const struct what *what = job->arg;
    struct room *room = NULL;

    speak(e, job, what->codec);
    for (unsigned i = 0; i < job->legs; i++) {
        if (i % what->size == 0 && room_new(&room, e->media, &none, NULL) != ERR_OK)
            wire_die("room");
        room_join(room, e->streams[i]);
        if (i % what->size >= what->speakers)
            room_mute(e->streams[i], true);
    }
}

static double cost(const struct wire_job *job, struct wire_phones *p,
                   void (*opened)(struct wire_engine *, const struct wire_job *))
{
    static struct wire_server server;
    double us;

    wire_engine_server(&server, opened);
    us = (double)wire_measure(job, p, &server) / job->legs / (job->ms / 1000.0);
    if (p->received < (uint64_t)job->legs * (unsigned)job->ms / 20 * 97 / 100)
        printf("  only %llu packets came\n", (unsigned long long)p->received);
    return us;
}

int main(int argc, char **argv)
{
    struct wire_job job = { .legs = wire_argument(argc, argv, 1, 100),
                            .ms = (int)wire_argument(argc, argv, 3, 4) * 1000 };
    struct what what = { .size = wire_argument(argc, argv, 2, 3) };
    unsigned rounds = wire_argument(argc, argv, 4, 3);
    const char *codec = argc > 5 ? argv[5] : "pcmu";
    double mixed[ROUNDS_MOST], alone[ROUNDS_MOST], m, a;
    struct wire_phones phones;

    what.speakers = wire_argument(argc, argv, 6, what.size);
    for (unsigned c = 1; c < CODEC_COUNT; c++)
        if (strcmp(codec_info((enum codec)c)->name, codec) == 0)
            what.codec = (enum codec)c;
    if (job.legs == 0 || job.legs > WIRE_LEGS_MOST || job.ms <= 0 || rounds == 0 || rounds > ROUNDS_MOST ||
        what.size == 0 || !what.codec)
        return 2;
    wire_allow_descriptors();
    wire_phones_open(&phones, false);
    job.phone_port = phones.port;
    job.arg = &what;
    for (unsigned i = 0; i < rounds; i++) {
        mixed[i] = cost(&job, &phones, rooms);
        alone[i] = cost(&job, &phones, no_room);
        printf("  round %u: in rooms %.1f us, alone %.1f us a member-second; the phones took %.0f %% of the machine\n",
               i + 1, mixed[i], alone[i], phones.share * 100);
    }
    m = wire_median(mixed, rounds);
    a = wire_median(alone, rounds);
    printf("%u members in rooms of %u, %u speak, %s: %.1f us, alone %.1f us a member-second, mixing %.1f us\n",
           job.legs, what.size, what.speakers, codec, m, a, m - a);
    return 0;
}
