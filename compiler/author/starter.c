/* A flow to begin with. */
#include "compiler/author/starter.h"

#include "compiler/ast_name.h"
#include "vm/base/arena.h"

enum { NAME_MAX_LENGTH = 64 };

/* What stands for the name in the text below. */
#define NAME_SIGN '$'

static const char text[] = "# What a caller of $ hears.\n"
                           "#   flowc check $.flow   names every mistake\n"
                           "#   flowc test $.flow    runs the tests below\n"
                           "#   flowc sim $.flow     lets you be the caller\n"
                           "\n"
                           "flow $ {\n"
                           "    menu \"Welcome. To speak to somebody, press 1. To leave a message, press 2.\" {\n"
                           "        \"1\" {\n"
                           "            bridge \"ann\", ring: 20s {\n"
                           "                on ended { hangup }\n"
                           "                else     { say \"Nobody can come to the phone.\" }\n"
                           "            }\n"
                           "        }\n"
                           "        \"2\" { }\n"
                           "        on invalid { say \"Please press 1 or 2.\" }\n"
                           "        on timeout { say \"I did not hear you.\" }\n"
                           "        on gave_up { }\n"
                           "    }\n"
                           "    say \"Please leave a message after the tone.\"\n"
                           "    voicemail \"$\"\n"
                           "}\n"
                           "\n"
                           "test \"one, and ann answers\" {\n"
                           "    hear \"press 1\"\n"
                           "    press \"1\"\n"
                           "    expect bridge \"ann\" { ended after 30s }\n"
                           "    expect ended\n"
                           "}\n"
                           "\n"
                           "test \"one, nobody answers, a message is left\" {\n"
                           "    press \"1\"\n"
                           "    expect bridge \"ann\" { no_answer after 20s }\n"
                           "    hear \"after the tone\"\n"
                           "    expect voicemail \"$\" { left \"Please call me back.\" }\n"
                           "    expect ended\n"
                           "}\n"
                           "\n"
                           "test \"silence\" {\n"
                           "    hear \"I did not hear you.\"\n"
                           "    hear \"after the tone\"\n"
                           "    expect voicemail \"$\" { empty }\n"
                           "    expect ended\n"
                           "}\n";

static bool is_keyword(struct str word)
{
    struct arena *arena = arena_new();
    struct names *names = names_new(arena);
    bool keyword = name_intern(names, word)->keyword != 0;
    names_close(names);
    arena_free(&arena);
    return keyword;
}

bool starter_name_fits(struct str name)
{
    if (!name.len || name.len > NAME_MAX_LENGTH)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c == '_' && i > 0);
        if (!letter && !(c >= '0' && c <= '9' && i > 0))
            return false;
    }
    return !is_keyword(name);
}

void starter_text(struct str name, struct sbuf *out)
{
    for (const char *p = text; *p; p++) {
        if (*p == NAME_SIGN)
            sbuf_str(out, name);
        else
            sbuf_char(out, *p);
    }
}
