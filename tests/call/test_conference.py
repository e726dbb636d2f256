"""`conference`: real phones in rooms, each speaking a tone of its own, so that who hears whom is a matter of pitch."""
import numpy as np
import pytest
from scipy.io import wavfile

import audio
from conftest import PASSWORDS
from ctl import Refused
from events import Missing
from server import build_flow
from test_transfer import told

TONES = {"ann": 400, "bob": 700, "carol": 1100}
ALL = {**TONES, "music": 1777}  # no sum of the others, which a codec makes of them
LOUD, SILENT = 0.1, 0.003  # of full scale, at one pitch

FLOW = """flow meeting {{
    conference "team"{arguments} {{
        on left(talk)  {{ log "left" ; say "You have left the room." }}
        on ended(talk) {{ log "ended" }}
        on denied      {{ log "denied" }}
        on full        {{ log "full" }}
    }}
    hangup
}}
"""


def tone_file(folder, hertz, seconds=120):
    path = folder / f"tone-{hertz}.wav"
    wavfile.write(path, audio.RATE, (audio.tone(hertz, seconds) * 32767).astype(np.int16))
    return path


def amplitude(samples, hertz):
    """Of this pitch in the samples: 0 to 1."""
    if not len(samples):
        return 0.0
    window = np.hanning(len(samples))  # else the edges of one tone are heard at the pitch of another
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / audio.RATE)
    return 2 * abs(np.sum(samples * window * wave)) / np.sum(window)


def pitches(samples):
    """Who speaks in the samples."""
    return {who for who, hertz in TONES.items() if amplitude(samples, hertz) > LOUD}


def wait_hears(phone, *who, seconds=1.0, timeout=20):
    """Waits until the phone has heard exactly these for so long."""
    def arrived():
        last = phone.heard()[-int(seconds * audio.RATE):]
        if len(last) < seconds * audio.RATE:
            return False
        return all((amplitude(last, hertz) > LOUD) if name in who else (amplitude(last, hertz) < SILENT)
                   for name, hertz in ALL.items())
    try:
        phone._wait_for_audio(arrived, timeout, f"{who} were not heard alone")
    except Missing as missing:
        last = phone.heard()[-int(seconds * audio.RATE):]
        raise AssertionError({name: amplitude(last, hertz) for name, hertz in ALL.items()}) from missing


@pytest.fixture
def meeting(ctl, register, tmp_path):
    """meeting(arguments) deploys the flow; join(user, codec) then registers the phone and lets it dial."""
    class Meeting:
        def deploy(self, arguments=""):
            ctl.add("meeting", virtual=True)
            ctl.attach_flow("meeting", build_flow(FLOW.format(arguments=arguments), tmp_path))

        def join(self, user, codec="pcmu"):
            phone = register(user, says=tone_file(tmp_path, TONES[user]), codec=codec)
            phone.dial("meeting")
            phone.wait("CALL_ESTABLISHED")
            return phone

    return Meeting()


def wait_log(server, text):
    server.log.wait(lambda line: line.endswith(f"log: {text}"), 20, text)


def press(phone, digits):
    for digit in digits:
        phone.press(digit)


def test_each_hears_the_others_and_not_himself(meeting):
    meeting.deploy(", count: no, tones: no")
    ann, bob, carol = meeting.join("ann"), meeting.join("bob", "g722"), meeting.join("carol", "opus")
    wait_hears(ann, "bob", "carol")
    wait_hears(bob, "ann", "carol")
    wait_hears(carol, "ann", "bob")
    bob.hang_up()
    wait_hears(ann, "carol")
    wait_hears(carol, "ann")


