"""RFC 4475 and 5118 over the wire, and mutations of them: answered as the RFCs say or dropped, never a crash."""
import random
import re
import socket

import pytest

from torture_messages import BROKEN, MESSAGES, ODD, VALID, wire

ALIVE = ("OPTIONS sip:{to} SIP/2.0\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKalive{n}\nMax-Forwards: 70\nFrom: <sip:a@b>;tag=a\nTo: <sip:{to}>\n"
         "Call-ID: alive{n}\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")


@pytest.fixture
def wired(server):
    server.stop()
    server.options = ["--never-ban", "127.0.0.0/8"]
    server.start()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(20)
        one.connect(("127.0.0.1", server.sip_port))
        yield one


def answers_until_alive(one, to, n):
    """All that came before the answer to an OPTIONS that is sent behind: by then the message before was looked at."""
    one.send(wire(ALIVE.replace("{n}", n), to))
    answers = []
    while f"alive{n}\r\n" not in (answer := one.recv(65535).decode("latin-1")):
        answers.append(answer)
    assert answer.startswith("SIP/2.0 200"), answer
    return answers


def finals(answers):
    return [status for answer in answers if (status := int(re.match(r"SIP/2\.0 (\d+)", answer)[1])) >= 200]


def test_each_message_gets_what_it_deserves(server, wired):
    pid, wrong = server._process.pid, []
    for n, (name, kind, text) in enumerate(MESSAGES):
        wired.send(wire(text, server.sip))
        answers = answers_until_alive(wired, server.sip, f"m{n}")
        while kind == VALID and not finals(answers):  # what the stack answers may come behind what is answered before it
            answers.append(wired.recv(65535).decode("latin-1"))
        final = finals(answers)
        good = {VALID: final and 400 not in final and final[0] < 600, BROKEN: all(400 <= s < 600 for s in final), ODD: True}[kind]
        if not good:
            wrong.append((name, kind, final))
    assert server.is_alive() and server._process.pid == pid
    assert not wrong, wrong


def test_mutations_are_survived(server, wired):
    """Bytes changed, left out, doubled, pieces of one message in another: by a fixed seed, so that a crash comes again."""
    chance = random.Random(4475)
    texts = [wire(text, server.sip) for _, _, text in MESSAGES]
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
    for name, _, text in MESSAGES:
        with socket.create_connection(("127.0.0.1", server.sip_port), timeout=20) as one:
            one.sendall(wire(text.replace("SIP/2.0/UDP", "SIP/2.0/TCP"), server.sip))
    answers_until_alive(wired, server.sip, "tcp")
    assert server.is_alive()
