/* Reading, answering and writing the one audio stream of an SDP (RFC 4566 lines, RFC 3264 rules). */
#include "sipfront/sip/offer_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "vm/base/fmt.h"

enum { PTIME_USUAL = 20, PTIME_MOST = 200, DYNAMIC_MIN = 96, DYNAMIC_MAX = 127, ANY_LINE = AUDIO_LINES_MAX };

static const char *const direction_names[] = { "sendrecv", "sendonly", "recvonly", "inactive" };

/* RFC 3551 payload types that need no rtpmap; those we can name. */
static const struct audio_format static_formats[] = {
    { 0, "pcmu", 8000, 1, NULL },  { 3, "gsm", 8000, 1, NULL },   { 4, "g723", 8000, 1, NULL },
    { 8, "pcma", 8000, 1, NULL },  { 9, "g722", 8000, 1, NULL },  { 13, "cn", 8000, 1, NULL },
    { 15, "g728", 8000, 1, NULL }, { 18, "g729", 8000, 1, NULL },
};

/* Where the reader stands: session level, our audio line, or a line we do not use. */
struct reader {
    struct audio_desc *d;
    char session_address[64];
    enum audio_direction session_direction;
    bool direction_said, address_said, ours;
    unsigned wanted; /* that line alone, or ANY_LINE */
    unsigned max_ptime;
};

static bool word_is(struct str word, const char *name)
{
    return word.len == strlen(name) && strncasecmp(word.p, name, word.len) == 0;
}

static int64_t number(struct str word, int64_t most)
{
    int64_t n;
    return str_to_int(word, &n) && n >= 0 && n <= most ? n : -1;
}

static void copy_lower(char *out, size_t cap, struct str s)
{
    size_t n = s.len < cap - 1 ? s.len : cap - 1;
    for (size_t i = 0; i < n; i++)
        out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
    out[n] = '\0';
}

/* The rest of "IN IP4 192.0.2.1/127"; a name or an address that does not fit leaves it empty. */
static void read_address(struct str rest, char out[64])
{
    struct str net = str_word(&rest, " "), type = str_word(&rest, " "), address = str_word(&rest, " /");
    out[0] = '\0';
    if (!word_is(net, "IN") || (!word_is(type, "IP4") && !word_is(type, "IP6")))
        return;
    if (address.len > 0 && address.len < 64)
        memcpy(out, address.p, address.len), out[address.len] = '\0';
}

static struct audio_format *find_pt(struct audio_desc *d, int64_t pt)
{
    for (unsigned i = 0; i < d->nformats; i++)
        if (d->formats[i].pt == pt)
            return &d->formats[i];
    return NULL;
}

static void add_format(struct audio_desc *d, struct str word)
{
    int64_t pt = number(word, 127);
    struct audio_format f = { .rate = 8000, .channels = 1 };
    if (pt < 0 || d->nformats == AUDIO_FORMATS_MAX || find_pt(d, pt))
        return;
    for (size_t i = 0; i < sizeof static_formats / sizeof *static_formats; i++)
        if (static_formats[i].pt == pt)
            f = static_formats[i];
    f.pt = (uint8_t)pt;
    d->formats[d->nformats++] = f;
}

static bool is_secure(struct str proto) { return word_is(proto, "RTP/SAVP") || word_is(proto, "RTP/SAVPF"); }
static bool is_rtp(struct str proto)
{
    return word_is(proto, "RTP/AVP") || word_is(proto, "RTP/AVPF") || is_secure(proto);
}

/* How that line is refused: "video 0 RTP/AVP 31", or as an audio line when its words are missing or too long. */
static void note_line(char out[AUDIO_LINE_TEXT], struct str type, struct str proto, struct str rest)
{
    struct str format = str_word(&rest, " ");
    fmt_text(out, AUDIO_LINE_TEXT, "audio 0 RTP/AVP 0");
    if (format.len > 0 && type.len + proto.len + format.len + 5 < AUDIO_LINE_TEXT)
        fmt_text(out, AUDIO_LINE_TEXT, "%.*s 0 %.*s %.*s", STR_ARG(type), STR_ARG(proto), STR_ARG(format));
}

