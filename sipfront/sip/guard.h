/* The guard against password guessing: it counts refused credentials by source, by user, and by user of a source, and
 * says whose requests are not even looked at. Loop thread. Owns its memory, which is bounded. Private to sipfront/sip.
 *
 *   what is counted          banned after        for
 *   a user of a source        5 in 10 minutes    10 minutes, twice as long each time, at most a day
 *   a source                 20 in 10 minutes    the same
 *   a user, from anywhere    60 in 10 minutes    the same
 *
 * A source is an IPv4 address or an IPv6 /64. Only refused credentials count, and of those only what answers a nonce
 * that was given to that very source (digest.h), so that nobody fails in another's name: neither a request without any
 * nor a nonce that is old, foreign or made up. Existing users and others are counted alike.
 * The address of a trunk is never banned: there only users are, and only where credentials would be judged.
 * Nobody is locked out by another's guesses: a user that has proved itself at that source (it is registered from there,
 * or its credentials were right within a day) is answered in spite of all three bans, one check of its credentials a
 * second. A ban made by hand knows no such exception. */
#ifndef SIPFRONT_SIP_GUARD_H
#define SIPFRONT_SIP_GUARD_H

#include "sipfront/sip/agent.h"

struct guard;

enum { GUARD_BANS_BY_HAND = 1000 };

struct guard_port {
    /* Is the user registered from that source? */
    bool (*registered)(void *owner, const char *user, const struct network *source);
    /* Is that the address of a trunk, from which its calls come? */
    bool (*is_trunk)(void *owner, const struct network *address);
    /* As agent_port.banned. */
    void (*banned)(void *owner, const struct sip_ban *ban, bool gone);
    void *owner;
};

/* allowed: networks that are never banned; copied. */
enum err guard_new(struct guard **out, const struct clock *clock, const struct sip_networks *allowed,
                   const struct guard_port *port) MUST_USE;
void guard_free(struct guard **g);

/* The source that an address belongs to. */
struct network guard_source(const struct network *address);

/* Is there anything to remember at all? When not, requests need no guard_admits(). */
bool guard_is_wary(const struct guard *g);
/* May this request be answered? with_credentials: they would be judged. A refusal is counted in its ban. */
bool guard_admits(struct guard *g, const struct network *source, const char *user, bool with_credentials);
void guard_failed(struct guard *g, const struct network *source, const char *user);
void guard_proved(struct guard *g, const struct network *source, const char *user);

/* See agent_ban() and its companions. */
enum err guard_ban(struct guard *g, const struct network *source, int64_t until_wall_ms, bool by_hand) MUST_USE;
bool guard_unban(struct guard *g, const struct network *source);
bool guard_unban_user(struct guard *g, const char *user);
void guard_each(const struct guard *g, void (*each)(const struct sip_ban *ban, void *arg), void *arg);

#endif
