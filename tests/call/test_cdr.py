"""What the log tells of calls and of their legs, and of calls that a crash has ended."""
import re

import pytest

import audio
from conftest import PASSWORDS
from server import build_flow
from test_forward import forwards, to  # noqa: F401
from test_transfer import hear_each_other, refer, told

LEG = re.compile(r"INFO leg: (?P<fields>.*)$")


def legs(server):
    rows = [dict(word.split("=", 1) for word in LEG.search(line)["fields"].split()) for line in list(server.log.seen) if LEG.search(line)]
    return sorted(rows, key=lambda row: (row["call"], int(row["leg"])))


def short(rows):
    return [(row["side"], row["user"], row["status"], row["end"]) for row in rows]


def test_a_line_for_each_leg(server, ctl, ladder, register, speaker, tmp_path):
    """Of four phones one is busy, one answers, and two have rung."""
    ctl.add("line", virtual=True)
    ctl.attach_flow("line", build_flow('flow line {\n    bridge ["ann", "carol", "dave"], ring: 20s { else { hangup } }\n}\n', tmp_path))
    ann = ladder("ann").register(PASSWORDS["ann"])
    ann.called().ringing().reply(486).hear("ACK").start().wait_listening()
    dave = [register("dave", answers=False) for _ in range(2)]
    bob, carol = speaker("bob"), speaker("carol", answers=False)
    bob.dial("line")
    for phone in (*dave, carol):
        phone.wait("CALL_INCOMING")
    carol.answer()
    hear_each_other(bob, carol)
    carol.hang_up()
    bob.wait("CALL_CLOSED")
    cdr = server.wait_cdr()
    ann.finish()
    rows = legs(server)
    assert {row["call"] for row in rows} == {cdr["call"]}
    assert [row["leg"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert short(rows)[0] == ("caller", "bob", "200", "hung-up")
    assert sorted(short(rows)[1:]) == [("callee", "ann", "486", "refused"), ("callee", "carol", "200", "bye"),
                                       ("callee", "dave", "0", "elsewhere"), ("callee", "dave", "0", "elsewhere")]
    talked = next(row for row in rows if row["user"] == "carol")
    assert talked["started"] <= talked["rang"] <= talked["answered"] <= talked["ended"]
    assert talked["codec"] == "pcmu" and int(talked["in"]) > 100 and float(talked["mos"]) > 4
    assert all(row["answered"] == "-" and "codec" not in row for row in rows if row["user"] in ("ann", "dave"))


def test_who_gives_up_and_who_forwards(server, forwards, register):  # noqa: F811
    ann, carol, bob = forwards("ann", to("carol")), register("carol", answers=False), register("bob")
    bob.dial("ann")
    carol.wait("CALL_INCOMING")
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    rows = {server.wait_cdr()["to"]: None for _ in range(2)}
    assert set(rows) == {"ann", "carol"}
    ann.finish()
    assert sorted(short(legs(server))) == [("callee", "ann", "302", "forwarded"), ("callee", "carol", "0", "cancelled"),
                                           ("caller", "bob", "487", "cancelled"), ("caller", "bob", "487", "cancelled")]


def test_who_is_transferred(server, ladder, speaker):
    """The phone that goes on in another call has a leg in both."""
    bob, carol, ann = speaker("bob"), speaker("carol"), ladder("ann")
    told(refer(ann.call("bob").pause(500), "carol"), 100, 180, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
    hear_each_other(bob, carol)
    ann.finish()
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    first, second = server.wait_cdr(), server.wait_cdr()
    by_call = {call: short(row for row in legs(server) if row["call"] == call) for call in (first["call"], second["call"])}
    assert by_call[first["call"]] == [("caller", "ann", "200", "hung-up"), ("callee", "bob", "200", "transferred")]
    assert by_call[second["call"]] == [("caller", "bob", "200", "bye"), ("callee", "carol", "200", "hung-up")]


@pytest.mark.parametrize("seconds", [1, 13])
def test_a_call_that_a_crash_ends_has_a_record(server, speaker, register, seconds):
    """At the next start, and once. What it tells of the talk is at most 10 s old."""
    bob, carol = speaker("bob"), speaker("carol")
    ann, dave = register("ann"), register("dave", answers=False)
    ann.dial("dave")
    dave.wait("CALL_INCOMING")
    bob.dial("carol")
    carol._wait_for_audio(lambda: len(carol.heard()) >= seconds * audio.RATE, 30, "no talk")
    server.crash()
    server.start()
    found = {cdr["from"]: cdr for cdr in (server.wait_cdr(), server.wait_cdr())}
    talked, rang = found["bob"], found["ann"]
    assert (talked["to"], talked["by"], talked["status"], talked["flow"]) == ("carol", "crash", "200", "default")
    assert (rang["to"], rang["by"], rang["answered"], rang["talk"]) == ("dave", "crash", "-", "0.000")
    assert talked["started"] <= talked["answered"] <= talked["ended"]
    assert seconds - 10.5 <= float(talked["talk"]) <= seconds + 5
    assert seconds < 10 or float(talked["talk"]) > 2
    server.crash()
    server.start()
    assert server.cdrs() == [], "told again"


def test_calls_that_were_ended_leave_none(server, register):
    bob, ann = register("bob"), register("ann")
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    ann.hang_up()
    assert server.wait_cdr()["by"] == "caller"
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    server.stop()  # hangs the second one up
    server.start()
    assert server.cdrs() == []
