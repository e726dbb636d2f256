/* The action port: what the VM needs of its host while code runs, and the values that cross between them.
 * Everything that waits (actions) goes the other way: the VM parks and the host resumes it (vm.h). Loop thread. */
#ifndef VM_RUN_ACTION_H
#define VM_RUN_ACTION_H

#include "vm/base/str.h"
#include "vm/isa/image.h"

/* One thing to hear. */
enum vm_sound_kind { SOUND_SAY, SOUND_FILE, SOUND_TONE, SOUND_RECORDING };
struct vm_sound {
    enum vm_sound_kind kind;
    struct str text; /* the words, file name, tone name, or recording's id */
};

/* A value given to the VM: num for NUM types, text for TEXT and JSON (as JSON text) and SOUND with its kind. Borrowed:
 * the VM copies it. */
struct vm_value {
    enum type type;
    int64_t num;
    struct str text;
    enum vm_sound_kind sound;
};

enum { ACTION_DAY_TEXT = 32, VM_LUA_WHY = 200 };

struct vm_lua;

struct action_host {
    /* The call's field; out->type must be the field's type. Texts are borrowed until the next call. */
    void (*field)(void *self, enum call_field f, struct vm_value *out);
    /* The header's value in the INVITE that began the call, empty when it has none. Borrowed until the next call. */
    struct str (*header)(void *self, struct str name);
    int64_t (*wall_ms)(void *self);
    /* Whether the moment lies in the hours; texts of a moment in a zone. Both read the system's tz database, cached. */
    bool (*open)(void *self, const struct image_hours *hours, int64_t moment);
    /* The moment as "YYYY-MM-DD HH:MM W" (W: 1 Monday … 7) in that zone; an empty zone is the server's own. NULL: UTC.
     */
    void (*day_text)(void *self, int64_t moment, struct str zone, char out[ACTION_DAY_TEXT]);
    /* Runs a function in Lua (lua_port.h). NULL: this host has no Lua, and such a call is a fault. */
    bool (*lua)(void *self, struct vm_lua *call);
    char *lua_why; /* VM_LUA_WHY bytes: what was wrong when that ended in a fault; or NULL: nobody wants to know */
    void *self;
};

#endif