def test_the_pin(server, meeting, tmp_path):
    meeting.deploy(', pin: "2468", tones: no')
    asks = audio.spoken(tmp_path, "Please enter the PIN of the conference.")
    ann = meeting.join("ann")
    ann.wait_heard_in_pieces(asks)
    press(ann, "2469")
    ann.wait_heard_in_pieces(audio.spoken(tmp_path, "That is not the PIN."))
    press(ann, "2468#")  # the key that would leave does not
    ann.wait_heard_in_pieces(audio.spoken(tmp_path, "You are the first in the conference."))
    bob = meeting.join("bob")
    bob.wait_heard_in_pieces(asks)
    press(bob, "2468")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, "There is one other in the conference."))
    wait_hears(ann, "bob")
    wait_hears(bob, "ann")
    carol = meeting.join("carol")
    carol.wait_heard_in_pieces(asks)
    for wrong in ("12#", "1111", "#"):
        press(carol, wrong)
    wait_log(server, "denied")
    carol.wait("CALL_CLOSED")
    wait_hears(ann, "bob")


def test_wrong_pins_count_over_calls(server, meeting, tmp_path):
    """The fifth shuts its caller out, who is then denied unasked; others are not, and a right one would have begun afresh."""
    meeting.deploy(', pin: "2468", tones: no')
    asks = audio.spoken(tmp_path, "Please enter the PIN of the conference.")
    carol = meeting.join("carol")
    for _ in range(3):
        press(carol, "1111")
    wait_log(server, "denied")
    carol.wait("CALL_CLOSED")
    carol.dial("meeting")
    carol.wait("CALL_ESTABLISHED")
    for _ in range(2):
        press(carol, "1111")
    server.log.wait(lambda line: "WARN conference: carol is shut out of" in line and "for 600 s" in line, 20, "the lock")
    wait_log(server, "denied")
    carol.wait("CALL_CLOSED")
    carol.dial("meeting")
    server.log.wait(lambda line: "conference: shut out after wrong PINs" in line, 20, "a caller who is not asked")
    carol.wait("CALL_CLOSED")
    ann = meeting.join("ann")
    ann.wait_heard_in_pieces(asks)
    press(ann, "2468")
    ann.wait_heard_in_pieces(audio.spoken(tmp_path, "You are the first in the conference."))


def test_the_mute_key(meeting):
    meeting.deploy(", count: no, tones: no")
    ann, bob = meeting.join("ann"), meeting.join("bob")
    wait_hears(ann, "bob")
    press(bob, "*6")
    wait_hears(ann)
    wait_hears(bob, "ann")  # after its beep
    press(bob, "*6")
    wait_hears(ann, "bob")


def test_who_comes_muted(meeting):
    meeting.deploy(", count: no, tones: no, muted: yes")
    ann, bob = meeting.join("ann"), meeting.join("bob", "opus")
    press(ann, "*6")
    wait_hears(bob, "ann")
    wait_hears(ann)


def test_the_exit_key(server, meeting, tmp_path):
    meeting.deploy(", count: no, tones: no")
    ann, bob, carol = meeting.join("ann"), meeting.join("bob"), meeting.join("carol")
    wait_hears(ann, "bob", "carol")
    bob.press("#")
    wait_log(server, "left")
    bob.wait_heard_in_pieces(audio.spoken(tmp_path, "You have left the room."))
    bob.wait("CALL_CLOSED")
    wait_hears(ann, "carol")
    assert carol


def test_full(server, meeting):
    meeting.deploy(", count: no, tones: no, most: 2")
    ann, bob = meeting.join("ann"), meeting.join("bob")
    wait_hears(ann, "bob")
    carol = meeting.join("carol")
    wait_log(server, "full")
    carol.wait("CALL_CLOSED")
    bob.hang_up()
    bob.wait("CALL_CLOSED")
    wait_hears(ann)
    carol.dial("meeting")
    wait_hears(ann, "carol")


def test_the_time_is_over(server, meeting):
    meeting.deploy(", count: no, max: 3s")
    ann = meeting.join("ann")
    wait_log(server, "ended")
    ann.wait("CALL_CLOSED")


