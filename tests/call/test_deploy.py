"""A changed menu is deployed while calls are in it: they keep the old one, the next callers get the new."""
import pytest

import audio
import sipp
from conftest import PASSWORDS
from media_ends import MediaEnds
from server import build_flow

CALLS = 20
FLOW = """\
flow shop {{
    gather digits: 1, timeout: 60s, prompt: "Welcome to the shop." {{
        on matched(d) {{ say "This is the {name} menu." }}
        else {{ }}
    }}
    hangup
}}
"""


@pytest.fixture
def shop(ctl, tmp_path):
    ctl.add("ann", PASSWORDS["ann"])
    ctl.add("shop", virtual=True)
    ctl.attach_flow("shop", build_flow(FLOW.format(name="morning"), tmp_path))


def calls(server, folder, media, count):
    return sipp.Run("call", server, "ann", PASSWORDS["ann"], folder, service="shop", calls=count, rate=20,
                    pipe=media.pipe)


def heard(ends, words):
    return [audio.alike(end.heard(), words) > 0.9 for end in ends]


def test_calls_in_progress_keep_their_menu(server, ctl, shop, tmp_path):
    morning = audio.spoken(tmp_path, "This is the morning menu.")
    evening = audio.spoken(tmp_path, "This is the evening menu.")
    with MediaEnds(tmp_path) as media:
        first = calls(server, tmp_path / "first", media, CALLS)
        old = media.wait_up(CALLS)
        ctl.run("deploy", build_flow(FLOW.format(name="evening"), tmp_path))
        second = calls(server, tmp_path / "second", media, CALLS)
        new = media.wait_up(2 * CALLS)[CALLS:]
        for end in old + new:
            media.press(end, "1")
        for result in (first.wait(), second.wait()):
            assert (result.succeeded, result.failed) == (CALLS, 0), result.errors
    assert heard(old, morning) == [True] * CALLS and not any(heard(old, evening))
    assert heard(new, evening) == [True] * CALLS and not any(heard(new, morning))
    assert sorted(cdr["version"] for cdr in server.cdrs()) == ["1"] * CALLS + ["2"] * CALLS
    assert server.rtp_sockets() == 0


def test_deploying_again_and_again_harms_no_call(server, ctl, shop, tmp_path):
    image = build_flow(FLOW.format(name="evening"), tmp_path)
    with MediaEnds(tmp_path) as media:
        run = calls(server, tmp_path / "run", media, CALLS)
        ends = media.wait_up(CALLS)
        for _ in range(10):
            ctl.run("deploy", image)
        for end in ends:
            media.press(end, "1")
        result = run.wait()
    assert (result.succeeded, result.failed) == (CALLS, 0), result.errors
