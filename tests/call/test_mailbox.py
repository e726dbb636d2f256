"""Leaving, hearing and managing messages by phone: real phones, real audio, the shipped flows behind `voicemail` and
`mailbox`."""
import time

import audio
import pytest
from conftest import PASSWORDS
from messages import leave_message, messages, stored
from server import build_flow

LISTEN = """\
flow messages {
    mailbox call.from {
        on denied {
            gather max: 12, prompt: "Whose?" {
                on matched(whose) { mailbox whose { on denied { log "denied {whose}" } } }
                on invalid, timeout { }
            }
        }
    }
}
"""


@pytest.fixture
def line(ctl, tmp_path):
    """The Connection *97, where messages are heard."""
    ctl.add("*97", virtual=True)
    ctl.attach_flow("*97", build_flow(LISTEN, tmp_path))
    return "*97"


def eventually(look, timeout=20):
    """What look() gives, once it is true."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.1)
    return found


def press(phone, keys):
    for key in keys:
        phone.press(key)


def fresh(phone):
    for old in phone.folder.glob("dump-*"):
        old.unlink()


def leave(phone, target, folder):
    """Leaves a message; returns what was said. The next call's recordings start anew."""
    fresh(phone)
    phone.dial(target)
    said = leave_message(phone, folder)
    fresh(phone)
    return said


def enter(phone, line):
    fresh(phone)
    phone.dial(line)
    phone.wait("CALL_ESTABLISHED")


def leave_call(phone):
    phone.hang_up()
    phone.wait("CALL_CLOSED")


def test_heard_from_ones_own_phone_then_saved(ctl, register, line, tmp_path):
    ann, bob = register("ann", voicemail=True, answers=False, ring_time="1s"), register("bob")
    said = leave(bob, "ann", tmp_path)
    enter(ann, line)
    press(ann, "1")
    ann.wait_heard_in_pieces(said, timeout=40)
    press(ann, "2")
    eventually(lambda: messages(ctl, "ann")[0]["heard"])
    leave_call(ann)
    enter(ann, line)
    press(ann, "2")
    ann.wait_heard_in_pieces(said, timeout=40)
    leave_call(ann)


def test_deleted_messages_go_with_the_call_unless_brought_back(ctl, register, line, tmp_path):
    ann, bob = register("ann", voicemail=True, answers=False, ring_time="1s"), register("bob")
    leave(bob, "ann", tmp_path)
    said = leave(bob, "ann", tmp_path)
    enter(ann, line)
    press(ann, "1")
    ann.wait_heard_in_pieces(said, timeout=60, share=0.3)
    press(ann, "3")  # the second message begins
    ann.wait_heard(audio.spoken(tmp_path, "Deleted."), timeout=20)
    press(ann, "6")
    ann.wait_heard(audio.spoken(tmp_path, "one brought back."), timeout=30)
    leave_call(ann)
    assert len(messages(ctl, "ann")) == 2
    enter(ann, line)
    press(ann, "13")
    ann.wait_heard(audio.spoken(tmp_path, "Deleted."), timeout=60)
    leave_call(ann)
    eventually(lambda: len(messages(ctl, "ann")) == 1)


def test_pin_from_outside_and_lock_that_survives_a_restart(server, ctl, register, line, tmp_path):
    ctl.add("101", virtual=True, voicemail=True)
    ctl.pipe("2580\n", "box", "set", "101", "--pin-stdin")
    bob = register("bob")
    said = leave(bob, "101", tmp_path)
    enter(bob, line)
    bob.wait_heard(audio.spoken(tmp_path, "Whose?"), timeout=20)
    press(bob, "101#2580#1")
    bob.wait_heard_in_pieces(said, timeout=60)
    leave_call(bob)
    for wrong in ("1357#1357#1357#", "1357#1357#"):
        enter(bob, line)
        bob.wait_heard(audio.spoken(tmp_path, "Whose?"), timeout=20)
        press(bob, "101#" + wrong)
        server.log.wait(lambda text: "denied 101" in text or "is locked for" in text, 60, "end of the tries")
        bob.command("hangup")
        bob.wait("CALL_CLOSED")
    box = ctl.list_one("box", "show", "101")
    assert box["wrong_pins"] == 5 and box["locked_until"]
    server.crash()
    server.start()
    assert ctl.list_one("box", "show", "101")["locked_until"] == box["locked_until"]
    enter(bob, line)
    bob.wait_heard(audio.spoken(tmp_path, "Whose?"), timeout=20)
    press(bob, "101#")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, "There were too many wrong PINs."), timeout=20, share=0.7)
    bob.command("hangup")
    ctl.run("box", "set", "101", "--unlock")
    assert ctl.list_one("box", "show", "101")["locked_until"] is None


