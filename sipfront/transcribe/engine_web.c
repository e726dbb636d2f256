/* A transcription server: one multipart POST, as OpenAI's API has it, by libcurl. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <curl/curl.h>
#include <jansson.h>

#include "sipfront/transcribe/engine.h"

enum { CONNECT_S = 15, ANSWER_MOST = 4 << 20, FILE_MOST = 200 << 20, RETRY_AFTER_MOST_S = 3600, WHY_BYTES = 200 };

static bool add_text(curl_mime *mime, const char *name, const char *text)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    return curl_mime_name(part, name) == CURLE_OK && curl_mime_data(part, text, CURL_ZERO_TERMINATED) == CURLE_OK;
}

static bool add_file(curl_mime *mime, const char *path)
{
    curl_mimepart *part = curl_mime_addpart(mime);
    return curl_mime_name(part, "file") == CURLE_OK && curl_mime_filedata(part, path) == CURLE_OK &&
           curl_mime_filename(part, "message.wav") == CURLE_OK && curl_mime_type(part, "audio/wav") == CURLE_OK;
}

static bool add_parts(curl_mime *mime, const struct engine_try *t)
{
    const struct engine_config *c = t->config;
    return add_file(mime, t->file) && add_text(mime, "model", c->model) &&
           (!c->language || add_text(mime, "language", c->language)) &&
           add_text(mime, "response_format", "verbose_json") && add_text(mime, "timestamp_granularities[]", "word") &&
           add_text(mime, "timestamp_granularities[]", "segment");
}

static size_t take(char *bytes, size_t one, size_t n, void *answer)
{
    struct sbuf *to = answer;
    (void)one;
    if (to->len + n > ANSWER_MOST)
        return 0;
    sbuf_add(to, bytes, n);
    return n;
}

static int look(void *config, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return atomic_load(&((const struct engine_config *)config)->stopping);
}

/* What the server says of its refusal, one line of bounded length. */
static void add_reason(struct engine_try *t, const struct sbuf *answer)
{
    json_t *o = json_loadb(answer->p ? answer->p : "", answer->len, 0, NULL);
    const json_t *error = json_object_get(o, "error");
    const char *why =
        json_is_string(error) ? json_string_value(error) : json_string_value(json_object_get(error, "message"));
    size_t at = strlen(t->why);
    if (why)
        snprintf(t->why + at, sizeof t->why - at, ": %.*s", WHY_BYTES, why);
    for (char *p = t->why; *p; p++)
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    json_decref(o);
}

static bool is_for_later(long code) { return code >= 500 || code == 429 || code == 408 || code == 425; }

static void judge(struct engine_try *t, CURL *curl, const struct sbuf *answer)
{
    long code = 0;
    curl_off_t after = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &after);
    if (code == 200) {
        t->how = engine_web_read(&t->said, sbuf_view(answer)) ? HEARD_NEVER : HEARD;
        snprintf(t->why, sizeof t->why, "the transcription server's answer is no transcription");
        return;
    }
    t->how = is_for_later(code) ? HEARD_LATER : HEARD_NEVER;
    t->retry_ms = (after > RETRY_AFTER_MOST_S ? RETRY_AFTER_MOST_S : after) * 1000;
    snprintf(t->why, sizeof t->why, "the transcription server answered %ld", code);
    add_reason(t, answer);
}

static void set_connection(CURL *curl, const struct engine_try *t)
{
    const struct engine_config *c = t->config;
    curl_easy_setopt(curl, CURLOPT_URL, c->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)t->limit_ms);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c);
    if (c->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, c->ca_file);
}

static struct curl_slist *headers_of(const struct engine_config *c)
{
    struct sbuf key = { 0 };
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* some servers do not answer it */
    sbuf_fmt(&key, "Authorization: Bearer %s", c->key ? c->key : "");
    if (c->key)
        list = curl_slist_append(list, key.p);
    explicit_bzero(key.p, key.len);
    sbuf_free(&key);
    return list;
}

static void ask(struct engine_try *t, CURL *curl, curl_mime *mime)
{
    char said[CURL_ERROR_SIZE] = "";
    struct sbuf answer = { 0 };
    struct curl_slist *headers = headers_of(t->config);
    set_connection(curl, t);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
    CURLcode rc = curl_easy_perform(curl);
    if (rc == CURLE_OK)
        judge(t, curl, &answer);
    else if (rc == CURLE_WRITE_ERROR)
        snprintf(t->why, sizeof t->why, "the transcription server's answer is larger than %d MiB", ANSWER_MOST >> 20);
    else
        snprintf(t->why, sizeof t->why, "the transcription server: %s", *said ? said : curl_easy_strerror(rc));
    curl_slist_free_all(headers);
    sbuf_free(&answer);
}

void engine_web(struct engine_try *t)
{
    struct stat st;
    t->how = HEARD_NEVER;
    if (stat(t->file, &st) || st.st_size > FILE_MOST) {
        snprintf(t->why, sizeof t->why, "its audio cannot be read, or is larger than %d MiB", FILE_MOST >> 20);
        return;
    }
    CURL *curl = curl_easy_init();
    curl_mime *mime = curl ? curl_mime_init(curl) : NULL;
    t->how = HEARD_LATER;
    snprintf(t->why, sizeof t->why, "the request cannot be made");
    if (mime && add_parts(mime, t))
        ask(t, curl, mime);
    curl_mime_free(mime);
    curl_easy_cleanup(curl);
}