/* A port of 0 is passed by while another line may do. */
static bool may_be_ours(const struct reader *r, unsigned line)
{
    if (r->wanted != ANY_LINE)
        return line == r->wanted;
    return r->d->nformats == 0 || r->d->port == 0;
}

/* m=audio 49170 RTP/AVP 0 8 101 */
static void read_media(struct reader *r, struct str rest)
{
    struct audio_desc *d = r->d;
    struct str type = str_word(&rest, " "), port_text = str_word(&rest, " "), proto = str_word(&rest, " "),
               port_rest = port_text;
    int64_t port = number(str_word(&port_rest, "/"), 65535);
    unsigned line = d->media_lines++;
    if (line < AUDIO_LINES_MAX)
        note_line(d->refused[line], type, proto, rest);
    r->ours = word_is(type, "audio") && is_rtp(proto) && port >= 0 && may_be_ours(r, line);
    if (!r->ours)
        return;
    d->audio_line = line;
    d->port = (uint16_t)port;
    fmt_text(d->proto, sizeof d->proto, "%.*s", STR_ARG(proto));
    d->must_secure = is_secure(proto);
    d->nformats = d->ncrypto = 0;
    d->rtcp_port = 0;
    d->rtcp_mux = false;
    d->ptime = PTIME_USUAL;
    r->max_ptime = PTIME_MOST;
    r->address_said = r->direction_said = false;
    while (rest.len > 0)
        add_format(d, str_word(&rest, " "));
}

/* 101 telephone-event/8000/1 */
static void read_rtpmap(struct audio_desc *d, struct str rest)
{
    struct audio_format *f = find_pt(d, number(str_word(&rest, " "), 127));
    struct str name = str_word(&rest, " /"), rate = str_word(&rest, " /"), channels = str_word(&rest, " /");
    int64_t n;
    if (!f || name.len >= sizeof f->name)
        return;
    copy_lower(f->name, sizeof f->name, name);
    n = number(rate, 384000);
    f->rate = n > 0 ? (uint32_t)n : 8000;
    n = number(channels, 255);
    f->channels = n > 0 ? (uint8_t)n : 1;
}

/* Some write a fraction behind it. */
static void read_ptime(unsigned *out, struct str rest)
{
    int64_t ms = number(str_word(&rest, " ."), PTIME_MOST);
    if (ms > 0)
        *out = (unsigned)ms;
}

static void read_rtcp(struct audio_desc *d, struct str rest)
{
    int64_t port = number(str_word(&rest, " "), 65535);
    d->rtcp_port = port > 0 ? (uint16_t)port : 0;
}

static void read_crypto(struct audio_desc *d, struct str rest)
{
    if (d->ncrypto < AUDIO_CRYPTO_MAX && audio_crypto_read(&d->crypto[d->ncrypto], rest))
        d->ncrypto++;
}

static void read_attribute(struct reader *r, struct str rest)
{
    struct str name = str_word(&rest, ":");
    bool session = r->d->media_lines == 0;
    if (rest.len > 0)
        rest.p++, rest.len--;
    for (unsigned i = 0; i < 4; i++) {
        if (!word_is(name, direction_names[i]))
            continue;
        if (session)
            r->session_direction = (enum audio_direction)i;
        else if (r->ours)
            r->d->direction = (enum audio_direction)i, r->direction_said = true;
        return;
    }
    if (!r->ours || session)
        return;
    if (word_is(name, "rtpmap"))
        read_rtpmap(r->d, rest);
    else if (word_is(name, "ptime"))
        read_ptime(&r->d->ptime, rest);
    else if (word_is(name, "rtcp"))
        read_rtcp(r->d, rest);
    else if (word_is(name, "rtcp-mux"))
        r->d->rtcp_mux = true;
    else if (word_is(name, "crypto"))
        read_crypto(r->d, rest);
    else if (word_is(name, "maxptime"))
        read_ptime(&r->max_ptime, rest);
}

