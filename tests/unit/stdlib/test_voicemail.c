/* voicemail and record. The greeting of a box "ann" takes 66 characters, 3960 ms, to say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/stdlib/scene.h"

#define GREETING "hear This is the mailbox of ann. Please leave a message after the tone.\n"
#define SAID(ms)                                                                                                       \
    {                                                                                                                  \
        RECORD_SAVED, ms, { "call me", 7 }, false, false                                                               \
    }

static const struct scene scenes[] = {
    { "a message is left",
      { { "voicemail", "box=ann" } },
      .record = SAID(8000),
      .want = GREETING "record ann\nvoicemail left\n= call me\n= 8000\n",
      .at = 11960 },
    { "nothing is said",
      { { "voicemail", "box=ann" } },
      .record = { RECORD_EMPTY, 5000, { 0 }, false, false },
      .want = GREETING "record ann\nvoicemail empty\n" },
    { "not longer than allowed",
      { { "voicemail", "box=ann|max=2000" } },
      .record = SAID(8000),
      .want = GREETING "record ann\nvoicemail left\n= call me\n= 2000\n" },
    { "a greeting of the flow's",
      { { "voicemail", "box=ann|greeting=hi.wav" } },
      .record = SAID(1000),
      .want = "hear hi.wav\nrecord ann\nvoicemail left\n= call me\n= 1000\n" },
    { "hash passes over the greeting, hash ends the message",
      { { "voicemail", "box=ann" }, { "gather", "timeout=1000" } },
      .caller = "1000:1# 3000:#",
      .record = SAID(8000),
      .want = GREETING "record ann\nvoicemail left\n= call me\n= 2000\ngather timeout\n",
      .at = 4000 },
    { "a full box",
      { { "voicemail", "box=ann" } },
      .box_full = true,
      .want = "hear This mailbox is full and takes no more messages.\nvoicemail full\n" },
    { "it becomes full",
      { { "voicemail", "box=ann" } },
      .record = { .how = RECORD_FULL },
      .want = GREETING "record ann\nhear This mailbox is full and takes no more messages.\nvoicemail full\n" },
    { "it cannot be stored",
      { { "voicemail", "box=ann" } },
      .record = { .how = RECORD_FAILED },
      .want = GREETING "record ann\nvoicemail failed\n" },
    { "the caller leaves in mid-sentence: nothing is lost",
      { { "voicemail", "box=ann" }, { "log", "text=kept" }, { "say", "text=Goodbye" }, { "log", "text=never" } },
      .caller = "6000:-",
      .record = SAID(8000),
      .want = GREETING "record ann\nvoicemail left\n= call me\n= 2040\n= kept\n",
      .end = FLOW_CALLER_GONE,
      .at = 6000 },
    { "the caller leaves in the greeting",
      { { "voicemail", "box=ann" }, { "log", "text=after" } },
      .caller = "1000:-",
      .want = GREETING "voicemail empty\n= after\n",
      .end = FLOW_CALLER_GONE,
      .at = 1000 },
    { "record saves",
      { { "record", "max=5000" } },
      .record = SAID(3000),
      .want = "record \nrecord saved\n",
      .at = 3000 },
    { "record is ended by its key",
      { { "record", "until=5" } },
      .caller = "1000:#5",
      .record = SAID(3000),
      .want = "record \nrecord saved\n",
      .at = 1000 },
    { "record hears nothing",
      { { "record", "max=5000" } },
      .record = { RECORD_EMPTY, 5000, { 0 }, false, false },
      .want = "record \nrecord empty\n" },
    { "record when the caller leaves",
      { { "record", "max=5000" }, { "log", "text=after" } },
      .caller = "1000:-",
      .record = SAID(3000),
      .want = "record \nrecord saved\n= after\n",
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
