/* What the one who answers a bridge hears before the call is put through: an announcement, a question, or both. After a
 * question 1 takes the call; any other key, or 10 s of silence, declines it. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_SCREEN_H
#define SIPFRONT_CALL_SCREEN_H

#include "sipfront/media/prompt.h"
#include "sipfront/media/stream.h"

struct screen;

struct screen_params {
    struct prompt_cache *prompts;
    const struct clock *clock;
    struct stream *stream;                    /* the far leg's; its digits and ends of play are handed in below */
    struct str announce, question;            /* either may be empty; copied by the cache */
    enum codec codec;                         /* that the callee hears */
    void (*decided)(bool taken, void *owner); /* once, from the loop; the screen is freed by its owner, also in there */
    void *owner;
};

struct screen *screen_new(const struct screen_params *p);
void screen_digit(struct screen *s, char digit);
void screen_played(struct screen *s);
void screen_free(struct screen **s);

#endif
