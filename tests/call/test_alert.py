"""How a phone is asked to ring, and to answer by itself (RFC 7462, RFC 5373 and the makers' customs)."""
import re
from pathlib import Path

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS, SAYS
from obedient import Obedient
from server import build_flow
from test_trunks import add_trunk

NAMES = ("Alert-Info", "Call-Info", "Answer-Mode", "Priv-Answer-Mode", "Require")
FROM_CALLER = ["Alert-Info: <http://evil.example/a.wav>;info=alert-autoanswer;delay=0", "Call-Info: <sip:evil.example>;answer-after=0", "Answer-Mode: Auto",
               "Priv-Answer-Mode: Auto"]


@pytest.fixture
def line(ctl, tmp_path):
    """line(arguments): a virtual Connection `line` whose flow is a bridge with them."""
    def attach(arguments, more=""):
        ctl.add("line", virtual=True)
        ctl.attach_flow("line", build_flow(f"{more}flow line {{\n bridge {arguments} {{\n on ended {{ hangup }}\n else {{ reject busy }}\n }}\n}}\n", tmp_path))
    return attach


def lacking(*names):
    return [rf"\r\n{name}:" for name in names]


ROWS = [
    ('ring_tone: "internal"', ["Alert-Info: <urn:alert:source:internal>;info=alert-internal"], NAMES[1:]),
    ('ring_tone: "Bellcore-dr3"', ["Alert-Info: <http://127.0.0.1/Bellcore-dr3>;info=Bellcore-dr3"], NAMES[1:]),
    ('ring_tone: "urn:alert:service:recall:callback"', ["Alert-Info: <urn:alert:service:recall:callback>"], NAMES[1:]),
    ('ring_tone: "http://sounds.example/{call.dialed.name} 1.wav"', ["Alert-Info: <http://sounds.example/Line%201.wav>"], NAMES[1:]),
    ("auto_answer: yes", ["Alert-Info: <sip:127.0.0.1>;info=alert-autoanswer;delay=0", "Call-Info: <sip:127.0.0.1>;answer-after=0", "Answer-Mode: Auto"], NAMES[3:]),
    ('ring_tone: "external", auto_answer: yes', ["Alert-Info: <urn:alert:source:external>;info=alert-autoanswer;delay=0", "Call-Info: <sip:127.0.0.1>;answer-after=0"],
     NAMES[3:]),
    ("auto_answer: no", [], NAMES),
]


@pytest.mark.parametrize("arguments, wants, lacks", ROWS, ids=[row[0] for row in ROWS])
def test_the_phone_is_told(ladder, line, arguments, wants, lacks):
    """And nothing of what the caller's phone asks for."""
    line(f'"bob", {arguments}')
    bob, ann = ladder("bob"), ladder("ann")
    bob.register(PASSWORDS["bob"]).called(matches=[re.sub(r"([.*+?()\[])", r"[\1]", want) + "\r" for want in wants], lacks=[*lacking(*lacks), "evil"])
    bob.reply(486).hear("ACK").start().wait_listening()
    ann.begin("INVITE", "line", FROM_CALLER, ann.sdp())
    for status in (100, 180):
        ann.hear(status, optional=True)
    ann.hear(486).ack_failure().start(PASSWORDS["ann"])
    bob.finish()
    ann.finish()


def test_who_is_forwarded_to_is_not_made_to_answer(ctl, ladder, register, line):
    """The tone goes with the call, where the target's devices ring: in a bridge of several."""
    ctl.add("dave", PASSWORDS["dave"])
    line('["ann", "dave"], ring_tone: "internal", auto_answer: yes')
    ann, carol = ladder("ann"), ladder("carol")
    ann.register(PASSWORDS["ann"]).called(matches=["Answer-Mode: Auto"]).forward("<sip:carol@[remote_ip]:[remote_port]>").start().wait_listening()
    carol.register(PASSWORDS["carol"]).called(matches=["Alert-Info: <urn:alert:source:internal>;info=alert-internal\r"], lacks=lacking("Call-Info", "Answer-Mode"))
    carol.reply(486).hear("ACK").start().wait_listening()
    register("bob").dial("line")
    ann.finish()
    carol.finish()


def test_carriers_are_told_nothing(ctl, register, line):
    """A target that the compiler cannot know."""
    with Carrier() as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--number", "+48220000000")
        line('abroad(), ring_tone: "internal", auto_answer: yes', 'permit dial "+48*"\nfn abroad() -> text { return "+48221234567" }\n')
        register("ann").dial("line")
        invite = carrier.wait_calls(1)[0]
        assert not re.search("^(Alert-Info|Call-Info|Answer-Mode)", invite, re.MULTILINE | re.IGNORECASE)


@pytest.fixture
def obedient(server, ctl, tmp_path):
    """Ann's phone: registered, and free to answer by itself."""
    ctl.add("ann", PASSWORDS["ann"])
    with Obedient(tmp_path / "obedient", server.sip, "ann", PASSWORDS["ann"], audio.sentence(tmp_path, "demo-echotest", lead=0.5)) as phone:
        yield phone


def test_a_phone_answers_by_itself(server, obedient, speaker, line):
    """liblinphone obeys Call-Info: nobody touches it, and it is heard."""
    line('"ann", auto_answer: yes')
    bob = speaker("bob")
    bob.dial("line")
    obedient.wait("asked")
    bob.wait("CALL_ESTABLISHED", 20)
    bob.wait_heard_in_pieces(audio.prompt("demo-echotest")[:3 * audio.RATE])
    bob.hang_up()
    assert server.wait_cdr()["by"] == "caller"


def test_a_phone_that_is_not_asked_rings(obedient, speaker, line):
    line('"ann", ring: 3s, ring_tone: "internal"')
    bob = speaker("bob")
    bob.dial("line")
    obedient.wait("incoming")
    bob.wait("CALL_CLOSED", 20)


def test_the_sample_flow_speaks_to_the_door(server, ctl, new_phone, speaker, tmp_path):
    """flows/intercom.flow; baresip is set to answer by itself whatever it is told."""
    ctl.add("intercom", virtual=True)
    ctl.attach_flow("intercom", build_flow((Path(__file__).parents[2] / "flows/intercom.flow").read_text(), tmp_path))
    ctl.add("door", "door-secret")
    door = new_phone("door", domain=server.sip, password="door-secret", expires=600, says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    door.wait("REGISTER_OK")
    bob = speaker("bob")
    bob.dial("intercom")
    bob.wait("CALL_ESTABLISHED")
    bob.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    door.wait_heard(audio.prompt(SAYS["bob"]))
    bob.hang_up()
    door.wait("CALL_CLOSED")
