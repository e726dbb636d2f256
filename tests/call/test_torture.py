"""RFC 4475 and 5118 over the wire, and mutations of them: answered as the RFCs say or dropped, never a crash."""
import random
import re
import shutil
import socket
import tempfile

import pytest

from conftest import PASSWORDS
from ctl import Ctl
from server import Server
from sip_peer import authorization, header
from torture_messages import DROPPED, MESSAGES, wire

# Two that are sent behind a message: their answers say that it was looked at, before the stack and by all of it.
ALIVE = ("OPTIONS sip:{to} SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKalive{n}\nMax-Forwards: 70\nFrom: <sip:a@b>;tag=a\nTo: <sip:{to}>\n"
         "Call-ID: alive{n}\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
BEHIND = ALIVE.replace("OPTIONS", "SUBSCRIBE").replace("alive", "behind").replace("CSeq", "Event: message-summary\nContact: <sip:a@192.0.2.1>\nCSeq")


@pytest.fixture
def wired(server):
    server.stop()
    server.options = ["--never-ban", "127.0.0.0/8"]
    server.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(20)
        one.connect(("127.0.0.1", server.sip_port))
        yield one


@pytest.fixture(scope="module")
def torture():
    """One server for all rows, and a socket."""
    folder = tempfile.mkdtemp(prefix="flow")
    with Server(folder, options=["--never-ban", "127.0.0.0/8"]) as running, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        Ctl(running).add("ann", PASSWORDS["ann"])
        one.settimeout(20)
        one.connect(("127.0.0.1", running.sip_port))
        yield running, one
    shutil.rmtree(folder)


def answers_until_alive(one, to, n):
    """All that came before the answer to an OPTIONS that is sent behind: by then the message before was looked at."""
    one.send(wire(ALIVE.replace("{n}", n), to))
    answers = []
    while f"alive{n}\r\n" not in (answer := one.recv(65535).decode("latin-1")):
        answers.append(answer)
    assert answer.startswith("SIP/2.0 200"), answer
    return answers


def answers_to(one, message, to, n):
    """The final answers to this message, and to no other that was sent before; all of them."""
    one.send(message)
    for probe in (ALIVE, BEHIND):
        one.send(wire(probe.replace("{n}", n), to))
    came, probes = [], {f"alive{n}", f"behind{n}"}
    while probes:
        answer = one.recv(65535).decode("latin-1")
        probes.discard(header(answer, "Call-ID"))
        came.append(answer)
    call_id = re.search(rb"^Call-ID:[ ]*(.*?)\r$", message, re.MULTILINE | re.IGNORECASE)
    call_id = call_id[1].decode("latin-1") if call_id else ""
    known = [answer for answer in came if header(answer, "Call-ID") == call_id]
    return [answer for answer in known if not answer.startswith("SIP/2.0 1")]


def status(answer):
    return int(re.match(r"SIP/2\.0 (\d+)", answer)[1])


def acknowledged(one, message, answers):
    """So that what an INVITE got is not sent again."""
    for answer in answers:
        if message.startswith(b"INVITE"):
            start = message.split(b" ", 1)[1].split(b"\r\n")[0].strip()
            cseq = header(answer, "CSeq").split()[0]
            lines = [*(f"{name}: {header(answer, name)}" for name in ("Via", "From", "To", "Call-ID")), f"CSeq: {cseq} ACK", "Content-Length: 0"]
            one.send(b"ACK " + start + b"\r\n" + "\r\n".join([*lines, "", ""]).encode("latin-1"))


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.name)
def test_each_is_answered_as_its_row_says(torture, row):
    server, one = torture
    pid, message = server._process.pid, wire(row.text)
    answers = answers_to(one, message, server.sip, row.name.replace(" ", "-"))
    acknowledged(one, message, answers)
    assert [status(answer) for answer in answers] == ([] if row.answer is DROPPED else [row.answer]), row.says
    assert row.answer != 420 or header(answers[0], "Unsupported") == "nothingSupportsThis, nothingSupportsThisEither"
    assert row.answer not in (405, 501) or "INVITE" in header(answers[0], "Allow")
    if row.then:
        assert then(one, row, answers[0], server) == row.then, row.says
    assert server.is_alive() and server._process.pid == pid


