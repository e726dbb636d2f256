"""The guard against password guessing, and what an outsider can learn of who exists."""
import re
import socket
import time

import pytest

from carrier import Carrier
from ctl import Refused
from server import build_flow
from sip_peer import SipPeer, header

ATTACKER, NEIGHBOUR = "127.0.0.66", "127.0.0.67"


@pytest.fixture
def device(server):
    """device(user, password, address) is a scripted device at that address of loopback."""
    devices = []

    def make(user, password="wrong", address=ATTACKER, patience=10):
        devices.append(SipPeer(server.sip, user, password, address=address))
        devices[-1].socket.settimeout(patience)
        return devices[-1]

    yield make
    for one in devices:
        one.__exit__()


def is_silent(one, challenge=None):
    """Whether nothing answers it, nor its password on that challenge; a second is long on loopback, and what is
    answered is answered at once."""
    one.socket.settimeout(1)
    try:
        one.register(challenge=challenge) if challenge else one.challenge()
    except TimeoutError:
        return True
    return False


def fail(device, user, times, address=ATTACKER):
    for _ in range(times):
        assert device(user, address=address).register().startswith("SIP/2.0 403")


def ban_rows(ctl):
    return {(row["source"], row["user"]): row for row in ctl.list("bans", "list")}


def test_guessing_ends_in_silence(server, ctl, device):
    ctl.add("ann", "right")
    fail(device, "ann", 5)
    assert is_silent(device("ann"))
    assert not is_silent(device("bob"))
    assert device("ann", "right", NEIGHBOUR).register().startswith("SIP/2.0 200")
    fail(device, "bob", 5)
    fail(device, "carol", 5)
    fail(device, "dave", 5)
    assert is_silent(device("erin"))
    assert not is_silent(device("erin", address=NEIGHBOUR))
    rows = ban_rows(ctl)
    assert (ATTACKER, None) in rows and (ATTACKER, "ann") in rows
    assert rows[ATTACKER, None]["refused"] >= 1 and not rows[ATTACKER, None]["by_hand"]
    assert sum("everybody from" in line for line in server.log.seen) == 1  # once, however much follows


def test_an_honest_phone_beside_an_attacker_goes_on(ctl, device):
    ctl.add("ann", "right")
    honest = device("ann", "right")
    assert honest.register().startswith("SIP/2.0 200")
    for n in range(4):
        fail(device, f"guess{n}", 5)
    assert is_silent(device("guess9"))
    assert honest.register().startswith("SIP/2.0 200")
    again = device("ann", "right")  # the phone rebooted: another port
    time.sleep(1.1)  # its credentials are looked at once a second, as the rule says
    assert again.register().startswith("SIP/2.0 200")


def test_a_stale_nonce_is_no_failure(ctl, device):
    ctl.add("ann", "right")
    phone = device("ann", "right")
    challenge = phone.challenge()
    assert phone.register(challenge=challenge).startswith("SIP/2.0 200")
    for _ in range(30):
        answer = phone.register(challenge=challenge)
        assert answer.startswith("SIP/2.0 401") and "stale=true" in answer
    assert ban_rows(ctl) == {}


MADE_UP = {"made up": "made-up", "of the right form": "0123456789abcdef" * 4}


def challenge_with(nonce):
    """What a forger has of a challenge: no answer of the server reaches him but those to an address of his own."""
    return f'WWW-Authenticate: Digest realm="callflow", nonce="{nonce}", algorithm=MD5, qop="auth"\r\n'


@pytest.mark.parametrize("foreign", [*MADE_UP, "given to the forger"])
def test_nobody_fails_in_anothers_name(ctl, device, foreign):
    """As many as ban a user of a source, a source, and a user anywhere; each is answered, none is counted."""
    ctl.add("ann", "right")
    victim = device("ann")
    nonce = MADE_UP.get(foreign) or re.search(r'nonce="(\w+)"', device("ann", address=NEIGHBOUR).challenge())[1]
    for _ in range(61):
        answer = victim.register(challenge=challenge_with(nonce))
        assert answer.startswith("SIP/2.0 401") and "stale=true" in answer
    assert ban_rows(ctl) == {}
    assert device("ann", "right").register().startswith("SIP/2.0 200")


def test_a_phone_that_has_moved_goes_on(ctl, device):
    ctl.add("ann", "right")
    at_home, away = device("ann", "right"), device("ann", "right", NEIGHBOUR)
    challenge = at_home.challenge()
    assert device("ann", "right").register(challenge=challenge).startswith("SIP/2.0 200")  # another port of one address
    again = away.register(challenge=challenge)
    assert again.startswith("SIP/2.0 401") and "stale=true" in again
    assert away.register(challenge=again).startswith("SIP/2.0 200")


