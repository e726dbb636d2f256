#include <stdlib.h>

#include "stdlib/actions.h"
#include "stdlib/hearing.h"

static void start(struct running *r)
{
    struct vm_sound *sounds;
    unsigned count = arg_sounds(r, ARG_NO_play_sound, &sounds);
    struct play_request rq = {
        .sounds = sounds,
        .count = count,
        .image = action_image(r),
        .loops = (unsigned)arg_num_in(r, ARG_NO_play_loop, 1, 1, PLAY_FOR_EVER),
    };
    if (count == 0)
        action_complete(r, OUT_play_failed, NULL);
    else
        hearing_start((struct hearing *)r, &rq, arg_text(r, ARG_NO_play_barge, ""));
    free(sounds); /* the port has copied them */
}

const struct action_ops play_ops = {
    .size = sizeof(struct hearing), .start = start, .digit = hearing_digit, .stop = hearing_stop
};
