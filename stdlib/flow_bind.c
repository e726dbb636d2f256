/* Whether this server can run what an image asks for: every import against the catalogue, every zone against the tz
 * database. */
#include <stdio.h>

#include "stdlib/lua/lua_run.h"
#include "stdlib/running.h"
#include "stdlib/zone.h"

static const char *type_label(enum type t) { return t == TYPE_NONE ? "nothing" : type_text(t); }

static enum err bind_param(const struct action_row *row, const struct image_param *p, struct image_refusal *why)
{
    int arg = action_arg_find(row, p->label);
    if (arg < 0) {
        snprintf(why->text, sizeof why->text, "this server's '%s' has no argument '%.*s'", row->name,
                 STR_ARG(p->label));
        return ERR_UNSUPPORTED;
    }
    enum type wanted = (enum type)arg_slot_type(row->args[arg].type);
    if (p->type == wanted || (p->type == TYPE_CAUSE && row->args[arg].type == ARG_CAUSE_OR_CODE))
        return ERR_OK;
    snprintf(why->text, sizeof why->text, "'%s' is given %s as '%.*s', this server wants %s", row->name,
             type_label(p->type), STR_ARG(p->label), type_label(wanted));
    return ERR_UNSUPPORTED;
}

static enum err bind_outcome(const struct action_row *row, const struct image_outcome *o, struct image_refusal *why)
{
    int out = action_outcome_find(row, o->name);
    if (out < 0) {
        snprintf(why->text, sizeof why->text, "this server's '%s' never ends in '%.*s'", row->name, STR_ARG(o->name));
        return ERR_UNSUPPORTED;
    }
    const struct action_outcome *known = &row->outcomes[out];
    for (unsigned i = 0; i < o->npayload; i++)
        if (i >= known->npayload || arg_slot_type(known->payload[i].type) != (int)o->payload[i]) {
            snprintf(why->text, sizeof why->text, "value %u of outcome '%s' of '%s' is not what this server gives",
                     i + 1, known->name, row->name);
            return ERR_UNSUPPORTED;
        }
    return ERR_OK;
}

static bool has_param(const struct image_import *import, const char *label)
{
    for (unsigned i = 0; i < import->nparams; i++)
        if (str_is(import->params[i].label, label))
            return true;
    return false;
}

static enum err bind_required(const struct action_row *row, const struct image_import *im, struct image_refusal *why)
{
    for (unsigned i = 0; i < row->nargs; i++)
        if ((row->args[i].flags & ARG_REQUIRED) && !has_param(im, row->args[i].label)) {
            snprintf(why->text, sizeof why->text, "'%s' is not given its '%s'", row->name, row->args[i].label);
            return ERR_UNSUPPORTED;
        }
    return ERR_OK;
}

/* A loud outcome that the image has never heard of could not be handled. */
static enum err bind_loud(const struct action_row *row, const struct image_import *im, struct image_refusal *why)
{
    for (unsigned i = 0; i < row->noutcomes; i++) {
        bool known = !(row->outcomes[i].flags & OUTCOME_LOUD) || action_id_of(row) == ACTION_ID_menu;
        for (unsigned k = 0; k < im->noutcomes && !known; k++)
            known = str_is(im->outcomes[k].name, row->outcomes[i].name);
        if (!known) {
            snprintf(why->text, sizeof why->text, "the flow does not know that '%s' can end in '%s'", row->name,
                     row->outcomes[i].name);
            return ERR_UNSUPPORTED;
        }
    }
    return ERR_OK;
}

static bool is_offered(const struct action_row *row, const struct call_port *port)
{
    const struct action_ops *ops = action_ops_of((unsigned)action_id_of(row));
    return ops && (!ops->offered || (port && ops->offered(port)));
}

static enum err bind_import(const struct image_import *im, const struct call_port *port, struct image_refusal *why)
{
    const struct action_row *row = action_find(im->name);
    if (!row || !is_offered(row, port)) {
        snprintf(why->text, sizeof why->text, "this server cannot do '%.*s'%s", STR_ARG(im->name), row ? " yet" : "");
        return ERR_UNSUPPORTED;
    }
    enum err e = bind_required(row, im, why);
    for (unsigned i = 0; i < im->nparams && !e; i++)
        e = bind_param(row, &im->params[i], why);
    for (unsigned i = 0; i < im->noutcomes && !e; i++)
        e = bind_outcome(row, &im->outcomes[i], why);
    return e ? e : bind_loud(row, im, why);
}

static enum err bind_hours(const struct image_hours *h, struct image_refusal *why)
{
    if (zone_find(h->zone))
        return ERR_OK;
    snprintf(why->text, sizeof why->text, "hours '%.*s': this server knows no time zone '%.*s'", STR_ARG(h->name),
             STR_ARG(h->zone));
    return ERR_UNSUPPORTED;
}

static enum err bind_lua(struct image_refusal *why)
{
    if (lua_available())
        return ERR_OK;
    snprintf(why->text, sizeof why->text, "the flow calls functions in Lua, and this server was built without LuaJIT");
    return ERR_UNSUPPORTED;
}

enum err flow_bind_check(const struct image *im, const struct call_port *port, struct image_refusal *why)
{
    enum err e = im->nexterns ? bind_lua(why) : ERR_OK;
    zone_find(ZONE_OF_SERVER); /* read here, so that no call waits for the file */
    for (uint32_t i = 0; i < im->nimports && !e; i++)
        e = bind_import(&im->imports[i], port, why);
    for (uint32_t i = 0; i < im->nhours && !e; i++)
        e = bind_hours(&im->hours[i], why);
    return e;
}
