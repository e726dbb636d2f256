/* Digits as tones in the audio (ITU-T Q.23, Q.24), heard (spandsp's detector, and a judge of its own over it) and made.
 * For legs without telephone-events. Plain states, one thread. */
#ifndef SIPFRONT_MEDIA_INBAND_H
#define SIPFRONT_MEDIA_INBAND_H

#include "sipfront/media/pcm.h"
#include "sipfront/media/rtp.h"

/* --- hearing --- */

struct inband;
struct inband *inband_new(void); /* aborts when short of memory, as loop_post() */
void inband_free(struct inband **b);
/* A digit is told once: a tone of 40 ms or more, after a pause of 25 ms or more when it is the same again. Samples in
 * the order in which they were said, 8000 a second. How many digits (at most `most`) are in out. */
unsigned inband_hear(struct inband *b, const int16_t *samples, size_t n, char *out, unsigned most);
/* The same of a packet: decoded; what was lost on the way is passed by, so that it makes no pause in a tone, and a
 * pause that was not sent is one. Packets that come late are passed by. */
unsigned inband_packet(struct inband *b, enum codec codec, const struct rtp_packet *p, char *out, unsigned most);

/* The newest block may be of a tone: it is not sure yet whether of a digit. */
bool inband_sounds(const struct inband *b);

/* --- making --- */

enum { INBAND_TONE_MS = 120, INBAND_PAUSE_MS = 80 };

/* One digit on its way out; zeroed: idle. */
struct inband_sender {
    bool busy;
    unsigned row, column; /* Hz */
    unsigned at_ms;
};
/* false when digit is none of 0-9 * # A-D (a-d count as A-D). */
bool inband_start(struct inband_sender *s, char digit);
/* The next ms (multiples of 10) at out->rate; busy ends with the pause. */
void inband_next(struct inband_sender *s, unsigned ms, struct pcm *out);

#endif
