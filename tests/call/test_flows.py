"""What flows do in real calls beyond the shipped ones: sounds, early media, screening, hand-over, hangups and faults."""
import re
import subprocess

import pytest

import audio
from conftest import PASSWORDS
from ladder import Ladder
from server import build_flow


@pytest.fixture
def run_flow(ctl, tmp_path):
    """run_flow(source) compiles a flow and attaches it to the virtual Connection 'line'."""
    ctl.add("line", virtual=True)

    def run(source, user="line"):
        ctl.attach_flow(user, build_flow(source, tmp_path))

    return run


def call(caller, to="line"):
    caller.dial(to)
    caller.wait("CALL_ESTABLISHED")


def logged(server, text):
    """Waits for a line that the flow's `log` has written."""
    return server.log.wait(re.compile(rf"INFO flow: call=\w+ log: {re.escape(text)}$").search, 10, f"log of '{text}'")


def test_a_file_of_another_rate_is_played(server, register, run_flow):
    sounds = server.data / "sounds"
    subprocess.run(["sox", str(audio.PROMPTS / "vm-intro.wav"), "-r", "44100", "-c", "2", str(sounds / "intro.wav")], check=True)
    run_flow('flow line { play "intro.wav" hangup }'.replace('" h', '"; h'))
    ann = register("ann")
    call(ann)
    ann.wait_heard_in_pieces(audio.prompt("vm-intro"))
    ann.wait("CALL_CLOSED")


def test_a_missing_file_fails_and_the_flow_goes_on(server, register, run_flow):
    sound = server.data / "sounds/nowhere.wav"
    sound.write_bytes(audio.sentence(sound.parent, "vm-intro").read_bytes())
    run_flow('flow line {\n play "nowhere.wav" {\n on failed { log "cannot play" }\n }\n hangup\n}')
    sound.unlink()  # after it was deployed
    ann = register("ann")
    call(ann)
    logged(server, "cannot play")
    ann.wait("CALL_CLOSED")


def test_a_sound_is_played_so_often(server, register, run_flow):
    subprocess.run(["sox", str(audio.PROMPTS / "vm-intro.wav"), str(server.data / "sounds/intro.wav")], check=True)
    run_flow('flow line {\n play "intro.wav", loop: 2\n log "over"\n hangup\n}')
    ann = register("ann")
    call(ann)
    first = ann.wait_heard(audio.prompt("vm-intro"))
    second = ann.wait_heard(audio.prompt("vm-intro"), after=first - 0.1)
    logged(server, "over")
    ann.wait("CALL_CLOSED")
    assert audio.alike(ann.heard()[int(second * audio.RATE):], audio.prompt("vm-intro")) < 0.5


def test_the_target_sees_the_caller_id(ctl, register, run_flow, server, tmp_path):
    """A number of the Connection's own."""
    ctl.run("number", "add", "+48220000000", "--to", "line")
    run_flow('flow line {\n bridge "bob", caller_id: "+48220000000" { else { hangup } }\n}')
    ctl.add("bob", PASSWORDS["bob"])
    bob = Ladder(server, "bob", tmp_path / "bob").register(PASSWORDS["bob"])
    bob.called(matches=[r"From: .*<sip:(%2B|.)48220000000@"]).reply(486).hear("ACK").start().wait_listening()
    register("ann").dial("line")
    bob.finish()


def test_an_answered_caller_hears_ringback(server, register, run_flow):
    run_flow('flow line {\n answer\n bridge "bob", ring: 6s { on ended { hangup } else { hangup } }\n}')
    register("bob", answers=False)
    ann = register("ann")
    call(ann)
    ann.wait_heard(audio.tone(425, 0.8))
    ann.hang_up()
    assert server.wait_cdr()["by"] == "caller"


def test_music_instead_of_ringback_before_the_answer(server, register, run_flow):
    subprocess.run(["cp", str(audio.PROMPTS / "demo-thanks.wav"), str(server.data / "sounds/hold.wav")], check=True)
    run_flow('flow line {\n bridge "bob", ring: 20s, music: "hold.wav" { on ended { hangup } else { hangup } }\n}')
    bob = register("bob", answers=False)
    ann = register("ann")
    ann.dial("line")
    bob.wait("CALL_INCOMING")
    ann.wait_heard(audio.prompt("demo-thanks"))
    bob.answer()
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    assert server.wait_cdr()["status"] == "200"


