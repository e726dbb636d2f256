#include "vm/isa/image_pack.h"

#define ZLIB_CONST
#include <zlib.h>

/* Nobody compiles anew because a catalogue grew: these words belong to the format, and only a new version of it may
 * change them (a test knows their sum). An action that is not among them costs a few bytes more. What a distance of few
 * bits reaches stands last: names of actions, arguments and outcomes as the catalogue of the format's first day has
 * them. */
static const char dictionary[] =
    ". Please hold. Please try again. Please leave a message after the tone. Welcome. Thank you for calling. Goodbye. "
    "Press 1 to 2. To , press 1. For , press 2. press 3. .wav"
    "answerdone"
    "rejectcause"
    "hangup"
    "saytextvoiceratebargeinterruptedfailed"
    "playsoundloop"
    "pausetime"
    "gatherdigitsminmaxuntiltimeoutbetweenpromptsecretvalidmatchedinvalid"
    "menuchoicestrieschosengave_up"
    "bridgetargetringhuntcaller_idannouncescreenmusicrecordoutsideendedbusyno_answerdeclinedofflinelimited"
    "transfer"
    "voicemailboxgreetingsilencetranscribeleftemptyfull"
    "mailboxdenied"
    "beepsaved"
    "fetchurlmethodjsonformheadersokstatus"
    "rememberkeyvaluefor"
    "recallfoundmissing"
    "notifyemailwebhooksubjectqueued"
    "log";

enum { RAW_WINDOW = -15, MEMORY_LEVEL = 9, DICTIONARY_SIZE = sizeof dictionary - 1 };

struct str image_pack_words(void) { return STR(dictionary); }

static const Bytef *words(void) { return (const Bytef *)dictionary; }

/* In one step, into a buffer that is large enough for whatever comes. */
static enum err deflate_all(z_stream *z, struct str sections, struct sbuf *out)
{
    size_t room = deflateBound(z, sections.len), start = out->len;
    if (deflateSetDictionary(z, words(), DICTIONARY_SIZE) != Z_OK)
        return ERR_NOMEM;
    sbuf_room(out, room);
    z->next_in = (const Bytef *)sections.p;
    z->avail_in = (uInt)sections.len;
    z->next_out = (Bytef *)out->p + start;
    z->avail_out = (uInt)room;
    if (deflate(z, Z_FINISH) != Z_STREAM_END)
        return ERR_NOMEM;
    out->len = start + z->total_out;
    out->p[out->len] = '\0';
    return ERR_OK;
}

enum err image_pack(struct str sections, struct sbuf *out)
{
    z_stream z = { 0 };
    if (sections.len > IMAGE_UNPACKED_MAX)
        return ERR_TOO_BIG;
    if (deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_NOMEM;
    enum err e = deflate_all(&z, sections, out);
    deflateEnd(&z);
    return e;
}

enum err image_unpack(struct str packed, uint8_t *to, uint32_t size)
{
    z_stream z = { 0 };
    if (inflateInit2(&z, RAW_WINDOW) != Z_OK)
        return ERR_NOMEM;
    int result = inflateSetDictionary(&z, words(), DICTIONARY_SIZE);
    z.next_in = (const Bytef *)packed.p;
    z.avail_in = (uInt)packed.len;
    z.next_out = to;
    z.avail_out = size;
    if (result == Z_OK)
        result = inflate(&z, Z_FINISH);
    bool whole = result == Z_STREAM_END && z.avail_in == 0 && z.avail_out == 0;
    inflateEnd(&z);
    if (result == Z_MEM_ERROR)
        return ERR_NOMEM;
    return whole ? ERR_OK : ERR_BAD_IMAGE;
}
