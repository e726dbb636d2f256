"""The way that requests are to come (Service-Route, RFC 3608): told to phones behind an edge proxy, followed toward carriers."""
import re

import pytest

import audio
from carrier import Carrier
from conftest import SAYS
from kamailio import Edge, Kamailio
from sip_peer import SipPeer, header
from test_linphone import SENTENCE, linphone  # noqa: F401
from test_trunk_peers import eva  # noqa: F401
from test_bridge import talk
from test_trunks import add_trunk, out, wait_state  # noqa: F401


# ---- toward phones ----

@pytest.mark.parametrize("path, route", [("", False), ("Path: <sip:127.0.0.9;lr>\n", True)], ids=["no edge", "an edge"])
def test_the_registrar_names_itself(server, ctl, path, route):
    ctl.add("bob", "bob-secret")
    with SipPeer(server.sip, "bob", "bob-secret") as bob:
        bob.more = path + "Supported: path\n"
        answer = bob.register()
        assert answer.startswith("SIP/2.0 200")
        assert header(answer, "Service-Route") == (f"<sip:{server.sip};lr>" if route else "")


def test_a_phone_behind_an_edge_calls_and_is_called(server, ctl, linphone, speaker):  # noqa: F811
    """linphone registers through Kamailio, which passes on only what has the registrar's route; audio both ways."""
    with Edge(server.sip) as edge:
        ann, bob = linphone(answers=True, proxy=edge.gateway), speaker("bob")
        ann.call("bob")
        bob.wait_heard_in_pieces(SENTENCE)
        ann.wait_heard(audio.prompt(SAYS["bob"]))
        edge.log.wait(lambda line: "from the phone by" in line and server.sip in line, 5, "call from the phone")
        ann.command("terminate")
        bob.wait("CALL_CLOSED")
        bob.dial("ann")
        bob.wait("CALL_ESTABLISHED", 20)
        bob.wait_heard_in_pieces(SENTENCE)
        edge.log.wait(lambda line: f"to the phone by <sip:{edge.gateway};" in line, 5, "call to the phone")
        bob.hang_up()
        ann.wait("ended (No error)")


# ---- toward carriers ----

def test_kamailio_takes_calls_by_its_own_route(server, ctl, register, eva, out, tmp_path):  # noqa: F811
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", service_route=True) as carrier:
        add_trunk(ctl, "carrier", carrier.gateway, "--domain", "carrier.example", "--user", "u123", "--register", "--number", "+48220000000", password="secret")
        wait_state(ctl, "carrier", "up")
        carrier.log.wait(lambda line: "registered u123" in line, 10, "registration")
        out()
        ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
        ann.dial("out")
        talk(ann, eva)
        carrier.log.wait(lambda line: f"preloaded <sip:{carrier.gateway};lr;x=1>" in line, 10, "route")
        ann.hang_up()
        eva.wait("CALL_CLOSED")


ROWS = [
    ("several, in their order", ["<sip:a.example;lr>, <sip:u@b.example:5070;lr;x=1>", "<sip:c.example;lr>"], ["<sip:a.example;lr>", "<sip:u@b.example:5070;lr;x=1>", "<sip:c.example;lr>"]),
    ("none", [], []),
    ("strict routing would call another one", ["<sip:a.example;lr>", "<sip:b.example>"], []),
    ("no address", ["<tel:+48220000000>"], []),
    ("too long", [f"<sip:{'a' * 60}{n}.example;lr>" for n in range(20)], []),
]


@pytest.mark.parametrize("named, routes", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_the_registrar_names_is_the_route(server, ctl, register, out, named, routes):  # noqa: F811
    with Carrier() as carrier:
        carrier.service_route = "".join(f"Service-Route: {route}\n" for route in named)
        add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", "--register")
        wait_state(ctl, "carrier", "up")
        out()
        register("ann").dial("out")
        assert route_of(carrier.wait_calls(1)[0]) == routes
        assert any("Service-Route is passed over" in line for line in server.log.seen) == (bool(named) and not routes)


def route_of(invite):
    lines = re.findall(r"^Route\s*:\s*(.*?)\r$", invite, re.MULTILINE)
    return [route.strip() for line in lines for route in line.split(",")]


def test_the_route_ends_with_the_registration_that_brought_it(ctl, register, out):  # noqa: F811
    """The next 200 names another, and one none."""
    with Carrier(expires=2) as carrier:
        ann = None
        for n, named in enumerate(("<sip:a.example;lr>", "<sip:b.example;lr>", "")):
            carrier.service_route = f"Service-Route: {named}\n" if named else ""
            if not n:
                add_trunk(ctl, "carrier", carrier.gateway, "--user", "u123", "--register")
                wait_state(ctl, "carrier", "up")
                out()
                ann = register("ann")
            carrier.wait("REGISTER", nth=len(carrier.got("REGISTER")) + 2)  # the one before it was answered
            ann.dial("out")
            invite = carrier.wait_calls(n + 1)[n]
            assert route_of(invite) == ([named] if named else [])
            ann.wait("CALL_ESTABLISHED")
            carrier.bye(invite)
            ann.wait("CALL_CLOSED")
