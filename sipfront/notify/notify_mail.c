/* A mail: RFC 5322 with the audio as a part of its own, by libcurl's SMTP. Worker thread. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>

#include "sipfront/notify/inside.h"

enum { CONNECT_S = 15, MAIL_S = 60 };

/* A header's text: RFC 2047 words for all that is not plain, so that no outside text can begin a header of its own. */
static void add_header_text(struct sbuf *out, const char *text)
{
    const size_t bytes_a_word = 20; /* 60 characters encoded: a word has at most 75 */
    bool plain = true;
    for (const unsigned char *p = (const unsigned char *)text; *p && plain; p++)
        plain = *p >= 0x20 && *p < 0x7f && *p != '=' && *p != '?';
    if (plain) {
        sbuf_cstr(out, text);
        return;
    }
    for (size_t at = 0, len = strlen(text); at < len;) {
        sbuf_cstr(out, at ? "\r\n =?UTF-8?Q?" : "=?UTF-8?Q?");
        size_t end = at + bytes_a_word < len ? at + bytes_a_word : len;
        while (end < len && ((unsigned char)text[end] & 0xc0) == 0x80)
            end++; /* a character is not cut in two */
        for (; at < end; at++)
            sbuf_fmt(out, "=%02X", (unsigned char)text[at]);
        sbuf_cstr(out, "?=");
    }
}

static struct curl_slist *add_header(struct curl_slist *list, const char *name, const char *text, bool encode)
{
    struct sbuf line = { 0 };
    sbuf_fmt(&line, "%s: ", name);
    if (encode)
        add_header_text(&line, text);
    else
        sbuf_cstr(&line, text);
    struct curl_slist *more = curl_slist_append(list, line.p);
    sbuf_free(&line);
    return more ? more : list;
}

static struct curl_slist *headers_of(const struct sending *s)
{
    const char *at = strchr(s->config->mail_from, '@');
    struct curl_slist *list = NULL;
    struct sbuf id = { 0 };
    char date[64];
    time_t now = time(NULL);
    struct tm tm;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&now, &tm));
    sbuf_fmt(&id, "<%s@%s>", s->id, at ? at + 1 : "localhost");
    list = add_header(list, "Date", date, false);
    list = add_header(list, "From", s->config->mail_from, false);
    list = add_header(list, "To", s->to, false);
    list = add_header(list, "Subject", s->subject, true);
    list = add_header(list, "Message-ID", id.p, false);
    list = add_header(list, "Auto-Submitted", "auto-generated", false); /* RFC 3834: nobody's vacation answers it */
    sbuf_free(&id);
    return list;
}

static bool add_audio(curl_mime *mime, const struct sending *s)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    const char *name = strrchr(s->attachment, '/');
    return curl_mime_filedata(part, s->attachment) == CURLE_OK && curl_mime_type(part, "audio/wav") == CURLE_OK &&
           curl_mime_encoder(part, "base64") == CURLE_OK &&
           curl_mime_filename(part, name ? name + 1 : s->attachment) == CURLE_OK;
}

static bool add_text(curl_mime *mime, const struct sending *s)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    return curl_mime_data(part, s->body.p ? s->body.p : "", s->body.len) == CURLE_OK &&
           curl_mime_type(part, "text/plain; charset=utf-8") == CURLE_OK &&
           curl_mime_encoder(part, "quoted-printable") == CURLE_OK;
}

static void set_login(CURL *curl, const struct notify_config *c)
{
    curl_easy_setopt(curl, CURLOPT_URL, c->smtp);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, c->smtp_tls);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, c->mail_from);
    if (c->smtp_user)
        curl_easy_setopt(curl, CURLOPT_USERNAME, c->smtp_user);
    if (c->smtp_user && c->smtp_password)
        curl_easy_setopt(curl, CURLOPT_PASSWORD, c->smtp_password);
    if (c->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
}

/* What the server said last decides: 5yz after a login is for good (RFC 5321, section 4.2.1). */
static void judge(struct sending *s, CURL *curl, CURLcode rc, const char *said)
{
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    if (rc == CURLE_OK) {
        s->how = SENT;
        return;
    }
    bool refused = code >= 500 && code < 600 && rc != CURLE_LOGIN_DENIED;
    s->how = refused ? SENT_NEVER : SENT_NOT;
    if (code >= 400)
        snprintf(s->why, sizeof s->why, "the mail server answered %ld: %s", code,
                 *said ? said : curl_easy_strerror(rc));
    else
        snprintf(s->why, sizeof s->why, "%s", *said ? said : curl_easy_strerror(rc));
}

static void perform(struct sending *s, CURL *curl, curl_mime *mime)
{
    char said[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = headers_of(s), *to = curl_slist_append(NULL, s->to);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)MAIL_S);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
    judge(s, curl, curl_easy_perform(curl), said);
    curl_slist_free_all(headers);
    curl_slist_free_all(to);
}

void send_mail(struct sending *s)
{
    CURL *curl = curl_easy_init();
    curl_mime *mime = curl ? curl_mime_init(curl) : NULL;
    s->how = SENT_NOT;
    snprintf(s->why, sizeof s->why, "the mail cannot be made");
    if (mime && add_text(mime, s)) {
        set_login(curl, s->config);
        if (*s->attachment && !add_audio(mime, s))
            snprintf(s->why, sizeof s->why, "%s cannot be read", s->attachment);
        else
            perform(s, curl, mime);
    }
    curl_mime_free(mime);
    curl_easy_cleanup(curl);
}
