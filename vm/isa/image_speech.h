/* What an image tells of its words: what will be heard, and how names are said. Plain data; a part of image.h. */
#ifndef VM_ISA_IMAGE_SPEECH_H
#define VM_ISA_IMAGE_SPEECH_H

#include "vm/base/word.h"

enum { IMAGE_NAMES_MAX = 1000, IMAGE_RATE_MIN = 50, IMAGE_RATE_MAX = 200 };

enum prompt_kind { PROMPT_TEXT, PROMPT_FILE, PROMPT_TONE };
struct image_prompt { /* constant things to hear, so that a server can render and check them before the first call */
    enum prompt_kind kind;
    struct str text;
};

struct image_spoken {       /* the same of words that are said in a voice or at a rate of their own */
    struct str text, voice; /* voice "": the server's */
    uint32_t rate;          /* percent */
};

#endif
