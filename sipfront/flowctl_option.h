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
    CTL_MOST_MESSAGES,
    CTL_MOST_TIME,
    CTL_MOST_BYTES,
    CTL_LONGEST,
    CTL_UNLOCK,
    CTL_BUSY,
    CTL_SPOKEN_NAME,
    CTL_OPTIONS
};
#endif