def test_tones_tell_who_comes_and_goes(meeting):
    meeting.deploy(", count: no, muted: yes")
    ann = meeting.join("ann")
    bob = meeting.join("bob")
    notes = (440, 660)

    def order(after):
        """At which second each of the two notes is loudest."""
        heard = ann.heard()[int(after * audio.RATE):]
        size = int(0.06 * audio.RATE)
        levels = {hertz: [amplitude(heard[at:at + size], hertz) for at in range(0, len(heard) - size, size // 2)] for hertz in notes}
        if not levels[440] or min(max(levels[hertz]) for hertz in notes) < 0.06:
            return None
        return [int(np.argmax(levels[hertz])) for hertz in notes]

    low, high = ann._wait_for_audio(lambda: order(0), 10, "the notes of coming")
    assert low < high, "they rise"
    gone = len(ann.heard()) / audio.RATE
    bob.hang_up()
    low, high = ann._wait_for_audio(lambda: order(gone), 10, "the notes of going")
    assert low > high, "they fall"


def test_music_while_alone(server, meeting):
    folder = server.data / "sounds/wait"
    folder.mkdir(parents=True)
    tone_file(folder, ALL["music"], 10)
    meeting.deploy(', count: no, tones: no, music: "wait"')
    ann = meeting.join("ann")
    wait_hears(ann, "music")
    bob = meeting.join("bob")
    wait_hears(ann, "bob")
    bob.hang_up()
    wait_hears(ann, "music")


def test_the_recording_holds_all(server, meeting):
    meeting.deploy(", count: no, tones: no, record: yes")
    ann, bob, carol = meeting.join("ann"), meeting.join("bob", "g722"), meeting.join("carol")
    wait_hears(ann, "bob", "carol")
    for phone in (bob, carol, ann):
        phone.hang_up()
        phone.wait("CALL_CLOSED")
    cdrs = [server.wait_cdr() for _ in range(3)]
    named = [cdr["recording1"] for cdr in cdrs if "recording1" in cdr]
    assert len(named) == 1 and cdrs[[c["from"] for c in cdrs].index("ann")]["recording1"] == named[0]
    server.stop()  # with which every recording is whole
    samples = audio.load(server.data / named[0])
    server.start()
    pieces = [pitches(samples[at:at + audio.RATE // 2]) for at in range(0, len(samples), audio.RATE // 2)]
    assert set(TONES) in pieces, pieces


def test_the_operator_sees_and_ends_it(server, ctl, meeting):
    meeting.deploy(", count: no, tones: no, muted: yes, record: yes")
    assert ctl.list("conference", "list") == []
    ann, bob = meeting.join("ann"), meeting.join("bob")
    press(ann, "*6")
    wait_hears(bob, "ann")
    (row,) = ctl.list("conference", "list")
    assert (row["name"], row["members"], row["muted"], row["recorded"]) == ("team", 2, 1, True)
    assert row["calls"] == [c["id"] for c in sorted(ctl.list("calls"), key=lambda c: c["started_at"])]
    ctl.run("conference", "end", "team")
    for phone in (ann, bob):
        wait_log(server, "ended")
    for phone in (ann, bob):
        phone.wait("CALL_CLOSED")
    assert ctl.list("conference", "list") == []
    with pytest.raises(Refused, match="nobody is in a conference 'team'"):
        ctl.run("conference", "end", "team")


def test_a_phone_that_is_put_into_it(server, ladder, register, meeting, tmp_path):
    """ann's phone is in the conference on one line, talks to bob on the other, and puts him there in its place."""
    meeting.deploy(", count: no, tones: no")
    carol = meeting.join("carol")
    ann, consult = ladder("ann"), ladder("ann", add=False)
    bob = register("bob", says=tone_file(tmp_path, TONES["bob"]))
    consult.call("meeting").hear("BYE", timeout=60000).reply(200)
    consult.start(PASSWORDS["ann"]).wait_listening()
    replaces = consult.replaces()
    ann.call("bob").pause(1000)
    ann.request("REFER", [f"Refer-To: <sip:meeting@[remote_ip]:[remote_port]?Replaces={replaces}>"]).hear(202)
    told(ann, 100, 200).hear("BYE").reply(200).start(PASSWORDS["ann"])
    bob.wait("CALL_ESTABLISHED", 20)
    ann.finish()
    consult.finish()
    wait_hears(carol, "bob")
    wait_hears(bob, "carol")
    bob.press("#")
    wait_log(server, "left")
    wait_hears(carol)
