"""Digits are sent as the far end wants them: by RFC 4733, by INFO (application/dtmf-relay) or as tones, by what it says of itself and by
the setting of its Connection or trunk. SIPp is the far end: it counts the INFOs, and what comes by RTP is heard beside it."""
import random
import re
import socket
import struct
import threading
import time

import numpy as np
import pytest

from carrier import Carrier
from conftest import PASSWORDS
from ctl import Refused
from media_ends import KEYS, MediaEnds, decode_pcmu
from server import build_flow
from sip_peer import encode_pcmu
from sipp import Run
from test_srtp_trunk import world  # noqa: F401
from test_trunk_peers import tls_server  # noqa: F401
from test_trunks import add_trunk, logged, out, trunk, wait_state  # noqa: F401

RATE = 8000
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYPAD = "123A456B789C*0#D"
TAKES = ["Allow: INVITE, ACK, BYE, CANCEL, INFO", "Accept: application/sdp, application/dtmf-relay"]
HELD_MS = 100  # as MediaEnds presses


def tone_of(frame):
    """The key whose tones these samples hold, or ''."""
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(len(frame)), RATE))  # a bin each Hz
    row, column = (max(group, key=lambda hz: spectrum[hz]) for group in (ROWS, COLUMNS))
    weakest = min(spectrum[row], spectrum[column])
    others = [spectrum[hz] for hz in (*ROWS, *COLUMNS) if hz not in (row, column)]
    return KEYPAD[ROWS.index(row) * 4 + COLUMNS.index(column)] if weakest > 1 and weakest > 3 * max(others) else ""


def tones_in(samples):
    """The digits that are pressed in it."""
    found, last = "", ""
    for at in range(0, len(samples) - 160, 160):
        now = tone_of(samples[at:at + 160])
        found += now if now and now != last else ""
        last = now
    return found


def tones(digits):
    """The digits as sound, 80 ms each and 80 ms between."""
    t = np.arange(0.08 * RATE) / RATE
    sound = []
    for digit in digits:
        row, column = divmod(KEYPAD.index(digit), 4)
        sound += [0.2 * np.sin(2 * np.pi * ROWS[row] * t) + 0.2 * np.sin(2 * np.pi * COLUMNS[column] * t), np.zeros(len(t))]
    return np.concatenate(sound)


class Ear:
    """What comes by RTP. Use as a context manager."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.payloads, self._events = [], {}

    def __enter__(self):
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self.socket.close()

    def _work(self):
        while packet := self.socket.recv(2048):
            if len(packet) <= 12 or packet[1] & 0x7f in range(72, 80):  # RTCP
                continue
            if packet[1] & 0x7f == 0:
                self.payloads.append(packet[12:])
            else:
                self._events.setdefault(struct.unpack_from(">I", packet, 4)[0], KEYS[packet[12]])

    def events(self):
        """The digits that came by RFC 4733."""
        return "".join(self._events.values())

    def tones(self):
        return tones_in(decode_pcmu(b"".join(self.payloads)))

    def wait(self, heard, wanted, timeout=20):
        end = time.monotonic() + timeout
        while (now := heard()) != wanted:
            assert time.monotonic() < end and len(now) <= len(wanted), (now, wanted)
            time.sleep(0.1)  # between two looks


@pytest.fixture
def ear():
    with Ear() as one:
        yield one


@pytest.fixture
def ann(server, ctl, tmp_path):
    """ann(target) calls and gives the caller's media end; press(digits, …) presses by RFC 4733."""
    ctl.add("ann", PASSWORDS["ann"])
    with MediaEnds(tmp_path) as ends:
        runs = []

        class Ann:
            def call(self, target="bob"):
                runs.append(Run("call", server, "ann", PASSWORDS["ann"], tmp_path / "ann", pipe=ends.pipe, service=target))
                self.end = ends.wait_up(1)[0]
                return self

            def press(self, digits, **how):
                ends.press(self.end, digits, **how)

            def say(self, samples):
                ends.speak(self.end, encode_pcmu(samples))

        yield Ann()
        for run in runs:
            assert run.wait().status == 0


def answers(ladder, ear, says=TAKES, events=False, user="bob"):
    """bob's SIPp, from the INVITE to the ACK."""
    bob = ladder(user).register(PASSWORDS[user])
    bob.audio = ear.port
    sdp = bob.sdp()
    if not events:
        sdp = "".join(line for line in sdp.splitlines(True) if "telephone-event" not in line).replace(" 0 101", " 0")
    return bob.answer_call(200, says, sdp)