/* o=name id version IN IP4 address; numbers may be larger than 63 bits, and some phones write other things there. */
static void read_origin(struct audio_desc *d, struct str rest)
{
    char digits[24];
    struct str id, version;
    str_word(&rest, " ");
    id = str_word(&rest, " ");
    version = str_word(&rest, " ");
    copy_lower(digits, sizeof digits, id);
    d->session_id = strtoull(digits, NULL, 10);
    copy_lower(digits, sizeof digits, version);
    d->session_version = strtoull(digits, NULL, 10);
}

static void read_connection(struct reader *r, struct str rest)
{
    if (r->d->media_lines == 0) {
        read_address(rest, r->session_address);
    } else if (r->ours) {
        read_address(rest, r->d->address);
        r->address_said = true;
    }
}

static void read_line(struct reader *r, struct str line)
{
    struct str rest = { line.p + 2, line.len - 2 };
    switch (line.p[0]) {
    case 'o': read_origin(r->d, rest); break;
    case 'c': read_connection(r, rest); break;
    case 'm': read_media(r, rest); break;
    case 'a': read_attribute(r, rest); break;
    }
}

static bool is_nowhere(const char *address)
{
    return !*address || strcmp(address, "0.0.0.0") == 0 || strcmp(address, "::") == 0;
}

/* The old way to hold (RFC 3264 §8.4): nowhere to send to means that its writer receives nothing. */
static void hold_nowhere(struct audio_desc *d)
{
    if (!is_nowhere(d->address))
        return;
    if (d->direction == AUDIO_SENDRECV)
        d->direction = AUDIO_SENDONLY;
    else if (d->direction == AUDIO_RECVONLY)
        d->direction = AUDIO_INACTIVE;
}

static void drop_unnamed(struct audio_desc *d)
{
    unsigned n = 0;
    for (unsigned i = 0; i < d->nformats; i++)
        if (d->formats[i].name[0])
            d->formats[n++] = d->formats[i];
    d->nformats = n;
}

/* What the stream does not say, the session says. */
static enum err finish_reading(struct reader *r)
{
    struct audio_desc *d = r->d;
    if (d->media_lines > AUDIO_LINES_MAX)
        return ERR_UNSUPPORTED;
    drop_unnamed(d);
    if (d->nformats == 0)
        return ERR_UNSUPPORTED;
    if (d->ptime > r->max_ptime)
        d->ptime = r->max_ptime;
    if (!r->address_said)
        memcpy(d->address, r->session_address, sizeof d->address);
    if (!r->direction_said)
        d->direction = r->session_direction;
    hold_nowhere(d);
    return ERR_OK;
}

static enum err read_sdp(struct audio_desc *out, const char *sdp, unsigned wanted)
{
    struct audio_desc d = { .ptime = PTIME_USUAL };
    struct reader r = { .d = &d, .wanted = wanted, .max_ptime = PTIME_MOST };
    struct str rest = str_of(sdp);
    enum err e;
    memset(out, 0, sizeof *out);
    if (!str_starts(rest, "v=0"))
        return ERR_SYNTAX;
    while (rest.len > 0) {
        struct str line = str_word(&rest, "\r\n");
        if (line.len >= 2 && line.p[1] == '=')
            read_line(&r, line);
        else if (line.len > 0)
            return ERR_SYNTAX;
    }
    e = finish_reading(&r);
    if (!e)
        *out = d;
    return e;
}

enum err audio_read(struct audio_desc *out, const char *sdp) { return read_sdp(out, sdp, ANY_LINE); }

enum err audio_read_line(struct audio_desc *out, const char *sdp, unsigned line) { return read_sdp(out, sdp, line); }

static bool same_format(const struct audio_format *a, const struct audio_format *b)
{
    return strcmp(a->name, b->name) == 0 && a->rate == b->rate && a->channels == b->channels;
}

static const struct audio_format *find_format(const struct audio_desc *d, const struct audio_format *f)
{
    for (unsigned i = 0; i < d->nformats; i++)
        if (same_format(&d->formats[i], f))
            return &d->formats[i];
    return NULL;
}

