/* The figures of the pretended server: a part of fake_server.h, which includes it. */
#ifndef TESTS_UNIT_CONSOLE_FAKE_FIGURES_H
#define TESTS_UNIT_CONSOLE_FAKE_FIGURES_H

#include "sipfront/call/server_metrics.h"

#include "sipfront/call/waiting.h"

void server_gauges(struct server *s, struct server_gauges *out)
{
    (void)s;
    *out = (struct server_gauges){ .calls = 2, .legs = 3, .rtp_ports = 4, .calls_total = 5000000000 };
}

void server_speech_stats(struct server *s, struct speech_stats *out)
{
    (void)s;
    *out = (struct speech_stats){ .memory_hits = 3, .memory_misses = 1, .disk_misses = 2, .disk_bytes = 5 << 20 };
}

void server_each_queue(struct server *s, void (*each)(const struct waiting_queue *q, void *arg), void *arg)
{
    static const struct waiting_agent agents[] = { { "bob", "talking", 70000 }, { "dave", "free", -1 } };
    static const char *const calls[] = { "00c1" };
    struct waiting_queue q = {
        .name = "desk", .waiting = 1, .talking = 1, .calls = calls, .longest_ms = 20000, .agents = agents, .nagents = 2
    };
    (void)s;
    each(&q, arg);
}

void server_metrics(struct server *s, struct server_metrics *out)
{
    (void)s;
    *out = (struct server_metrics){ .ended = { 7, 2 },
                                    .refused = 5,
                                    .rtp_received = 1000,
                                    .rtp_lost = 10,
                                    .rtp_late = 3,
                                    .fetched = 4,
                                    .loop_turns = 99,
                                    .loop_late_ms = 1234,
                                    .loop_worst_ms = 56 };
}

/* As the real one names them. */
const char *call_end_name(enum call_end e) { return e ? "other" : "answered"; }

#endif