def takes(bob, infos, *more):
    """It answers so many INFOs with 200, then with these."""
    for status in [200] * infos + list(more):
        bob.hear("INFO", timeout=30000).reply(status)
    return bob


def hangs_up(bob):
    """Half a second after that, in which no INFO may come, and no digit be on its way."""
    return bob.pause(500).bye()


def infos(bob):
    """What it was told, as (digit, ms), retransmissions not counted."""
    found = {}
    for message in re.findall(r"message received .*?\n\n(INFO .*?)\n-{20,}", bob.messages() + "-" * 30, re.DOTALL):
        assert re.search(r"^Content-Type: application/dtmf-relay$", message, re.MULTILINE), message
        cseq = int(re.search(r"^CSeq: (\d+) INFO", message, re.MULTILINE)[1])
        found.setdefault(cseq, re.search(r"\n\nSignal=(.)\nDuration=(\d+)\n", message).groups())
    assert list(found) == sorted(found), found
    return [(digit, int(ms)) for digit, ms in found.values()]


def talk(ann, bob):
    bob.start().wait_listening()
    return ann.call()


# ---- by what the far end says ----

def test_who_takes_digits_by_info_gets_them_so(ann, ladder, ear):
    bob = hangs_up(takes(answers(ladder, ear), 16))
    talk(ann, bob).press(KEYS)
    bob.finish()
    assert infos(bob) == [(key, HELD_MS) for key in KEYS]
    assert (ear.events(), ear.tones()) == ("", "")


@pytest.mark.parametrize("says,events,by", [
    (TAKES, True, "events"),
    (TAKES[:1], False, "tones"), (TAKES[1:], False, "tones"), ([], False, "tones"),
    (["Allow: INVITE, ACK, BYE, CANCEL, INFO", "Recv-Info: application/dtmf-relay"], False, "info"),
])
def test_auto_goes_by_what_it_says(ann, ladder, ear, says, events, by):
    bob = answers(ladder, ear, says, events)
    takes(bob, 3 if by == "info" else 0)
    bob = hangs_up(bob.wait_for_test()) if by != "info" else hangs_up(bob)
    talk(ann, bob).press("5*D")
    if by != "info":
        ear.wait(getattr(ear, by), "5*D")
        bob.go_on()
    bob.finish()
    assert "".join(digit for digit, _ in infos(bob)) == ("5*D" if by == "info" else "")
    assert (ear.events(), ear.tones()) == ("5*D" if by == "events" else "", "5*D" if by == "tones" else "")


def wait_acks(bob, count, timeout=20):
    """Until so many of its own offers have been answered."""
    end = time.monotonic() + timeout
    while len(bob.when("sent", "ACK ")) < count:
        assert time.monotonic() < end, bob.messages()[-2000:]
        time.sleep(0.05)  # between two looks at a file


def test_a_new_offer_may_change_it(ann, ladder, ear):
    """It has telephone-event, which the first answer had not; and then has none again."""
    bob = takes(answers(ladder, ear), 2).wait_for_test()
    bob.request("INVITE", TAKES, body=bob.sdp()).hear(200).ack().wait_for_test()
    plain = bob.sdp().replace(" 0 101", " 0").replace("a=rtpmap:101 telephone-event/8000\n", "")
    bob.request("INVITE", TAKES, body=plain).hear(200).ack()
    bob = hangs_up(takes(bob, 2))
    talk(ann, bob).press("12")
    bob.wait_said("Signal=2").go_on()
    wait_acks(bob, 1)
    ann.press("34")
    ear.wait(ear.events, "34")
    bob.go_on()
    wait_acks(bob, 2)
    ann.press("56")
    bob.finish()
    assert [digit for digit, _ in infos(bob)] == list("1256")
    assert (ear.events(), ear.tones()) == ("34", "")


# ---- by the setting ----

@pytest.mark.parametrize("way,says,events,by", [
    ("info", [], True, "info"), ("info", [], False, "info"),
    ("rfc4733", TAKES, False, "tones"), ("rfc4733", TAKES, True, "events"),
    ("inband", TAKES, False, "tones"), ("auto", TAKES, True, "events"),
])
def test_the_connection_says_how(ctl, ann, ladder, ear, way, says, events, by):
    bob = answers(ladder, ear, says, events)
    takes(bob, 3 if by == "info" else 0)
    bob = hangs_up(bob.wait_for_test()) if by != "info" else hangs_up(bob)
    ctl.run("connection", "set", "bob", "--dtmf", way)
    talk(ann, bob).press("1A#")
    if by != "info":
        ear.wait(getattr(ear, by), "1A#")
        bob.go_on()
    bob.finish()
    assert infos(bob) == ([(digit, HELD_MS) for digit in "1A#"] if by == "info" else [])
    assert (ear.events(), ear.tones()) == ("1A#" if by == "events" else "", "1A#" if by == "tones" else "")


