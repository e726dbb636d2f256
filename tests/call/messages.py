"""Leaving a voicemail message, and looking at what was stored."""
import audio

TALK = 4.0  # seconds until the caller hangs up in mid-sentence
FRAME = 160  # samples: the phone records a frame before it sends it, so its last one may never have left


def leave_message(caller, folder, after=0.0):
    """Speaks at the tone and hangs up in mid-sentence; returns the samples of all that was said."""
    caller.wait_heard(audio.tone(1000, 0.25), after=after, timeout=30)
    before = len(caller.spoke()) / audio.RATE
    caller.speak(audio.sentence(folder, "demo-abouttotry", lead=0.5))
    caller.wait_spoken(before + 0.5 + TALK)
    caller.hang_up()
    caller.wait("CALL_CLOSED")
    said = audio.trim(caller.spoke()[:-FRAME])
    assert len(said) > (TALK - 1) * audio.RATE, "the phone did not speak"
    return said


def messages(ctl, box=None):
    return ctl.list("voicemail", "list", *([box] if box else []))


def stored(ctl, message, folder):
    """The samples of a stored message."""
    path = folder / "message.wav"
    ctl.run("voicemail", "play", message["id"], "--out", path)
    return audio.load(path)