def test_the_caller_reviews_hears_and_marks_as_urgent(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    bob = register("bob")
    bob.dial("notes")
    bob.wait_heard(audio.tone(1000, 0.25), timeout=30)
    before = len(bob.spoke()) / audio.RATE
    bob.speak(audio.sentence(tmp_path, "demo-abouttotry", lead=0.5))
    bob.wait_spoken(before + 3.5)
    press(bob, "#")
    said = audio.trim(bob.spoke()[int(before * audio.RATE):])
    press(bob, "2")
    bob.wait_heard_in_pieces(said, timeout=30, share=0.8)
    press(bob, "4")
    bob.wait_heard(audio.spoken(tmp_path, "Thank you."), timeout=20)
    (message,) = eventually(lambda: messages(ctl, "notes"))
    assert message["urgent"] and not message["heard"]
    assert audio.share_heard(stored(ctl, message, tmp_path), said) > 0.8


def test_a_message_that_the_caller_deletes_is_gone(server, ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    bob = register("bob")
    bob.dial("notes")
    bob.wait_heard(audio.tone(1000, 0.25), timeout=30)
    bob.speak(audio.sentence(tmp_path, "demo-abouttotry", lead=0.2))
    bob.wait_spoken(len(bob.spoke()) / audio.RATE + 2.5)
    press(bob, "#*")
    bob.wait_heard(audio.spoken(tmp_path, "Your message is deleted."), timeout=20)
    bob.wait("CALL_CLOSED", 30)
    assert messages(ctl) == []
    eventually(lambda: not list((server.data / "voicemail").iterdir()))


def test_a_greeting_spoken_by_phone_and_one_uploaded(ctl, register, line, tmp_path):
    ann, bob = register("ann", voicemail=True, answers=False, ring_time="1s"), register("bob")
    enter(ann, line)
    press(ann, "311")
    ann.wait_heard(audio.tone(1000, 0.25), timeout=60)
    before = len(ann.spoke()) / audio.RATE
    ann.speak(audio.sentence(tmp_path, "demo-abouttotry", lead=0.3))
    ann.wait_spoken(before + 3.5)
    press(ann, "#1")
    own = audio.trim(ann.spoke()[int(before * audio.RATE):])
    ann.wait_heard(audio.spoken(tmp_path, "It is set."), timeout=60)
    leave_call(ann)
    assert ctl.list_one("box", "show", "ann")["greeting"]
    fresh(bob)
    bob.dial("ann")
    bob.wait_heard_in_pieces(own, timeout=40, share=0.8)
    leave_call(bob)
    ctl.run("box", "greeting", "ann", audio.PROMPTS / "vm-goodbye.wav")
    fresh(bob)
    bob.dial("ann")
    bob.wait_heard(audio.trim(audio.prompt("vm-goodbye")), timeout=40)
    leave_call(bob)
    ctl.run("box", "greeting", "ann")
    fresh(bob)
    bob.dial("ann")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, "Please leave a message after the tone."), timeout=40, share=0.7)
    leave_call(bob)


def test_the_pin_is_changed_by_phone(ctl, register, line, tmp_path):
    ann = register("ann", voicemail=True)
    enter(ann, line)
    press(ann, "42580#2580#")
    ann.wait_heard(audio.spoken(tmp_path, "Your PIN is changed."), timeout=60)
    leave_call(ann)
    assert ctl.list_one("box", "show", "ann")["has_pin"]


def test_forwarded_to_another_box_and_called_back(ctl, register, line, tmp_path):
    ctl.add("101", virtual=True, voicemail=True)
    ann, bob = register("ann", voicemail=True, answers=False, ring_time="1s"), register("bob")
    said = leave(bob, "ann", tmp_path)
    enter(ann, line)
    press(ann, "15101#")
    ann.wait_heard(audio.spoken(tmp_path, "It is forwarded."), timeout=90)
    (copy,) = messages(ctl, "101")
    assert copy["from"] == "bob" and audio.gaps(stored(ctl, copy, tmp_path), said) == []
    press(ann, "4")
    bob.wait("CALL_ESTABLISHED", 30)
    leave_call(ann)
    ctl.run("voicemail", "delete", messages(ctl, "ann")[0]["id"])
    assert audio.gaps(stored(ctl, copy, tmp_path), said) == []


def test_limits_of_a_box(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    ctl.run("box", "set", "notes", "--most-messages", "1", "--longest", "2s")
    bob = register("bob")
    bob.dial("notes")
    bob.wait_heard(audio.tone(1000, 0.25), timeout=30)
    bob.speak(audio.sentence(tmp_path, "demo-abouttotry"))
    bob.wait("CALL_CLOSED", 30)
    (message,) = eventually(lambda: messages(ctl, "notes"))
    assert message["length_ms"] == 2000
    fresh(bob)
    bob.dial("notes")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, "This mailbox is full and takes no more messages."), timeout=30, share=0.7)
    bob.wait("CALL_CLOSED", 30)


def test_an_own_flow_named_voicemail_takes_the_built_in_ones_place(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    flow = """\
flow voicemail {
    box_open {
        on full { }
        else    { say "Speak to the house." }
    }
    box_record max: 1s {
        on recorded { box_keep urgent: yes { on failed { } } }
        else        { }
    }
}
"""
    ctl.run("deploy", build_flow(flow, tmp_path), "--name", "voicemail")
    bob = register("bob")
    bob.dial("notes")
    bob.wait_heard(audio.spoken(tmp_path, "Speak to the house."), timeout=30)
    bob.wait_heard(audio.tone(1000, 0.25), timeout=30)
    bob.speak(audio.sentence(tmp_path, "demo-abouttotry"))
    bob.wait("CALL_CLOSED", 30)
    (message,) = eventually(lambda: messages(ctl, "notes"))
    assert message["urgent"] and message["length_ms"] == 1000


def test_a_flow_named_voicemail_that_faults_loses_no_message(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    flow = "flow voicemail {\n    var n = 0\n    say \"{number(1 / n)}\"\n}\n"
    ctl.run("deploy", build_flow(flow, tmp_path), "--name", "voicemail")
    bob = register("bob")
    said = leave(bob, "notes", tmp_path)
    (message,) = eventually(lambda: messages(ctl, "notes"))
    assert audio.gaps(stored(ctl, message, tmp_path), said) == []