static bool is_event(const struct audio_format *f) { return strcmp(f->name, "telephone-event") == 0; }

const struct audio_format *audio_codec(const struct audio_desc *d)
{
    for (unsigned i = 0; i < d->nformats; i++)
        if (!is_event(&d->formats[i]) && strcmp(d->formats[i].name, "cn") != 0)
            return &d->formats[i];
    return NULL;
}

const struct audio_format *audio_event(const struct audio_desc *d)
{
    const struct audio_format *codec = audio_codec(d), *other = NULL;
    for (unsigned i = 0; codec && i < d->nformats; i++) {
        const struct audio_format *f = &d->formats[i];
        if (is_event(f) && f->rate == codec->rate)
            return f;
        if (is_event(f) && !other)
            other = f;
    }
    return other;
}

/* RFC 3264 §6.1: we send what the offerer receives, and the other way round, as far as we want to. */
static enum audio_direction answer_direction(enum audio_direction offer, enum audio_direction ours)
{
    bool send =
        (offer == AUDIO_SENDRECV || offer == AUDIO_RECVONLY) && (ours == AUDIO_SENDRECV || ours == AUDIO_SENDONLY);
    bool receive =
        (offer == AUDIO_SENDRECV || offer == AUDIO_SENDONLY) && (ours == AUDIO_SENDRECV || ours == AUDIO_RECVONLY);
    if (send)
        return receive ? AUDIO_SENDRECV : AUDIO_SENDONLY;
    return receive ? AUDIO_RECVONLY : AUDIO_INACTIVE;
}

enum err audio_answer(struct audio_desc *out, const struct audio_desc *offer, const struct audio_desc *ours)
{
    struct audio_desc d = *ours;
    memset(out, 0, sizeof *out);
    d.nformats = 0;
    d.ptime = offer->ptime;
    d.rtcp_mux = offer->rtcp_mux;
    for (unsigned i = 0; i < offer->nformats; i++) {
        const struct audio_format *known = find_format(ours, &offer->formats[i]);
        if (!known)
            continue;
        d.formats[d.nformats] = offer->formats[i];
        d.formats[d.nformats++].fmtp = known->fmtp;
    }
    if (offer->port == 0 || !audio_codec(&d) || !audio_crypto_answer(&d, offer, ours))
        return ERR_UNSUPPORTED;
    memcpy(d.proto, offer->proto, sizeof d.proto);
    d.direction = answer_direction(offer->direction, ours->direction);
    d.media_lines = offer->media_lines;
    d.audio_line = offer->audio_line;
    *out = d;
    return ERR_OK;
}

static void write_address(struct sbuf *out, const char *address)
{
    sbuf_fmt(out, "IN %s %s\r\n", strchr(address, ':') ? "IP6" : "IP4", *address ? address : "0.0.0.0");
}

