"""What an operator sets for a box, as its callers and its owner hear it."""
import audio
from messages import messages
from test_mailbox import LISTEN, enter, eventually, fresh, leave, leave_call, line, press  # noqa: F401: line is a fixture

FULL = "This mailbox is full and takes no more messages."


def test_a_box_takes_messages_up_to_its_bytes(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    bob = register("bob")
    leave(bob, "notes", tmp_path)
    eventually(lambda: messages(ctl, "notes"))
    held = ctl.list_one("box", "show", "notes")["held_bytes"]
    assert held > 2 * 3 * audio.RATE
    ctl.run("box", "set", "notes", "--most-bytes", held + 1)
    leave(bob, "notes", tmp_path)  # there is room for its beginning: it is taken whole
    eventually(lambda: len(messages(ctl, "notes")) == 2)
    fresh(bob)
    bob.dial("notes")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, FULL), timeout=30, share=0.7)
    bob.wait("CALL_CLOSED", 30)
    ctl.run("voicemail", "delete", messages(ctl, "notes")[0]["id"])
    leave(bob, "notes", tmp_path)
    eventually(lambda: len(messages(ctl, "notes")) == 2)


def test_a_box_with_pin_always_asks_its_own_phones(ctl, register, line, tmp_path):
    ann = register("ann", voicemail=True)
    ctl.pipe("2580\n", "box", "set", "ann", "--pin-stdin")
    ctl.run("box", "set", "ann", "--pin-always")
    enter(ann, line)
    ann.wait_heard(audio.spoken(tmp_path, "Please enter your PIN, then press pound."), timeout=30)
    press(ann, "1357#")
    ann.wait_heard(audio.spoken(tmp_path, "That is not the PIN."), timeout=30)
    press(ann, "2580#")
    ann.wait_heard(audio.spoken(tmp_path, "and no saved messages."), timeout=30)
    leave_call(ann)
    ctl.run("box", "set", "ann", "--pin-outside")
    enter(ann, line)
    ann.wait_heard(audio.spoken(tmp_path, "and no saved messages."), timeout=30)
    leave_call(ann)


def test_who_finds_the_phone_busy_hears_the_busy_greeting(ctl, register, peer, tmp_path):
    """Who finds that nobody answers hears the other one."""
    carol = peer("carol")
    ctl.run("connection", "set", "carol", "--voicemail", "--ring-time", "1s")
    bob = register("bob")
    ctl.run("box", "greeting", "carol", audio.PROMPTS / "vm-goodbye.wav")
    ctl.run("box", "greeting", "carol", audio.PROMPTS / "vm-isonphone.wav", "--busy")
    for status, heard in ((486, "vm-isonphone"), (480, "vm-goodbye")):
        fresh(bob)
        bob.dial("carol")
        carol.reply(carol.wait("INVITE"), status, "No")
        carol.wait("ACK")
        bob.wait_heard(audio.trim(audio.prompt(heard)), timeout=40)
        leave_call(bob)
    ctl.run("box", "greeting", "carol", "--busy")
    fresh(bob)
    bob.dial("carol")
    carol.reply(carol.wait("INVITE"), 486, "No")
    carol.wait("ACK")
    bob.wait_heard(audio.trim(audio.prompt("vm-goodbye")), timeout=40)  # the one it has
    leave_call(bob)


def test_the_default_greeting_says_the_name_that_was_recorded(ctl, register, tmp_path):
    ctl.add("notes", virtual=True, voicemail=True)
    bob = register("bob")
    ctl.run("box", "greeting", "notes", audio.PROMPTS / "vm-goodbye.wav", "--spoken-name")
    fresh(bob)
    bob.dial("notes")
    at = 0.0
    for wanted in (audio.spoken(tmp_path, "This is the mailbox of"), audio.trim(audio.prompt("vm-goodbye")),
                   audio.spoken(tmp_path, "Please leave a message after the tone.")):
        at = bob.wait_heard(audio.trim(wanted), timeout=40, after=at)
    leave_call(bob)
