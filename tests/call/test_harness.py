"""The harness itself: two phones call each other without any server."""
import numpy as np
import pytest

import audio
from events import Missing


def test_two_phones_hear_each_other(new_phone, tmp_path):
    bob = new_phone("bob", says=audio.sentence(tmp_path, "vm-intro", lead=0.5))
    ann = new_phone("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial(bob.uri())
    ann.wait("CALL_ESTABLISHED")
    bob.wait("CALL_ESTABLISHED")
    bob.wait_heard(audio.prompt("demo-thanks"))
    ann.wait_heard(audio.prompt("vm-intro"))
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    assert audio.alike(bob.heard(), audio.prompt("demo-thanks")) > 0.99
    assert audio.alike(ann.heard(), audio.prompt("demo-thanks")) < 0.5
    assert audio.gaps(bob.heard(), audio.prompt("demo-thanks")) == []


def test_a_phone_answers_by_hand_presses_and_speaks_when_told(new_phone, tmp_path):
    bob = new_phone("bob", answers=False)
    ann = new_phone("ann")
    ann.dial(bob.uri())
    ann.wait("CALL_RINGING")
    bob.wait("CALL_INCOMING")
    bob.answer()
    ann.wait("CALL_ESTABLISHED")
    bob.wait("CALL_ESTABLISHED")
    pressed = []
    for digit in "159#":
        ann.press(digit)
        pressed.append(bob.wait("CALL_DTMF_START")["param"])
        bob.wait("CALL_DTMF_END")
    assert "".join(pressed) == "159#"
    ann.speak(audio.sentence(tmp_path, "vm-goodbye"))
    bob.wait_heard(audio.prompt("vm-goodbye"))
    bob.hang_up()
    ann.wait("CALL_CLOSED")


def test_an_event_that_does_not_come_is_reported(new_phone):
    ann = new_phone("ann")
    with pytest.raises(Missing, match="CALL_ESTABLISHED"):
        ann.wait("CALL_ESTABLISHED", timeout=0.1)


def test_gaps_finds_what_is_missing():
    said = audio.prompt("vm-intro")
    cut = said.copy()
    cut[8000:12000] = 0
    assert audio.gaps(said, said) == []
    assert set(audio.gaps(cut, said)) & {1.0, 1.25}
    assert max(audio.gaps(np.concatenate([np.zeros(800), said[:16000]]), said)) > 2
