/* Any bytes as a request: read by the stack, or refused with an answer that is whole. */
#include "sipfront/sip/raw.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    struct str message = { text, size };
    su_home_t home[1] = { SU_HOME_INIT(home) };
    struct sbuf out = { 0 };
    int status = raw_refusal(home, message);
    su_home_deinit(home);
    FUZZ_HOLDS(status == 0 || status == 400 || status == 501 || status == 505, "a status of three");
    if (status && raw_answer(message, status, "User-Agent: x\r\n", 1, &out)) {
        FUZZ_HOLDS(str_starts(sbuf_view(&out), "SIP/2.0 "), "it begins as an answer does");
        FUZZ_HOLDS(str_ends(sbuf_view(&out), "Content-Length: 0\r\n\r\n"), "it ends as an answer does");
    }
    sbuf_free(&out);
    free(text);
    return 0;
}