SCREENED = """flow line {
    bridge "bob", ring: 20s, announce: "Call for sales.", screen: "Press 1 to take it." {
        on ended    { hangup }
        on declined { log "declined"; hangup }
        else        { log "not reached"; hangup }
    }
}"""


def test_the_callee_is_asked_and_takes_the_call(server, register, run_flow, tmp_path):
    run_flow(SCREENED)
    bob = register("bob", answers=True)
    ann = register("ann", says=audio.sentence(tmp_path, "vm-intro", lead=0.2))
    ann.dial("line")
    heard_to = bob.wait_heard(audio.spoken(tmp_path, "Press 1 to take it."))
    bob.press("1")
    ann.wait("CALL_ESTABLISHED")
    bob.wait_heard(audio.prompt("vm-intro"), after=heard_to)
    bob.hang_up()
    ann.wait("CALL_CLOSED")
    assert server.wait_cdr()["by"] == "callee"


def test_the_callee_is_asked_and_declines(server, register, run_flow, tmp_path):
    run_flow(SCREENED)
    bob = register("bob", answers=True)
    ann = register("ann")
    ann.dial("line")
    bob.wait_heard(audio.spoken(tmp_path, "Press 1 to take it."))
    bob.press("3")
    logged(server, "declined")
    ann.wait("CALL_CLOSED")
    assert server.wait_cdr()["answered"] == "-"


def test_one_after_another(server, register, run_flow):
    run_flow('flow line {\n bridge ["carol", "bob"], ring: 2s, hunt: yes { on ended(talk, by) { log "by {by}" } else { hangup } }\n}')
    carol = register("carol", answers=False)
    bob = register("bob", answers=True)
    ann = register("ann")
    ann.dial("line")
    carol.wait("CALL_INCOMING")
    carol.wait("CALL_CLOSED")
    bob.wait("CALL_ESTABLISHED")
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    logged(server, "by caller")


def test_digits_for_the_flow(server, register, run_flow):
    run_flow("""flow line {
    gather min: 2, max: 4, until: "#", valid: "4*", prompt: "Number please." {
        on matched(n)      { log "got {n}"; hangup }
        on invalid(n)      { log "not {n}"; hangup }
        on timeout         { log "nothing"; hangup }
    }
}""")
    for keys, want in (("42#", "got 42"), ("4123", "got 4123"), ("17#", "not 17")):
        ann = register("ann")
        call(ann)
        for key in keys:
            ann.press(key)
        logged(server, want)
        ann.wait("CALL_CLOSED")
        ann.stop()


def test_one_flow_continues_with_another(ctl, server, register, run_flow, tmp_path):
    other = build_flow('flow other { log "from {call.from} to {call.to}"; hangup }', tmp_path)
    ctl.run("deploy", other, "--name", "other")
    run_flow("flow line { continue with other }")
    ann = register("ann")
    ann.dial("line")
    logged(server, "from ann to line")
    assert server.wait_cdr()["flow"] == "other"


def test_on_hangup_runs_once_the_caller_is_gone(server, register, run_flow, tmp_path):
    run_flow('flow line {\n let n = 7\n say "One moment."\n pause 1m\n on hangup { log "left with {n}" }\n}')
    ann = register("ann")
    call(ann)
    ann.wait_heard(audio.spoken(tmp_path, "One moment."))
    ann.hang_up()
    logged(server, "left with 7")
    assert server.wait_cdr()["by"] == "caller"


def test_a_fault_sends_the_call_to_the_fallback(server, ctl, register, tmp_path):
    bob = register("bob", answers=False)
    ctl.attach_flow("bob", build_flow('fn none() -> int { return 0 }\nflow line { log "{1 / none()}" }', tmp_path))
    ann = register("ann")
    ann.dial("bob")
    bob.wait("CALL_INCOMING")  # the default flow rings the Connection that was dialled
    bob.answer()
    ann.wait("CALL_ESTABLISHED")
    ann.hang_up()
    assert server.wait_cdr()["flow"] == "default"
    assert any("a division by zero" in line for line in server.log.seen)


def test_a_flow_that_spins_is_stopped(server, register, run_flow):
    run_flow('flow line {\n repeat 100000 { log "again" }\n}')
    ann = register("ann")
    ann.dial("line")
    ann.wait("CALL_CLOSED", timeout=30)
    server.log.wait(lambda line: "too many actions" in line, 10, "reason")
