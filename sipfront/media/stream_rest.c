#include "sipfront/media/engine.h"

/* All at rest are due at once. Less than a turn of the wheel, or they would be put into the slot that is being emptied.
 */
enum { REST_MS = 60 };

static bool has_own_sound(const struct stream *s)
{
    return player_busy(&s->player) || s->event.busy || s->tone.busy || s->ndigits > 0;
}

/* What is recorded is written on the grid, what is decoded is pulled on it. */
static bool may_rest(const struct media *m, const struct stream *s)
{
    return s->partner && s->relay.started && engine_ms(m) - s->relay.heard_ms <= RELAY_IDLE_MS && !has_own_sound(s) &&
           !s->partner->ear && !s->recording && !s->talk;
}

bool stream_rests(struct media *m, struct stream *s)
{
    if (s->resting && !may_rest(m, s))
        stream_rouse(m, s);
    return s->resting;
}

int64_t stream_next_point(const struct media *m, struct stream *s)
{
    int64_t due = s->node.due_ms;

    if (!may_rest(m, s))
        return due + s->remote.ptime;
    if (!s->resting)
        s->phase = due;
    s->resting = true;
    return (due / REST_MS + 1) * REST_MS;
}

void stream_rouse(struct media *m, struct stream *s)
{
    int64_t steps, due;

    if (!s->resting)
        return;
    s->resting = false;
    wheel_remove(&m->wheel, &s->node);
    steps = (m->wheel_ms - s->phase + s->remote.ptime - 1) / s->remote.ptime;
    due = s->phase + steps * s->remote.ptime;
    s->grid_ts += (uint32_t)((due - s->node.due_ms) * stream_khz(s));
    wheel_put(&m->wheel, &s->node, due);
}

void stream_rouse_both(struct media *m, struct stream *s)
{
    if (!s)
        return;
    stream_rouse(m, s);
    if (s->partner)
        stream_rouse(m, s->partner);
}
