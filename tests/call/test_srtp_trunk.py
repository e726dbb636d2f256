"""Encrypted audio with carriers: each trunk says whether, its gateways have the setting alike, and keys go by TLS unless the
admin says otherwise. The far end is a real phone behind Kamailio; where a carrier has to answer as a test wants, it is scripted."""
import re

import pytest

import audio
from carrier import Carrier
from ctl import Refused
from kamailio import Kamailio
from sip_peer import header
from test_bridge import talk
from test_cdr import legs
from test_srtp import MANDATORY, OFFERED
from test_trunk_peers import certified, tls_server  # noqa: F401 (a fixture among them)
from test_trunks import add_trunk, logged, out, trunk, wait_state  # noqa: F401

KEY = re.compile(r"^a=crypto:\d+ (\w+) inline:(\S+)", re.MULTILINE)


class World:
    """A carrier of Kamailio by TLS, a phone in its network, and a telephone of the server."""

    def __init__(self, server, ctl, register, new_phone, tmp_path):
        self.server, self.ctl, self.register, self.new_phone, self.folder = server, ctl, register, new_phone, tmp_path

    def __enter__(self):
        self.eva_port = None
        return self

    def __exit__(self, *_):
        if self.carrier:
            self.carrier.__exit__()

    carrier = None

    def begin(self, setting, encryption):
        self.eva = self.new_phone("eva", says=audio.sentence(self.folder, "vm-intro", lead=0.5), encryption=encryption)
        self.carrier = Kamailio(self.server.sip, f"eva@127.0.0.1:{self.eva.sip_port}", transport="tls", certificate=certified(self.folder, "carrier", "DNS:carrier.example"))
        self.carrier.__enter__()
        add_trunk(self.ctl, "carrier", self.carrier.gateway, "--domain", "carrier.example", "--transport", "tls", "--user", "u123", "--register", "--number", "+48220000000",
                  *(["--srtp", setting] if setting else []), password="secret")
        wait_state(self.ctl, "carrier", "up")
        self.carrier.log.wait(lambda line: "registered u123" in line, 10, "registration")
        self.ann = self.register("ann", says=audio.sentence(self.folder, "demo-thanks", lead=0.5))
        self.ctl.run("number", "add", "+48220000000", "--to", "ann")


@pytest.fixture
def world(tls_server, ctl, register, new_phone, tmp_path):  # noqa: F811
    with World(tls_server, ctl, register, new_phone, tmp_path) as all_of_it:
        yield all_of_it


@pytest.mark.parametrize("setting,encryption,refusals", [("required", MANDATORY, 0), ("optional", OFFERED, 0), ("optional", MANDATORY, 1), ("optional", None, 0), ("off", None, 0)])
def test_calls_of_both_ways_are_encrypted(world, out, setting, encryption, refusals):  # noqa: F811
    world.begin(setting, encryption)
    out()
    world.ann.dial("out")
    talk(world.ann, world.eva)  # both hear the other
    assert world.eva.is_encrypted() == bool(encryption) and not world.ann.is_encrypted()
    world.ann.hang_up()
    world.eva.wait("CALL_CLOSED")
    cdr = world.server.wait_cdr()
    assert (cdr["trunk"], cdr["caller_srtp"]) == ("carrier", "-")
    assert ("AES_" in cdr["callee_srtp"]) == bool(encryption), cdr
    rows = [row for row in legs(world.server) if row["side"] == "callee"]
    assert [row["status"] for row in rows] == ["488"] * refusals + ["200"]
    assert {row["trunk"] for row in rows} == {"carrier"} and rows[-1]["srtp"] == cdr["callee_srtp"]

    world.eva.dial(f"sip:+48220000000@{world.carrier.gateway}")
    world.ann.wait("CALL_ESTABLISHED")
    world.ann.wait_heard_in_pieces(audio.prompt("vm-intro"))
    world.eva.wait_heard_in_pieces(audio.prompt("demo-thanks"))
    world.eva.hang_up()
    world.ann.wait("CALL_CLOSED")
    cdr = world.server.wait_cdr()
    assert (cdr["came_by"], cdr["callee_srtp"]) == ("carrier", "-")
    assert ("AES_" in cdr["caller_srtp"]) == bool(encryption), cdr
    assert "inline:" not in (world.server.folder / "flowd.log").read_text()


