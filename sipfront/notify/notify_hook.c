/* A web hook: JSON by POST, signed with HMAC-SHA-256 over time and body, so that the receiver knows who sent it and
 * that it is no replay (docs/voicemail.md). Worker thread. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "sipfront/notify/inside.h"
#include "sipfront/web/guard.h"

enum { CONNECT_S = 10, HOOK_S = 20, MOST_ANSWER = 4096 };

static void add_signature(struct sbuf *line, const struct sending *s)
{
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    struct sbuf text = { 0 };
    long long now = (long long)time(NULL);
    const char *key = s->config->hook_secret;
    sbuf_fmt(&text, "%lld.", now);
    sbuf_str(&text, sbuf_view(&s->body));
    sbuf_fmt(line, "X-Callflow-Signature: t=%lld,v1=", now);
    if (HMAC(EVP_sha256(), key, (int)strlen(key), (const unsigned char *)text.p, text.len, mac, &len))
        for (unsigned i = 0; i < len; i++)
            sbuf_fmt(line, "%02x", mac[i]);
    sbuf_free(&text);
}

static struct curl_slist *headers_of(const struct sending *s)
{
    struct curl_slist *list = curl_slist_append(NULL, "Content-Type: application/json");
    struct sbuf line = { 0 };
    sbuf_fmt(&line, "X-Callflow-Id: %s", s->id); /* the same at each try: a receiver may have taken an earlier one */
    list = curl_slist_append(list, line.p);
    sbuf_clear(&line);
    if (s->config->hook_secret) {
        add_signature(&line, s);
        list = curl_slist_append(list, line.p);
    }
    sbuf_free(&line);
    return list;
}

/* The answer's body is not needed; one without end is cut off. */
static size_t swallow(char *p, size_t size, size_t n, void *arg)
{
    size_t *seen = arg;
    (void)p;
    *seen += size * n;
    return *seen > MOST_ANSWER ? 0 : size * n;
}

/* What is kept out is tried again like all else: an operator may permit it, or the name may lead elsewhere. */
static void judge(struct sending *s, CURL *curl, CURLcode rc, const struct guard *g, const char *said)
{
    long code = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    bool heard = rc == CURLE_OK || rc == CURLE_WRITE_ERROR; /* the latter: more of an answer than we read */
    s->how = heard && code >= 200 && code < 300 ? SENT : SENT_NOT;
    if (heard)
        snprintf(s->why, sizeof s->why, "the web hook answered %ld", code);
    else if (g->kept_out)
        snprintf(s->why, sizeof s->why, "the address %s is private", g->address);
    else
        snprintf(s->why, sizeof s->why, "%s", *said ? said : curl_easy_strerror(rc));
}

void send_hook(struct sending *s)
{
    CURL *curl = curl_easy_init();
    char said[CURL_ERROR_SIZE] = "";
    size_t seen = 0;
    struct guard guard = { .reachable = s->config->reachable, .nreachable = s->config->nreachable };
    s->how = SENT_NOT;
    snprintf(s->why, sizeof s->why, "the request cannot be made");
    if (!curl)
        return;
    struct curl_slist *headers = headers_of(s);
    curl_easy_setopt(curl, CURLOPT_URL, s->to);
    guard_request(curl, &guard);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, s->body.p);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)s->body.len);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &seen);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)HOOK_S);
    if (s->config->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, s->config->ca_file);
    judge(s, curl, curl_easy_perform(curl), &guard, said);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}
