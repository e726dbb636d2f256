/* Any lines as the parameters of an Authorization header: they are judged wrong, since nobody knows the password. */
#include "sipfront/sip/digest.h"
#include "tests/fuzz/fuzz.h"

static int64_t stand_still(void *self)
{
    (void)self;
    return 1000000;
}
static const struct clock clock_of_fuzz = { .mono_ms = stand_still, .wall_ms = stand_still };

static const struct network here = { .bits = 128 };

/* An empty nonce stands for one of ours, as it is or with a byte changed. */
static void give_nonce(struct digest *d, struct digest_credentials *c)
{
    if (c->nonce[0])
        return;
    digest_nonce(d, &here, c->nonce);
    c->nonce[(unsigned char)c->nc[0] % strlen(c->nonce)] ^= (char)(c->nc[1] & 1);
}

/* The right response, as one who knows the password would give it, is good for one request. */
static void replay(struct digest *d, struct digest_credentials *c, const struct sip_account *account)
{
    char right[65];
    if (!digest_response(c, "REGISTER", account, right))
        return;
    memcpy(c->response, right, sizeof right);
    (void)digest_judge(d, c, "REGISTER", &here, account);
    FUZZ_HOLDS(digest_judge(d, c, "REGISTER", &here, account) != DIGEST_RIGHT, "what was overheard lets nobody in");
}

static void judge(struct digest_credentials *c)
{
    struct sip_account account = { .may_register = true };
    struct digest *d;
    char response[65];
    memset(account.ha1_md5, 'a', sizeof account.ha1_md5 - 1);
    memset(account.ha1_sha256, 'b', sizeof account.ha1_sha256 - 1);
    if (digest_response(c, "REGISTER", &account, response))
        FUZZ_HOLDS(strlen(response) == 32 || strlen(response) == 64, "a response has the length of its hash");
    if (digest_new(&d, &clock_of_fuzz, "fuzz"))
        return;
    give_nonce(d, c);
    FUZZ_HOLDS(digest_judge(d, c, "REGISTER", &here, &account) != DIGEST_RIGHT, "who knows no password is not let in");
    replay(d, c, &account);
    FUZZ_HOLDS(digest_judge(d, c, "INVITE", &here, NULL) != DIGEST_RIGHT, "nobody is never right");
    digest_free(&d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct digest_credentials c = { 0 };
    char *text = fuzz_text(data, size), *next = text;
    for (char *line; (line = strsep(&next, "\n"));) {
        enum err e = digest_take_param(&c, line);
        FUZZ_HOLDS(!e || e == ERR_TOO_BIG || e == ERR_SYNTAX, "a parameter is taken or refused");
    }
    judge(&c);
    free(text);
    return 0;
}
