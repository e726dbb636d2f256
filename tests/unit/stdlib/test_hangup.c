/* How a flow ends: by itself, by reject, by the caller. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

static const struct scene scenes[] = {
    { "the end hangs up", { { "answer", "" } }, .want = "answer done\n" },
    { "hangup", { { "hangup", "" }, { "log", "text=never" } }, .want = "" },
    { "reject", { { "reject", "cause=486" } }, .want = "", .end = FLOW_REJECTED },
    { "reject on an answered call hangs up", { { "answer", "" }, { "reject", "cause=486" } }, .want = "answer done\n" },
    { "media answers first", { { "say", "text=Hi" }, { "reject", "cause=486" } }, .want = "hear Hi\nsay done\n" },
    { "pause does not answer",
      { { "pause", "time=1000" }, { "reject", "cause=603" } },
      .want = "pause done\n",
      .end = FLOW_REJECTED,
      .at = 1000 },
    { "pauses are no longer than the longest call", { { "pause", "time=99999999999" } }, .want = "", .at = 43200000 },
    { "the caller leaves: the action is abandoned",
      { { "say", "text=Hello" }, { "log", "text=never" } },
      .caller = "100:-",
      .want = "hear Hello\n",
      .end = FLOW_CALLER_GONE,
      .at = 100 },
    { "on hangup runs",
      { { "pause", "time=5000" } },
      { { "log", "text=one" }, { "log", "text=two" } },
      .caller = "100:-",
      .want = "= one\n= two\n",
      .end = FLOW_CALLER_GONE,
      .at = 100 },
    { "on hangup does not run when the flow hangs up", { { "hangup", "" } }, { { "log", "text=never" } }, .want = "" },
    { "on hangup stops at what needs the caller",
      { { "pause", "time=5000" } },
      { { "log", "text=one" }, { "say", "text=Hello?" }, { "log", "text=never" } },
      .caller = "100:-",
      .want = "= one\n",
      .end = FLOW_CALLER_GONE },
    { "the caller leaves before the flow has begun",
      { { "say", "text=Hello" } },
      { { "log", "text=gone" } },
      .caller = "-1:-",
      .want = "= gone\n",
      .end = FLOW_CALLER_GONE },
    { "keys after the end are nobody's", { { "pause", "time=100" } }, .caller = "200:12", .want = "pause done\n" },
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
