/* The directory's rows about the world outside: trunks, who may dial out, and what that has used today. Loop thread, as
 * directory.h says; texts are borrowed until the loop's next event. */
#ifndef SIPFRONT_DIRECTORY_OUTSIDE_H
#define SIPFRONT_DIRECTORY_OUTSIDE_H

#include "sipfront/directory/directory.h"

enum { MONEY_UNIT = 10000 }; /* amounts are ten-thousandths of the carrier's currency */

/* A carrier; trunk.def says what each field is. */
struct trunk_settings {
    const char *name;   /* unique */
    const char *secret; /* the sealed password (secret.h), "" for none */
#define TRUNK_TEXT(field, ...) const char *field;
#define TRUNK_INT(field, ...)  int64_t field;
#define TRUNK_MS(field, ...)   int64_t field;
#define TRUNK_FLAG(field, ...) bool field;
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
};

/* What a Connection's devices may dial outside, and what a Connection may use a day. Without a row: nothing. */
struct dial_rule {
    const char *user;
    const char *patterns;  /* of numbers in E.164, with commas; "" none */
    int64_t minutes_a_day; /* 0: no limit; so the next two */
    int64_t spend_a_day;   /* in MONEY_UNIT */
    int64_t calls;         /* outside calls at a time */
};

/* What a Connection has used on that day, what is reserved for calls in progress included. */
struct dial_usage {
    const char *user;
    int64_t day; /* days since 1970-01-01 in the server's zone */
    int64_t used_ms, spent;
};

/* The values that trunk.def gives when nobody says more. */
void trunk_settings_init(struct trunk_settings *t, const char *name);

const struct trunk_settings *directory_trunk(const struct directory *d, const char *name);
void directory_each_trunk(const struct directory *d, void (*each)(const struct trunk_settings *t, void *arg),
                          void *arg);
const struct dial_rule *directory_dial_rule(const struct directory *d, const char *user); /* NULL: none */
/* The newest day that is stored; NULL when there is none. */
const struct dial_usage *directory_dial_usage(const struct directory *d, const char *user);

/* The first of the Connection's Numbers, by their digits; NULL when it has none. */
const struct number *directory_number_of(const struct directory *d, const char *user);

/* ERR_EXISTS; ERR_INVALID says which value is not possible and what would be. */
void directory_add_trunk(struct directory *d, const struct trunk_settings *t, struct directory_done done);
void directory_set_trunk(struct directory *d, const struct trunk_settings *t, struct directory_done done);
void directory_remove_trunk(struct directory *d, const char *name, struct directory_done done);
/* Replaces the rule; ERR_NOT_FOUND without such a Connection. */
void directory_put_dial_rule(struct directory *d, const struct dial_rule *r, struct directory_done done);
void directory_put_usage(struct directory *d, const struct dial_usage *u, struct directory_done done);

#endif
