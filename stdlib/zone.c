#include "stdlib/zone.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stdlib/zone_rule.h"
#include "vm/base/vec.h"

#define ZONES "/usr/share/zoneinfo"

enum { FILE_MAX = 1 << 20, HEADER = 44, DAY = 86400 };

struct zone {
    char *name;
    int64_t *at;     /* count moments, rising */
    int32_t *offset; /* the offset from that moment on */
    uint32_t count;
    int32_t first;         /* before the first of them */
    struct zone_rule rule; /* after the last of them; has_rule false: the last offset stays */
    bool has_rule;
};

/* ---- reading a TZif file (RFC 8536 §3) ---- */

static uint32_t be32(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const unsigned char *p) { return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4)); }

struct counts {
    uint32_t isut, isstd, leap, times, types, chars;
};

static bool read_header(const unsigned char *p, size_t len, struct counts *c)
{
    if (len < HEADER || memcmp(p, "TZif", 4) != 0 || p[4] < '2')
        return false;
    *c = (struct counts){ be32(p + 20), be32(p + 24), be32(p + 28), be32(p + 32), be32(p + 36), be32(p + 40) };
    return c->isut < FILE_MAX && c->isstd < FILE_MAX && c->leap < FILE_MAX && c->times < FILE_MAX &&
           c->types - 1 < 256 && c->chars < FILE_MAX;
}

static size_t body_size(const struct counts *c, size_t time_size)
{
    return c->times * (time_size + 1) + c->types * 6u + c->chars + c->leap * (time_size + 4) + c->isstd + c->isut;
}

static bool read_times(struct zone *z, const unsigned char *p, const struct counts *c)
{
    const unsigned char *index = p + c->times * 8u, *types = index + c->times;
    z->at = calloc(c->times + 1, sizeof *z->at);
    z->offset = calloc(c->times + 1, sizeof *z->offset);
    if (!z->at || !z->offset)
        abort();
    z->first = (int32_t)be32(types);
    for (uint32_t i = 0; i < c->times; i++) {
        if (index[i] >= c->types)
            return false;
        z->at[i] = be64(p + i * 8u);
        z->offset[i] = (int32_t)be32(types + index[i] * 6u);
    }
    z->count = c->times;
    return true;
}

/* The file has a block of 32-bit times first, which is skipped, then one of 64-bit times, then the rule for all later
 * years. */
static bool read_tzif(struct zone *z, const unsigned char *p, size_t len)
{
    struct counts c;
    if (!read_header(p, len, &c) || body_size(&c, 4) > len - HEADER)
        return false;
    size_t at = HEADER + body_size(&c, 4);
    if (!read_header(p + at, len - at, &c) || body_size(&c, 8) > len - at - HEADER)
        return false;
    at += HEADER;
    if (!read_times(z, p + at, &c))
        return false;
    at += body_size(&c, 8);
    if (at + 1 < len && p[at] == '\n') {
        const char *rule = (const char *)p + at + 1;
        const char *end = memchr(rule, '\n', len - at - 1);
        z->has_rule = end && end > rule && zone_rule_parse(&z->rule, (struct str){ rule, (size_t)(end - rule) });
    }
    return true;
}

/* ---- the zones read so far ---- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static VEC(struct zone *) zones;

/* Letters, digits, '_', '+', '-' and single inner slashes: a name of the database, never a way out of its folder. */
static bool is_name(struct str name)
{
    if (!name.len || name.len > 64 || name.p[0] == '/')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char ch = name.p[i];
        bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9');
        if (!letter && ch != '_' && ch != '+' && ch != '-' && ch != '/')
            return false;
    }
    return true;
}

static struct zone *zone_read(struct str name)
{
    char path[128];
    struct sbuf file = { 0 };
    struct zone *z = calloc(1, sizeof *z);
    if (!z)
        abort();
    snprintf(path, sizeof path, ZONES "/%.*s", STR_ARG(name));
    z->name = strndup(name.p, name.len);
    bool ok = sbuf_read_file(&file, path, FILE_MAX) == ERR_OK && read_tzif(z, (const unsigned char *)file.p, file.len);
    sbuf_free(&file);
    if (ok)
        return z;
    free(z->at);
    free(z->offset);
    free(z->name);
    free(z);
    return NULL;
}

const struct zone *zone_find(struct str name)
{
    struct zone *found = NULL;
    if (!is_name(name))
        return NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < zones.len && !found; i++)
        if (str_is(name, zones.items[i]->name))
            found = zones.items[i];
    if (!found && (found = zone_read(name)) != NULL)
        vec_push(&zones, found);
    pthread_mutex_unlock(&lock);
    return found;
}

/* ---- using a zone ---- */

int32_t zone_offset(const struct zone *z, int64_t utc)
{
    uint32_t lo = 0, hi = z->count;
    if (z->has_rule && (!z->count || utc >= z->at[z->count - 1]))
        return zone_rule_offset(&z->rule, utc);
    while (lo < hi) { /* the last change that is not after utc */
        uint32_t mid = lo + (hi - lo) / 2;
        if (z->at[mid] <= utc)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo ? z->offset[lo - 1] : z->first;
}

int64_t zone_days(int year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year; /* years that begin in March have the leap day at their end */
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t in_era = y - era * 400;
    int64_t in_year = (153 * (int64_t)(month > 2 ? month - 3 : month + 9) + 2) / 5 + (int64_t)day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

static void date_of(int64_t days, struct local_time *out)
{
    int64_t d = days + 719468;
    int64_t era = (d >= 0 ? d : d - 146096) / 146097;
    int64_t in_era = d - era * 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * in_year + 2) / 153;
    out->day = (unsigned)(in_year - (153 * m + 2) / 5 + 1);
    out->month = (unsigned)(m < 10 ? m + 3 : m - 9);
    out->year = (int)(y + era * 400 + (out->month <= 2));
}

void zone_local(const struct zone *z, int64_t utc, struct local_time *out)
{
    int64_t t = utc + zone_offset(z, utc);
    int64_t days = t / DAY - (t % DAY < 0), in_day = t - days * DAY;
    date_of(days, out);
    out->hour = (unsigned)(in_day / 3600);
    out->minute = (unsigned)(in_day / 60 % 60);
    out->second = (unsigned)(in_day % 60);
    out->weekday = (unsigned)(((days + 3) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

unsigned zone_moments(const struct zone *z, const struct local_time *t, int64_t out[2])
{
    int64_t local = zone_days(t->year, t->month, t->day) * DAY + t->hour * 3600 + t->minute * 60 + t->second;
    unsigned n = 0;
    /* Offsets half a day either side are the only ones that can hold here: no zone changes twice within a day. */
    const int32_t offsets[2] = { zone_offset(z, local - DAY), zone_offset(z, local + DAY) };
    for (unsigned i = 0; i < 2; i++)
        if (zone_offset(z, local - offsets[i]) == offsets[i] && (n == 0 || out[0] != local - offsets[i]))
            out[n++] = local - offsets[i];
    if (n == 2 && out[1] < out[0]) {
        int64_t first = out[1];
        out[1] = out[0];
        out[0] = first;
    }
    return n;
}
