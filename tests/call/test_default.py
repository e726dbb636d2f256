"""What a Connection does without a Call Flow: its devices ring, then its voicemail."""
import audio
from messages import leave_message, messages, stored
from server import build_flow


def test_not_registered_and_voicemail(server, ctl, register, tmp_path):
    ctl.add("bob", "bob-secret", voicemail=True)
    ann = register("ann")
    ann.dial("bob")
    ann.wait("CALL_ESTABLISHED")
    said = leave_message(ann, tmp_path)
    assert server.wait_cdr()["flow"] == "default"
    wav = stored(ctl, messages(ctl, "bob")[0], tmp_path)
    assert audio.gaps(wav, said) == []


def test_not_registered_and_no_voicemail(ctl, register):
    ctl.add("bob", "bob-secret")
    ann = register("ann")
    ann.dial("bob")
    assert "480" in ann.wait("CALL_CLOSED")["param"]


def test_nobody_answers_in_time(register, tmp_path):
    bob = register("bob", answers=False, voicemail=True, ring_time="2s")
    ann = register("ann")
    ann.dial("bob")
    bob.wait("CALL_INCOMING")
    bob.wait("CALL_CLOSED")
    leave_message(ann, tmp_path)


def test_a_virtual_connection_needs_no_phone(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    ann = register("ann")
    ann.dial("notes")
    ann.wait("CALL_ESTABLISHED")
    leave_message(ann, tmp_path)
    assert [m["box"] for m in messages(ctl)] == ["notes"]


def test_a_message_is_deleted(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    ann = register("ann")
    ann.dial("notes")
    leave_message(ann, tmp_path)
    ctl.run("voicemail", "delete", messages(ctl)[0]["id"])
    assert messages(ctl) == []


def test_a_detached_flow_is_no_longer_run(server, ctl, register, tmp_path):
    ctl.add("door", virtual=True)
    ctl.attach_flow("door", build_flow('flow door {\n    answer\n    hangup\n}\n', tmp_path))
    ann = register("ann")
    ann.dial("door")
    ann.wait("CALL_ESTABLISHED")
    assert server.wait_cdr()["flow"] == "door"
    ctl.run("detach", "door")
    ann.dial("door")
    assert server.wait_cdr()["flow"] == "default"
