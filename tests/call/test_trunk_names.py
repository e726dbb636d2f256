"""Which transport and which family of addresses a carrier's names lead to (RFC 3263 section 4.1), with dnsmasq and Kamailio."""
import re

import pytest

import audio
from carrier import Carrier
from conftest import PASSWORDS
from ctl import Ctl
from kamailio import Kamailio
from test_bridge import talk
from test_trunk_peers import certified, eva, tls_server  # noqa: F401
from test_trunks import add_trunk, out, trunk, wait_state  # noqa: F401

NAME = "carrier.test"


def naptr(order, preference, service, name):
    return f"--naptr-record={NAME},{order},{preference},s,{service},,{name}"


def srv(name, carrier, host="gw"):
    return f"--srv-host={name},{host}.{NAME},{carrier.port},10,10"


HOST = f"--host-record=gw.{NAME},127.0.0.5"


def registered_by(ctl, carrier, *more):
    """Adds the trunk and tells by which transport Kamailio has got its registration."""
    add_trunk(ctl, "carrier", NAME, "--domain", carrier.domain, "--transport", "auto", "--user", "u123", "--register", "--number", "+48220000000", *more, password="secret")
    line = carrier.log.wait(lambda l: "registered u123" in l, 20, "registration")
    found = re.search("transport=(tcp|tls)", line)
    return found[1] if found else "udp"


ROWS = [
    ("by order", [naptr(20, 10, "SIP+D2U", "_u.t"), naptr(10, 90, "SIP+D2T", "_t.t")], "tcp"),
    ("by preference", [naptr(10, 20, "SIP+D2T", "_t.t"), naptr(10, 10, "SIP+D2U", "_u.t")], "udp"),
    ("not TLS where it is off", [naptr(10, 10, "SIPS+D2T", "_s.t"), naptr(20, 10, "SIP+D2T", "_t.t"), naptr(30, 10, "SIP+D2U", "_u.t")], "tcp"),
    ("other services are nothing", [naptr(1, 1, "SIP+D2S", "_s.t"), naptr(2, 1, "E2U+sip", "_s.t"), naptr(9, 1, "SIP+D2T", "_t.t")], "tcp"),
    ("the usual names, TCP first", [("_sip._tcp." + NAME), ("_sip._udp." + NAME)], "tcp"),
    ("the usual names, UDP alone", [("_sip._udp." + NAME)], "udp"),
]


