/* What the benchmarks of audio share: clocks, sockets on loopback, a server in a process of its own that tells its
 * ports and the processor time it took, and phones that send 50 packets a second each. Whatever fails ends the program.
 */
#ifndef TESTS_BENCH_WIRE_H
#define TESTS_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <time.h>

#include "sipfront/loop/loop.h"
#include "sipfront/media/stream.h"

enum { WIRE_LEGS_MOST = 4000, WIRE_PAYLOAD = 160, WIRE_PACKET = 12 + WIRE_PAYLOAD, WIRE_WARM_MS = 1000 };

_Noreturn void wire_die(const char *what);
int64_t wire_now_us(clockid_t which);
struct sockaddr_in wire_loopback(uint16_t port);
int wire_socket(uint16_t *port); /* bound on loopback */
void wire_allow_descriptors(void);
unsigned wire_argument(int argc, char **argv, int i, unsigned usual);
double wire_median(double *v, unsigned n); /* sorts them */

/* What is measured: the legs of a server, to one socket that is all their phones. */
struct wire_job {
    unsigned legs;
    int ms; /* measured, after WIRE_WARM_MS */
    uint16_t phone_port;
    const void *arg;
};

/* In the server's process: tell() its ports, then run() for WIRE_WARM_MS and for the measured time. */
struct wire_server {
    uint16_t ports[WIRE_LEGS_MOST];
    void (*open)(struct wire_server *s, const struct wire_job *job);
    void (*run)(struct wire_server *s, const struct wire_job *job, int ms);
    void *mine;
};

/* The engine as a server: `opened` makes of its streams what the benchmark is about. */
struct wire_engine {
    struct loop *loop;
    struct media *media;
    struct stream *streams[WIRE_LEGS_MOST];
    void (*opened)(struct wire_engine *e, const struct wire_job *job);
};
void wire_engine_server(struct wire_server *out, void (*opened)(struct wire_engine *e, const struct wire_job *job));

struct wire_phones {
    int fd;
    uint16_t port;
    bool stamps; /* packets are asked for with the time when they came */
    uint64_t received;
    double share; /* of the whole machine that the phones took while they were measuring */
    /* NULL, or told of each packet of the measured time; came_ns: CLOCK_REALTIME, 0 without stamps */
    void (*on_packet)(struct wire_phones *p, const uint8_t packet[WIRE_PACKET], int64_t came_ns);
    void *owner;
};
void wire_phones_open(struct wire_phones *p, bool stamps);

/* Runs the server and the phones, who put the time of sending (CLOCK_REALTIME, ns, 8 bytes) first into each payload.
 * Returns the server's processor time in the measured time, in µs. */
int64_t wire_measure(const struct wire_job *job, struct wire_phones *p, struct wire_server *s);

#endif
