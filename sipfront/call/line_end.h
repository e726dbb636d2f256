/* A phone on the line, with what it is: what moves from one call to another. A plain value; who takes it owns what is
 * in it. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_LINE_END_H
#define SIPFRONT_CALL_LINE_END_H

#include "sipfront/call/fare.h"
#include "sipfront/call/leg_media.h"
#include "sipfront/call/party.h"

struct line_end {
    struct leg *leg;
    struct leg_media media;
    struct fare *fare; /* of a leg through a trunk */
    struct party who;  /* borrowed from where it was */
};

#endif
