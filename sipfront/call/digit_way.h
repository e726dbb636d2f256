/* How digits are sent to the far end of a leg, as its Connection or trunk says (--dtmf). docs/sip.md has the rule.
 * Private to sipfront/call. Loop thread. */
#ifndef SIPFRONT_CALL_DIGIT_WAY_H
#define SIPFRONT_CALL_DIGIT_WAY_H

struct server;
struct trunk_settings;
struct leg_invite;

enum digit_way { DIGITS_AUTO, DIGITS_BY_EVENTS, DIGITS_BY_INFO, DIGITS_IN_BAND };

/* A phone of that Connection, which calls or is called. */
enum digit_way digit_way_of_phone(const struct server *s, const char *user);
/* A gateway of that trunk, which is called. */
enum digit_way digit_way_of_trunk(const struct trunk_settings *t);
/* Who sends that INVITE. */
enum digit_way digit_way_of_caller(const struct server *s, const struct leg_invite *invite);

#endif
