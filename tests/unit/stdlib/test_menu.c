/* menu: one turn. "Menu" takes 240 ms to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

#define MENU(choices)                                                                                                  \
    {                                                                                                                  \
        "menu", "prompt=Menu|choices=" choices                                                                         \
    }

static const struct scene scenes[] = {
    { "a choice, at once",
      { MENU("1,2") },
      .caller = "100:2",
      .want = "hear Menu\nmenu chosen\n= 1\n= 2\n",
      .at = 100 },
    { "typed ahead",
      { { "pause", "time=1000" }, MENU("1,2") },
      .caller = "500:1",
      .want = "pause done\nmenu chosen\n= 0\n= 1\n",
      .at = 1000 },
    { "no choice", { MENU("1,2") }, .caller = "100:3", .want = "hear Menu\nmenu invalid\n" },
    { "nothing pressed", { MENU("1,2") }, .want = "hear Menu\nmenu timeout\n", .at = 5240 },
    { "one choice is the start of another: the longer",
      { MENU("1,12") },
      .caller = "300:12",
      .want = "hear Menu\nmenu chosen\n= 1\n= 12\n",
      .at = 300 },
    { "the shorter, after a wait",
      { MENU("1,12") },
      .caller = "300:1",
      .want = "hear Menu\nmenu chosen\n= 0\n= 1\n",
      .at = 3300 },
    { "the shorter, and then something else",
      { MENU("1,12") },
      .caller = "300:13",
      .want = "hear Menu\nmenu invalid\n" },
    { "half a choice", { MENU("12") }, .caller = "300:1", .want = "hear Menu\nmenu invalid\n", .at = 3300 },
    { "a pattern", { MENU("0,1??") }, .caller = "300:123", .want = "hear Menu\nmenu chosen\n= 1\n= 123\n", .at = 300 },
    { "fixed text beats a pattern that stands first",
      { MENU("1??,123") },
      .caller = "300:123",
      .want = "hear Menu\nmenu chosen\n= 1\n= 123\n" },
    { "the pattern for all others",
      { MENU("1??,123") },
      .caller = "300:124",
      .want = "hear Menu\nmenu chosen\n= 0\n= 124\n" },
    { "the first of two patterns",
      { MENU("?,[1-5]") },
      .caller = "300:3",
      .want = "hear Menu\nmenu chosen\n= 0\n= 3\n" },
    { "hash and star are choices too",
      { MENU("#,\\*") },
      .caller = "300:*",
      .want = "hear Menu\nmenu chosen\n= 1\n= *\n" },
    { "without barge the prompt is heard out",
      { { "menu", "prompt=Menu|choices=1|barge=" } },
      .caller = "100:1",
      .want = "hear Menu\nmenu chosen\n= 0\n= 1\n",
      .at = 240 },
    { "say: a key cuts it short and is typed ahead",
      { { "say", "text=Welcome to the menu|barge=*any|-interrupted" }, MENU("1,2") },
      .caller = "100:1",
      .want = "hear Welcome to the menu\nsay interrupted\nmenu chosen\n= 0\n= 1\n",
      .at = 100 },
    { "say: a key cuts it short and the flow takes it",
      { { "say", "text=Welcome to the menu|barge=*any" }, MENU("1,2") },
      .caller = "100:1 500:2",
      .want = "hear Welcome to the menu\nsay interrupted\n= 1\nhear Menu\nmenu chosen\n= 1\n= 2\n",
      .at = 500 },
    { "say: keys that do not barge are typed ahead",
      { { "say", "text=Hello" }, MENU("1,2") },
      .caller = "100:1",
      .want = "hear Hello\nsay done\nmenu chosen\n= 0\n= 1\n",
      .at = 300 },
    { "play: files one after another, twice",
      { { "play", "sound=a.wav,b.wav|loop=2" } },
      .want = "hear a.wav\nhear b.wav\nhear a.wav\nhear b.wav\nplay done\n",
      .at = 8000 },
    { "play: cut short by its key only",
      { { "play", "sound=a.wav|barge=#" } },
      .caller = "500:1 700:#",
      .want = "hear a.wav\nplay interrupted\n= #\n",
      .at = 700 },
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
