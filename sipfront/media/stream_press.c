/* The partner's digits for a peer that gets them outside the RTP: told to the loop, once each. A key that was pressed
 * by events is told when it is up, since it is not known earlier how long it was down. */
#include "sipfront/media/stream_press.h"

enum { HELD_LOST_MS = 200 /* an event whose packets have stopped for so long is over: its end was lost */ };

static void tell(struct media *m, struct stream *to, char digit, unsigned ms)
{
    struct event e = { .stream = to, .kind = EVENT_PRESS, .digit = digit, .ms = ms };

    if (atomic_load(&to->counts.unread_digits) >= DIGITS_UNREAD)
        return;
    atomic_fetch_add(&to->counts.unread_digits, 1);
    outbox_put(m->outbox, &e);
}

void stream_hand_on(struct media *m, struct stream *to, char digit, unsigned ms)
{
    if (to->told)
        tell(m, to, digit, ms);
    else
        stream_press(m, to, digit);
}

void stream_let_go(struct media *m, struct stream *from)
{
    if (from->held && from->partner)
        stream_hand_on(m, from->partner, from->held, from->held_ms);
    from->held = 0;
}

void stream_hold(struct media *m, struct stream *from, char digit)
{
    unsigned khz = from->remote.event_khz ? from->remote.event_khz : stream_khz(from);

    if (digit) {
        stream_let_go(m, from); /* the one before, if its end was lost */
        from->held = digit;
    }
    from->held_ms = khz ? event_held_ms(&from->event_in, khz) : 0;
    if (from->event_in.ended)
        stream_let_go(m, from);
}

void stream_check_held(struct media *m, struct stream *from)
{
    if (from->held && engine_ms(m) - from->event_in.heard_ms > HELD_LOST_MS)
        stream_let_go(m, from);
}
