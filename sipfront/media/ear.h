/* What is heard on a stream, as samples: jitter buffer, decoder and concealment behind one pull. Made when somebody
 * wants samples (a bridge of two codecs, a mixture, digits in band, a recording of both sides); without one packets are
 * relayed as they are. One thread: the media thread. */
#ifndef SIPFRONT_MEDIA_EAR_H
#define SIPFRONT_MEDIA_EAR_H

#include "sipfront/media/pcm.h"
#include "sipfront/media/rtp.h"

enum { EAR_MS_MAX = 60 };

struct ear_stats {
    uint64_t late, concealed_ms; /* packets that came too late; sound that was made up */
};

struct ear;
struct ear *ear_new(void); /* aborts when short of memory, as loop_post() */
void ear_free(struct ear **e);
void ear_put(struct ear *e, enum codec codec, const struct rtp_packet *p);
/* A packet of comfort noise: until the next packet of sound there is that noise where there would be silence. */
void ear_put_noise(struct ear *e, const struct rtp_packet *p);
/* The next ms (at most EAR_MS_MAX) of what is heard. false: nobody speaks, out is silence at the rate of the last,
 * or comfort noise (ear_has_noise). */
bool ear_pull(struct ear *e, unsigned ms, struct pcm *out);
bool ear_has_noise(const struct ear *e);
int32_t ear_noise_peak(const struct ear *e); /* of that noise, of full scale 32768; 0: there is none */
void ear_stats(const struct ear *e, struct ear_stats *out);

#endif
