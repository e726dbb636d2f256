"""The menu of flows/welcome.flow: heard, answered by a digit, and a message left when nobody comes."""
import pytest

import audio
from messages import leave_message, messages, stored
from server import ROOT, build_flow

MENU = "Welcome. To speak to somebody, press 1. To hear this again, press 2."
# The shipped flow, with times short enough for a test.
SOURCE = (ROOT / "flows/welcome.flow").read_text().replace("ring: 20s", "ring: 3s")


@pytest.fixture
def welcome(ctl, tmp_path):
    """The virtual Connection 'welcome' with its flow."""
    ctl.add("welcome", virtual=True, voicemail=True)
    ctl.attach_flow("welcome", build_flow(SOURCE, tmp_path))


def dial_menu(caller, folder, least=0.9):
    """Dials and hears the whole menu."""
    caller.dial("welcome")
    caller.wait("CALL_ESTABLISHED")
    return caller.wait_heard(audio.spoken(folder, MENU), least=least)


def test_the_menu_is_heard(server, register, welcome, tmp_path):
    carol = register("carol")
    dial_menu(carol, tmp_path)
    carol.hang_up()
    cdr = server.wait_cdr()
    assert (cdr["to"], cdr["flow"], cdr["by"]) == ("welcome", "welcome", "caller")


def test_two_repeats_the_menu(register, welcome, tmp_path):
    carol = register("carol")
    heard_to = dial_menu(carol, tmp_path)
    carol.press("2")
    carol.wait_heard(audio.spoken(tmp_path, MENU), after=heard_to)


def test_a_wrong_digit_is_said(register, welcome, tmp_path):
    carol = register("carol")
    heard_to = dial_menu(carol, tmp_path)
    carol.press("7")
    carol.wait_heard(audio.spoken(tmp_path, "Please press 1 or 2."), after=heard_to)


def test_one_rings_bob_and_audio_flows(server, register, welcome, tmp_path):
    bob = register("bob", answers=False, says=audio.sentence(tmp_path, "vm-intro", lead=0.5))
    carol = register("carol")
    heard_to = dial_menu(carol, tmp_path)
    carol.press("1")
    bob.wait("CALL_INCOMING")
    bob.answer()
    bob.wait("CALL_ESTABLISHED")
    carol.wait_heard(audio.prompt("vm-intro"), after=heard_to)
    carol.speak(audio.sentence(tmp_path, "demo-thanks"))
    bob.wait_heard(audio.prompt("demo-thanks"))
    bob.hang_up()
    carol.wait("CALL_CLOSED")
    assert server.wait_cdr()["flow"] == "welcome"
    assert server.rtp_ports_used() == 0


def test_nobody_answers_and_the_message_is_cut_off_by_the_callers_hangup(server, ctl, register, welcome, tmp_path):
    bob = register("bob", answers=False)
    carol = register("carol")
    heard_to = dial_menu(carol, tmp_path)
    carol.press("1")
    bob.wait("CALL_INCOMING")
    bob.wait("CALL_CLOSED")
    said = leave_message(carol, tmp_path, after=heard_to)
    server.wait_cdr()
    assert [m["box"] for m in messages(ctl)] == ["welcome"]
    wav = stored(ctl, messages(ctl)[0], tmp_path)
    assert audio.alike(wav, said) > 0.9
    assert audio.gaps(wav, said) == []
