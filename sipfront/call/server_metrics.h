/* Figures of the server for those who watch it: docs/operations.md. Loop thread. Those that only grow count from the
 * start. */
#ifndef SIPFRONT_CALL_SERVER_METRICS_H
#define SIPFRONT_CALL_SERVER_METRICS_H

#include "sipfront/call/server.h"

/* How calls have ended: CALL_END(name, final SIP statuses that mean it …); the last takes all others. */
enum call_end {
#define CALL_END(name, ...) CALL_END_##name,
#include "sipfront/call/call_end.def"
#undef CALL_END
    CALL_ENDS
};
const char *call_end_name(enum call_end e);
enum call_end call_end_of(int status);

struct server_metrics {
    uint64_t ended[CALL_ENDS], refused; /* refused: before any flow ran */
    uint64_t rtp_sent, rtp_received, rtp_lost, rtp_late;
    unsigned fetching;
    uint64_t fetched, fetch_timeouts, fetch_failures, fetch_refusals;
    bool has_cdr_file;
    uint64_t cdr_written, cdr_lost, cdr_failures; /* call records */
    unsigned cdr_waiting;
    uint64_t loop_turns;
    int64_t loop_late_ms, loop_worst_ms;
};
void server_metrics(struct server *s, struct server_metrics *out);

#endif
