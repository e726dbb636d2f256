#include "sipfront/media/vad.h"

#include <math.h>

enum { WINDOW_FRAMES = 50, LOUD_OF_EIGHT = 5 };
static const float least_db = -48.0F, above_floor_db = 9.0F, lowest_floor_db = -65.0F;

void vad_start(struct vad *v) { *v = (struct vad){ .floor_db = 0.0F, .next_floor_db = 0.0F }; }

/* dBFS; of zeros far below any floor. */
static float level_db(const int16_t samples[VAD_FRAME])
{
    float sum = 0.0F;

    for (int i = 0; i < VAD_FRAME; i++)
        sum += (float)samples[i] * (float)samples[i];
    return 10.0F * log10f(sum / VAD_FRAME + 1e-3F) - 20.0F * log10f(32768.0F);
}

static void follow(struct vad *v, float db)
{
    v->next_floor_db = fminf(v->next_floor_db, fmaxf(db, lowest_floor_db));
    if (++v->frames < WINDOW_FRAMES)
        return;
    v->floor_db = v->next_floor_db;
    v->next_floor_db = 0.0F;
    v->frames = 0;
}

bool vad_frame(struct vad *v, const int16_t samples[VAD_FRAME])
{
    float db = level_db(samples), floor;
    bool gap = db < -100.0F;

    if (!gap)
        follow(v, db);
    floor = fminf(v->floor_db, v->next_floor_db);
    v->loud = (uint8_t)(v->loud << 1 | (!gap && db > least_db && db > floor + above_floor_db));
    return __builtin_popcount(v->loud) >= LOUD_OF_EIGHT;
}
