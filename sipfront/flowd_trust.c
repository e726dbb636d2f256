/* What images are trusted with, as the operator says. */
#include "sipfront/flowd_trust.h"

#include <string.h>

#include "sipfront/call/trust.h"
#include "stdlib/lua/lua_run.h"
#include "vm/isa/image_seal.h"

enum { OPT_LUA_ALLOW = 0x200, OPT_REQUIRE_SIGNATURE };

static struct trust trust;

const struct trust *flowd_trust(void) { return &trust; }

static const struct argp_option options[] = {
    { "lua-allow", OPT_LUA_ALLOW, "io,ffi=IMAGE", 0,
      "Let the files in Lua of the image of that id use files, processes (io) or C (ffi); may be repeated", 0 },
    { "require-signature", OPT_REQUIRE_SIGNATURE, "PUB", 0,
      "Take and run only images that are signed by a key of this file (flowc keygen); may be repeated", 0 },
    { 0 },
};

static void allow_lua(struct argp_state *st, const char *what)
{
    char why[LUA_ALLOW_WHY];
    if (!lua_available())
        argp_error(st, "--lua-allow: this flowd was built without LuaJIT");
    if (!strchr(what, '='))
        argp_error(st, "--lua-allow wants 'io,ffi=IMAGE' with the image's id, as 'flowc verify' prints it");
    if (!lua_allow(what, why))
        argp_error(st, "--lua-allow: %s", why);
}

static void require_signature(struct argp_state *st, const char *file)
{
    unsigned n;
    enum err e = image_keys_read(file, trust.keys + trust.n, TRUST_KEYS - trust.n, &n);
    if (e == ERR_INVALID)
        argp_error(st, "--require-signature %s: there are no public keys (Ed25519, PEM) in it, or more than %d in all",
                   file, TRUST_KEYS);
    if (e)
        argp_error(st, "--require-signature %s: %s", file, err_text(e));
    trust.n += n;
}

static error_t parse(int key, char *arg, struct argp_state *st)
{
    switch (key) {
    case OPT_LUA_ALLOW: allow_lua(st, arg); return 0;
    case OPT_REQUIRE_SIGNATURE: require_signature(st, arg); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flowd_trust_argp = { options, parse, NULL, NULL, NULL, NULL, NULL };
