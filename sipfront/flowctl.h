/* flowctl: what its files share. One thread; a run makes one or a few requests to the server's API and ends. Every
 * function that returns int gives the exit status of the command. */
#ifndef SIPFRONT_FLOWCTL_H
#define SIPFRONT_FLOWCTL_H

#include <argp.h>
#include <jansson.h>
#include <stdbool.h>

#include "sipfront/flowctl_option.h"
#include "vm/base/str.h"

enum { CTL_OK = 0, CTL_REFUSED = 1, CTL_USAGE = 2, CTL_UNREACHABLE = 3 };

enum { CTL_FIRST_KEY = 0x100, CTL_MOST_ARGS = 64 };

struct ctl {
    const char *option[CTL_OPTIONS];     /* NULL: not given; "" for one without a value */
    const char *args[CTL_MOST_ARGS + 1]; /* NULL: not given */
    const char *socket;
    bool json;
};

struct ctl_command {
    const char *noun, *verb;           /* verb NULL: the noun alone is the command */
    const char *args;                  /* as in the manual: "USER FLOW", "[USER]", "FILE [FILE…]" */
    const struct argp_option *options; /* its own, NULL for none */
    const char *brief, *examples;
    int (*run)(struct ctl *c);
};
extern const struct ctl_command ctl_commands[]; /* ends with a row without a noun */

#define CTL_OPTION(name, which, value, text)                                                                           \
    {                                                                                                                  \
        name, CTL_FIRST_KEY + (which), value, 0, text, 0                                                               \
    }
#define CTL_OPTIONS_END                                                                                                \
    {                                                                                                                  \
        NULL, 0, NULL, 0, NULL, 0                                                                                      \
    }

/* ---- flowctl_http.c ---- */
/* A request with that body (NULL: none; taken). *out, when not NULL, is the answer, to be freed with json_decref().
 * Refusals and an absent server are reported on stderr. */
int ctl_ask(const struct ctl *c, const char *method, const char *path, json_t *body, json_t **out);
/* The same with raw bytes on either side: sends bytes, or none with a NULL p; adds the answer to out. */
int ctl_ask_raw(const struct ctl *c, const char *method, const char *path, struct str bytes, struct sbuf *out);
/* "/v1/connections/", user, "/flow": with the middle %-encoded. To be freed. */
char *ctl_path(const char *before, const char *name, const char *after);

/* ---- flowctl_print.c ---- */
/* stderr: "flowctl: message" and, when there is one, "help: …". Control characters are made visible. */
void ctl_complain(const char *message, const char *help);
void ctl_say(const char *fmt, ...) PRINTF_LIKE(1, 2); /* stdout, a line; control characters made visible */
void ctl_print_json(const json_t *body);
/* An aligned table of the objects of a list: a column a key. */
struct ctl_column {
    const char *heading, *key;
    void (*show)(const json_t *value, struct sbuf *out); /* NULL: as it is */
};
void ctl_print_table(const json_t *list, const struct ctl_column *columns, const char *when_empty);
/* One object, a line a column. */
void ctl_print_object(const json_t *object, const struct ctl_column *columns);
void ctl_show_flag(const json_t *value, struct sbuf *out);     /* yes, no */
void ctl_show_time(const json_t *value, struct sbuf *out);     /* local time */
void ctl_show_duration(const json_t *value, struct sbuf *out); /* milliseconds: 20s, 1m30s */
void ctl_show_list(const json_t *value, struct sbuf *out);     /* texts with commas */
/* "20s", "1m30s", "500ms"; -1 when it is none. */
int64_t ctl_read_duration(const char *text);

/* ---- flowctl_build.c ---- */
/* Runs flowc build on a .flow; *image is the compiled bytes. Its diagnostics go where it writes them. */
int ctl_build(const char *flow_file, const char *key, struct sbuf *image); /* key: to sign with, or NULL */

/* ---- flowctl_list.c ---- */
/* Asks for the list of that key and prints it. */
int ctl_list(const struct ctl *c, const char *path, const char *key, const struct ctl_column *columns,
             const char *when_empty);
/* Makes the request (path and body are taken) and says text when it is done. */
int ctl_say_done(const struct ctl *c, const char *method, char *path, json_t *body, const char *text);

/* ---- the commands, a file a noun ---- */
int ctl_connection_add(struct ctl *c);
int ctl_connection_list(struct ctl *c);
int ctl_connection_show(struct ctl *c);
int ctl_connection_set(struct ctl *c);
int ctl_connection_remove(struct ctl *c);
/* What its devices may dial outside, by the options given: the second request of connection add and set. */
bool ctl_dialing_given(const struct ctl *c);
int ctl_dialing_set(const struct ctl *c);
int ctl_trunk_add(struct ctl *c);
int ctl_trunk_list(struct ctl *c);
int ctl_trunk_show(struct ctl *c);
int ctl_trunk_set(struct ctl *c);
int ctl_trunk_remove(struct ctl *c);
int ctl_trunk_test(struct ctl *c);
int ctl_trunk_rekey(struct ctl *c);
int ctl_number_add(struct ctl *c);
int ctl_number_list(struct ctl *c);
int ctl_number_remove(struct ctl *c);
int ctl_deploy(struct ctl *c);
int ctl_flow_list(struct ctl *c);
int ctl_flow_remove(struct ctl *c);
int ctl_attach(struct ctl *c);
int ctl_detach(struct ctl *c);
int ctl_calls(struct ctl *c);
int ctl_registrations(struct ctl *c);
int ctl_queues(struct ctl *c);
int ctl_tls_reload(struct ctl *c);
int ctl_conference_list(struct ctl *c);
int ctl_conference_end(struct ctl *c);
int ctl_bans_list(struct ctl *c);
int ctl_bans_add(struct ctl *c);
int ctl_bans_remove(struct ctl *c);
int ctl_voicemail_list(struct ctl *c);
int ctl_voicemail_show(struct ctl *c);
int ctl_voicemail_search(struct ctl *c);
int ctl_voicemail_transcribe(struct ctl *c);
int ctl_voicemail_play(struct ctl *c);
int ctl_voicemail_delete(struct ctl *c);
int ctl_box_list(struct ctl *c);
int ctl_box_show(struct ctl *c);
int ctl_box_set(struct ctl *c);
int ctl_box_remove(struct ctl *c);
int ctl_box_greeting(struct ctl *c);
int ctl_outbox_list(struct ctl *c);
int ctl_outbox_retry(struct ctl *c);
int ctl_outbox_remove(struct ctl *c);
int ctl_memory_list(struct ctl *c);
int ctl_memory_remove(struct ctl *c);
int ctl_status(struct ctl *c);
int ctl_completion(struct ctl *c);

#endif
