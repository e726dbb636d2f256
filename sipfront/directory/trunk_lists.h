/* The lists among a trunk's settings and a dial rule, as people write them. Any thread; owns nothing. */
#ifndef SIPFRONT_DIRECTORY_TRUNK_LISTS_H
#define SIPFRONT_DIRECTORY_TRUNK_LISTS_H

#include <stdint.h>

#include "vm/base/str.h"

/* The next item of a text with commas, without the blanks around it; false at the end. *at moves behind it. */
bool list_next(const char **at, struct str *item);
bool list_fits(const char *patterns, struct str text); /* whether one of the patterns (vm/base/glob.h) fits */

struct gateway {
    char host[128]; /* a name or an address, an IPv6 one without brackets */
    uint16_t port;  /* 0: none was given */
    unsigned priority, weight;
};
/* HOST[:PORT][/PRIORITY[/WEIGHT]]; priority 10 and weight 10 when not given. */
bool gateway_read(struct gateway *out, struct str item);

/* "1.50" in ten-thousandths (MONEY_UNIT); -1 when it is none, is negative, or has more than four decimals. */
int64_t money_read(struct str text);
/* What a minute to this number costs by "PREFIX=AMOUNT, …": that of the longest prefix; 0 when none fits. */
int64_t rate_of(const char *rates, const char *number);
bool rate_read(struct str item, struct str *prefix, int64_t *rate);

#endif
