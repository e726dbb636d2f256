"""What the log tells of calls and of their legs, and of calls that a crash has ended."""
import json
import re
import signal
import subprocess
import urllib.request

import pytest

import audio
from conftest import PASSWORDS
from ports import free_port
from server import BIN, build_flow
from test_forward import forwards, to  # noqa: F401
from test_mailbox import eventually
from test_notify import restart
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


# ---- the file of records ----

@pytest.fixture
def records(server, tmp_path):
    """records() reads what is in the file, which the server writes from now on; records.path is where."""
    def read(path=None):
        path = path or read.path
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    read.path = tmp_path / "calls.json"
    read.metrics = f"127.0.0.1:{free_port()}"
    restart(server, "--cdr", read.path, "--metrics", read.metrics)
    return read


def a_call(server, caller, callee):
    """Returns its line of the log."""
    caller.dial(callee.user)
    callee.wait("CALL_ESTABLISHED")
    caller.hang_up()
    callee.wait("CALL_CLOSED")
    return server.wait_cdr()


def of(rows, call):
    return [(row["type"], row.get("by") or row["end"]) for row in rows if row["call"] == call]


def figure(records, name):
    with urllib.request.urlopen(f"http://{records.metrics}/metrics", timeout=10) as answer:
        return int(re.search(rf"^callflow_cdr_{name} (\d+)$", answer.read().decode(), re.MULTILINE)[1])


def test_the_file_says_what_the_log_says(server, register, records):
    bob, ann = register("bob"), register("ann")
    cdr = a_call(server, ann, bob)
    rows = eventually(lambda: len(records()) == 3 and records())
    call, (caller, callee) = rows[2], sorted(rows[:2], key=lambda row: row["leg"])
    assert {key: str(value).rstrip("0") for key, value in call.items() if key in ("call", "from", "to", "talk", "by", "status", "started", "ended")} == \
        {key: value.rstrip("0") for key, value in cdr.items() if key in ("call", "from", "to", "talk", "by", "status", "started", "ended")}
    assert set(call) == {"type", *cdr} and call["parent"] is None and call["version"] == 0
    assert (caller["side"], caller["user"], caller["end"], caller["rang"]) == ("caller", "ann", "bye", None)
    assert (callee["side"], callee["user"], callee["end"], callee["status"]) == ("callee", "bob", "hung-up", 200)
    assert {type(callee[key]) for key in ("in", "lost")} == {int} and type(callee["mos"]) is float
    assert (figure(records, "written_total"), figure(records, "waiting"), figure(records, "lost_total")) == (3, 0, 0)


def test_the_file_may_be_renamed(server, register, records, tmp_path):
    """As logrotate does, with a signal and without."""
    bob, ann = register("bob"), register("ann")
    calls = []
    for n, how in enumerate(("silently", "with a signal", "at last")):
        calls.append(a_call(server, ann, bob)["call"])
        assert {row["call"] for row in eventually(lambda: len(records()) == 3 and records())} == {calls[-1]}, how
        if n < 2:
            records.path.rename(tmp_path / f"old-{n}.json")
        if n == 1:
            server._process.send_signal(signal.SIGHUP)
            eventually(records.path.exists)
    assert [{row["call"] for row in records(tmp_path / f"old-{n}.json")} for n in (0, 1)] == [{call} for call in calls[:2]]


def test_a_full_disk_loses_nothing(server, register, records):
    """/dev/full says what a full disk says."""
    records.path.unlink()
    records.path.symlink_to("/dev/full")
    bob, ann = register("bob"), register("ann")
    calls = [a_call(server, ann, bob)["call"] for _ in range(2)]
    eventually(lambda: figure(records, "failures_total") >= 2)  # it has tried again
    assert figure(records, "waiting") == 6
    assert sum("No space left on device: call records wait" in line for line in server.log.seen) == 1
    records.path.unlink()
    rows = eventually(lambda: len(records()) == 6 and records())
    assert [of(rows, call)[-1] for call in calls] == [("call", "caller")] * 2
    server.log.wait(lambda line: "call records are written again" in line, 10, "word that it is over")
    assert (figure(records, "waiting"), figure(records, "lost_total")) == (0, 0)


def test_what_was_not_written_is_at_the_next_start(server, register, records):
    """Of calls that had ended, and of one that was up; each once, however often the server dies."""
    records.path.unlink()
    records.path.symlink_to("/dev/full")
    bob, ann = register("bob"), register("ann")
    ended = a_call(server, ann, bob)["call"]
    ann.dial("bob")
    bob.wait("CALL_ESTABLISHED")
    server.crash()
    records.path.unlink()
    server.start()
    up = server.wait_cdr()
    assert up["by"] == "crash" and server.cdrs() == [up], "the log has the one that had ended already"
    rows = eventually(lambda: len(records()) == 6 and records())
    assert sorted(of(rows, ended)) == sorted([("leg", "bye"), ("leg", "hung-up"), ("call", "caller")])
    assert sorted(of(rows, up["call"])) == [("call", "crash"), ("leg", "crash"), ("leg", "crash")]
    legs = sorted((row for row in rows if row["call"] == up["call"] and row["type"] == "leg"), key=lambda row: row["leg"])
    assert [(leg["side"], leg["user"], leg["status"]) for leg in legs] == [("caller", "ann", 200), ("callee", "bob", 200)]
    eventually(lambda: figure(records, "waiting") == 0)  # and the server knows that they are written
    server.crash()
    server.start()
    server.stop()
    assert len(records()) == 6, "told again"


def test_a_file_that_cannot_be_is_said_at_the_start(server):
    done = subprocess.run([BIN / "flowd", "--data", server.data / "other", "--sip-port", "0", "--cdr", "/nowhere/calls.json"],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "call records cannot be written to /nowhere/calls.json: No such file or directory" in done.stderr
