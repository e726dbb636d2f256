/* How long until the first sound of a text that was never spoken: the first piece that a call cuts off, against the
 * whole of it. Processor time, in milliseconds; the voices' own speed. One row a voice. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sipfront/call/sentence.h"
#include "sipfront/speech/speech.h"

static const char text[] =
    "Good morning, Robert Smith, and welcome to the support desk. You are the third in the queue. "
    "We will answer your call in about four minutes. Please have your customer number ready.";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The best of so many rounds. */
static double say_ms(struct speech *s, struct str words, const char *voice, double *length)
{
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        struct speech_audio a;
        double began = seconds();
        if (speech_say(s, words, str_of(voice), 100, &a) != ERR_OK)
            exit(1);
        double took = (seconds() - began) * 1000;
        best = took < best ? took : best;
        *length = (double)a.count / a.rate;
        free(a.samples);
    }
    return best;
}

int main(void)
{
    static const char *const voices[] = { "slt", "rms", "awb", "kal" };
    struct speech *s;
    struct str rest = str_of(text), first;
    if (speech_new(&s) != ERR_OK || !sentence_next(&rest, true, &first))
        return 1;
    for (size_t i = 0; i < sizeof voices / sizeof voices[0]; i++) {
        double part_s, whole_s;
        double part = say_ms(s, first, voices[i], &part_s), whole = say_ms(s, str_of(text), voices[i], &whole_s);
        printf("%s: first sound after %.1f ms (%.1f s of speech), after %.1f ms without cutting (%.1f s)\n", voices[i],
               part, part_s, whole, whole_s);
    }
    speech_free(&s);
    return 0;
}