def test_in_band_no_events_are_offered_nor_taken(server, ctl, register, ladder):
    """Neither to the one who is called nor to the one who calls."""
    ctl.run("connection", "add", "ann", "--name", "Ann", "--no-voicemail", "--dtmf", "inband", "--password", PASSWORDS["ann"])
    bob = ladder("bob").register(PASSWORDS["bob"])
    ctl.run("connection", "set", "bob", "--dtmf", "inband")
    ann = ladder("ann", add=False)
    bob.called(lacks=["telephone-event"]).ringing().reply(200, body=bob.sdp()).hear("ACK").hear("BYE").reply(200).start().wait_listening()
    ann.begin("INVITE", "bob", body=ann.sdp())
    for status in (100, 180):
        ann.hear(status, optional=True)
    ann.hear(200, rrs=True, lacks=["telephone-event"]).ack().bye().start(PASSWORDS["ann"]).finish()
    bob.finish()


@pytest.mark.parametrize("way", ["info", "rfc4733"])
def test_otherwise_they_are(ctl, register, ladder, way):
    register("bob")
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--dtmf", way)
    ann.begin("INVITE", "bob", body=ann.sdp())
    for status in (100, 180):
        ann.hear(status, optional=True)
    ann.hear(200, rrs=True, matches=["a=rtpmap:101 telephone-event/8000"]).ack().bye().start(PASSWORDS["ann"]).finish()


def test_a_phone_is_sent_info_and_understood_by_events(ctl, register):
    """baresip reads INFO, and presses by RFC 4733: ann hears its digits in her RTP, it hears hers by INFO."""
    ann, bob = register("ann"), register("bob")
    ctl.run("connection", "set", "bob", "--dtmf", "info")
    ann.dial("bob")
    for phone in (ann, bob):
        phone.wait("CALL_ESTABLISHED")
    for digit in "159D#":
        ann.press(digit)
        bob._lines.wait(lambda line, d=digit: f"received DTMF: '{d}' (duration=" in line, 10, f"INFO {digit}")
    for digit in "26*":
        bob.press(digit)
        ann.events.wait(lambda e, d=digit: e.get("type") == "CALL_DTMF_START" and e.get("param") == d, 10, f"event {digit}")
    ann.hang_up()
    bob.wait("CALL_CLOSED")
    assert len([line for line in bob._lines.seen if "received DTMF" in line]) == 5


# ---- none lost, none doubled ----

