"""A changed menu is deployed while calls are in it: they keep the old one, the next callers get the new."""
import re
import sqlite3

import pytest

import audio
import sipp
from conftest import PASSWORDS
from ctl import Refused
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
    assert server.rtp_ports_used() == 0


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


# ---- flows that continue with one another ----

ONWARD = 'flow {name} {{ log "{name}"; continue with {other} }}\n'
LAST = 'flow {name} {{ log "{name}"; hangup }}\n'


def built(folder, source, **names):
    return build_flow(source.format(**names), folder)


def deployed(ctl):
    return {flow["name"]: flow["version"] for flow in ctl.list("flow", "list")}


def test_a_flow_that_continues_with_a_missing_one_is_refused(ctl, tmp_path):
    first, second = built(tmp_path, ONWARD, name="first", other="second"), built(tmp_path, LAST, name="second")
    with pytest.raises(Refused, match=r"it continues with the flow 'second', which is not on this server") as refused:
        ctl.run("deploy", first)
    assert "flowctl deploy A.flow B.flow" in refused.value.message
    assert deployed(ctl) == {}
    ctl.run("deploy", second)
    ctl.run("deploy", first)
    assert deployed(ctl) == {"first": 1, "second": 1}


def test_what_it_is_called_on_the_server_counts(ctl, tmp_path):
    second = built(tmp_path, LAST, name="second")
    ctl.run("deploy", second, "--name", "other")
    with pytest.raises(Refused, match="continues with the flow 'second'"):
        ctl.run("deploy", built(tmp_path, ONWARD, name="first", other="second"))
    ctl.run("deploy", built(tmp_path, ONWARD, name="third", other="other"))
    ctl.run("deploy", built(tmp_path, ONWARD, name="own", other="own"))  # itself
    with pytest.raises(Refused, match="continues with the flow 'alone'"):
        ctl.run("deploy", built(tmp_path, ONWARD, name="alone", other="alone"), "--name", "renamed")
    ctl.run("deploy", built(tmp_path, ONWARD, name="built_in", other="default"))


def test_flows_that_need_one_another_are_deployed_together(server, ctl, register, tmp_path):
    """None of them without the others; and a call goes from one to the other at once."""
    source = 'flow {name} {{\n if call.from_name == "none" {{ continue with {other} }}\n log "{name}"\n'
    ping = built(tmp_path, source + "continue with pong\n}}", name="ping", other="pong")
    pong = built(tmp_path, source + "hangup\n}}", name="pong", other="ping")
    for image in (ping, pong):
        with pytest.raises(Refused, match="continues with the flow"):
            ctl.run("deploy", image)
    bad = tmp_path / "bad.flowc"
    bad.write_bytes(b"no image")
    with pytest.raises(Refused, match="image 3 of 3: "):
        ctl.run("deploy", ping, pong, bad)
    with pytest.raises(Refused, match="image 2 of 2: the flow 'ping' is among them already"):
        ctl.run("deploy", ping, ping)
    assert deployed(ctl) == {}
    ctl.run("deploy", ping, pong)
    assert deployed(ctl) == {"ping": 1, "pong": 1}
    ctl.add("line", virtual=True)
    ctl.run("attach", "line", "ping")
    ann = register("ann")
    ann.dial("line")
    for name in ("ping", "pong"):
        server.log.wait(re.compile(rf"log: {name}$").search, 10, f"flow {name}")
    ann.wait("CALL_CLOSED")


def test_a_stored_flow_whose_next_is_missing_is_named_at_the_start(server, ctl, tmp_path):
    """Of a folder that an earlier version of the server has filled."""
    ctl.run("deploy", built(tmp_path, LAST, name="second"))
    ctl.run("deploy", built(tmp_path, ONWARD, name="first", other="second"))
    server.stop()
    with sqlite3.connect(server.data / "directory.db") as db:
        db.execute("DELETE FROM flow_version WHERE flow = 'second'")
        db.execute("DELETE FROM flow WHERE name = 'second'")
    server.start()
    server.log.wait(re.compile("WARN.* flow first continues with second, which is not deployed").search, 10, "warning")


# ---- removing ----

def test_a_flow_is_removed_once_nobody_needs_it(server, ctl, register, tmp_path):
    """Neither a Connection nor another flow; a call that is in it goes on."""
    ctl.add("line", virtual=True)
    ctl.run("deploy", build_flow('flow second {\n gather digits: 1, timeout: 60s { else { } }\n log "still here"\n hangup\n}\n', tmp_path))
    ctl.run("deploy", built(tmp_path, ONWARD, name="first", other="second"))
    ctl.run("attach", "line", "first")
    with pytest.raises(Refused, match="the flow 'first' handles the calls of line") as refused:
        ctl.run("flow", "remove", "first")
    assert "detach it" in refused.value.message
    with pytest.raises(Refused, match="the flow 'first' continues with 'second'"):
        ctl.run("flow", "remove", "second")
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_ESTABLISHED")
    ctl.run("detach", "line")
    ctl.run("flow", "remove", "first")
    ctl.run("flow", "remove", "second")
    assert deployed(ctl) == {}
    ann.press("1")
    server.log.wait(re.compile("log: still here$").search, 10, "end of the flow")
    ann.wait("CALL_CLOSED")
    with pytest.raises(Refused, match="there is no flow 'first'"):
        ctl.run("flow", "remove", "first")
    with pytest.raises(Refused, match="there is no flow 'second'; deploy it first"):
        ctl.run("attach", "line", "second")
    server.stop()
    server.start()
    assert deployed(ctl) == {}


def test_without_its_own_the_server_has_the_built_in_flow_again(server, ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    ctl.run("deploy", build_flow('flow voicemail {\n say "Speak to the house."\n}\n', tmp_path))
    ann = register("ann")
    for said in ("Speak to the house.", "Please leave a message after the tone."):
        for old in ann.folder.glob("dump-*"):
            old.unlink()
        ann.dial("notes")
        ann.wait_heard(audio.spoken(tmp_path, said), timeout=30)
        ann.hang_up()
        ann.wait("CALL_CLOSED")
        if "voicemail" in deployed(ctl):
            ctl.run("flow", "remove", "voicemail")
    with pytest.raises(Refused, match="there is no flow 'voicemail'"):
        ctl.run("flow", "remove", "voicemail")
