/* How the media engine's events reach a stream's owner. Loop thread. Private to this folder. */
#ifndef SIPFRONT_MEDIA_STREAM_EVENTS_H
#define SIPFRONT_MEDIA_STREAM_EVENTS_H

#include "sipfront/media/outbox.h"

/* Calls the owner's function, unless the stream is closed; frees the stream with its last event. */
void stream_deliver(const struct event *e);

#endif
