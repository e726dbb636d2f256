/* What a flow reads of its call: the action host of the VM (vm/run/action.h). */
#include <string.h>

#include "sipfront/call/server_parts.h"
#include "stdlib/day_text.h"
#include "stdlib/hours.h"
#include "stdlib/lua/lua_run.h"
#include "stdlib/zone.h"

static const struct connection *dialed(const struct call *c)
{
    return directory_connection(c->server->directory, c->facts.dialed);
}

static void text(struct vm_value *out, const char *s)
{
    out->type = TYPE_TEXT;
    out->text = str_of(s);
}

static void number(struct vm_value *out, enum type type, int64_t n)
{
    out->type = type;
    out->num = n;
}

/* The Connection may be gone while the call runs: the flow then sees it without voicemail and with the usual ring time.
 */
static void host_field(void *self, enum call_field f, struct vm_value *out)
{
    const struct call *c = self;
    const struct connection *to = dialed(c);
    *out = (struct vm_value){ 0 };
    switch (f) {
    case FIELD_FROM: text(out, c->caller.user); break;
    case FIELD_FROM_NAME: text(out, *c->caller.name ? c->caller.name : c->caller.user); break;
    case FIELD_TO: text(out, c->facts.to); break;
    case FIELD_ID: text(out, c->facts.id); break;
    case FIELD_DIALED: text(out, c->facts.dialed); break;
    case FIELD_DIALED_NAME: text(out, to ? to->name : c->facts.dialed); break;
    case FIELD_DIALED_RING_TIME: number(out, TYPE_DURATION, to ? to->ring_ms : 20000); break;
    case FIELD_DIALED_HAS_VOICEMAIL: number(out, TYPE_BOOL, to && to->has_voicemail); break;
    }
}

static struct str host_header(void *self, struct str name)
{
    const struct call *c = self;
    char key[128];
    if (!c->leg || name.len >= sizeof key)
        return STR("");
    memcpy(key, name.p, name.len);
    key[name.len] = 0;
    return str_of(leg_header(c->leg, key));
}

static int64_t host_wall(void *self)
{
    const struct call *c = self;
    return clock_wall(c->port.clock);
}

static bool host_open(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)self;
    return hours_open(hours, moment);
}

static void host_day_text(void *self, int64_t moment, struct str zone, char out[ACTION_DAY_TEXT])
{
    (void)self;
    day_text(moment, zone.len ? zone : ZONE_OF_SERVER, out);
}

void call_host_init(struct call *c)
{
    c->host = (struct action_host){
        .field = host_field,
        .header = host_header,
        .wall_ms = host_wall,
        .open = host_open,
        .day_text = host_day_text,
        .lua = lua_run,
        .lua_why = c->server->lua_why,
        .self = c,
    };
}
