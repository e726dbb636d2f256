/* Whether somebody speaks, by energy. The floor is the quietest frame of the last one to two seconds: a steady hum or
 * hiss raises it and counts as silence, speech with its pauses stands out. A frame is loud when it lies 9 dB above the
 * floor and above -48 dBFS; five loud ones of eight (20 ms each) are voice, so a click is not. One thread. */
#ifndef SIPFRONT_MEDIA_VAD_H
#define SIPFRONT_MEDIA_VAD_H

#include <stdbool.h>
#include <stdint.h>

enum { VAD_FRAME = 160 };

struct vad {
    float floor_db, next_floor_db; /* quietest of the second before, and of this one so far */
    unsigned frames;               /* of this second */
    uint8_t loud;                  /* the last eight frames, a bit each */
};

void vad_start(struct vad *v);
/* Whether there is voice at the end of this frame. A frame of zeros is a gap in what came, and tells nothing. */
bool vad_frame(struct vad *v, const int16_t samples[VAD_FRAME]);

#endif