@pytest.mark.parametrize("option", ["gateway", "sources"])
def test_a_carrier_is_never_banned(server, ctl, device, tmp_path, option):
    """Not even by what really comes from its address."""
    with Carrier(address=ATTACKER) as carrier:
        address = ["--gateways", carrier.gateway] if option == "gateway" else ["--gateways", "127.0.0.68:9", "--sources", ATTACKER]
        ctl.run("trunk", "add", "carrier", *address, "--ping", "0s")
        ctl.add("desk", virtual=True)
        ctl.attach_flow("desk", build_flow("flow welcome {\n    answer\n    pause 1h\n}\n", tmp_path))
        ctl.run("number", "add", "+48221234567", "--to", "desk")
        for n in range(5):
            fail(device, f"guess{n}", 5)
        assert (ATTACKER, None) not in ban_rows(ctl)
        guesser = device("guess0")
        assert is_silent(guesser, guesser.challenge())  # who guesses there is stopped all the same
        invite = carrier.invite(server.sip, "+48221234567", caller="guess0")
        carrier.acknowledge(invite, carrier.wait_response("SIP/2.0 200"), server.sip, method="BYE")
        carrier.wait_response("SIP/2.0 200")


def test_bans_by_hand_and_over_a_restart(server, ctl, device):
    ctl.add("ann", "right")
    ctl.run("bans", "add", ATTACKER)
    ctl.run("bans", "add", "127.0.7.0/24", "--for", "1h")
    assert is_silent(device("ann", "right"))
    assert is_silent(device("ann", "right", "127.0.7.9"))
    server.stop()
    server.start()
    assert is_silent(device("ann", "right"))
    rows = ban_rows(ctl)
    assert rows[ATTACKER, None]["until"] is None and rows["127.0.7.0/24", None]["until"]
    ctl.run("bans", "remove", ATTACKER)
    ctl.run("bans", "remove", "127.0.7.0/24")
    assert device("ann", "right").register().startswith("SIP/2.0 200")
    assert "nobody is banned" in ctl.run("bans", "list")


@pytest.mark.parametrize("words, message", [
    (["add", "not-an-address"], "no address and no network"),
    (["add", "10.1.0.0/8"], "no address and no network"),
    (["add", "10.0.0.1", "--for", "soon"], "--for wants a time"),
    (["remove", "10.0.0.1"], "is not banned"),
])
def test_wrong_words_are_explained(ctl, words, message):
    with pytest.raises(Refused, match=message):
        ctl.run("bans", *words)


def test_a_ban_for_failures_outlives_a_restart(server, ctl, device):
    for n in range(4):
        fail(device, f"guess{n}", 5)
    server.stop()
    server.start()
    assert is_silent(device("ann"))
    ctl.run("bans", "remove", ATTACKER)
    assert not is_silent(device("ann"))


def test_allowed_networks_are_never_banned(server, ctl, device):
    server.stop()
    server.options = ["--never-ban", "127.0.0.64/26"]
    server.start()
    fail(device, "ann", 40)
    assert ban_rows(ctl) == {}


def neutral(message):
    """The message without what differs by chance: tags, nonces, branches, ports, names, the length of the name."""
    for pattern in (r"tag=\w+", r'nonce="\w+"', r"branch=\w+", r"rport=\d+", r":\d{4,5}", r"\b(ann|zoe)\b"):
        message = re.sub(pattern, "*", message)
    return message


def test_users_that_exist_are_answered_as_others(ctl, device):
    """Each answer on the way of a guess: the same words for ann, who exists, and zoe, who does not."""
    ctl.add("ann", "right")
    answers = {}
    for user in ("ann", "zoe"):
        one = device(user)
        answers[user] = [neutral(one.challenge()), neutral(one.register()), neutral(invite(one, user))]
    assert answers["ann"] == answers["zoe"]
    assert answers["ann"][1].startswith("SIP/2.0 403")


def invite(one, user):
    one.send(f"INVITE sip:{user}@{one.server[0]} SIP/2.0\nVia: SIP/2.0/UDP {one.contact.split('@')[1]};branch=z9hG4bKinvite\n"
             f"Max-Forwards: 70\nFrom: <sip:{user}@{one.server[0]}>;tag=i\nTo: <sip:{user}@{one.server[0]}>\n"
             f"Call-ID: invite-{one.contact}\nCSeq: 1 INVITE\nContact: <{one.contact}>\nContent-Length: 0\n\n")
    return one.wait("SIP/2.0 4")


def test_refusals_take_equal_time(ctl, server):
    """Half of the answers to a user that exists come faster than the median of all, and half of the others: a rank
    test that a busy machine does not disturb, since both kinds are asked by turns."""
    server.stop()
    server.options = ["--never-ban", "127.0.0.0/8"]
    server.start()
    ctl.add("ann", "right")
    peers = {user: SipPeer(server.sip, user, "wrong") for user in ("ann", "zoe")}
    challenges = {user: peer.challenge() for user, peer in peers.items()}
    took = []
    for n in range(600):
        user = ("ann", "zoe")[n % 2]
        begin = time.perf_counter_ns()
        assert peers[user].register(challenge=challenges[user]).startswith("SIP/2.0 403")
        took.append((time.perf_counter_ns() - begin, user))
    for peer in peers.values():
        peer.__exit__()
    faster = sum(user == "ann" for _, user in sorted(took)[:300])
    assert 105 < faster < 195, f"of the faster half {faster} are of the user that exists"  # 150 ± 5 standard deviations