def test_two_hundred_fast_with_loss(ann, ladder, ear):
    """Ten a second, 3 % of the packets lost."""
    digits = "".join(KEYS[n * 5 // 3 % 16] for n in range(200))
    lost = set(random.Random(7).sample(range(200 * 5), 30))
    bob = hangs_up(takes(answers(ladder, ear), 200))
    talk(ann, bob).press(digits, held=2, gap=0, loses=lost.__contains__)
    bob.finish()
    told = infos(bob)
    assert "".join(digit for digit, _ in told) == digits
    assert {ms for _, ms in told} <= {20, 40} and sum(ms == 40 for _, ms in told) > 190
    assert (ear.events(), ear.tones()) == ("", "")


def test_a_slow_far_end_gets_them_one_by_one(ann, ladder, ear):
    """Each is answered a third of a second after it came, twice as long as the digits take; the first is repeated by UDP."""
    bob = answers(ladder, ear)
    for n in range(10):
        bob.hear("INFO", timeout=30000).pause(700 if n == 0 else 330).reply(200)
    bob = hangs_up(bob)
    talk(ann, bob).press("9876543210", held=3, gap=1)
    bob.finish()
    assert infos(bob) == [(digit, 60) for digit in "9876543210"]
    asked, answered = bob.when("received", "INFO"), bob.when("sent", "SIP/2.0 200 OK")
    assert len(asked) > 10 and len(answered) >= 11  # that of the INVITE among them


def test_what_comes_by_info_goes_by_info(ladder, ear):
    """With its duration; and application/dtmf, which has none."""
    bob = hangs_up(takes(answers(ladder, ear), 4))
    bob.start().wait_listening()
    ann = ladder("ann")
    ann.sdp = lambda: type(ann).sdp(ann).replace(" 0 101", " 0").replace("a=rtpmap:101 telephone-event/8000\n", "")
    ann.call("bob")
    for digit, ms in (("5", 250), ("*", 90), ("0", 2000)):
        ann.request("INFO", body=f"Signal={digit}\nDuration={ms}\n", kind="application/dtmf-relay").hear(200)
    ann.request("INFO", body="8", kind="application/dtmf").hear(200)
    ann.hear("BYE").reply(200).start(PASSWORDS["ann"])
    bob.finish()
    ann.finish()
    assert infos(bob) == [("5", 250), ("*", 90), ("0", 2000), ("8", 160)]


def test_who_is_sent_info_may_send_it_beside_events(ctl, ladder, ear):
    """Its SDP has telephone-event, and it sends by INFO all the same: it is believed, where the setting is info."""
    bob = hangs_up(takes(answers(ladder, ear), 2))
    bob.start().wait_listening()
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--dtmf", "info")
    ann.call("bob")
    for digit in "47":
        ann.request("INFO", body=f"Signal={digit}\nDuration=120\n", kind="application/dtmf-relay").hear(200)
    ann.hear("BYE").reply(200).start(PASSWORDS["ann"])
    bob.finish()
    ann.finish()
    assert infos(bob) == [("4", 120), ("7", 120)]


@pytest.mark.parametrize("way,entered", [("info", "got 471"), ("auto", "none")])
def test_a_flow_hears_them_too(server, ctl, ladder, tmp_path, way, entered):
    """An offer with telephone-event, digits by INFO: under auto they are taken for the repetition of events (docs/media.md)."""
    flow = """flow desk {
    gather digits: 3, timeout: 3s {
        on matched(d) { log "got {d}" }
        else          { log "none" }
    }
    hangup
}"""
    ctl.add("desk", virtual=True)
    ctl.attach_flow("desk", build_flow(flow, tmp_path))
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--dtmf", way)
    ann.call("desk")
    for digit in "471":
        ann.request("INFO", body=f"Signal={digit}\nDuration=120\n", kind="application/dtmf-relay").hear(200)
    ann.hear("BYE").reply(200).start(PASSWORDS["ann"]).finish()
    logged(server, entered)


def test_tones_become_info_and_are_heard_no_more(ctl, ann, ladder, ear):
    bob = hangs_up(takes(answers(ladder, ear), 16))
    ctl.run("connection", "set", "ann", "--dtmf", "inband")  # so that she has no events
    talk(ann, bob).say(np.concatenate([np.zeros(RATE), tones(KEYS)]))
    bob.finish()
    assert [digit for digit, _ in infos(bob)] == list(KEYS)
    assert ear.events() == ""
    sound = decode_pcmu(b"".join(ear.payloads))
    loud = np.abs(sound) > 0.05
    assert loud.sum() < 16 * 0.04 * RATE  # of each tone less than 40 ms are left


# ---- refused ----

@pytest.mark.parametrize("status,setting,events,by", [
    (415, "auto", False, "tones"), (405, "info", False, "tones"), (501, "info", True, "events"), (603, "auto", False, "tones")])
def test_a_refusal_sends_the_rest_by_rtp(server, ctl, ann, ladder, ear, status, setting, events, by):
    """The refused digit too. The far end hears all, each once, and the call goes on."""
    bob = hangs_up(takes(answers(ladder, ear, TAKES, events), 2, status).wait_for_test())
    ctl.run("connection", "set", "bob", "--dtmf", setting)
    talk(ann, bob).press("1234567")
    ear.wait(getattr(ear, by), "34567", 30)
    bob.go_on()
    bob.finish()
    assert [digit for digit, _ in infos(bob)] == list("123")  # of which 3 was refused
    assert (ear.events(), ear.tones()) == ("34567" if by == "events" else "", "34567" if by == "tones" else "")
    assert len([line for line in server.log.seen if "digits by INFO are refused" in line]) == 1
    assert server.wait_cdr()["status"] == "200"


@pytest.mark.parametrize("status", [481, 408])
def test_a_dialog_that_is_not_there_ends_the_call(server, ann, ladder, ear, status):
    bob = takes(answers(ladder, ear), 1, status).hear("BYE").reply(200)
    talk(ann, bob).press("12")
    bob.finish()
    assert server.wait_cdr()["status"] == "200"


def test_a_far_end_that_does_not_answer_ends_the_call(server, ctl, ladder, ear):
    """It is given up after 32 s (RFC 3261 section 12.2.1.2)."""
    bob = answers(ladder, ear).hear("INFO").pause(31000).hear("BYE").reply(200)
    bob.start().wait_listening()
    ann = ladder("ann")
    ctl.run("connection", "set", "ann", "--dtmf", "info")
    ann.call("bob").request("INFO", body="Signal=1\nDuration=100\n", kind="application/dtmf-relay").hear(200)
    ann.hear("BYE", timeout=60000).reply(200).start(PASSWORDS["ann"])
    bob.finish()
    ann.finish()
    assert server.wait_cdr()["status"] == "200"


# ---- trunks, and who sees the setting ----

@pytest.fixture
def carrier():
    with Carrier() as one:
        yield one


@pytest.mark.parametrize("way,wanted", [("info", "52#"), ("auto", "")])
def test_a_trunk_is_sent_them_as_it_is_set(server, ctl, register, carrier, out, way, wanted):  # noqa: F811
    """Called, and calling. Its SDP has telephone-event."""
    add_trunk(ctl, "carrier", carrier.gateway, "--dtmf", way)
    wait_state(ctl, "carrier", "up")
    out()
    ann = register("ann")
    ctl.run("number", "add", "+48220000000", "--to", "ann")
    heard = {}  # by timestamp and source

    def pressed(nth):
        ann.wait("CALL_ESTABLISHED")
        for digit in "52#":
            ann.press(digit)
        if wanted:
            carrier.wait("INFO", 3 * nth)
        else:
            carrier.rtp.settimeout(10)
            while len(heard) < 3 * nth:
                packet = carrier.rtp.recv(2048)
                if packet[1] & 0x7f == 101:
                    heard.setdefault(packet[4:12], KEYS[packet[12]])

    ann.dial("out")
    pressed(1)
    ann.hang_up()
    carrier.wait("BYE")
    invite = carrier.invite(server.sip, "+48220000000")
    carrier.acknowledge(invite, carrier.wait_response("SIP/2.0 200"), server.sip)
    pressed(2)
    told = [re.search(r"\r\nSignal=(.)\r\nDuration=\d+\r\n", info)[1] for info in carrier.got("INFO")]
    assert "".join(told) == wanted * 2
    assert "".join(heard.values()) == ("" if wanted else "52#" * 2)
    ann.hang_up()


def test_a_phone_behind_a_carrier_by_tls_gets_them(world, out):  # noqa: F811
    """By the route of the dialog, over its connection, both ways that the call may have begun."""
    world.begin("off", None)
    world.ctl.run("trunk", "set", "carrier", "--dtmf", "info")
    out()

    def press(digits):
        for phone in (world.ann, world.eva):
            phone.wait("CALL_ESTABLISHED")
        for digit in digits:
            world.ann.press(digit)
            world.eva._lines.wait(lambda line, d=digit: f"received DTMF: '{d}' (duration=" in line, 10, f"INFO {digit}")
        world.ann.hang_up()
        world.eva.wait("CALL_CLOSED")

    world.ann.dial("out")
    press("5#")
    world.eva.dial(f"sip:+48220000000@{world.carrier.gateway}")
    press("D7")
    assert len([line for line in world.eva._lines.seen if "received DTMF" in line]) == 4


def test_the_admin_sees_and_sets_it(ctl):
    ctl.add("ann", "secret")
    assert ctl.list_one("connection", "show", "ann")["dtmf"] == "auto"
    ctl.run("connection", "set", "ann", "--dtmf", "info")
    ctl.run("connection", "set", "ann", "--ring-time", "30s")  # what is not named stays
    assert ctl.list_one("connection", "show", "ann")["dtmf"] == "info"
    assert re.search(r"^Digits by +info$", ctl.run("connection", "show", "ann"), re.MULTILINE)
    for wrong in ("", "rfc2833"):
        with pytest.raises(Refused, match=f"--dtmf must be one of auto, rfc4733, info, inband, not '{wrong}'"):
            ctl.run("connection", "set", "ann", "--dtmf", wrong)
    ctl.run("connection", "add", "eve", "--name", "Eve", "--dtmf", "inband")
    assert ctl.list_one("connection", "show", "eve")["dtmf"] == "inband"
    add_trunk(ctl, "carrier", "127.0.0.2:5060", "--ping", "0s")
    assert trunk(ctl, "carrier")["dtmf"] == "auto"
    ctl.run("trunk", "set", "carrier", "--dtmf", "rfc4733")
    assert trunk(ctl, "carrier")["dtmf"] == "rfc4733"
    with pytest.raises(Refused, match="--dtmf must be one of auto, rfc4733, info, inband, not 'sip'"):
        ctl.run("trunk", "set", "carrier", "--dtmf", "sip")
