/* The manual of what the language itself provides besides actions. */
#include "compiler/author/lsp_manual.h"

static const struct manual_entry builtins[] = {
    { "open", "open(hours) -> bool", "Is it within these hours now? A moment after the name asks about that moment." },
    { "now", "now() -> moment", "The time it is." },
    { "header", "header(name: text) -> text", "A header of the call's INVITE, \"\" when it has none. `outside`." },
    { "file", "file(name: text) -> sound", "An audio file of the flow." },
    { "tone", "tone(name: text) -> sound", "A tone: \"dial\", \"ring\", \"busy\" …" },
    { "reveal", "reveal(value: text) -> text",
      "A secret's one way out: in the `json:` or `form:` of a `fetch` to a constant https host." },
    { "digits", "digits(value: text) -> text", "Says one digit after the other: \"12\" is \"1 2\"." },
    { "spell", "spell(value: text) -> text", "Spells: \"ab\" is \"a b\"." },
    { "number", "number(value: int) -> text", "Says a number in words." },
    { "date", "date(when: moment) -> text", "Says the day." },
    { "time", "time(when: moment) -> text", "Says the time of the day." },
};

static const struct manual_entry call_fields[] = {
    { "from", "call.from: text", "The caller's number or SIP user. `outside`." },
    { "from_name", "call.from_name: text", "The caller's name as the caller's phone sent it. `outside`." },
    { "to", "call.to: text", "What the caller dialed. `outside`." },
    { "id", "call.id: text", "The call's own name in logs and traces." },
    { "dialed", "call.dialed: Connection", "The Connection that was called." },
};

static const struct manual_entry connection_fields[] = {
    { "name", "name: text", "Its SIP user." },
    { "ring_time", "ring_time: duration", "How long it rings before nobody answers." },
    { "has_voicemail", "has_voicemail: bool", "Has it a voicemail box?" },
};

const struct manual_entry *manual_builtins(size_t *count)
{
    *count = sizeof builtins / sizeof *builtins;
    return builtins;
}

const struct manual_entry *manual_call_fields(size_t *count)
{
    *count = sizeof call_fields / sizeof *call_fields;
    return call_fields;
}

const struct manual_entry *manual_connection_fields(size_t *count)
{
    *count = sizeof connection_fields / sizeof *connection_fields;
    return connection_fields;
}

const struct manual_entry *manual_find(const struct manual_entry *list, size_t count, struct str name)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(name, list[i].name))
            return &list[i];
    return NULL;
}
