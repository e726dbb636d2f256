#include "stdlib/sim/sim_session.h"

#include <stdlib.h>
#include <strings.h>

#include "stdlib/day_text.h"
#include "stdlib/hours.h"
#include "stdlib/lua/lua_run.h"

struct sim_session {
    struct sim_clock *clock;
    struct sim_call *call;
    struct flow_run *run;
    const struct sim_facts *facts;
    const struct sim_world *world;
    struct action_host host;
    char lua_why[VM_LUA_WHY];
    bool over;
    enum flow_end end;
};

static void host_field(void *self, enum call_field f, struct vm_value *out)
{
    const struct sim_facts *facts = ((struct sim_session *)self)->facts;
    *out = (struct vm_value){ .type = field_type(f) };
    switch (f) {
    case FIELD_FROM: out->text = facts->from; break;
    case FIELD_FROM_NAME: out->text = facts->from_name; break;
    case FIELD_TO: out->text = facts->to; break;
    case FIELD_ID: out->text = SIM_CALL_ID; break;
    case FIELD_DIALED: out->text = facts->dialed; break;
    case FIELD_DIALED_NAME: out->text = facts->dialed_name; break;
    case FIELD_DIALED_RING_TIME: out->num = facts->ring_ms; break;
    case FIELD_DIALED_HAS_VOICEMAIL: out->num = facts->has_voicemail; break;
    }
}

/* Header names know no case (RFC 3261 §7.3.1). */
static struct str host_header(void *self, struct str name)
{
    const struct sim_facts *facts = ((struct sim_session *)self)->facts;
    for (unsigned i = 0; i < facts->nheaders; i++) {
        struct str known = facts->headers[i].name;
        if (known.len == name.len && strncasecmp(known.p, name.p, name.len) == 0)
            return facts->headers[i].value;
    }
    return STR("");
}

static int64_t host_wall_ms(void *self) { return clock_wall(sim_clock_port(((struct sim_session *)self)->clock)); }

static bool host_open(void *self, const struct image_hours *hours, int64_t moment)
{
    (void)self;
    return hours_open(hours, moment);
}

/* An empty zone is the server's own, and the pretended server stands in UTC. */
static void host_day_text(void *self, int64_t moment, struct str zone, char out[ACTION_DAY_TEXT])
{
    (void)self;
    day_text(moment, zone, out);
}

static void on_ended(enum flow_end how, void *owner)
{
    struct sim_session *s = owner;
    s->over = true;
    s->end = how;
    sim_call_attach(s->call, NULL);
}

static void on_acted(struct image_line at, const char *action, const char *outcome, void *owner)
{
    const struct sim_world *world = ((struct sim_session *)owner)->world;
    if (world->acted)
        world->acted(at, action, outcome, world->owner);
}

enum err sim_session_new(struct sim_session **out, struct image *im, const struct sim_facts *facts,
                         const struct sim_world *world)
{
    *out = NULL;
    struct sim_session *s = calloc(1, sizeof *s);
    if (!s)
        return ERR_NOMEM;
    s->facts = facts;
    s->world = world;
    s->host = (struct action_host){ .field = host_field,
                                    .header = host_header,
                                    .wall_ms = host_wall_ms,
                                    .open = host_open,
                                    .day_text = host_day_text,
                                    .lua = lua_run,
                                    .lua_why = s->lua_why,
                                    .self = s };
    s->clock = sim_clock_new(facts->wall_ms);
    s->call = sim_call_new(sim_clock_port(s->clock), world);
    struct flow_events events = { .ended = on_ended, .traced = on_acted, .owner = s };
    enum err e = flow_run_new(&s->run, im, sim_call_port(s->call), &s->host, &events);
    if (e) {
        sim_session_free(&s);
        return e;
    }
    sim_call_attach(s->call, s->run);
    flow_run_start(s->run);
    *out = s;
    return ERR_OK;
}

void sim_session_free(struct sim_session **s)
{
    if (!s || !*s)
        return;
    flow_run_free(&(*s)->run);
    sim_call_free(&(*s)->call);
    sim_clock_free(&(*s)->clock);
    free(*s);
    *s = NULL;
}

void sim_session_mark(struct sim_session *s, struct vm_marks *marks) { flow_run_mark(s->run, marks); }
struct sim_clock *sim_session_clock(struct sim_session *s) { return s->clock; }
struct sim_call *sim_session_call(struct sim_session *s) { return s->call; }
struct flow_run *sim_session_run(struct sim_session *s) { return s->run; }
bool sim_session_over(const struct sim_session *s) { return s->over; }
enum flow_end sim_session_end(const struct sim_session *s) { return s->end; }

bool sim_session_finish(struct sim_session *s)
{
    while (!s->over)
        if (!sim_clock_step(s->clock))
            return false;
    return true;
}
