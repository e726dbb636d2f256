/* A request of a call that is under way; port_fetch.c. Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_FETCHING_H
#define SIPFRONT_CALL_FETCHING_H

struct fetching;

/* 1 when that permit line of the flow counts it, else 0. Accepts NULL. */
unsigned fetching_under(const struct fetching *f, int line);

#endif
