/* gather: type-ahead, barge-in, until, between, timeout, patterns. "PIN" takes 180 ms to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

static const struct scene scenes[] = {
    { "the last digit ends it",
      { { "gather", "digits=4|prompt=PIN" } },
      .caller = "1000:12 2000:3 3000:4",
      .want = "hear PIN\ngather matched\n= 1234\n",
      .at = 3000 },
    { "a key cuts the prompt short",
      { { "gather", "digits=2|prompt=Please enter the two digits" } },
      .caller = "100:1 200:2",
      .want = "hear Please enter the two digits\ngather matched\n= 12\n",
      .at = 200 },
    { "typed ahead, the prompt is not played",
      { { "pause", "time=1000" }, { "gather", "digits=2|prompt=PIN" } },
      .caller = "500:12",
      .want = "pause done\ngather matched\n= 12\n",
      .at = 1000 },
    { "half is typed ahead",
      { { "pause", "time=1000" }, { "gather", "digits=2|prompt=PIN" } },
      .caller = "500:1 1500:2",
      .want = "pause done\ngather matched\n= 12\n",
      .at = 1500 },
    { "what is left over is typed ahead for the next",
      { { "gather", "digits=2" }, { "gather", "digits=2|prompt=PIN" } },
      .caller = "100:1234",
      .want = "gather matched\n= 12\ngather matched\n= 34\n",
      .at = 100 },
    { "without barge, what was typed ahead is void",
      { { "pause", "time=1000" }, { "gather", "digits=2|prompt=PIN|barge=" } },
      .caller = "500:12 1500:34",
      .want = "pause done\nhear PIN\ngather matched\n= 34\n",
      .at = 1500 },
    { "without barge, keys wait for the prompt's end",
      { { "gather", "digits=2|prompt=PIN|barge=" } },
      .caller = "100:12",
      .want = "hear PIN\ngather matched\n= 12\n",
      .at = 180 },
    { "only the keys of barge cut it short",
      { { "gather", "digits=2|prompt=Press nine to go on|barge=9" } },
      .caller = "100:1 300:9",
      .want = "hear Press nine to go on\ngather matched\n= 19\n",
      .at = 300 },
    { "no digit in time",
      { { "gather", "digits=2|prompt=PIN|timeout=4000" } },
      .want = "hear PIN\ngather timeout\n",
      .at = 4180 },
    { "timeout is five seconds if not said", { { "gather", "digits=2" } }, .want = "gather timeout\n", .at = 5000 },
    { "too few digits",
      { { "gather", "digits=2|between=1000" } },
      .caller = "100:1",
      .want = "gather invalid\n= 1\n",
      .at = 1100 },
    { "between is three seconds if not said, and each digit has its own",
      { { "gather", "digits=4" } },
      .caller = "100:1 3000:2",
      .want = "gather invalid\n= 12\n",
      .at = 6000 },
    { "enough digits when no more come",
      { { "gather", "min=2|max=5" } },
      .caller = "100:123",
      .want = "gather matched\n= 123\n",
      .at = 3100 },
    { "the ending key with enough",
      { { "gather", "min=2|max=5" } },
      .caller = "100:123#",
      .want = "gather matched\n= 123\n",
      .at = 100 },
    { "the ending key with too few", { { "gather", "min=2" } }, .caller = "100:1#", .want = "gather invalid\n= 1\n" },
    { "the ending key alone", { { "gather", "min=1" } }, .caller = "100:#", .want = "gather invalid\n= \n" },
    { "nothing is enough", { { "gather", "min=0" } }, .caller = "100:#", .want = "gather matched\n= \n" },
    { "another ending key", { { "gather", "min=1|until=*" } }, .caller = "100:1#*", .want = "gather matched\n= 1#\n" },
    { "the ending key after a full entry is swallowed",
      { { "gather", "digits=2" }, { "gather", "digits=2" } },
      .caller = "100:12 600:# 900:34",
      .want = "gather matched\n= 12\ngather matched\n= 34\n",
      .at = 900 },
    { "so is one that waits already",
      { { "pause", "time=1000" }, { "gather", "digits=2" }, { "gather", "digits=2" } },
      .caller = "100:12#34",
      .want = "pause done\ngather matched\n= 12\ngather matched\n= 34\n",
      .at = 1000 },
    { "a late one is a key as any other",
      { { "gather", "digits=2|between=1000" }, { "gather", "min=1" } },
      .caller = "100:12 2000:#",
      .want = "gather matched\n= 12\ngather invalid\n= \n" },
    { "the pattern fits",
      { { "gather", "digits=2|valid=[1-5]?" } },
      .caller = "100:19",
      .want = "gather matched\n= 19\n" },
    { "the pattern does not fit",
      { { "gather", "digits=2|valid=[1-5]?" } },
      .caller = "100:91",
      .want = "gather invalid\n= 91\n" },
    { "after invalid the queue is empty",
      { { "gather", "digits=1|valid=1" }, { "gather", "digits=1|timeout=1000" } },
      .caller = "100:23",
      .want = "gather invalid\n= 2\ngather matched\n= 3\n" },
    { "typed ahead and invalid, the rest is void",
      { { "pause", "time=1000" }, { "gather", "digits=1|valid=1" }, { "gather", "digits=1|timeout=1000" } },
      .caller = "100:23",
      .want = "pause done\ngather invalid\n= 2\ngather timeout\n",
      .at = 2000 },
    { "at most 32 digits",
      { { "gather", "max=99" } },
      .caller = "100:123456789012345678901234567890123",
      .want = "gather matched\n= 12345678901234567890123456789012\n" },
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