/* Names are compared without case (RFC 4855), yet some phones know only the one their makers saw. */
static void write_name(struct sbuf *out, const char *name)
{
    bool small = strcmp(name, "opus") == 0 || strcmp(name, "telephone-event") == 0;
    for (; *name; name++)
        sbuf_char(out, !small && *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
}

static void write_audio(struct sbuf *out, const struct audio_desc *d)
{
    sbuf_fmt(out, "m=audio %u %s", d->port, d->proto);
    for (unsigned i = 0; i < d->nformats; i++)
        sbuf_fmt(out, " %u", d->formats[i].pt);
    sbuf_cstr(out, "\r\n");
    for (unsigned i = 0; i < d->nformats; i++) {
        const struct audio_format *f = &d->formats[i];
        sbuf_fmt(out, "a=rtpmap:%u ", f->pt);
        write_name(out, f->name);
        sbuf_fmt(out, "/%u", f->rate);
        if (f->channels > 1)
            sbuf_fmt(out, "/%u", f->channels);
        sbuf_cstr(out, "\r\n");
        if (f->fmtp)
            sbuf_fmt(out, "a=fmtp:%u %s\r\n", f->pt, f->fmtp);
    }
    if (d->rtcp_mux)
        sbuf_cstr(out, "a=rtcp-mux\r\n");
    audio_crypto_write(out, d);
    sbuf_fmt(out, "a=ptime:%u\r\na=%s\r\n", d->ptime, direction_names[d->direction]);
}

void audio_write(struct sbuf *out, const struct audio_desc *d, const struct audio_desc *answers)
{
    unsigned lines = answers ? answers->media_lines : 1, ours = answers ? answers->audio_line : 0;
    sbuf_fmt(out, "v=0\r\no=- %llu %llu ", (unsigned long long)d->session_id, (unsigned long long)d->session_version);
    write_address(out, d->address);
    sbuf_cstr(out, "s=-\r\nc=");
    write_address(out, d->address);
    sbuf_cstr(out, "t=0 0\r\n");
    for (unsigned i = 0; i < lines; i++) {
        if (i == ours)
            write_audio(out, d);
        else
            sbuf_fmt(out, "m=%s\r\n", answers->refused[i]);
    }
}

/* The payload type that the other side has for it, else ours, else the first that is free. */
static uint8_t choose_pt(struct audio_desc *d, const struct audio_format *f, const struct audio_format *theirs)
{
    uint8_t pt = theirs ? theirs->pt : f->pt;
    if (find_pt(d, pt))
        pt = f->pt;
    for (unsigned i = DYNAMIC_MIN; i <= DYNAMIC_MAX && find_pt(d, pt); i++)
        pt = (uint8_t)i;
    return pt;
}

static void add_ours(struct audio_desc *d, const struct audio_format *f, const struct audio_desc *prefer)
{
    uint8_t pt;
    if (find_format(d, f) || d->nformats == AUDIO_FORMATS_MAX)
        return;
    pt = choose_pt(d, f, prefer ? find_format(prefer, f) : NULL);
    d->formats[d->nformats] = *f;
    d->formats[d->nformats++].pt = pt;
}

/* RFC 4733 §2.1: its clock is the codec's, so each clock has one. */
static void add_events(struct audio_desc *d, const struct audio_desc *prefer)
{
    unsigned codecs = d->nformats;
    for (unsigned i = 0; i < codecs; i++) {
        struct audio_format event = { .pt = 101, .name = "telephone-event", .channels = 1, .fmtp = "0-16" };
        event.rate = d->formats[i].rate;
        add_ours(d, &event, prefer);
    }
}

/* Not asked for by anybody, an optional key is offered to those alone whose other side has one. */
static void add_crypto(struct audio_desc *d, const struct audio_side *side, const struct audio_desc *prefer)
{
    bool asked = !prefer || prefer->ncrypto > 0 || side->security == AUDIO_SECURE_WISHED;
    d->must_secure = side->security == AUDIO_SECURE_REQUIRED;
    fmt_text(d->proto, sizeof d->proto, "%s", d->must_secure ? "RTP/SAVP" : "RTP/AVP");
    if (side->security == AUDIO_SECURE_OFF || (!d->must_secure && !asked))
        return;
    for (unsigned i = 0; i < side->ncrypto && i < AUDIO_CRYPTO_MAX; i++) {
        d->crypto[i] = side->crypto[i];
        d->crypto[i].tag = i + 1;
        d->ncrypto++;
    }
}

void audio_ours(struct audio_desc *out, const struct audio_side *side, const struct audio_desc *prefer)
{
    struct audio_desc d = { .port = side->port, .media_lines = 1, .session_id = side->port, .session_version = 1 };
    d.ptime = prefer ? prefer->ptime : PTIME_USUAL;
    copy_lower(d.address, sizeof d.address, str_of(side->address));
    for (unsigned i = 0; prefer && i < prefer->nformats; i++)
        for (unsigned k = 0; k < side->ncodecs; k++)
            if (same_format(&prefer->formats[i], &side->codecs[k]))
                add_ours(&d, &side->codecs[k], prefer);
    for (unsigned k = 0; k < side->ncodecs; k++)
        add_ours(&d, &side->codecs[k], prefer);
    if (!side->no_events)
        add_events(&d, prefer);
    add_crypto(&d, side, prefer);
    *out = d;
}
