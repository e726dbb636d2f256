/* Where a request of libcurl's may connect to. One guard a request; whoever performs the request is its thread. */
#ifndef SIPFRONT_WEB_GUARD_H
#define SIPFRONT_WEB_GUARD_H

#include <curl/curl.h>

#include "sipfront/web/address.h"

struct guard {
    const struct address_range *reachable; /* private networks that may be asked; borrowed */
    unsigned nreachable;
    bool kept_out;    /* why libcurl gave up: the address is private */
    char address[64]; /* with kept_out */
};

/* For HTTP and HTTPS alone, without redirects and without a proxy of the environment, which would connect for us,
 * unseen. Zero the guard but for reachable; it must outlive the request. */
void guard_request(CURL *easy, struct guard *g);

#endif
