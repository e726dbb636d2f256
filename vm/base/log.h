/* Log lines of the server: one line an event, "time LEVEL area: text" on stderr, systemd priority when asked. Any
 * thread. */
#ifndef VM_BASE_LOG_H
#define VM_BASE_LOG_H

#include "vm/base/err.h"

struct sbuf;

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* What is written from now on; LOG_INFO at start. Sees whether stderr is the journal's. Call before threads start. */
void log_set_level(enum log_level most);

/* Writes one line. Control characters in the text are shown escaped, so outside text cannot forge a line. */
void log_line(enum log_level level, const char *area, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* What this thread logs in between goes out together, by one system call. room: empty, stays the caller's, who frees
 * it some day; its memory is kept for the next time. Not nested. */
void log_hold(struct sbuf *room);
void log_let_go(void);

#define log_error(area, ...) log_line(LOG_ERROR, (area), __VA_ARGS__)
#define log_warn(area, ...)  log_line(LOG_WARN, (area), __VA_ARGS__)
#define log_info(area, ...)  log_line(LOG_INFO, (area), __VA_ARGS__)
#define log_debug(area, ...) log_line(LOG_DEBUG, (area), __VA_ARGS__)

#endif
