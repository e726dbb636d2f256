/* The options of flowctl's commands. Constants only. */
#ifndef SIPFRONT_FLOWCTL_OPTION_H
#define SIPFRONT_FLOWCTL_OPTION_H

/* Every option that some command knows; also argp's keys, from CTL_FIRST_KEY on. */
enum ctl_option {
    CTL_SOCKET,
    CTL_JSON,
    CTL_NAME,
    CTL_SIGN,
    CTL_PASSWORD,
    CTL_PASSWORD_STDIN,
    CTL_NO_PASSWORD,
    CTL_VIRTUAL,
    CTL_NO_VIRTUAL,
    CTL_SHA256,
    CTL_NO_SHA256,
    CTL_VOICEMAIL,
    CTL_NO_VOICEMAIL,
    CTL_RING_TIME,
    CTL_MAX_BINDINGS,
    CTL_MAX_CALLS,
    CTL_SRTP,
    CTL_PICKUP_GROUP,
    CTL_DTMF,
    CTL_FOR,
    CTL_TO,
    CTL_OUT,
    CTL_MAIL,
    CTL_WEBHOOK,
    CTL_PIN_STDIN,
    CTL_NO_PIN,
    CTL_PIN_ALWAYS,
    CTL_PIN_OUTSIDE,
    CTL_DELETE_MAILED,
    CTL_KEEP_MAILED,
    CTL_TRANSCRIBE,
    CTL_NO_TRANSCRIBE,
    CTL_TRANSCRIBE_BY,
    CTL_BOX,
    CTL_MOST_MESSAGES,
    CTL_MOST_TIME,
    CTL_MOST_BYTES,
    CTL_LONGEST,
    CTL_UNLOCK,
    CTL_BUSY,
    CTL_SPOKEN_NAME,
    CTL_DIAL,
    CTL_MINUTES_A_DAY,
    CTL_SPEND_A_DAY,
    CTL_OUTSIDE_CALLS,
    CTL_ASK_PASSWORD,
#define TRUNK_TEXT(field, ...) CTL_TRUNK_##field,
#define TRUNK_INT(field, ...)  CTL_TRUNK_##field,
#define TRUNK_MS(field, ...)   CTL_TRUNK_##field,
#define TRUNK_FLAG(field, ...) CTL_TRUNK_##field, CTL_TRUNK_NOT_##field,
#include "sipfront/directory/trunk.def"
#undef TRUNK_TEXT
#undef TRUNK_INT
#undef TRUNK_MS
#undef TRUNK_FLAG
    CTL_OPTIONS
};
#endif
