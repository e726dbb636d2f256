/* bridge: all at once, hunting, permits, and the caller who leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

#define REFUSED(outcome)                                                                                               \
    {                                                                                                                  \
        .how = DIAL_##outcome, .after_ms = -1                                                                          \
    }

static const struct scene scenes[] = {
    { "they talk",
      { { "bridge", "target=ann" } },
      .dials = { { DIAL_ENDED, 3000, 60000, DIAL_BY_CALLEE, { 0 } } },
      .want = "dial ann\nbridge ended\n= 60000\n= callee\n",
      .at = 63000 },
    { "all at once",
      { { "bridge", "target=ann,bob|ring=15000" } },
      .dials = { REFUSED(NO_ANSWER) },
      .want = "dial ann bob\nbridge no_answer\n",
      .at = 15000 },
    { "twenty seconds if not said",
      { { "bridge", "target=ann" } },
      .dials = { REFUSED(NO_ANSWER) },
      .want = "dial ann\nbridge no_answer\n",
      .at = 20000 },
    { "why it failed",
      { { "bridge", "target=ann" } },
      .dials = { { .how = DIAL_FAILED, .reason = { "no route", 8 } } },
      .want = "dial ann\nbridge failed\n= no route\n" },
    { "a talk has its limit",
      { { "bridge", "target=ann|max=60000" } },
      .dials = { { DIAL_ENDED, 0, 90000, DIAL_BY_CALLEE, { 0 } } },
      .want = "dial ann\nbridge ended\n= 60000\n= limit\n",
      .at = 60000 },
    { "hunting: the second takes it",
      { { "bridge", "target=ann,bob,eve|hunt=1|ring=10000" } },
      .dials = { REFUSED(NO_ANSWER), { DIAL_ENDED, 0, 5000, DIAL_BY_CALLEE, { 0 } } },
      .want = "dial ann\ndial bob\nbridge ended\n= 5000\n= callee\n",
      .at = 15000 },
    { "hunting: no_answer says most",
      { { "bridge", "target=ann,bob,eve|hunt=1|ring=10000" } },
      .dials = { REFUSED(OFFLINE), REFUSED(NO_ANSWER), REFUSED(BUSY) },
      .want = "dial ann\ndial bob\ndial eve\nbridge no_answer\n",
      .at = 10000 },
    { "hunting: offline says least",
      { { "bridge", "target=ann,bob|hunt=1" } },
      .dials = { REFUSED(OFFLINE), REFUSED(LIMITED) },
      .want = "dial ann\ndial bob\nbridge limited\n" },
    { "hunting: the first reason",
      { { "bridge", "target=ann,bob|hunt=1" } },
      .dials = { { .how = DIAL_FAILED, .reason = { "one", 3 } }, { .how = DIAL_FAILED, .reason = { "two", 3 } } },
      .want = "dial ann\ndial bob\nbridge failed\n= one\n" },
    { "a tone and an answer",
      { { "bridge", "target=ann,bob|ring_tone=http://a/Ann B.wav|auto_answer=1|hunt=1" } },
      .dials = { REFUSED(OFFLINE), REFUSED(OFFLINE) },
      .want = "dial ann ring=http://a/Ann%20B.wav auto\ndial bob ring=http://a/Ann%20B.wav auto\nbridge offline\n" },
    { "a tone that is none is left off",
      { { "bridge", "target=ann|ring_tone=two words" } },
      .dials = { REFUSED(OFFLINE) },
      .want = "dial ann\nbridge offline\n" },
    { "a phone number needs a permit",
      { { "bridge", "target=+48221234567" } },
      .want = "bridge failed\n= not permitted\n" },
    { "only what is permitted is dialled",
      { { "bridge", "target=sip:x@y.example,ann" } },
      .dials = { REFUSED(OFFLINE) },
      .want = "dial ann\nbridge failed\n= not permitted\n" },
    { "music while it rings",
      { { "bridge", "target=ann|music=hold.wav" } },
      .dials = { REFUSED(BUSY) },
      .want = "dial ann\nhear hold.wav\nbridge busy\n" },
    { "typed ahead before and in a bridge is void",
      { { "pause", "time=1000" }, { "bridge", "target=ann" }, { "gather", "digits=1|timeout=1000" } },
      .caller = "500:1 2000:2",
      .dials = { { DIAL_ENDED, 0, 5000, DIAL_BY_CALLEE, { 0 } } },
      .want = "pause done\ndial ann\nbridge ended\n= 5000\n= callee\ngather timeout\n",
      .at = 7000 },
    { "the caller leaves the talk: it ends normally, and the flow goes on until it needs him",
      { { "bridge", "target=ann" }, { "say", "text=Goodbye" } },
      { { "log", "text=gone" } },
      .caller = "5000:-",
      .dials = { { DIAL_ENDED, 1000, 60000, DIAL_BY_CALLEE, { 0 } } },
      .want = "dial ann\nbridge ended\n= 4000\n= caller\n= gone\n",
      .end = FLOW_CALLER_GONE,
      .at = 5000 },
    { "the caller leaves while it rings: nothing ends",
      { { "bridge", "target=ann" }, { "log", "text=never" } },
      { { "log", "text=gone" } },
      .caller = "5000:-",
      .dials = { REFUSED(NO_ANSWER) },
      .want = "dial ann\n= gone\n",
      .end = FLOW_CALLER_GONE },
    { "the caller leaves a hunt: no more is dialled",
      { { "bridge", "target=ann,bob|hunt=1" } },
      .caller = "5000:-",
      .dials = { REFUSED(NO_ANSWER), REFUSED(NO_ANSWER) },
      .want = "dial ann\n",
      .end = FLOW_CALLER_GONE },
};

static void scenes_play(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenes / sizeof *scenes; i++)
        scene_play(&scenes[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(scenes_play) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
