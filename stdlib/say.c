#include "stdlib/actions.h"
#include "stdlib/hearing.h"

static bool prompt(const struct running *r, struct vm_sound *words, struct play_request *rq)
{
    *words = (struct vm_sound){ SOUND_SAY, arg_text(r, ARG_NO_say_text, "") };
    *rq = (struct play_request){
        .sounds = words,
        .count = 1,
        .image = action_image(r),
        .voice = arg_text(r, ARG_NO_say_voice, ""),
        .rate = arg_given(r, ARG_NO_say_rate) ? (int)arg_num_in(r, ARG_NO_say_rate, 100, 50, 200) : 0,
        .loops = 1,
    };
    return words->text.len > 0;
}

static void start(struct running *r)
{
    struct vm_sound words;
    struct play_request rq;
    (void)prompt(r, &words, &rq); /* no words are over at once */
    hearing_start((struct hearing *)r, &rq, arg_text(r, ARG_NO_say_barge, ""));
}

const struct action_ops say_ops = {
    .size = sizeof(struct hearing), .start = start, .prompt = prompt, .digit = hearing_digit, .stop = hearing_stop
};
