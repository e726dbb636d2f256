/* One recording, seen from the media thread: incoming packets are put in order and their audio in its place by
 * timestamp, so that what was not sent is silence of the right length; what was lost is made up. Then it goes to the
 * recorder. Ends by itself at its length limit, after enough silence, or when the disk fails. */
#ifndef SIPFRONT_MEDIA_RECORDING_H
#define SIPFRONT_MEDIA_RECORDING_H

#include "sipfront/media/ear.h"
#include "sipfront/media/noise.h"
#include "sipfront/media/recorder.h"
#include "sipfront/media/reorder.h"
#include "sipfront/media/resample.h"
#include "sipfront/media/rtp.h"
#include "sipfront/media/stream.h"
#include "sipfront/media/vad.h"

enum {
    RECORDING_WINDOW = 8192,    /* samples kept back at most, a power of two */
    RECORDING_HOLD_MS = 60,     /* kept back behind the newest packet, for those that come late */
    RECORDING_SETTLE_MS = 100,  /* after so long without packets nothing is kept back */
    RECORDING_SILENCE_MS = 400, /* after so long without packets silence is written */
};

struct both;
struct recording {
    struct recorder_file file;  /* first: on_end gets it */
    void *owner;                /* for on_end */
    int64_t max_ms, silence_ms; /* 0: no limit */
    bool beep;
    unsigned per_ms; /* samples; set when it begins */
    /* media thread */
    bool running, based;
    int64_t started_ms, came_ms; /* came_ms: the last packet */
    struct reorder order;
    bool taken;        /* the two below are set */
    uint16_t last_seq; /* of what was taken last, audio or not */
    uint32_t end_ts;   /* of the last audio */
    uint32_t ssrc, ts; /* that of `base` */
    enum codec codec;  /* of the packets; of the decoder */
    struct decoder *decoder;
    struct resample *resample; /* when the codec has changed to one of another rate */
    uint16_t seq;              /* the newest */
    int64_t base;              /* where ts lies, in samples from the start */
    int64_t newest;            /* end of the newest audio */
    int64_t committed;         /* all before is with the recorder */
    int64_t voice_at;          /* end of the last voice */
    bool heard;
    bool pauses; /* the far end has said so: behind `newest` there is noise */
    struct noise noise;
    int64_t noise_from, noise_to; /* the last of it */
    struct both *both;            /* of a bridge: two channels; window and detector are not used */
    struct vad vad;
    unsigned piece_n;
    int16_t piece[RECORDER_PIECE];
    int16_t window[RECORDING_WINDOW];
};

/* Loop thread: a recording that has not begun; on_end and owner are the caller's to set. NULL: out of memory. */
struct recording *recording_new(const struct stream_record *r);
void recording_free(struct recording *rec);
int64_t recording_length_ms(const struct recording *rec);                          /* of the file, after on_end */
void recording_describe(const struct recording *rec, struct stream_recorded *out); /* likewise; borrows */

/* Media thread. codec: what the peer speaks, whose rate the file gets. */
void recording_begin(struct recording *rec, struct recorder *r, enum codec codec, int64_t now_ms);
/* codec NONE: comfort noise (NOISE_PT) or a telephone-event, which explain why no audio came. */
void recording_put(struct recording *rec, struct recorder *r, enum codec codec, const struct rtp_packet *p,
                   int64_t now_ms);
/* Sound that has no packets, in its turn; whole frames of 20 ms. true: it has come to its end. */
bool recording_put_mixed(struct recording *rec, struct recorder *r, const int16_t *samples, size_t n) MUST_USE;
/* Each 20 ms or so. true: it has come to its end; call recording_end(). */
bool recording_tick(struct recording *rec, struct recorder *r, int64_t now_ms);
/* Hands over the rest. on_end follows from the recorder. */
void recording_end(struct recording *rec, struct recorder *r, int64_t now_ms);

/* recording_both.c: the same for both sides of a bridge (0 left, 1 right), which end together. */
void recording_begin_both(struct recording *rec, struct recorder *r, unsigned rate);
void recording_put_side(struct recording *rec, unsigned side, enum codec codec, const struct rtp_packet *p);
/* Comfort noise of that side. */
void recording_put_noise(struct recording *rec, unsigned side, const struct rtp_packet *p);
bool recording_tick_both(struct recording *rec, struct recorder *r, unsigned ms); /* ms have passed. true: end it */
void recording_end_both(struct recording *rec, struct recorder *r);
void both_free(struct both **b);

#endif