def then(one, row, challenge, server):
    """The answer to the same with credentials, of a call that must not be."""
    start = row.text.split("\n")[0].split()
    line = authorization(challenge, start[0], start[1], "ann", PASSWORDS["ann"])
    text = row.text.replace("CSeq: 8", "CSeq: 9").replace("branch=z9hG4bK", "branch=z9hG4bKagain").replace("\nMax-", f"\n{line}\nMax-", 1)
    answer, = answers_to(one, wire(text), server.sip, row.name.replace(" ", "-") + "-again")
    acknowledged(one, wire(text), [answer])
    assert row.then != 415 or header(answer, "Accept") == "application/sdp"
    return status(answer)


def test_mutations_are_survived(server, wired):
    """Bytes changed, left out, doubled, pieces of one message in another: by a fixed seed, so that a crash comes again."""
    chance = random.Random(4475)
    texts = [wire(row.text) for row in MESSAGES]
    for n in range(3000):
        data = bytearray(chance.choice(texts))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(data))
            how = chance.randrange(5)
            if how == 0:
                data[at] = chance.randrange(256)
            elif how == 1:
                del data[at:at + chance.randint(1, 20)]
            elif how == 2:
                data[at:at] = data[at:at + chance.randint(1, 40)] * chance.randint(1, 4)
            elif how == 3:
                other = chance.choice(texts)
                data[at:at] = other[chance.randrange(len(other)):][:chance.randint(1, 80)]
            else:
                data[at:at + 1] = chance.choice([b"\r\n", b"\0", b"\xff\xfe", b'"', b"<", b";", b",", b"%00", b"9" * 30])
            data = data or bytearray(b"x")
        wired.send(bytes(data[:60000]))
        if n % 100 == 0:
            answers_until_alive(wired, server.sip, f"x{n}")
    answers_until_alive(wired, server.sip, "end")
    assert server.is_alive()


def test_the_same_over_a_connection(server, wired):
    """Each on a connection of its own, since a broken message may end it."""
    for row in MESSAGES:
        with socket.create_connection(("127.0.0.1", server.sip_port), timeout=20) as one:
            one.sendall(wire(row.text.replace("SIP/2.0/UDP", "SIP/2.0/TCP")))
    answers_until_alive(wired, server.sip, "tcp")
    assert server.is_alive()


PHRASES = ["SIP/2.0 4294967301 better not break the receiver", "SIP/2.0 180 ", "SIP/2.0 200 = 2**3 * 5**2 \u043d\u043e \u0441\u0442\u043e"]


def test_answers_of_a_phone(server, peer, register):
    """4475 3.1.1.12 and .13: a phrase of any kind, or none. 3.1.2.5 and .19: a status or CSeq that is none is as if nothing had come."""
    bob, ann = peer("bob"), register("ann")
    ann.dial("bob")
    invite = bob.wait("INVITE")
    for phrase in PHRASES[:2]:
        bob.reply(invite, *phrase.split(" ", 2)[1:])
    ann.wait("CALL_RINGING")
    number = header(invite, "CSeq").split()[0]
    bob.reply(invite.replace(f"CSeq: {number}", "CSeq: 9292394834772304023312"), 200, "OK", bob.sdp())
    bob.reply(invite, *PHRASES[2].split(" ", 2)[1:], bob.sdp())
    assert header(bob.wait("ACK"), "CSeq") == f"{number} ACK"
    ann.wait("CALL_ESTABLISHED")
    bob.bye(invite)
    ann.wait("CALL_CLOSED")
    assert server.wait_cdr()["status"] == "200"
