#include "vm/isa/type.h"

#include <stddef.h>
#include <string.h>

static const struct {
    enum type element;
    const char *text;
} types[] = {
    { TYPE_NONE, "nothing" },
#define TYPE(name, letter, class, element, text) { TYPE_##element, text },
#include "vm/isa/type.def"
#undef TYPE
};

static const struct {
    enum type type;
    const char *text;
} fields[] = {
#define FIELD(name, type, outside, text) { TYPE_##type, text },
#include "vm/isa/field.def"
#undef FIELD
};

static const struct {
    const char *name;
    int status;
    const char *phrase;
} causes[] = {
#define CAUSE(name, status, phrase) { #name, status, phrase },
#include "vm/isa/cause.def"
#undef CAUSE
};
enum { CAUSES = sizeof causes / sizeof *causes };

bool type_crosses(enum type t)
{
    switch (t) {
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_DURATION:
    case TYPE_MOMENT:
    case TYPE_TEXT:
    case TYPE_JSON:
    case TYPE_LIST_TEXT: return true;
    case TYPE_NONE:
    case TYPE_CAUSE:
    case TYPE_SOUND:
    case TYPE_LIST_NUM:
    case TYPE_LIST_SOUND: return false;
    }
    return false;
}

enum type type_element(enum type list) { return (unsigned)list <= TYPE_COUNT ? types[list].element : TYPE_NONE; }

const char *type_text(enum type t) { return (unsigned)t <= TYPE_COUNT ? types[t].text : "no type"; }

enum type field_type(enum call_field f) { return (unsigned)f < FIELD_COUNT ? fields[f].type : TYPE_NONE; }

const char *field_text(enum call_field f) { return (unsigned)f < FIELD_COUNT ? fields[f].text : "no field"; }

int cause_status(const char *name)
{
    for (size_t i = 0; i < CAUSES; i++)
        if (strcmp(causes[i].name, name) == 0)
            return causes[i].status;
    return 0;
}

const char *cause_name(int status)
{
    for (size_t i = 0; i < CAUSES; i++)
        if (causes[i].status == status)
            return causes[i].name;
    return NULL;
}

/* Codes of RFC 3261 §21 and its followers that no cause has a name for. */
static const struct {
    int status;
    const char *phrase;
} others[] = {
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 407, "Proxy Authentication Required" },
    { 408, "Request Timeout" },
    { 410, "Gone" },
    { 413, "Request Entity Too Large" },
    { 414, "Request-URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 416, "Unsupported URI Scheme" },
    { 420, "Bad Extension" },
    { 421, "Extension Required" },
    { 423, "Interval Too Brief" },
    { 433, "Anonymity Disallowed" },
    { 481, "Call/Transaction Does Not Exist" },
    { 482, "Loop Detected" },
    { 483, "Too Many Hops" },
    { 484, "Address Incomplete" },
    { 485, "Ambiguous" },
    { 487, "Request Terminated" },
    { 488, "Not Acceptable Here" },
    { 491, "Request Pending" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Server Time-out" },
    { 600, "Busy Everywhere" },
    { 604, "Does Not Exist Anywhere" },
    { 606, "Not Acceptable" },
    { 607, "Unwanted" },
    { 608, "Rejected" },
};

const char *cause_phrase(int status)
{
    for (size_t i = 0; i < CAUSES; i++)
        if (causes[i].status == status)
            return causes[i].phrase;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].status == status)
            return others[i].phrase;
    return status < 500 ? "Request Failure" : status < 600 ? "Server Failure" : "Global Failure";
}
