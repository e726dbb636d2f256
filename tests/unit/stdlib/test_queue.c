/* queue: its outcomes, the key that leaves it, the caller who hangs up, permits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

#define ENTERED "queue desk ann bob ring 20000 wait 600000 most 20\n"
#define PLACE   "hear You are number 1 in the queue.\n"
#define DESK    "name=desk|agents=ann,bob"

static const struct scene scenes[] = {
    { "served, and told the place every half minute",
      { { "queue", DESK } },
      .queue = { QUEUE_SERVED, 70000, 60000, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\n" PLACE PLACE PLACE "queue served\n= 60000\n= callee\n",
      .at = 130000 },
    { "the words and the time between them are the flow's",
      { { "queue", DESK "|announce=Number *.|every=60000|music=jazz" } },
      .queue = { QUEUE_SERVED, 61000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear jazz\nhear Number 1.\nhear Number 1.\nqueue served\n= 0\n= callee\n",
      .at = 61000 },
    { "nothing is said when every is 0",
      { { "queue", DESK "|every=0" } },
      .queue = { QUEUE_SERVED, 61000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue served\n= 0\n= callee\n" },
    { "bounds",
      { { "queue", DESK "|ring=1|for=999999999999|most=100000|all=1|every=0|music=x" } },
      .queue = { QUEUE_TIMEOUT, 1000, 0, DIAL_BY_CALLEE },
      .want = "queue desk ann bob ring 1000 wait 43200000 most 1000 all\nhear x\nqueue timeout\n" },
    { "timeout",
      { { "queue", DESK "|every=0" } },
      .queue = { QUEUE_TIMEOUT, 600000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue timeout\n",
      .at = 600000 },
    { "full", { { "queue", DESK } }, .queue = { QUEUE_FULL, 0, 0, DIAL_BY_CALLEE }, .want = ENTERED "queue full\n" },
    { "no agents",
      { { "queue", DESK } },
      .queue = { QUEUE_NO_AGENTS, 0, 0, DIAL_BY_CALLEE },
      .want = ENTERED "queue no_agents\n" },
    { "the key leaves it, others do not",
      { { "queue", DESK "|every=0" }, { "gather", "digits=1|timeout=1000" } },
      .caller = "2000:12 3000:#4",
      .queue = { QUEUE_TIMEOUT, 600000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue left\ngather matched\n= 4\n",
      .at = 3000 },
    { "another key",
      { { "queue", DESK "|every=0|exit=*0" } },
      .caller = "2000:# 3000:0",
      .queue = { QUEUE_TIMEOUT, 600000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue left\n",
      .at = 3000 },
    { "no key",
      { { "queue", DESK "|every=0|exit=" } },
      .caller = "2000:#",
      .queue = { QUEUE_TIMEOUT, 600000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue timeout\n" },
    { "in the talk the key is the agent's",
      { { "queue", DESK "|every=0" } },
      .caller = "2000:#",
      .queue = { QUEUE_SERVED, 1000, 5000, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue served\n= 5000\n= callee\n",
      .at = 6000 },
    { "the caller hangs up in the line",
      { { "queue", DESK "|every=0" }, { "log", "text=not here" } },
      { { "log", "text=gone" } },
      .caller = "2000:-",
      .queue = { QUEUE_TIMEOUT, 600000, 0, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\n= gone\n",
      .end = FLOW_CALLER_GONE,
      .at = 2000 },
    { "the caller hangs up in the talk",
      { { "queue", DESK "|every=0" }, { "log", "text=here" }, { "say", "text=not here" } },
      { { "log", "text=gone" } },
      .caller = "3000:-",
      .queue = { QUEUE_SERVED, 1000, 60000, DIAL_BY_CALLEE },
      .want = ENTERED "hear hold\nqueue served\n= 2000\n= caller\n= here\n= gone\n",
      .end = FLOW_CALLER_GONE,
      .at = 3000 },
    { "an agent outside needs a permit",
      { { "queue", "name=desk|agents=+48221234567,ann|every=0" } },
      .queue = { QUEUE_FULL, 0, 0, DIAL_BY_CALLEE },
      .want = "queue desk ann ring 20000 wait 600000 most 20\nqueue full\n" },
    { "none of the agents may be rung", { { "queue", "name=desk|agents=+48221234567" } }, .want = "queue no_agents\n" },
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
