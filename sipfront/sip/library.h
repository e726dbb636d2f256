/* Functions that stand before a library's of the same name, where it has no other way in. Loop thread. Private to
 * sipfront/sip. */
#ifndef SIPFRONT_SIP_LIBRARY_H
#define SIPFRONT_SIP_LIBRARY_H

/* *function, a pointer to a function, becomes the library's own of that name; NULL: it has none. */
void library_next(void *function, const char *name);

#endif
