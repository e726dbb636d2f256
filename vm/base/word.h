/* Words of a text that have a spelling of their own for a voice. Pure: any thread. */
#ifndef VM_BASE_WORD_H
#define VM_BASE_WORD_H

#include "vm/base/str.h"

/* A row of a list of names: "Nguyen" is said as "win". Several words may be one row ("New Orleans"). */
struct word_said {
    struct str word, said;
};

static inline unsigned char word_lower(char c) { return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

/* Letters, digits and the apostrophe; letters beyond ASCII are words' letters too. */
static inline bool word_letter(char c)
{
    unsigned char l = word_lower(c);
    return (l >= 'a' && l <= 'z') || (l >= '0' && l <= '9') || l == '\'' || l >= 0x80;
}

/* Whether it can be found in a text: begins and ends with a letter. */
static inline bool word_is_whole(struct str s) { return s.len && word_letter(s.p[0]) && word_letter(s.p[s.len - 1]); }

#endif