@pytest.mark.parametrize("records, transport", [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_names_say_by_which_transport(ctl, eva, asks, server, records, transport):  # noqa: F811
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", transport="tcp") as carrier:
        asks(HOST, *(r if r.startswith("--") else srv(r, carrier) for r in records), srv("_u.t", carrier), srv("_t.t", carrier), srv("_s.t", carrier))
        assert registered_by(ctl, carrier) == transport
        wait_state(ctl, "carrier", "up")


def test_a_port_or_an_address_means_udp(ctl, eva, asks, server):  # noqa: F811
    """RFC 3263 section 4.1."""
    with Kamailio(server.sip, f"eva@127.0.0.1:{eva.sip_port}", transport="tcp") as carrier:
        asks(HOST, naptr(10, 10, "SIP+D2T", "_t.t"), srv("_t.t", carrier))
        add_trunk(ctl, "named", f"gw.{NAME}:{carrier.port}", "--transport", "auto", "--domain", carrier.domain, "--user", "u123", "--register", password="secret")
        assert "transport" not in carrier.log.wait(lambda l: "registered u123" in l, 20, "registration")
        add_trunk(ctl, "numbered", carrier.gateway, "--transport", "auto", "--domain", carrier.domain, "--user", "u123", "--register", password="secret")
        assert "transport" not in carrier.log.wait(lambda l: "registered u123" in l, 20, "registration")


@pytest.fixture
def by_tls(tls_server, asks, eva, tmp_path):  # noqa: F811
    """by_tls(subject, record, …): Kamailio with a certificate of that subject."""
    carriers = []

    def start(subject, *records):
        carriers.append(Kamailio(tls_server.sip, f"eva@127.0.0.1:{eva.sip_port}", domain=NAME, transport="tls", certificate=certified(tmp_path, "carrier", subject)))
        carriers[0].__enter__()
        asks(HOST, *(r if r.startswith("--") else srv(r, carriers[0]) for r in records), srv("_s.t", carriers[0]), srv("_u.t", carriers[0]))
        return carriers[0]
    yield start
    for carrier in carriers:
        carrier.__exit__()


@pytest.mark.parametrize("records", [[naptr(20, 10, "SIP+D2U", "_u.t"), naptr(10, 10, "SIPS+D2T", "_s.t")], [f"_sips._tcp.{NAME}", f"_sip._udp.{NAME}"]],
                         ids=["by NAPTR", "by the usual names"])
def test_tls_is_found_and_a_call_goes_by_it(ctl, register, eva, out, by_tls, tmp_path, records):  # noqa: F811
    carrier = by_tls(f"DNS:{NAME}", *records)
    assert registered_by(ctl, carrier) == "tls"
    out()
    ann = register("ann", says=audio.sentence(tmp_path, "demo-thanks", lead=0.5))
    ann.dial("out")
    talk(ann, eva)
    carrier.log.wait(lambda line: "by tls" in line, 10, "call")


def test_a_wrong_certificate_is_no_reason_to_go_without(ctl, by_tls):
    """UDP would be there: whoever can break TLS must not bring us to it."""
    carrier = by_tls("DNS:other.example", naptr(20, 10, "SIP+D2U", "_u.t"), naptr(10, 10, "SIPS+D2T", "_s.t"))
    add_trunk(ctl, "carrier", NAME, "--transport", "auto", "--user", "u123", "--register", password="secret")
    wait_state(ctl, "carrier", "down", why="the gateway's certificate is refused: hostname mismatch")
    assert not [line for line in carrier.log.seen if "registered u123" in line]


# ---- IPv6 ----

@pytest.mark.parametrize("listens", ["6", "46"], ids=["a server of IPv6 alone", "a server of both"])
def test_aaaa_leads_to_the_gateway(server, asks, new_phone, listens):
    """And the call goes there, audio too."""
    with Carrier("::1") as carrier:
        if listens == "6":
            server.address = "::1"
        else:
            server.options += ["--listen", f"[::1]:{server.sip_port}"]
        asks(f"--host-record=gw.{NAME},::1", naptr(10, 10, "SIP+D2U", "_u.t"), srv("_u.t", carrier))
        ctl, own = Ctl(server), "::1" if listens == "6" else "127.0.0.1"
        ctl.add("ann", PASSWORDS["ann"])
        ann = new_phone("ann", domain=f"[::1]:{server.sip_port}" if listens == "6" else server.sip, password=PASSWORDS["ann"], expires=600, address=own)
        ann.wait("REGISTER_OK")
        add_trunk(ctl, "carrier", NAME)
        assert wait_state(ctl, "carrier", "up")["targets"] == 1
        ctl.run("connection", "set", "ann", "--dial", "+48*")
        ann.dial("+48221234567")
        invite = carrier.wait_calls(1)[0]
        assert "\r\nc=IN IP6 ::1\r\n" in invite and f"Contact: <sip:[::1]:{server.sip_port}>" in invite
        ann.wait("CALL_ESTABLISHED")
        data, _ = carrier.rtp.recvfrom(2048)
        assert len(data) == 12 + 160
        carrier.bye(invite)


def test_ipv4_goes_first(server, asks):
    with Carrier("127.0.0.5") as four, Carrier("::1") as six:
        server.options += ["--listen", f"[::1]:{server.sip_port}"]
        asks(f"--host-record=gw.{NAME},127.0.0.5,::1", f"--host-record=six.{NAME},::1", naptr(10, 10, "SIP+D2U", "_u.t"), srv("_u.t", four), srv("_u.t", six, "six"))
        ctl = Ctl(server)
        add_trunk(ctl, "carrier", NAME)
        assert wait_state(ctl, "carrier", "up")["targets"] == 2
        assert not trunk(ctl, "carrier")["why"]
        assert four.wait("OPTIONS") and six.wait("OPTIONS")
