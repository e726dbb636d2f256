/* What an operator allows, by image. */
#include <stdio.h>
#include <string.h>

#include "stdlib/lua/lua_run.h"

struct row {
    unsigned what;
    size_t len; /* of the id's digits; 0: any image */
    char digits[2 * IMAGE_ID_SIZE + 1];
};
static struct row rows[LUA_ALLOW_ROWS];
static unsigned nrows;

enum { DIGITS_MIN = 16 };

static bool refuse(char why[LUA_ALLOW_WHY], const char *text, struct str what)
{
    snprintf(why, LUA_ALLOW_WHY, "%s: '%.*s'", text, STR_ARG(what));
    return false;
}

static bool read_names(struct row *r, struct str names, char why[LUA_ALLOW_WHY])
{
    while (names.len) {
        const char *comma = memchr(names.p, ',', names.len);
        struct str name = { names.p, comma ? (size_t)(comma - names.p) : names.len };
        if (str_is(name, "io"))
            r->what |= LUA_ALLOW_IO;
        else if (str_is(name, "ffi"))
            r->what |= LUA_ALLOW_FFI;
        else
            return refuse(why, "what Lua may be allowed is 'io' and 'ffi', not", name);
        size_t used = name.len + (comma != NULL);
        names = (struct str){ names.p + used, names.len - used };
    }
    return r->what || refuse(why, "nothing is named that Lua is allowed", names);
}

static bool read_id(struct row *r, struct str id, char why[LUA_ALLOW_WHY])
{
    if (id.len < DIGITS_MIN || id.len > 2 * IMAGE_ID_SIZE || strspn(id.p, "0123456789abcdef") != id.len)
        return refuse(why, "an image's id has 64 digits 0-9 a-f, of which the first 16 are enough", id);
    memcpy(r->digits, id.p, id.len);
    r->len = id.len;
    return true;
}

bool lua_allow(const char *option, char why[LUA_ALLOW_WHY])
{
    struct row r = { 0 };
    const char *is = strchr(option, '=');
    struct str names = { option, is ? (size_t)(is - option) : strlen(option) };
    if (nrows == LUA_ALLOW_ROWS)
        return refuse(why, "too many images are allowed something", names);
    if (!read_names(&r, names, why) || (is && !read_id(&r, str_of(is + 1), why)))
        return false;
    rows[nrows++] = r;
    return true;
}

unsigned lua_allowed(const uint8_t id[IMAGE_ID_SIZE])
{
    char digits[2 * IMAGE_ID_SIZE + 1];
    unsigned what = 0;
    for (unsigned i = 0; i < IMAGE_ID_SIZE; i++)
        snprintf(digits + 2 * i, 3, "%02x", id[i]);
    for (unsigned i = 0; i < nrows; i++)
        if (memcmp(rows[i].digits, digits, rows[i].len) == 0)
            what |= rows[i].what;
    return what;
}