@pytest.mark.parametrize("setting,encryption,reason", [("required", None, "no common codec, or no encrypted audio"), ("off", MANDATORY, "no common codec"), ("", MANDATORY, "no common codec")])
def test_what_does_not_fit_is_no_call(world, out, setting, encryption, reason):  # noqa: F811
    world.begin(setting, encryption)
    out()
    world.ann.dial("out")
    logged(world.server, f"failed {reason}")
    world.server.wait_cdr()
    if setting == "":
        return  # from there as the server says
    world.eva.dial(f"sip:+48220000000@{world.carrier.gateway}")
    cdr = world.server.wait_cdr()
    assert (cdr["came_by"], cdr["status"]) == ("carrier", "488")


def test_keys_are_told_by_tls_unless_the_admin_says_otherwise(ctl):
    add_trunk(ctl, "carrier", "127.0.0.2:5060", "--ping", "0s")
    assert trunk(ctl, "carrier")["srtp"] == ""
    for setting in ("optional", "required"):
        with pytest.raises(Refused, match=f"--srtp {setting} would tell the keys in the open by udp"):
            ctl.run("trunk", "set", "carrier", "--srtp", setting)
    with pytest.raises(Refused, match="--srtp must be one of off, optional, required, not 'always'"):
        ctl.run("trunk", "set", "carrier", "--srtp", "always")
    ctl.run("trunk", "set", "carrier", "--srtp", "required", "--srtp-without-tls")
    assert trunk(ctl, "carrier")["srtp"] == "required"
    with pytest.raises(Refused, match="in the open by udp"):
        ctl.run("trunk", "set", "carrier", "--srtp-over-tls")
    ctl.run("trunk", "set", "carrier", "--transport", "tls", "--srtp-over-tls")
    with pytest.raises(Refused, match="in the open by tcp"):
        ctl.run("trunk", "set", "carrier", "--transport", "tcp")


@pytest.mark.parametrize("setting", ["required", "optional"])
def test_the_next_gateway_has_the_setting_and_other_keys(server, ctl, register, out, setting):  # noqa: F811
    with Carrier("127.0.0.2", answers=[503]) as a, Carrier("127.0.0.3", answers=[488]) as b:
        add_trunk(ctl, "carrier", f"{a.gateway}/1,{b.gateway}/2", "--srtp", setting, "--srtp-without-tls")
        wait_state(ctl, "carrier", "up")
        out()
        register("ann").dial("out")
        second = b.wait_calls(1)[0]
        first = a.wait_calls(1)[0]
        logged(server, "failed no common codec")
        assert [f" RTP/{'SAVP' if setting == 'required' else 'AVP'} " in invite for invite in (first, second)] == [True, True]
        keys = [dict(KEY.findall(invite)) for invite in (first, second)]
        assert keys[0].keys() == keys[1].keys() and not set(keys[0].values()) & set(keys[1].values())
        assert len(b.calls()) == (1 if setting == "required" else 2)
        if setting == "optional":  # the same gateway, which has refused RTP/AVP
            assert " RTP/SAVP " in b.calls()[1] and header(b.calls()[1], "Call-ID") != header(second, "Call-ID")


@pytest.mark.parametrize("setting,proto,answer", [
    ("required", "RTP/SAVP", 488), ("optional", "RTP/SAVP", 488), ("optional", "RTP/AVP", 180), ("", "RTP/SAVP", 180)])
def test_a_call_of_a_tls_trunk_by_udp_is_told_no_keys(tls_server, ctl, register, setting, proto, answer):  # noqa: F811
    with Carrier() as carrier:
        add_trunk(ctl, "carrier", "127.0.0.9:5061", "--transport", "tls", "--sources", carrier.address, "--ping", "0s", "--srtp", setting)
        register("ann", answers=False)
        ctl.run("number", "add", "+48220000000", "--to", "ann")
        plain = carrier.sdp()
        carrier.sdp = lambda: plain.replace("RTP/AVP", proto) + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5\n"
        carrier.invite(tls_server.sip, "+48220000000")
        carrier.wait_response(f"SIP/2.0 {answer}")
